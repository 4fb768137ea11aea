"""The dossier package (案卷包): everything that proves a case, in one file, signed by the archive (FORMAT.md §8).

Keeps: the package holds the case as it stood at one moment, nothing that is withheld from its recipient, and nothing
that nobody named; originals stream from the vault. Leaves: who may have it (api), and time.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from domain.errors import Fault
from domain.formats import shapes
from domain.formats.canonical import dump
from domain.formats.encoding import b64u
from domain.formats.export import ExportClaim, issue_export
from domain.formats.package import write_package
from domain.rules.values import unprintable
from domain.rules.vocabulary import Class

from .contents import calendars, enclosed_of, forms, originals
from .gather import gathered
from .proofs import proofs_of
from .render import pdf_of
from .report import NOT_CLAIMED, UNPROVEN, examined, material_of, report_of
from .verifier_page import verifier_page

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from typing import BinaryIO

    from domain.archive import Archive
    from domain.formats.canonical import Json
    from domain.formats.package import Source
    from domain.formats.record import Record
    from domain.ports import Log, Logged
    from domain.rules.case import Case
    from domain.rules.register import Register

    from .contents import Disclose
    from .enclosed import Enclosed

PDF = "data/案卷.pdf"
VERIFIER = "data/verify.html"
RECIPIENT_CHARACTERS = 200
ATTEMPTS = 5  # how often the log is asked again when records came meanwhile
WITHHELD_CLASSES = frozenset(c.value for c in Class if c.withheld)


def export(
    archive: Archive,
    case_id: str,
    recipient: str,
    out: BinaryIO,
    *,
    disclose: bool | Collection[str] = True,
    exported: str,
    log: Log | None = None,
) -> ExportClaim:
    """Write the package of a case to a seekable `out`; what export.jws claims of it.

    With `log`, each record comes with its proof, and each case with its line in a census taken now.

    `disclose`: True shows every withheld fact and encloses every original; False neither; or the classes (codes of
    `Class`) whose facts and originals are shown. `exported` is the moment, UTC with milliseconds. Faults:
    "unknown-case", "register-case", "shape", "recipient", "disclose", "export-time" (the case has later records),
    "fonts-missing", "fonts-changed", "typeset", "source-changed" (an original isn't what was signed), and those of
    the stores.
    """
    shown = _classes(disclose)
    shapes.received(exported, "exported")
    _check_recipient(recipient)
    whole, enclosed, logged = _settled(archive, case_id, shown, exported, log)
    files, tables = originals(archive, enclosed), calendars(archive, enclosed)
    papers = {pinned: forms(archive, book) for pinned, book in enclosed.rulebooks.items()}
    data = gathered(
        enclosed,
        whole,
        recipient=recipient,
        exported=exported,
        redacted=shown is not True,
        originals=frozenset(files),
        destroyed=archive.keys.destroyed(case_id),
        forms=papers,
    )
    material = material_of(enclosed, papers, tables, files)
    found, complied = examined(material, case_id, archive.trust(), exported)
    payload: dict[str, Source] = {
        PDF: pdf_of(data),
        "data/report.json": dump(report_of(data, found, complied, NOT_CLAIMED if logged is None else UNPROVEN)),
        "data/keys.json": dump(_key_set(enclosed.register)),
        VERIFIER: verifier_page(),
        **_records(enclosed),
        **_rules(enclosed, papers, tables),
        **{f"data/files/{sha256}": source for sha256, source in files.items()},
    }
    if logged is not None:
        payload |= proofs_of(logged, material)
    size = logged.checkpoint.size if logged is not None else None
    return _written(archive, out, payload, enclosed.records[-1], size, recipient, exported)


def _enclosed(archive: Archive, case_id: str, shown: Disclose, exported: str) -> tuple[Case, Enclosed]:
    """The case and what of it is enclosed; Faults where it can't be exported, or not as of `exported`."""
    whole = archive.case(case_id)
    if whole.rulebook.id == "register":
        raise Fault("register-case", "登记案件随各案卷一并导出，不单独制卷。", "请导出业务案件。", field="case")
    enclosed = enclosed_of(archive, case_id, whole.seq, shown)
    last = enclosed.records[-1]
    if exported < last.receipt.received:
        message = f"导出时间 {exported} 早于最后一条记录的入卷时间 {last.receipt.received}。"
        raise Fault("export-time", message, "请核对时钟。", field="exported", record=last.seq)
    return whole, enclosed


def _settled(
    archive: Archive, case_id: str, shown: Disclose, exported: str, log: Log | None
) -> tuple[Case, Enclosed, Logged | None]:
    """What is enclosed, and the log at a checkpoint that holds it and speaks of no more of these cases."""
    for _ in range(ATTEMPTS):
        whole, enclosed = _enclosed(archive, case_id, shown, exported)
        if log is None:
            return whole, enclosed, None
        logged = log.settle()
        counts = {case: len(records) for case, records in enclosed.register_records.items()}
        counts[case_id] = len(enclosed.records)
        lines = logged.census_paths(counts)
        if all(lines[case].shown.line.seq == count for case, count in counts.items()):
            return whole, enclosed, logged
    raise Fault("busy", "导出期间案件或登记不断有新记录入卷。", "请稍后重试。")


def _written(
    archive: Archive,
    out: BinaryIO,
    payload: dict[str, Source],
    last: Record,
    checkpoint: int | None,
    recipient: str,
    exported: str,
) -> ExportClaim:
    """Write the payload and its claim, which the archive signs over the manifest."""
    claims: list[ExportClaim] = []

    def sign(manifest: bytes) -> str:
        said = last.case, last.seq, last.digest, checkpoint, recipient, exported
        claims.append(ExportClaim(*said, manifest=b64u(manifest)))
        return issue_export(archive.signer, claims[0])

    write_package(out, f"{last.case}-{last.seq}", payload, sign)
    return claims[0]


def _classes(disclose: bool | Collection[str]) -> Disclose:
    if isinstance(disclose, bool):
        return disclose
    unknown = sorted(set(disclose) - WITHHELD_CLASSES)
    if unknown:
        known = "、".join(sorted(WITHHELD_CLASSES))
        raise Fault("disclose", f"没有“{unknown[0][:40]}”这一类不公开事项。", f"可选：{known}。", field="disclose")
    return frozenset(disclose)


def _check_recipient(recipient: str) -> None:
    """Recipient stands on the cover and in export.jws: one line of plain text in NFC."""
    plain = not unprintable(recipient) and "\n" not in recipient and unicodedata.is_normalized("NFC", recipient)
    if not (plain and recipient.strip() and len(recipient) <= RECIPIENT_CHARACTERS):
        message = f"制发对象应为一行文字，不超过 {RECIPIENT_CHARACTERS} 字，不含控制字符。"
        raise Fault("recipient", message, "请写明把案卷交给谁。", field="recipient")


def _records(enclosed: Enclosed) -> dict[str, Source]:
    shown: dict[str, Json] = {key: list(listed) for key, listed in enclosed.shown.items()}
    out: dict[str, Source] = {f"data/records/{r.seq:04}.json": r.data for r in enclosed.records}
    for case, records in enclosed.register_records.items():
        out |= {f"data/register/{case}/{r.seq:04}.json": r.data for r in records}
    return {**out, "data/disclosures.json": dump(shown)}


def _rules(
    enclosed: Enclosed, papers: Mapping[str, Mapping[str, bytes]], tables: Mapping[str, bytes]
) -> dict[str, Source]:
    out: dict[str, Source] = {f"data/calendar/{pinned}.json": table for pinned, table in tables.items()}
    for pinned, book in enclosed.rulebooks.items():
        out[f"data/rulebook/{pinned}/rulebook.json"] = book.data
        out |= {f"data/rulebook/{pinned}/{path}": form for path, form in papers[pinned].items()}
    return out


def _key_set(register: Register) -> dict[str, Json]:
    """Every key of the enclosed registers as a JWK set; a convenience that gives no right."""
    keys = register.keys() | {kid: enrolled.key for kid, enrolled in register.archive_keys.items()}
    return {"keys": [{**key.jwk, "kid": kid} for kid, key in sorted(keys.items())]}
