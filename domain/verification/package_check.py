"""A dossier package, judged: what it holds, who vouches for it, and whether what it tells was lawful (FORMAT.md §8).

Leaves: what the readable dossier (案卷.pdf) says. It is vouched for as a whole, by manifest and export, never read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from ..errors import Fault
from ..formats.canonical import Json, parse
from ..formats.keys import PublicKey
from ..formats.package import bag_findings, open_package
from ..formats.verdict import Coverage
from ..rules.civil import civil_day
from ..rules.compliance import with_unsaid
from .compliance_check import judge_report, unsaid_in
from .examination import examine
from .export_check import judge_claim, judge_export, read_export
from .findings import Findings
from .layers import LAYERS, judge_absent, required_level
from .package_layout import BASE, DOSSIER, KEYS, REPORT, judge_layout, material_of
from .package_proofs import judge_proofs
from .proofs import FOLDER as PROOFS
from .scope import Scope

if TYPE_CHECKING:
    from datetime import date

    from ..formats.package import Package
    from ..formats.trust import Trust
    from ..formats.verdict import Report
    from ..rules.compliance import Compliance

KEYS_OCTETS = 1 << 20
REPORT_OCTETS = 64 << 20


def verify_package(
    file: BinaryIO, trust: Trust | None, require: str | None = None, *, hash_only: bool = False
) -> Report:
    """All checks over the package in a seekable `file`; `require` is one of `layers.LEVELS`, "chain" if None.

    Faults: "not-a-package" when it can't be opened as one bag (exit status 3), "require" (wrong usage). The file must
    stay as it is while it is read; it is read once as a whole, in bounded memory.
    """
    if hash_only:
        return _hashed(file, required_level(require, hash_only=True))
    return package_compliance(file, trust, require)[0]


def _hashed(file: BinaryIO, level: str) -> Report:
    """Digests alone."""
    package, findings = open_package(file), Findings()
    for finding in bag_findings(package):
        findings.add(finding)
    judge_layout(package, findings)
    export = read_export(package, findings)
    base = BASE.fullmatch(package.base)
    case = base[1] if base else package.base
    material = material_of(package, case, findings)
    examined = examine(material, None, findings, as_of=None, scope=Scope(hash_only=True))
    if any(name.startswith(PROOFS) for name in package.names):
        for check in LAYERS:
            findings.unjudged(check)
    else:
        judge_absent(level, LAYERS, findings)
    if export is not None:
        judge_claim(package, export[1], examined.heads.get(case), findings)
    return findings.report(Coverage(hash_only=True))


def package_compliance(
    file: BinaryIO, trust: Trust | None = None, require: str | None = None, as_of: date | None = None
) -> tuple[Report, Compliance | None]:
    """As `verify_package`, with the compliance of the package's case on `as_of` (the day of the export if None).

    None where it can't be judged; the report says why. Faults as `verify_package`.
    """
    level, findings = required_level(require), Findings()
    package = open_package(file)
    for finding in bag_findings(package):
        findings.add(finding)
    judge_layout(package, findings)
    export = read_export(package, findings)
    base = BASE.fullmatch(package.base)
    case = base[1] if base else export[1].case if export else package.base
    material = material_of(package, case, findings)
    day = as_of or (civil_day(export[1].exported) if export else None)
    examined = examine(material, trust, findings, as_of=day)
    judge_proofs(package, material, export[1] if export else None, trust, level, examined.registry, findings)
    if export is not None:
        judge_export(package, export, examined.heads.get(case), examined.registry, findings)
    report, found = _report(package, findings), examined.compliance.get(case)
    if found is not None:
        found = with_unsaid(found, unsaid_in(report) if as_of is None else ())
    if isinstance(report, dict) and as_of is None:
        judge_report(report, found, REPORT, findings)
    _judge_rest(package, findings)
    return findings.report(), found


def _report(package: Package, findings: Findings) -> Json:
    """report.json, an object; None, with the reason, if it isn't."""
    if REPORT not in package.sizes:
        return None
    try:
        report = _json(package, REPORT, REPORT_OCTETS)
    except Fault as fault:
        findings.failed("report", "report-malformed", REPORT, detail=str(fault))
        return None
    if not isinstance(report, dict):
        findings.failed("report", "report-malformed", REPORT, detail="应为 JSON 对象")
        return None
    return report


def _judge_rest(package: Package, findings: Findings) -> None:
    """The key set is what it should be in form; the readable dossier is covered, not read."""
    if KEYS in package.sizes and not _is_key_set(package):
        findings.failed("report", "keys-malformed", KEYS)
    if not (findings.clean("manifest") and findings.clean("export")):
        findings.blocked("report", DOSSIER)
        return
    if findings.clean("report") and DOSSIER in package.sizes:
        findings.noted("report", "dossier-covered", DOSSIER)
    findings.passed("report", "report-valid")


def _json(package: Package, name: str, limit: int) -> Json:
    return parse(package.read(name, limit), limit=limit)


def _is_key_set(package: Package) -> bool:
    try:
        value = _json(package, KEYS, KEYS_OCTETS)
        listed = value.get("keys") if isinstance(value, dict) else None
        if not isinstance(listed, list):
            return False
        for jwk in listed:
            PublicKey.from_jwk({name: jwk[name] for name in ("crv", "kty", "x")} if isinstance(jwk, dict) else jwk)
    except (Fault, KeyError):
        return False
    return True
