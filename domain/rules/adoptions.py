"""What the archive's own case says of adoption (启用): calendars and rulebooks, each since when and by which record.

Keeps: every version that was ever adopted stays named, with the one that took its place.
Leaves: who may sign it (register), whether what is adopted is sound (domain.adoption).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .case import Case, Entry


@dataclass(frozen=True, slots=True)
class Adoption:
    """One adoption: of the year table or rulebook `name`, by record `seq` received at `received` (RFC 3339).

    `until` and `by` are the receipt and number of the record that adopted another version, None while this one holds.
    `notice` is what its signers named as the ground, where they did.
    """

    name: str
    digest: str
    seq: int
    received: str
    notice: str | None = None
    until: str | None = None
    by: int | None = None


def calendars_adopted(case: Case) -> tuple[Adoption, ...]:
    """The year tables that the archive's case adopted, in order of record."""
    return _ended(_listed(case, "calendar-adopted", "calendars", "name"))


def rulebooks_adopted(case: Case) -> tuple[Adoption, ...]:
    """The rulebooks that the archive's case adopted, in order of record. A later version leaves running cases alone."""
    return _ended(_listed(case, "rulebook-adopted", "rulebooks", "id"))


def rulebooks_named(entry: Entry) -> Iterator[str]:
    """The digests of rulebooks that one register record adopts, or adopts in the place of another."""
    rows = entry.facts.get("rulebooks") if entry.action == "genesis" else None
    changes = entry.facts.get("changes") if entry.action == "rectification" else None
    named = [row.get("digest") for row in rows or () if isinstance(row, dict)]
    named.append(entry.facts.get("digest") if entry.action == "rulebook-adopted" else None)
    named.append(changes.get("digest") if isinstance(changes, dict) else None)
    yield from (digest for digest in named if isinstance(digest, str))


def _listed(case: Case, action: str, rows: str, key: str) -> Iterator[Adoption]:
    for entry in case.entries:
        if entry.voided_by is None and entry.action == "genesis":
            for row in entry.facts.get(rows) or ():
                yield _adoption(entry, row[key], row["digest"])
        elif entry.voided_by is None and entry.action == action:
            yield _adoption(entry, entry.facts[key], entry.facts["digest"])


def _adoption(entry: Entry, name: str, digest: str) -> Adoption:
    notice = entry.facts.get("notice")
    return Adoption(name, digest, entry.seq, entry.received or "", notice if isinstance(notice, str) else None)


def _ended(found: Iterator[Adoption]) -> tuple[Adoption, ...]:
    listed = tuple(found)
    return tuple(_replaced(adoption, listed[n + 1 :]) for n, adoption in enumerate(listed))


def _replaced(adoption: Adoption, later: tuple[Adoption, ...]) -> Adoption:
    successor = next((other for other in later if other.name == adoption.name), None)
    if successor is None:
        return adoption
    return replace(adoption, until=successor.received, by=successor.seq)
