"""The self-examination in a package (四性检测): authenticity, integrity, usability, security, and compliance.

Keeps: it is the verifier's own findings over what is enclosed, put under the four headings of DA/T 70; what isn't
there is said to be not claimed. Leaves: trust. A package that examines itself proves nothing; `anjuan verify` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.formats.verdict import CHECKS, Verdict
from domain.rules.civil import civil_day
from domain.rules.compliance import with_unsaid
from domain.rules.compliance_json import as_json
from domain.verification.compliance_check import COMPLIANCE, REPORT_TYP
from domain.verification.examination import examine
from domain.verification.findings import Findings
from domain.verification.source import Material, Original, Piece

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.formats.canonical import Json
    from domain.formats.package import SourceFile
    from domain.formats.record import Record
    from domain.formats.trust import Trust
    from domain.formats.verdict import Finding, Report
    from domain.rules.compliance import Compliance

    from .data import DossierData
    from .enclosed import Enclosed

NOT_CLAIMED = ("log", "witness", "time", "census")
UNPROVEN = ("witness", "time")  # where log and census are brought
PROPERTIES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "authenticity": ("真实性", ("signatures", "receipts", "register", "authority", "trust")),
    "integrity": ("完整性", ("records", "chain", "evidence")),
    "usability": ("可用性", ("rulebook", "forms", "calendar")),
    "security": ("安全性", ("disclosures",)),
    "compliance": ("程序合规", ("procedure",)),
}
CAUTION = "本检测由档案库导出时自行作出，不能代替凭信任文件进行的独立验证（anjuan verify）。"


def material_of(
    enclosed: Enclosed,
    forms: Mapping[str, Mapping[str, bytes]],
    calendars: Mapping[str, bytes],
    files: Mapping[str, SourceFile],
) -> Material:
    """What is enclosed, as the verifier wants it; places are those of the package."""

    def place(case: str, seq: int) -> str:
        return f"data/records/{seq:04}.json" if case == enclosed.case else f"data/register/{case}/{seq:04}.json"

    def pieces(records: tuple[Record, ...]) -> tuple[Piece, ...]:
        return tuple(Piece(place(r.case, r.seq), r.case, r.seq, r.data) for r in records)

    return Material(
        register={case: pieces(records) for case, records in enclosed.register_records.items()},
        records={enclosed.case: pieces(enclosed.records)},
        disclosures=enclosed.shown,
        rulebooks={pinned: book.data for pinned, book in enclosed.rulebooks.items()},
        forms=forms,
        calendars=calendars,
        place=place,
        exact=True,
        files={sha256: Original(source.size, source.sha256) for sha256, source in files.items()},
        prefix="data/",
    )


def examined(material: Material, case: str, trust: Trust, exported: str) -> tuple[Report, Compliance | None]:
    """The verifier's findings over `material`, and the compliance of `case`, as of the day of the export."""
    findings = Findings()
    found = examine(material, trust, findings, as_of=civil_day(exported))
    return findings.report(), found.compliance.get(case)


def report_of(
    data: DossierData, found: Report, complied: Compliance | None, not_claimed: tuple[str, ...] = NOT_CLAIMED
) -> dict[str, Json]:
    """report.json as a value; irregular records are those that the PDF shows."""
    return {
        "typ": REPORT_TYP,
        "case": data.case,
        "seq": len(data.papers),
        "head": data.papers[-1].digest,
        "recipient": data.recipient,
        "exported": data.exported,
        "demonstration": data.demonstration,
        "redacted": data.redacted,
        "caution": CAUTION,
        "properties": {name: _property(title, checks, found) for name, (title, checks) in PROPERTIES.items()},
        "not_claimed": [{"check": check, "zh": CHECKS[check][0], "en": CHECKS[check][1]} for check in not_claimed],
        COMPLIANCE: as_json(with_unsaid(complied, data.unsaid), worded=False) if complied is not None else None,
        "irregular": [
            {"record": paper.seq, "message": remark.text, "article": remark.article}
            for paper in data.papers
            for remark in paper.remarks
            if remark.kind == "irregular"
        ],
    }


def _property(title: str, checks: tuple[str, ...], found: Report) -> dict[str, Json]:
    findings = [finding for check in checks for finding in found.of_check(check)]
    return {"zh": title, "verdict": _verdict(findings), "findings": [finding.as_json() for finding in findings]}


def _verdict(findings: list[Finding]) -> str:
    verdicts = {finding.verdict for finding in findings}
    worst = (Verdict.FAILED, Verdict.INDETERMINATE, Verdict.PASSED)
    return next((verdict.value for verdict in worst if verdict in verdicts), Verdict.NOT_CLAIMED.value)
