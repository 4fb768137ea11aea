"""Reading cases and the register from the store, folded and kept at hand while nothing new has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from .errors import Fault
from .formats.canonical import parse_object
from .formats.record import Record, parse_record
from .formats.withheld import facts_view
from .rules.admissible import extend, replay
from .rules.adoptions import rulebooks_named
from .rules.calendar import Calendar, calendar_from
from .rules.case import Case, Entry, entry_of, settle
from .rules.links import up_to
from .rules.moments import By, Standpoint, as_of, standpoint
from .rules.register import REGISTER_ACTIONS, Register, register_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .ports import EventStore, Rulebooks, WithheldFacts
    from .rules.rulebook import Rulebook

REGISTER = "register"
BATCH = 1_000
KEPT = 256  # folded cases at hand


@dataclass(frozen=True, slots=True)
class Followed:
    """How far the store was read for the register, the register's entries by then, and the register they make."""

    position: int = 0
    entries: tuple[tuple[str, Entry], ...] = ()
    register: Register = field(default_factory=Register)


@dataclass(frozen=True, slots=True)
class Folded:
    """A case at hand, and its entries as they were entered, before any rectification."""

    case: Case
    entries: tuple[Entry, ...]


class Adopted(Mapping[str, "Rulebook"]):
    """The rulebooks with the digests `named`, by digest, each read when it is asked for."""

    def __init__(self, named: frozenset[str], shelf: Rulebooks) -> None:
        """Read from `shelf`."""
        self.named, self._shelf = named, shelf

    def __getitem__(self, digest: str) -> Rulebook:
        if digest not in self.named:
            raise KeyError(digest)
        return self._shelf.rulebook(digest)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self.named))

    def __len__(self) -> int:
        return len(self.named)


@dataclass(frozen=True, slots=True)
class Turn:
    """A change of the calendar by record `seq` of the archive's case, received at `received`: from `before` to `after`.

    `tables` are the names of the year tables concerned.
    """

    seq: int
    received: str
    before: Calendar
    after: Calendar
    tables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """A case as of a moment, and the register as it then was."""

    case: Case
    at: Standpoint
    register: Register


