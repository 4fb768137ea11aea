"""Custody (保管) as the archive's own case says it: its retention table, holds, extensions, destruction.

Keeps: what is voided was never so, what is corrected counts as corrected, because the register folds only what counts;
a table that becomes shorter is for cases opened since, a longer one for every case; a hold lasts until it is released
itself. Leaves: how long that makes (`retention`), whether an act may say it and carrying it out (`domain.keeping`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from .civil import moment_of
from .vocabulary_keeping import PERMANENT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .case import Entry

HELD, RELEASED, EXTENDED, DESTROYED = "evidence-held", "evidence-released", "retention-extended", "destruction"
CHANGED = "retention-changed"
OF_ONE_CASE = (HELD, RELEASED, EXTENDED, DESTROYED)  # actions that concern the evidence of one case
PERIODS: Mapping[str, str] = {"permanent": PERMANENT, "30-years": "30 years", "10-years": "10 years"}
REASONS: Mapping[str, str] = {"litigation": "行政诉讼", "reconsideration": "行政复议", "other": "其他事由"}
_IN_WORDS: Mapping[str, str] = {"30年": "30 years", "10年": "10 years"}  # as the first version of the register had it


@dataclass(frozen=True, slots=True)
class Table:
    """The archive's own period (保管期限), since when it is in force, and the record of its case that says so."""

    period: str
    since: datetime
    seq: int


@dataclass(frozen=True, slots=True)
class Hold:
    """Evidence held (冻结) by record `seq` of the archive's case; `reason` is a code of its choices."""

    seq: int
    reason: str
    since: datetime

    def told(self) -> str:
        """For everyone: by which record and why; what it rests upon is no one's business but the officers'."""
        return f"档案案件第 {self.seq} 号记录（{REASONS.get(self.reason, self.reason)}）"


@dataclass(frozen=True, slots=True)
class Extension:
    """Retention lengthened to the day `until` by record `seq` of the archive's case."""

    seq: int
    until: date


@dataclass(frozen=True, slots=True)
class Destruction:
    """The content of a case destroyed (销毁) by record `seq` of the archive's case, received at `received`."""

    seq: int
    received: datetime


@dataclass(frozen=True, slots=True)
class Custody:
    """What the archive's case says, by case id."""

    tables: tuple[Table, ...] = ()
    holds: Mapping[str, tuple[Hold, ...]] = field(default_factory=dict)
    extensions: Mapping[str, tuple[Extension, ...]] = field(default_factory=dict)
    destroyed: Mapping[str, Destruction] = field(default_factory=dict)

    def held(self, case: str) -> tuple[Hold, ...]:
        """The holds upon a case that haven't been released."""
        return self.holds.get(case, ())

    def tables_for(self, opened: datetime) -> tuple[Table, ...]:
        """The tables in force at some time since the case was opened."""
        later = (*(table.since for table in self.tables[1:]), datetime.max.replace(tzinfo=UTC))
        return tuple(table for table, end in zip(self.tables, later, strict=False) if end >= opened)

    def hold(self, seq: int) -> tuple[str, Hold] | None:
        """The hold that record `seq` set and none has released, and its case."""
        found = ((case, hold) for case, holds in self.holds.items() for hold in holds if hold.seq == seq)
        return next(found, None)

    def with_entry(self, entry: Entry) -> Custody:
        """After one more record of the archive's case that counts."""
        handler = _HANDLERS.get(entry.action)
        return handler(self, entry) if handler else self


def _table(custody: Custody, entry: Entry) -> Custody:
    said: Any = entry.facts.get("retention")
    period = PERIODS.get(said) or _IN_WORDS.get(said) or PERMANENT  # what isn't known is kept longest
    table = Table(period, moment_of(None, entry.received), entry.seq)
    return replace(custody, tables=(*custody.tables, table))


def _held(custody: Custody, entry: Entry) -> Custody:
    case, facts = str(entry.facts["case"]), entry.facts
    hold = Hold(entry.seq, str(facts["reason"]), moment_of(None, entry.received))
    return replace(custody, holds={**custody.holds, case: (*custody.held(case), hold)})


def _released(custody: Custody, entry: Entry) -> Custody:
    found = custody.hold(int(entry.facts["answers"]))
    if found is None:
        return custody
    case, released = found
    left = tuple(hold for hold in custody.held(case) if hold is not released)
    return replace(custody, holds={**custody.holds, case: left})


def _extended(custody: Custody, entry: Entry) -> Custody:
    case, until = str(entry.facts["case"]), date.fromisoformat(entry.facts["until"])
    more = (*custody.extensions.get(case, ()), Extension(entry.seq, until))
    return replace(custody, extensions={**custody.extensions, case: more})


def _destroyed(custody: Custody, entry: Entry) -> Custody:
    done = Destruction(entry.seq, moment_of(None, entry.received))
    return replace(custody, destroyed={str(entry.facts["case"]): done, **custody.destroyed})


_HANDLERS: Mapping[str, Callable[[Custody, Entry], Custody]] = {
    "genesis": _table,
    CHANGED: _table,
    HELD: _held,
    RELEASED: _released,
    EXTENDED: _extended,
    DESTROYED: _destroyed,
}
ACTIONS = tuple(_HANDLERS)[1:]
