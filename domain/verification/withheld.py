"""Step 11, disclosures: what is shown of withheld facts fits the signed digests, and nothing else is shown.

Keeps: an `Entry` made here holds signed facts only. Where disclosures don't fit, the facts stay withheld.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import Fault
from ..formats.withheld import checked_digests, facts_view
from ..rules.case import Entry, entry_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from ..formats.canonical import Json
    from ..formats.record import Record
    from .findings import Findings
    from .source import Material
    from .strand import Placed, Strand

_OWN = frozenset(
    {
        "disclosure-malformed", "disclosure-unmatched", "disclosure-repeated", "disclosure-name", "digest-repeated",
        "sd-empty", "sd-unsorted", "sd-name",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Viewed:
    """A record with its facts as far as disclosed; `shown` disclosures fitted, `kept` digests stay closed."""

    placed: Placed
    entry: Entry
    shown: int
    kept: int

    @property
    def record(self) -> Record:
        """The record."""
        return self.placed.record

    @property
    def where(self) -> str:
        """The place, for people."""
        return self.placed.where


def viewed(strand: Strand, material: Material, findings: Findings) -> tuple[Viewed, ...]:
    """The records of a strand, disclosed."""
    return tuple(_viewed(placed, material, findings) for placed in strand.placed)


def _viewed(placed: Placed, material: Material, findings: Findings) -> Viewed:
    act, key = placed.record.act, f"{placed.piece.case}/{placed.piece.seq}"
    try:
        disclosures = material.withheld(act.case, act.id) if material.withheld else material.disclosures.get(key, ())
        facts, evidence = facts_view(act, disclosures)
    except Fault as fault:
        where = f"{material.prefix}disclosures.json" if material.exact else placed.where
        if fault.code in _OWN:
            findings.failed("disclosures", fault.code, where, key)
        else:
            findings.failed("disclosures", "disclosures-malformed", where, key, detail=str(fault))
        return Viewed(placed, entry_of(placed.record, act.facts, act.evidence), 0, _kept(act.facts, act.evidence))
    return Viewed(placed, entry_of(placed.record, facts, evidence), len(disclosures), _kept(facts, evidence))


def _kept(facts: dict[str, Json], evidence: tuple[dict[str, Json], ...]) -> int:
    listed: list[Json] = [*evidence]
    return len(checked_digests({"facts": facts, "evidence": listed}))


def unused_disclosures(material: Material, known: Collection[str], findings: Findings) -> None:
    """Disclosures of records that aren't there (a package names no others)."""
    for key in material.disclosures if material.exact else ():
        if key not in known:
            findings.failed("disclosures", "disclosure-unmatched", f"{material.prefix}disclosures.json", key)
