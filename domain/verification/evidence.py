"""Step 12: evidence files are those that were signed, in a package (originals) and in a vault (objects as they lie).

Keeps: every known digest is accounted for: there, destroyed by a signed act, or said to be missing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..errors import Fault
from ..formats.encoding import b64u_decode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .findings import Findings
    from .source import Blob, Material, Original
    from .withheld import Viewed

DESTRUCTION = "destruction"


@dataclass(frozen=True, slots=True)
class Named:
    """An evidence entry of a record as far as disclosed, and where it stands."""

    where: str
    field: str
    item: Mapping[str, Any]

    @property
    def sha256(self) -> str | None:
        """Digest of the original in hexadecimal, None where it is withheld."""
        value = self.item.get("sha256")
        return value if isinstance(value, str) else None


@dataclass(slots=True)
class Evidence:
    """What the records gone through so far say of evidence."""

    named: list[Named] = field(default_factory=list)
    destroyed: set[str] = field(default_factory=set)

    def add(self, viewed: Viewed) -> None:
        """The evidence of one more record."""
        for index, item in enumerate(viewed.entry.evidence):
            self.named.append(Named(viewed.where, f"evidence[{index}]", item))
        if viewed.entry.action == DESTRUCTION:
            listed = viewed.entry.facts.get("sha256")
            self.destroyed.update(str(entry) for entry in (listed if isinstance(listed, list) else ()))


def judge_evidence(evidence: Evidence, material: Material, findings: Findings) -> None:
    """Everything named against everything there."""
    if material.files is not None:
        _judge_files(evidence, material.files, material.prefix, findings)
    if material.vault is not None:
        _judge_vault(evidence, material, findings)
    elif material.files is None and evidence.named:
        findings.unsettled("vault", "vault-unread", detail="没有可读的证据库")


def _judge_files(evidence: Evidence, files: Mapping[str, Original], prefix: str, findings: Findings) -> None:
    known = [named for named in evidence.named if named.sha256 is not None]
    for name, original in sorted(files.items()):
        if original.sha256 != name:
            findings.failed("evidence", "evidence-digest", f"{prefix}files/{name}")
    for name in sorted(files.keys() - {named.sha256 for named in known}):
        findings.failed("evidence", "evidence-unnamed", f"{prefix}files/{name}")
    for named in known:
        found = files.get(named.sha256 or "")
        length = named.item.get("length")
        if found is not None and length is not None and found.size != length:
            findings.failed("evidence", "evidence-length", named.where, f"{named.field}.length")
        if found is None and named.sha256 in evidence.destroyed:
            findings.noted("evidence", "evidence-destroyed", named.where, named.field)
        elif found is None:
            findings.unsettled("evidence", "evidence-missing", named.where, f"{named.field}.sha256")
    if len(known) < len(evidence.named):
        findings.noted("evidence", "evidence-withheld", count=len(evidence.named) - len(known))
    findings.passed("evidence", "evidence-valid", count=len(files))


def _judge_vault(evidence: Evidence, material: Material, findings: Findings) -> None:
    read: dict[tuple[str, str | None], Blob | None] = {}
    for named in evidence.named:
        key = (str(named.item["object"]), named.item["version"])
        if key not in read:
            read[key] = _blob(named, key, evidence, material, findings)
        blob = read[key]
        try:
            for check, reason, part in _differences(named.item, blob) if blob else ():
                findings.failed(check, reason, named.where, f"{named.field}.{part}")
        except Fault as fault:
            if fault.code == "content-destroyed" and named.sha256 in evidence.destroyed:
                findings.noted("evidence", "evidence-destroyed", named.where, named.field)
            else:
                findings.unsettled("vault", "vault-unread", named.where, f"{named.field}.object", detail=str(fault))
    findings.passed("vault", "vault-valid", count=len(read))


def _blob(
    named: Named, key: tuple[str, str | None], evidence: Evidence, material: Material, findings: Findings
) -> Blob | None:
    try:
        return material.vault(*key) if material.vault else None
    except Fault as fault:
        if fault.code != "blob-missing":
            findings.unsettled("vault", "vault-unread", named.where, f"{named.field}.object", detail=str(fault))
        elif named.sha256 in evidence.destroyed:
            findings.noted("vault", "evidence-destroyed", named.where, named.field)
        else:
            findings.failed("vault", "blob-missing", named.where, f"{named.field}.object")
        return None


def _differences(item: Mapping[str, Any], blob: Blob) -> Iterator[tuple[str, str, str]]:
    if blob.digest != item["blob"]:
        yield "vault", "blob-digest", "blob"
    if blob.size != item["size"]:
        yield "vault", "blob-size", "size"
    if "sha256" not in item or blob.digest != item["blob"]:
        return
    sha256, length = blob.plain() if blob.plain else (b64u_decode(blob.digest).hex(), blob.size)
    if sha256 != item["sha256"]:
        yield "evidence", "evidence-digest", "sha256"
    if "length" in item and length != item["length"]:
        yield "evidence", "evidence-length", "length"