class CaseReader:
    """Folds what the store holds; a case is folded again only when its head has moved.

    Safe in threads without a lock: what has been followed is one frozen value, replaced whole; two threads may do the
    same work twice, never half of it.
    """

    def __init__(self, events: EventStore, withheld: WithheldFacts, rulebooks: Rulebooks) -> None:
        """Read from `events`, with facts from `withheld` and rules from `rulebooks`."""
        self._events, self._withheld, self._rulebooks = events, withheld, rulebooks
        self._cases: dict[str, Folded] = {}
        self._calendars: dict[tuple[str, ...], Calendar] = {}
        self._followed = Followed()
        self._adopted = self._followed, Adopted(frozenset(), rulebooks)

    def records(self, case: str) -> tuple[Record, ...]:
        """The records of a case in order; Fault "unknown-case"."""
        found = tuple(parse_record(data) for data in self._events.case(case))
        if not found:
            raise Fault("unknown-case", f"没有案件 {case}", "请核对案件编号。", field="case")
        return found

    def case(self, case: str) -> Case:
        """The case as it stands, withheld facts disclosed; only what is new since the last look is read."""
        calendar, known, books = self.calendar(), self._cases.get(case), self._books()
        if known is None or known.case.calendar is not calendar or known.case.books is not books:
            records = self.records(case)
            rulebook = self._rulebooks.rulebook(records[0].act.rulebook_digest)
            entries = tuple(self._entry(r) for r in records)
            return self._keep(Folded(replay(case, rulebook, calendar, entries, books), entries))
        fresh = tuple(self._entry(parse_record(data)) for data in self._events.since(case, known.case.seq))
        return self._keep(grown(known, fresh)) if fresh else known.case

    def _keep(self, folded: Folded) -> Case:
        kept = dict(list(self._cases.items())[-KEPT + 1 :])
        self._cases = {**kept, folded.case.id: folded}
        return folded.case

    def _entry(self, record: Record) -> Entry:
        facts, evidence = facts_view(record.act, self._withheld.get(record.case, record.act.id))
        return entry_of(record, facts, evidence)

    def as_of(self, case: str, text: str, by: By) -> Past:
        """The case from the standpoint that `text` names. Faults "unknown-case", "nothing-yet", those of `moments`."""
        present, entered = self.case(case), self.entered(case)
        at = standpoint(text, by, entered)
        register = self._register_at(at.instant)
        past = as_of(present, entered, self._calendar_of(register), at)
        if not past.entries:
            raise Fault("nothing-yet", f"{at.told()}，本案还没有记录", "请选择较晚的日期。", field="as_of")
        return Past(past, at, register)

    def up_to(self, case: str, head: str) -> Case:
        """The case as it stood with its record `head`, which it must have. Fault "unknown-case"."""
        present = self.case(case)
        return present if present.head == head else up_to(present, self.entered(case), head)

    def entered(self, case: str) -> tuple[Entry, ...]:
        """The records of a case as they were entered, before any rectification. Fault "unknown-case"."""
        known = self._cases.get(case)
        return known.entries if known is not None else tuple(self._entry(record) for record in self.records(case))

    def turns(self) -> tuple[Turn, ...]:
        """Every change of the calendar since genesis, in order: adoptions, and what put one of them right."""
        home = self.register().archive
        own = [entry for case, entry in self._followed.entries if case == home]
        out: list[Turn] = []
        before = Register()
        for n, entry in enumerate(own, 1):
            after = register_of(self._settled([(home or "", e) for e in own[:n]]))
            names = {name for name, _ in before.calendars.items() ^ after.calendars.items()}
            if names and before.archive is not None:
                calendars = self._calendar_of(before), self._calendar_of(after)
                out.append(Turn(entry.seq, entry.received or "", *calendars, tuple(sorted(names))))
            before = after
        return tuple(out)

    def opening(self, case: str, rulebook: str) -> Case:
        """The empty case that `rulebook` (id) would open. Faults of `rulebook`."""
        return Case(case, self.rulebook(rulebook), self.calendar(), books=self._books())

    def _books(self) -> Adopted:
        """What cases may have been moved to: every version ever adopted, its adoption put right since or not.

        The same object while the register names the same.
        """
        self.register()
        followed, (seen, known) = self._followed, self._adopted
        if seen is not followed:
            named = frozenset(digest for _, entry in followed.entries for digest in rulebooks_named(entry))
            known = known if known.named == named else Adopted(named, self._rulebooks)
            self._adopted = followed, known
        return known

    def books(self) -> Mapping[str, Rulebook]:
        """The rulebooks by which new cases may be opened, by id, in their newest adopted version; as `rulebook`."""
        register = self.register()
        if register.archive is None:
            return self._rulebooks.current()
        return {name: self._rulebooks.rulebook(adopted[-1]) for name, adopted in sorted(register.rulebooks.items())}

    def rulebook(self, name: str) -> Rulebook:
        """The version of the rulebook `name` by which new cases are opened: the newest adopted; before genesis, the
        installed one. Faults "unknown-rulebook", "not-adopted".
        """  # noqa: D205  # one sentence
        register, installed = self.register(), self._rulebooks.current()
        adopted = register.rulebooks.get(name, ())
        if adopted:
            return self._rulebooks.rulebook(adopted[-1])
        if name not in installed:
            known = "、".join(sorted({*installed, *register.rulebooks}))
            raise Fault("unknown-rulebook", f"没有规则手册“{name}”", f"可用：{known}。", field="rulebook")
        if register.archive is None:
            return installed[name]
        message = f"规则手册“{installed[name].title}”未经本档案库登记采用"
        raise Fault("not-adopted", message, f"请先由两名登记员采用：anjuan rulebook adopt {name}", field="rulebook")

    def calendar(self) -> Calendar:
        """The calendar of the year tables adopted in the register; before genesis, of those installed."""
        return self._calendar_of(self.register())

    def _calendar_of(self, register: Register) -> Calendar:
        adopted = tuple(sorted(register.calendars.values()))
        if adopted not in self._calendars:
            tables = [self._rulebooks.calendar(d) for d in adopted] or list(self._rulebooks.calendars().values())
            self._calendars[adopted] = calendar_from(parse_object(data) for data in tables)
        return self._calendars[adopted]

    def register(self) -> Register:
        """The register as of the last record; rectified register records count as corrected."""
        known = self._followed
        position, entries = known.position, list(known.entries)
        while batch := self._events.after(position, BATCH, REGISTER_ACTIONS):
            position = batch[-1].position
            records = [parse_record(stored.data) for stored in batch]
            entries += [(r.case, self._entry(r)) for r in records if r.act.rulebook_id == REGISTER]
        if position > known.position:
            grown = len(entries) > len(known.entries)
            register = register_of(self._settled(entries)) if grown else known.register
            self._followed = known = Followed(position, tuple(entries), register)
        return known.register

    def register_with(self, case: str, entry: Entry) -> Register:
        """The register as it would be after one more register record."""
        self.register()
        return register_of(self._settled([*self._followed.entries, (case, entry)]))

    def _register_at(self, instant: datetime) -> Register:
        """The register as it was at `instant`, by the receipts of its records."""
        self.register()
        entries = [(case, entry) for case, entry in self._followed.entries if _by(entry, instant)]
        return register_of(self._settled(entries))

    def _settled(self, followed: list[tuple[str, Entry]]) -> list[tuple[str, Entry]]:
        by_case: dict[str, list[Entry]] = {}
        for case, entry in followed:
            by_case.setdefault(case, []).append(entry)
        book = self._rulebooks.current()[REGISTER]
        settled = {(case, e.seq): e for case, entries in by_case.items() for e in settle(book, entries)}
        return [(case, settled[case, entry.seq]) for case, entry in followed]


def _by(entry: Entry, instant: datetime) -> bool:
    return entry.received is not None and datetime.fromisoformat(entry.received) <= instant


def grown(known: Folded, fresh: tuple[Entry, ...]) -> Folded:
    """The case with more entries; folded anew where one of them rectifies what stands before it."""
    entries, case = (*known.entries, *fresh), known.case
    reaching_back = {action.code for action in case.rulebook.actions if action.rectifies or action.rebinds}
    if any(entry.action in reaching_back for entry in fresh):
        return Folded(replay(case.id, case.opened_by, case.calendar, entries, case.books), entries)
    for entry in fresh:
        case = extend(case, entry)
    return Folded(case, entries)
