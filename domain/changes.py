"""What each adopted calendar changed (日历启用后的期限变动): which limits of which cases moved, by which notice.

Keeps: a case is looked at as it stood when the calendar changed: what came in later is no change of the calendar.
Derived from the records whenever it is asked for. Leaves: who may see which case (api).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .reading import REGISTER
from .rules.binding import in_force
from .rules.calendar_changes import moved
from .rules.case import Case, settle
from .rules.civil import civil_day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date

    from .formats.canonical import Json
    from .reading import CaseReader, Turn
    from .rules.calendar import Calendar
    from .rules.calendar_changes import Moved
    from .rules.case import Entry


@dataclass(frozen=True, slots=True)
class Change:
    """One limit of one case that a change of the calendar moved or made certain."""

    case: Case
    turn: Turn
    moved: Moved

    @property
    def of_name(self) -> str | None:
        """The party whose limit it is, by name."""
        of = self.moved.after.of
        return self.case.parties[of].name if of in self.case.parties else of

    def as_json(self) -> dict[str, Json]:
        """For machines; days ISO; `record` is the archive's register record by which it came."""
        was, now = self.moved.before, self.moved.after
        return {
            "case": self.case.id,
            "number": self.case.heading()[0],
            "limit": now.limit.code,
            "title": now.title,
            "of": now.of,
            "of_name": self.of_name,
            "before": {"due": _iso(was.due), "provisional": was.provisional},
            "after": {"due": _iso(now.due), "provisional": now.provisional},
            "notices": list(self.moved.notices),
            "tables": list(self.turn.tables),
            "record": self.turn.seq,
            "adopted": self.turn.received,
        }

    def words(self) -> str:
        """The limit and what became of it, for people: 处理期限：2026-12-31（暂定）→ 2027-01-04，依据 …."""
        party = f"（{self.of_name}）" if self.of_name else ""
        basis = f"，依据 {'、'.join(self.moved.notices)}" if self.moved.notices else ""
        return f"{self.moved.after.title}{party}：{self.moved.words}{basis}"


def stood(now: Case, entries: Sequence[Entry], calendar: Calendar) -> Case:
    """The case `now` with no more than its first `entries`, by `calendar`; no limit asks if acts were in order."""
    if len(entries) == now.seq:
        return replace(now, calendar=calendar)
    book = in_force(now.opened_by, entries, now.books)
    return Case(now.id, book, calendar, settle(now.opened_by, entries, now.books), books=now.books)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def changes(
    reader: CaseReader, cases: Iterable[str], since: str = "", tick: Callable[[], None] = lambda: None
) -> Iterator[Change]:
    """What calendars adopted at `since` (RFC 3339, UTC) or later changed in the limits of `cases`, the latest first.

    `tick` is called once per case and change of the calendar.
    """
    known = tuple(cases)
    for turn in reversed(reader.turns()):
        if turn.received >= since:
            yield from turned(reader, turn, known, tick)


def turned(
    reader: CaseReader, turn: Turn, cases: Iterable[str], tick: Callable[[], None] = lambda: None
) -> Iterator[Change]:
    """What one change of the calendar did, or would do, to `cases`."""
    for case_id in cases:
        yield from _of_case(reader, turn, case_id)
        tick()


def _of_case(reader: CaseReader, turn: Turn, case_id: str) -> Iterator[Change]:
    now = reader.case(case_id)
    if now.rulebook.id == REGISTER:
        return
    entries = [e for e in reader.entered(case_id) if e.received is not None and e.received <= turn.received]
    if not entries:
        return
    then = stood(now, entries, turn.before)
    for found in moved(then, turn.after, civil_day(turn.received)):
        yield Change(then, turn, found)
