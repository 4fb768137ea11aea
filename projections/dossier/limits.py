"""The time limits (期间) of a case in words, as of the day of the export."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.rules.time_limits import STATUS_TITLES, Status, deadlines

from .data import LimitRow
from .phrasing import cited

if TYPE_CHECKING:
    from datetime import date

    from domain.rules.case import Case
    from domain.rules.time_limits import Deadline


def limit_rows(case: Case, today: date) -> tuple[LimitRow, ...]:
    """Every limit that has begun, in the order of the rulebook."""
    return tuple(_row(case, found) for found in deadlines(case, today) if found.status is not Status.NOT_BEGUN)


def _row(case: Case, found: Deadline) -> LimitRow:
    party = case.parties.get(found.of or "")
    due = found.due.isoformat() if found.due else ""
    return LimitRow(
        title=found.title,
        party=party.name if party else found.of or "",
        article=cited(found.article),
        start=found.start.day.isoformat() if found.start else "",
        due=f"{due}（暂定）" if due and found.provisional else due,
        done=found.done.isoformat() if found.done else "",
        status=_status(found),
    )


def _status(found: Deadline) -> str:
    words = STATUS_TITLES[found.status]
    if found.mooted_by is not None:
        return f"{words}（第 {found.mooted_by} 号记录）"
    if found.late:
        return f"{words}，迟 {found.late} 日"
    if found.status is Status.RUNNING and found.left is not None:
        return f"{words}，余 {found.left} 日"
    return words
