"""Step 14, export: the archive vouches for exactly this package, up to exactly this record (FORMAT.md §8)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ..errors import Fault
from ..formats.bag import EXPORT, MANIFEST, MANIFEST_OCTETS
from ..formats.encoding import digest
from ..formats.export import ExportClaim, export_verified, parse_export
from ..formats.jws import COMPACT_LIMIT
from .proofs import FOLDER as PROOFS
from .signing import judge_key_time

if TYPE_CHECKING:
    from ..formats.package import Package
    from .findings import Findings
    from .outcome import Head
    from .register_fold import Registry


def read_export(package: Package, findings: Findings) -> tuple[str, ExportClaim, str] | None:
    """export.jws as it stands, its claim and its kid; None, with the reason, if it can't be read."""
    if EXPORT not in package.sizes:
        findings.failed("export", "export-missing", EXPORT)
        return None
    try:
        compact = package.read(EXPORT, COMPACT_LIMIT).decode("ascii")
        return compact, *parse_export(compact)
    except (Fault, UnicodeDecodeError) as error:
        detail = str(error) if isinstance(error, Fault) else "不是 ASCII"
        findings.failed("export", "export-malformed", EXPORT, detail=detail)
        return None


def judge_export(
    package: Package,
    export: tuple[str, ExportClaim, str],
    last: Head | None,
    registry: Registry,
    findings: Findings,
) -> None:
    """The claim against the package, and its signature against the archive's keys."""
    compact, claim, kid = export
    judge_claim(package, claim, last, findings)
    if not registry.founded:
        findings.blocked("export", EXPORT)
        return
    key = registry.final.archive_keys.get(kid)
    if key is None:
        findings.failed("export", "export-key", EXPORT, "kid")
    elif not export_verified(compact, key.key):
        findings.failed("export", "export-signature", EXPORT)
    else:
        judge_key_time("export", key, datetime.fromisoformat(claim.exported), EXPORT, "exported", findings)
    findings.passed("export", "export-valid", seq=claim.seq, exported=claim.exported)


def judge_claim(package: Package, claim: ExportClaim, last: Head | None, findings: Findings) -> None:
    """The claim against the package: its manifest, its last record, its proofs."""
    listed = package.sizes.get(MANIFEST, MANIFEST_OCTETS + 1) <= MANIFEST_OCTETS
    if not listed or digest(package.read(MANIFEST, MANIFEST_OCTETS)) != claim.manifest:
        findings.failed("export", "export-manifest", EXPORT, "manifest")
    _judge_head(package, claim, last, findings)
    if (claim.checkpoint is not None) != any(name.startswith(PROOFS) for name in package.names):
        findings.failed("export", "export-checkpoint", EXPORT, "checkpoint")


def _judge_head(package: Package, claim: ExportClaim, last: Head | None, findings: Findings) -> None:
    if package.base != f"{claim.case}-{claim.seq}":
        expected = f"{claim.case}-{claim.seq}"
        findings.failed("package", "base-name", "", expected=expected, found=package.base)
    if last is None:
        findings.failed("export", "export-head", EXPORT, "head")
        return
    for member, found, claimed in (
        ("case", last.case, claim.case),
        ("seq", last.seq, claim.seq),
        ("head", last.digest, claim.head),
    ):
        if found != claimed:
            findings.failed("export", "export-head", EXPORT, member)
    for seq in range(last.seq + 1, min(claim.seq, last.seq + 1) + 1):
        findings.failed("chain", "record-missing", f"data/records/{seq:04}.json", seq=seq)
    if claim.exported < last.received:
        findings.failed("export", "export-time", EXPORT, "exported")
