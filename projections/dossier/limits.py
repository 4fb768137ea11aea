"""The time limits (期间) of a case in words, as of the day of the export."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.rules.reckoning import Unit
from domain.rules.time_limits import STATUS_TITLES, Status, deadlines

from .data import LimitRow
from .phrasing import cited

if TYPE_CHECKING:
    from datetime import date, datetime

    from domain.rules.case import Case
    from domain.rules.time_limits import Deadline

UNITS = {Unit.WORKDAYS: "日", Unit.DAYS: "日", Unit.HOURS: "小时"}


def limit_rows(case: Case, today: date) -> tuple[LimitRow, ...]:
    """Every limit that has begun, in the order of the rulebook."""
    return tuple(_row(case, found) for found in deadlines(case, today) if found.status is not Status.NOT_BEGUN)


def _row(case: Case, found: Deadline) -> LimitRow:
    party = case.parties.get(found.of or "")
    due = _day(found.due, found.due_at)
    return LimitRow(
        title=found.title,
        party=party.name if party else found.of or "",
        article=cited(found.article),
        start=_day(found.start.day, found.start.at) if found.start else "",
        due=f"{due}（暂定）" if due and found.provisional else due,
        done=_day(found.done_at.day, found.done_at.at) if found.done_at else "",
        status=_status(found),
    )


def _day(day: date | None, at: datetime | None) -> str:
    """A day, or the moment of it where the limit is in hours."""
    return f"{at:%Y-%m-%d %H:%M}" if at else day.isoformat() if day else ""


def _status(found: Deadline) -> str:
    words, unit = STATUS_TITLES[found.status], UNITS[found.unit]
    if found.mooted_by is not None:
        return f"{words}（第 {found.mooted_by} 号记录）"
    if found.late:
        return f"{words}，迟 {found.late} {unit}"
    if found.status is Status.RUNNING and found.left is not None:
        return f"{words}，余 {found.left} {unit}"
    return words
