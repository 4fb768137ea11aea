"""What a package encloses, before it is put into words or octets: records, shown disclosures, rules, calendar.

Keeps: which disclosures are shown is decided here, once, for papers and package alike. Source: FORMAT.md §2, §8.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from domain.formats.withheld import Disclosure, facts_view
from domain.rules.case import entry_of, settle
from domain.rules.register import Register, register_of
from domain.rules.vocabulary import FactType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from domain.formats.record import Record
    from domain.rules.calendar import Calendar
    from domain.rules.case import Entry
    from domain.rules.rulebook import Rulebook
    from domain.rules.vocabulary import Action, Fact

SD = "_sd"


@dataclass(frozen=True)
class Enclosed:
    """The records of `case`, those of the register cases (the archive's first), and what goes with them.

    `shown` maps "case/seq" to the disclosures that are shown; `rulebooks` by digest, those of every record.
    """

    case: str
    records: tuple[Record, ...]
    register_records: Mapping[str, tuple[Record, ...]]
    shown: Mapping[str, tuple[str, ...]]
    rulebooks: Mapping[str, Rulebook]
    calendar: Calendar

    @property
    def rulebook(self) -> Rulebook:
        """The version of the rulebook by which the case was opened."""
        return self.rulebooks[self.records[0].act.rulebook_digest]

    def every_record(self) -> Iterator[Record]:
        """Records of the case and of the register cases, each once."""
        yield from self.records
        for case, records in self.register_records.items():
            if case != self.case:
                yield from records

    def entry(self, record: Record) -> Entry:
        """The record as far as it is shown, before any rectification."""
        facts, evidence = facts_view(record.act, self.shown.get(key_of(record), ()))
        return entry_of(record, facts, evidence)

    @cached_property
    def register(self) -> Register:
        """The register as far as it is enclosed and shown."""
        pairs = []
        for case, records in self.register_records.items():
            book = self.rulebooks[records[0].act.rulebook_digest]
            entries = [self.entry(record) for record in records]
            pairs += [(case, entry) for entry in settle(book, entries, self.rulebooks)]
        return register_of(pairs)


def key_of(record: Record) -> str:
    """A record's key in disclosures.json."""
    return f"{record.case}/{record.seq}"


def shown_of(
    record: Record,
    rulebook: Rulebook,
    disclosures: Sequence[str],
    disclose: bool | frozenset[str],
    target: Action | None,
) -> tuple[str, ...]:
    """Those of a record's `disclosures` that may be shown, sorted.

    `disclose`: True all, False none, or the classes that may be. `target` is the action whose record a
    rectification corrects: its classes hold for the changes. A member that the rulebook doesn't know stays withheld.
    """
    if isinstance(disclose, bool):
        return tuple(sorted(disclosures)) if disclose else ()
    by_digest = {disclosure.digest: disclosure for disclosure in map(Disclosure, disclosures)}
    action = rulebook.by_action.get(record.act.action)
    walk = _Walk(by_digest, disclose, target.facts if target else ())
    out = list(walk.facts(record.act.facts, action.facts if action else ()))
    for item in record.act.evidence:
        digests: Any = item.get(SD, ())
        if item["class"] in disclose:
            out += [by_digest[entry].encoded for entry in digests if entry in by_digest]
    return tuple(sorted(out))


@dataclass(frozen=True, slots=True)
class _Walk:
    """Finds, from the top, the disclosures whose class may be shown."""

    by_digest: Mapping[str, Disclosure]
    classes: frozenset[str]
    changed: Sequence[Fact]

    def facts(self, value: Mapping[str, Any], specs: Sequence[Fact]) -> Iterator[str]:
        known = {spec.name: spec for spec in specs}
        for name, member in value.items():
            if name != SD and name in known:
                yield from self._inside(member, known[name])
        for digest in value.get(SD, ()):
            disclosure = self.by_digest.get(digest)
            spec = known.get(disclosure.name) if disclosure else None
            if disclosure and spec and spec.class_.value in self.classes:
                yield disclosure.encoded
                yield from self._inside(disclosure.value, spec)

    def _inside(self, value: Any, spec: Fact) -> Iterator[str]:
        if spec.type is FactType.CHANGES and isinstance(value, dict):
            yield from self.facts(value, self.changed)
        elif spec.type is FactType.ROWS and isinstance(value, list):
            for row in value:
                if isinstance(row, dict):
                    yield from self.facts(row, spec.cols)
