"""Steps 3 and 4, records and chain: the pieces of one case become one unbroken strand, or it is said where not.

Keeps: a `Strand` that is `whole` holds records 1 to n of its case, each after the other, and nothing else.
Leaves: whose signatures and receipts they are (signing).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import Fault
from ..formats.encoding import digest
from ..formats.record import Record, parse_record

if TYPE_CHECKING:
    from collections.abc import Callable

    from .findings import Findings
    from .source import Piece

# codes of `parse_record` that have a reason of their own; all others are "record-malformed" with the parser's sentence
_OWN = frozenset(
    {"not-canonical", "receipt-act", "receipt-case", "seen", "seen-head", "digest-repeated", "sd-empty", "sd-unsorted"}
)


@dataclass(frozen=True, slots=True)
class Placed:
    """A record and the piece it was read from."""

    piece: Piece
    record: Record

    @property
    def where(self) -> str:
        """The place, for people."""
        return self.piece.where


@dataclass(frozen=True, slots=True)
class Strand:
    """The readable records of a case in order of place."""

    case: str
    placed: tuple[Placed, ...]
    whole: bool


def strand(
    case: str,
    pieces: tuple[Piece, ...],
    place: Callable[[str, int], str],
    acts: dict[str, str],
    findings: Findings,
) -> Strand:
    """Read and chain the pieces of `case`. `acts` holds the place of every act id met so far and is added to."""
    read = tuple(_read(piece, findings) for piece in pieces)
    placed = tuple(Placed(piece, record) for piece, record in zip(pieces, read, strict=True) if record is not None)
    whole = len(placed) == len(pieces) and bool(pieces)
    whole &= _numbered(case, pieces, place, findings)
    whole &= _chained(pieces, placed, findings)
    whole &= _once(placed, acts, findings)
    return Strand(case, placed, whole)


def _read(piece: Piece, findings: Findings) -> Record | None:
    try:
        record = parse_record(piece.data)
    except Fault as fault:
        field = fault.defects[0].field
        if fault.code in _OWN:
            findings.failed("records", fault.code, piece.where, field)
        else:
            findings.failed("records", "record-malformed", piece.where, field, detail=str(fault))
        return None
    if record.case != piece.case:
        findings.failed("records", "record-case", piece.where, "receipt.case", found=record.case)
        return None
    return record


def _numbered(case: str, pieces: tuple[Piece, ...], place: Callable[[str, int], str], findings: Findings) -> bool:
    """Places run from 1 without gap. A gap is named once, by its first number."""
    whole, expected = True, 1
    for piece in pieces:
        if piece.seq != expected:
            findings.failed("chain", "record-missing", place(case, expected), seq=expected)
            whole = False
        expected = piece.seq + 1
    return whole


def _chained(pieces: tuple[Piece, ...], placed: tuple[Placed, ...], findings: Findings) -> bool:
    digests = {piece.seq: digest(piece.data) for piece in pieces}
    good, received = True, ""
    for this in placed:
        for reason, field, values in _breaks(this, digests, received):
            findings.failed("chain", reason, this.where, field, **values)
            good = False
        received = max(received, this.record.receipt.received)
    return good


def _breaks(this: Placed, digests: dict[int, str], received: str) -> list[tuple[str, str, dict[str, object]]]:
    """What is wrong between a record and those before it: reason, field, values."""
    record, seq = this.record, this.piece.seq
    out: list[tuple[str, str, dict[str, object]]] = []
    if record.seq != seq:
        out.append(("chain-seq", "receipt.seq", {"expected": seq, "found": record.seq}))
    if (seq == 1 or seq - 1 in digests) and record.receipt.prev != digests.get(seq - 1):
        out.append(("chain-prev", "receipt.prev", {}))
    if record.receipt.received < received:
        out.append(("chain-received", "receipt.received", {}))
    seen = record.act.seen
    if seen.seq and (seen.seq >= seq or (seen.seq in digests and digests[seen.seq] != seen.head)):
        out.append(("chain-seen", "seen.head", {"seq": seen.seq}))
    return out


def _once(placed: tuple[Placed, ...], acts: dict[str, str], findings: Findings) -> bool:
    good = True
    for this in placed:
        act = this.record.act.id
        if act in acts:
            findings.failed("chain", "chain-repeated", this.where, "id", id=act)
            good = False
        else:
            acts[act] = this.where
    return good
