"""Reading cases and the register from the store, folded and kept at hand while nothing new has come."""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING

from .errors import Fault
from .formats.canonical import parse_object
from .formats.record import Record, parse_record
from .formats.withheld import facts_view
from .rules.admissible import replay
from .rules.calendar import Calendar, calendar_from
from .rules.case import Case, Entry, entry_of, settle
from .rules.register import REGISTER_ACTIONS, Register, register_of

if TYPE_CHECKING:
    from .ports import EventStore, Rulebooks, WithheldFacts

REGISTER = "register"
BATCH = 1_000
KEPT = 256  # folded cases at hand


class CaseReader:
    """Folds what the store holds; a case is folded again only when its head has moved. Threads take turns."""

    def __init__(self, events: EventStore, withheld: WithheldFacts, rulebooks: Rulebooks) -> None:
        """Read from `events`, with facts from `withheld` and rules from `rulebooks`."""
        self._events, self._withheld, self._rulebooks = events, withheld, rulebooks
        self._cases: dict[str, Case] = {}
        self._calendars: dict[tuple[str, ...], Calendar] = {}
        self._position = 0
        self._register = Register()
        self._register_entries: list[tuple[str, Entry]] = []
        self._turn = RLock()

    def records(self, case: str) -> tuple[Record, ...]:
        """The records of a case in order; Fault "unknown-case"."""
        found = tuple(parse_record(data) for data in self._events.case(case))
        if not found:
            raise Fault("unknown-case", f"没有案件 {case}", "请核对案件编号。", field="case")
        return found

    def case(self, case: str) -> Case:
        """The case as it stands, withheld facts disclosed."""
        records, calendar = self.records(case), self.calendar()
        known = self._cases.get(case)
        if known is not None and known.head == records[-1].digest and known.calendar is calendar:
            return known
        rulebook = self._rulebooks.rulebook(records[0].act.rulebook_digest)
        folded = replay(case, rulebook, calendar, (self._entry(r) for r in records))
        with self._turn:
            if len(self._cases) >= KEPT:
                self._cases.pop(next(iter(self._cases)))
            self._cases[case] = folded
        return folded

    def _entry(self, record: Record) -> Entry:
        facts, evidence = facts_view(record.act, self._withheld.get(record.case, record.act.id))
        return entry_of(record, facts, evidence)

    def calendar(self) -> Calendar:
        """The calendar of the year tables adopted in the register; before genesis, of those installed."""
        adopted = tuple(sorted(self.register().calendars.values()))
        if adopted not in self._calendars:
            tables = [self._rulebooks.calendar(d) for d in adopted] or list(self._rulebooks.calendars().values())
            self._calendars[adopted] = calendar_from(parse_object(data) for data in tables)
        return self._calendars[adopted]

    def register(self) -> Register:
        """The register as of the last record; rectified register records count as corrected."""
        with self._turn:
            return self._followed()

    def _followed(self) -> Register:
        fresh = False
        while batch := self._events.after(self._position, BATCH, REGISTER_ACTIONS):
            for stored in batch:
                self._position = stored.position
                record = parse_record(stored.data)
                if record.act.rulebook_id == REGISTER:
                    self._register_entries.append((record.case, self._entry(record)))
                    fresh = True
        if fresh:
            self._register = register_of(self._settled())
        return self._register

    def _settled(self) -> list[tuple[str, Entry]]:
        by_case: dict[str, list[Entry]] = {}
        for case, entry in self._register_entries:
            by_case.setdefault(case, []).append(entry)
        book = self._rulebooks.current()[REGISTER]
        settled = {(case, e.seq): e for case, entries in by_case.items() for e in settle(book, entries)}
        return [(case, settled[case, entry.seq]) for case, entry in self._register_entries]
