"""Periods (期间) in hours, in months and years, and of the same day (当日); those in days: `reckoning`.

Keeps: the hour and the day in which a period begins don't count (民事诉讼法第八十五条); a month or a year ends on the
day that corresponds to its first one, or on the last of the month where there is none (民法典第二百零二条); its end
moves off a non-working day unless the caller says it stays. Leaves: what begins and ends a period (`time_limits`).
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from ..errors import Fault
from .reckoning import LENGTH_LIMIT, DayStep, Reckoning, Unit, first_day, rolled

if TYPE_CHECKING:
    from .calendar import Calendar

_HOUR = timedelta(hours=1)
_MONTHS = {Unit.MONTHS: 1, Unit.YEARS: 12}
_NAMES = {Unit.MONTHS: "个月", Unit.YEARS: "年"}


def hours_from(start: datetime, length: int) -> Reckoning:
    """The period of `length` hours from `start`: whole hours of the clock, the one it begins in not among them.

    Begun at 09:20, or at 09:00, one hour ends at 11:00. Faults: reckoning-length, reckoning-horizon.
    """
    _refuse_length(length)
    first = _first(start)
    try:
        ends = [first + n * _HOUR for n in range(1, length + 1)]
    except OverflowError as error:
        raise _too_far(start.date()) from error
    begun = f"{first - _HOUR:%H:%M} 至 {first:%H:%M} 为开始的时，不计算在内"
    steps = [DayStep(start.date(), None, "first-day", None, provisional=False, note=begun)]
    for n, end in enumerate(ends, start=1):
        note = f"第 {n} 小时，至 {end:%m-%d %H:%M}"
        steps.append(DayStep(end.date(), n, "counted", None, provisional=False, note=note))
    due = ends[-1]
    return _reckoned(steps, length, Unit.HOURS, due=due.date(), due_at=due)


def hours_used(start: datetime, now: datetime) -> int:
    """The whole hours that have run; 0 while the hour it begins in has not passed."""
    return max(0, (now - _first(start)) // _HOUR)


def hours_between(earlier: datetime, later: datetime) -> int:
    """The whole hours from one moment to another; 0 if it isn't later."""
    return max(0, (later - earlier) // _HOUR)


def months_from(
    calendar: Calendar, start: date, length: int, unit: Unit, *, roll: bool, article: str | None = None
) -> Reckoning:
    """The period of `length` months or years from `start`, each end explained, counted by `article`.

    Faults: as `hours_from`, CalendarGap.
    """
    _refuse_length(length)
    steps = [first_day(start, article)]
    for n in range(1, length + 1):
        end = _months_after(start, n * _MONTHS[unit])
        clamped = "" if end.day == start.day else "，没有对应日的，为该月的末日"
        steps.append(DayStep(end, n, "counted", None, provisional=False, note=f"第 {n} {_NAMES[unit]}届满{clamped}"))
    due = steps[-1].day
    moved = calendar.next_working(due) if roll else due
    provisional = roll and calendar.day(moved).provisional
    if moved != due:
        steps.append(DayStep(moved, None, "rolled", None, provisional, rolled(article)))
    return _reckoned(steps, length, unit, due=moved, provisional=provisional)


def same_day(start: date) -> Reckoning:
    """The period that ends with the day it begins (当日)."""
    step = DayStep(start, None, "first-day", None, provisional=False, note="当日届满")
    return _reckoned([step], 0, Unit.DAYS, due=start)


def _reckoned(
    steps: list[DayStep],
    length: int,
    unit: Unit,
    *,
    due: date,
    due_at: datetime | None = None,
    provisional: bool = False,
) -> Reckoning:
    return Reckoning(
        start=steps[0].day,
        length=length,
        unit=unit,
        due=due,
        strict_due=due,
        provisional=provisional,
        steps=tuple(steps),
        frozen_left=None,
        due_at=due_at,
    )


def _first(start: datetime) -> datetime:
    """When counting begins: with the full hour after the one that `start` lies in."""
    return start.replace(minute=0, second=0, microsecond=0) + _HOUR


def _months_after(start: date, months: int) -> date:
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    if year > date.max.year:
        raise _too_far(start)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def _refuse_length(length: int) -> None:
    if not 1 <= length <= LENGTH_LIMIT:
        raise Fault("reckoning-length", f"期限长度应为 1 至 {LENGTH_LIMIT}，实为 {length}。", "请核对期限长度。")


def _too_far(start: date) -> Fault:
    return Fault("reckoning-horizon", f"自 {start} 起推算超出公历 9999 年。", "请核对起算日和期限长度。")
