"""What a change of the calendar does to the time limits of a case: which moved, from what to what, by which notice.

Keeps: nothing is compared but the calendar: the same records, the same day. A due date that was provisional (暂定) and
stays the same has become certain, and is told too. Leaves: which cases, which changes (domain.changes).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .calendar_notices import behind
from .deadline import Status
from .time_limits import deadlines

if TYPE_CHECKING:
    from datetime import date

    from .calendar import Calendar
    from .case import Case
    from .deadline import Deadline

IDLE = (Status.NOT_BEGUN, Status.MOOT)


@dataclass(frozen=True, slots=True)
class Moved:
    """One time limit by the calendar before and by the one after; `notices` are those that are new to it."""

    before: Deadline
    after: Deadline
    notices: tuple[str, ...]

    @property
    def words(self) -> str:
        """From what to what, for people: 2026-12-31（暂定）→ 2027-01-04."""
        return f"{_said(self.before)} → {_said(self.after)}"


def moved(case: Case, after: Calendar, today: date) -> tuple[Moved, ...]:
    """The limits of `case` that `after` moves or makes certain, as of `today`; in the order of the rulebook."""
    known = {notice.number for table in case.calendar.years.values() for notice in table.notices}
    pairs = zip(deadlines(case, today), deadlines(replace(case, calendar=after), today), strict=True)
    return tuple(
        Moved(was, now, _new(case, now, after, known))
        for was, now in pairs
        if _stands(was) != _stands(now) and not (was.status in IDLE and now.status in IDLE)
    )


def _stands(deadline: Deadline) -> tuple[date | None, date | None, bool]:
    strict = deadline.reckoning.strict_due if deadline.reckoning else None
    return deadline.due, strict, deadline.provisional


def _new(case: Case, now: Deadline, after: Calendar, known: set[str]) -> tuple[str, ...]:
    """The notices behind the new date that the old calendar lacked; all new ones where it isn't reckoned day by day."""
    if now.reckoning is not None:
        numbers = [notice.number for notice in behind(after, now.reckoning)]
    else:
        numbers = [notice.number for table in after.years.values() for notice in table.notices]
    found = tuple(dict.fromkeys(number for number in numbers if number not in known))
    return found or tuple(sorted(_dropped(case, after)))


def _dropped(case: Case, after: Calendar) -> set[str]:
    """Notices that no longer count: their table was put right or taken back."""
    left = {notice.number for table in after.years.values() for notice in table.notices}
    return {notice.number for table in case.calendar.years.values() for notice in table.notices} - left


def _said(deadline: Deadline) -> str:
    if deadline.due is None and deadline.reckoning is not None:
        return f"停止计算（不扣除的，至 {deadline.reckoning.strict_due}）"
    return f"{deadline.due or '无法判定'}{'（暂定）' if deadline.provisional else ''}"
