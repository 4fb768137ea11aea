"""Step 12: evidence files are those that were signed, in a package (originals) and in a vault (objects as they lie).

Keeps: every known digest is accounted for: there, destroyed by a signed act, or said to be missing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import Fault
from ..formats.encoding import b64u_decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

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


class Gone(NamedTuple):
    """Evidence that isn't there; whether a signed act destroyed it is known once all records have been read.

    If none did, it failed, or with `detail` it can't be read.
    """

    check: str
    where: str
    field: str
    sha256: str | None
    detail: str | None


@dataclass(slots=True)
class Evidence:
    """What the records gone through so far say of evidence, and what a vault was found to hold of it."""

    named: list[Named] = field(default_factory=list)  # of a package only
    count: int = 0
    destroyed: set[str] = field(default_factory=set)
    read: int = 0
    gone: list[Gone] = field(default_factory=list)

    def add(self, other: Evidence) -> None:
        """What was found of further records."""
        self.named += other.named
        self.count, self.read = self.count + other.count, self.read + other.read
        self.destroyed |= other.destroyed
        self.gone += other.gone


def evidence_of(views: Iterable[Viewed], material: Material, findings: Findings) -> Evidence:
    """What these records say of evidence, held against the vault if there is one."""
    found, named = Evidence(), list[Named]()
    for viewed in views:
        named += [Named(viewed.where, f"evidence[{at}]", item) for at, item in enumerate(viewed.entry.evidence)]
        if viewed.entry.action == DESTRUCTION:
            listed = viewed.entry.facts.get("sha256")
            found.destroyed.update(str(entry) for entry in (listed if isinstance(listed, list) else ()))
    found.count = len(named)
    if material.files is not None:
        found.named = named
    if material.vault is not None:
        judge_vault(named, material.vault, found, findings)
    return found


def judge_evidence(evidence: Evidence, material: Material, findings: Findings, *, certain: bool = True) -> None:
    """Everything named against everything there. Not `certain`: acts that destroy evidence have not been read."""
    if material.files is not None:
        _judge_files(evidence, material.files, material.prefix, findings)
    for gone in evidence.gone:
        _judge_gone(gone, evidence.destroyed, findings, certain=certain)
    if material.vault is not None:
        findings.passed("vault", "vault-valid", count=evidence.read)
    elif material.files is None and evidence.count:
        findings.unsettled("vault", "vault-unread", detail="没有可读的证据库")


def _judge_gone(gone: Gone, destroyed: set[str], findings: Findings, *, certain: bool) -> None:
    if gone.sha256 in destroyed:
        findings.noted(gone.check, "evidence-destroyed", gone.where, gone.field)
    elif gone.detail is not None:
        findings.unsettled("vault", "vault-unread", gone.where, f"{gone.field}.object", detail=gone.detail)
    else:
        say = findings.failed if certain else findings.unsettled
        say("vault", "blob-missing", gone.where, f"{gone.field}.object")


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


def judge_vault(
    named: Iterable[Named], vault: Callable[[str, str | None], Blob], found: Evidence, findings: Findings
) -> None:
    """What is named against the vault, each object read once; what isn't there is kept in `found`."""
    read: dict[tuple[str, str | None], Blob | None] = {}
    for one in named:
        key = (str(one.item["object"]), one.item["version"])
        if key not in read:
            read[key] = _blob(one, key, vault, found, findings)
        blob = read[key]
        try:
            for check, reason, part in _differences(one.item, blob) if blob else ():
                findings.failed(check, reason, one.where, f"{one.field}.{part}")
        except Fault as fault:
            if fault.code == "content-destroyed":
                found.gone.append(Gone("evidence", one.where, one.field, one.sha256, str(fault)))
            else:
                findings.unsettled("vault", "vault-unread", one.where, f"{one.field}.object", detail=str(fault))
    found.read += len(read)


def _blob(
    one: Named,
    key: tuple[str, str | None],
    vault: Callable[[str, str | None], Blob],
    found: Evidence,
    findings: Findings,
) -> Blob | None:
    try:
        return vault(*key)
    except Fault as fault:
        if fault.code == "blob-missing":
            found.gone.append(Gone("vault", one.where, one.field, one.sha256, None))
        else:
            findings.unsettled("vault", "vault-unread", one.where, f"{one.field}.object", detail=str(fault))
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
