"""Digests alone: what can be told of a case without judging any signature or rule.

Keeps: every record is canonical octets whose receipt names its act and the record before it; objects are those that
the acts name. Nothing else is claimed.
Leaves: who signed, and whether they might.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import Fault
from ..formats.encoding import digest, sha256
from ..formats.record_links import Links, record_links
from .evidence import Evidence, Named, judge_vault
from .outcome import NO_ID, Head, Outcome

if TYPE_CHECKING:
    from ..formats.canonical import Json
    from .findings import Findings
    from .source import Material, Piece

UNJUDGED = (
    "export", "signatures", "receipts", "register", "authority", "forms", "disclosures", "report", "trust", "procedure",
)  # fmt: skip


def hashed_case(case: str, material: Material, *, register: bool) -> Outcome:
    """One case by its digests."""
    outcome, named = Outcome(case), list[Named]()
    pieces = (material.register if register else material.records)[case]
    before, expected, latest = None, 1, ""
    digests = []
    for piece in pieces:
        if piece.seq != expected:
            outcome.findings.failed("chain", "record-missing", material.place(case, expected), seq=expected)
            before = None
        expected = piece.seq + 1
        digests.append(sha256(piece.data))
        links = _links(piece, outcome.findings)
        if links is not None:
            _judge_links(links, piece, before, latest, outcome.findings)
            latest = max(latest, links.received)
            outcome.records += 1
            outcome.head = Head(links.case, links.seq, digest(piece.data), links.received) if material.exact else None
            named += [Named(piece.where, f"evidence[{at}]", _lying(item)) for at, item in enumerate(links.evidence)]
        before = piece
    outcome.digests = b"".join(digests)
    outcome.ids, outcome.actions = NO_ID * len(pieces), ("",) * len(pieces)
    outcome.places = tuple(piece.where for piece in pieces) if material.exact else ()
    outcome.evidence = Evidence(count=len(named))
    if material.vault is not None:
        judge_vault(named, material.vault, outcome.evidence, outcome.findings)
    return outcome


def _lying(item: dict[str, Json]) -> dict[str, Json]:
    """An evidence entry without what only its plaintext could be held against."""
    return {name: item[name] for name in ("object", "version", "blob", "size")}


def _links(piece: Piece, findings: Findings) -> Links | None:
    try:
        return record_links(piece.data)
    except Fault as fault:
        field = fault.defects[0].field
        findings.failed("records", "record-malformed", piece.where, field, detail=str(fault))
        return None


def _judge_links(links: Links, piece: Piece, before: Piece | None, latest: str, findings: Findings) -> None:
    if links.case != piece.case:
        findings.failed("records", "record-case", piece.where, "receipt.case", found=links.case)
    if links.seq != piece.seq:
        findings.failed("chain", "chain-seq", piece.where, "receipt.seq", expected=piece.seq, found=links.seq)
    if (before is not None or piece.seq == 1) and links.prev != (digest(before.data) if before else None):
        findings.failed("chain", "chain-prev", piece.where, "receipt.prev")
    if links.received < latest:
        findings.failed("chain", "chain-received", piece.where, "receipt.received")


def judge_digests(material: Material, findings: Findings) -> None:
    """Rulebooks and calendars are what the digests say under which they lie; everything else is not judged."""
    for check, folder, contents, end in (
        ("rulebook", "rulebook", material.rulebooks, "/rulebook.json"),
        ("calendar", "calendar", material.calendars, ".json"),
    ):
        for name, data in sorted(contents.items()):
            if digest(data) != name:
                findings.failed(check, f"{check}-digest", f"{material.prefix}{folder}/{name}{end}")
        findings.passed(check, "digests-valid", count=len(contents))
    for check in UNJUDGED:
        findings.unjudged(check)


def judge_files(material: Material, findings: Findings) -> None:
    """Enclosed originals are named by their digests; that acts name them is not judged."""
    for name, original in sorted((material.files or {}).items()):
        if original.sha256 != name:
            findings.failed("evidence", "evidence-digest", f"{material.prefix}files/{name}")
    if material.files is None:
        findings.unjudged("evidence")
    else:
        findings.passed("evidence", "digests-valid", count=len(material.files))
