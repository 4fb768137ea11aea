"""Reckoning a period (期间) day by day, with what is excluded from it (第三十三条, 第四十一条).

Keeps: the first day never counts; excluded days count once however many exclusions overlap (R5); only a period of
calendar days is moved off a non-working day at its end (R24), and not where the caller says it stays (R4); while an
exclusion has not returned there is no due day, the days left stand still, the strict day is shown beside it (R29).
Leaves: which fact starts a period or an exclusion, what a missed period means (time_limits, compliance).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from ..errors import Fault
from .citing import by

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .calendar import Calendar, DayKind

LENGTH_LIMIT = 3_660  # days or working days of one period
HORIZON = 7_320  # calendar days that one reckoning may walk: some twenty years
_DAY = timedelta(1)


class Unit(StrEnum):
    """工作日, 日 (calendar days), 时, 月, 年."""

    WORKDAYS = "workdays"
    DAYS = "days"
    HOURS = "hours"
    MONTHS = "months"
    YEARS = "years"

    @property
    def told(self) -> Unit:
        """The unit in which it is told how much of such a period is used or left."""
        return Unit.DAYS if self in (Unit.MONTHS, Unit.YEARS) else self


@dataclass(frozen=True, slots=True)
class Interval:
    """不计入期间 (excluded time): the days in (after, until]; `until` None has not returned.

    `window` is its code, `article` the one that excludes it.
    """

    window: str
    after: date
    until: date | None
    article: str | None = None

    def __post_init__(self) -> None:
        if self.until is not None and self.until < self.after:
            raise Fault(
                "interval",
                f"不计入的期间自 {self.after} 起、至 {self.until} 止，止日早于起日。",
                "请核对两个日期；记录有误的，请更正。",
                article=self.article,
            )

    def covers(self, day: date) -> bool:
        """Whether `day` is excluded by it."""
        return self.after < day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class DayStep:
    """One day of a reckoning. `n` is the running count, None where the day is not counted.

    `why`: "first-day", "counted", "non-working" (of a period in working days, or while its end moves), "excluded",
    "rolled" (the working day to which the end moved).
    `window` names the exclusion of an excluded day, the first given where several overlap. `note` is for people.
    """

    day: date
    n: int | None
    why: str
    window: str | None
    provisional: bool
    note: str


@dataclass(frozen=True, slots=True)
class Reckoning:
    """A period reckoned. `due` None: stopped, `frozen_left` days or working days are left (R29).

    `strict_due` ignores every exclusion. `provisional` (R34) speaks of `due`, or of `strict_due` while stopped.
    `steps` run from `start` to `due`, or to the first day of the exclusion that has not returned.
    """

    start: date
    length: int
    unit: Unit
    due: date | None
    strict_due: date
    provisional: bool
    steps: tuple[DayStep, ...]
    frozen_left: int | None
    due_at: datetime | None = None


def reckon(
    calendar: Calendar,
    start: date,
    length: int,
    unit: Unit,
    excluded: Sequence[Interval] = (),
    *,
    roll: bool = True,
    horizon: int = HORIZON,
    article: str | None = None,
) -> Reckoning:
    """The period of `length` `unit` from `start`, whose day is not counted, each day explained.

    `roll`: a period of DAYS that ends on a 节假日 ends on the next working day that is not excluded; False for R4.
    An exclusion without return that begins before the due day stops the period. `article`, which says how periods are
    counted, is cited. Source: 第四十一条, R4, R5, R24, R29.
    Faults: CalendarGap, reckoning-length (under 1, over LENGTH_LIMIT), reckoning-horizon (over `horizon` days walked).
    """
    if not 1 <= length <= LENGTH_LIMIT:
        raise Fault("reckoning-length", f"期限应为 1 至 {LENGTH_LIMIT} 日，实为 {length}。", "请核对期限长度。")
    walk = partial(_steps, calendar, start, length, unit, roll=roll, horizon=horizon, article=article)
    strict = walk(())
    steps = walk(excluded) if excluded else strict
    stopped = steps[-1].why == "excluded"
    counted = sum(step.n is not None for step in steps)
    return Reckoning(
        start=start,
        length=length,
        unit=unit,
        due=None if stopped else steps[-1].day,
        strict_due=strict[-1].day,
        provisional=any(step.provisional for step in (strict if stopped else steps)),
        steps=steps,
        frozen_left=length - counted if stopped else None,
    )


def used(calendar: Calendar, start: date, done: date, unit: Unit, excluded: Sequence[Interval] = ()) -> int:
    """The counted days in (start, done]: days or working days in no exclusion; 0 if `done` is not later."""
    total = _between(calendar, start, done, unit)
    return total - sum(_between(calendar, after, until, unit) for after, until in _merged(excluded, start, done))


def late_by(calendar: Calendar, due: date, done: date, unit: Unit, excluded: Sequence[Interval] = ()) -> int:
    """Net days in (due, done]; may be 0 for what was done late on a non-working or excluded day (R30)."""
    return used(calendar, due, done, unit, excluded)


def _between(calendar: Calendar, after: date, until: date, unit: Unit) -> int:
    if unit is Unit.WORKDAYS:
        return calendar.count(after, until)
    return max(0, (until - after).days)


def _merged(excluded: Sequence[Interval], start: date, done: date) -> Iterator[tuple[date, date]]:
    """The parts of (start, done] that are excluded, as disjoint (after, until] in order (R5)."""
    reached = start
    for interval in sorted(excluded, key=lambda i: i.after):
        after, until = max(interval.after, reached), min(interval.until or done, done)
        if after < until:
            yield after, until
            reached = until


def first_day(start: date, article: str | None) -> DayStep:
    """The day on which a period begins, which doesn't count by `article`."""
    return DayStep(start, None, "first-day", None, provisional=False, note=f"起算日，不计算在内{by(article)}")


def _steps(
    calendar: Calendar,
    start: date,
    length: int,
    unit: Unit,
    excluded: Sequence[Interval],
    *,
    roll: bool,
    horizon: int,
    article: str | None,
) -> tuple[DayStep, ...]:
    steps = [first_day(start, article)]
    n, day = 0, start
    while True:
        day = _after(day, start, horizon, article)
        kind = calendar.day(day)
        covering = [interval for interval in excluded if interval.covers(day)]
        open_ = next((interval for interval in covering if interval.until is None), None)
        if unit is Unit.WORKDAYS and not kind.working:
            steps.append(_idle_step(kind))
        elif covering:
            steps.append(_excluded_step(kind, open_ or covering[0], len(covering)))
            if open_ is not None:
                return tuple(steps)
        elif n == length:  # the last day was a 节假日: looking for the working day after it
            steps.append(_rolled_step(kind, article) if kind.working else _idle_step(kind))
        else:
            n += 1
            steps.append(_counted_step(kind, n, unit))
        if n == length and not covering and (kind.working or not roll):
            return tuple(steps)


def _after(day: date, start: date, horizon: int, article: str | None) -> date:
    if (day - start).days >= horizon or day == date.max:
        raise Fault(
            "reckoning-horizon",
            f"自 {start} 起推算超过 {horizon} 日仍未届满。",
            "请核对起算日、期限长度和不计入的期间；记录有误的，请更正。",
            article=article,
        )
    return day + _DAY


def _counted_step(kind: DayKind, n: int, unit: Unit) -> DayStep:
    text = f"第 {n} 个工作日" if unit is Unit.WORKDAYS else f"第 {n} 日"
    named = kind.notice is not None or (unit is Unit.DAYS and not kind.working)
    return _step(kind, n, "counted", f"{text}，{_reason(kind)}" if named else text)


def _idle_step(kind: DayKind) -> DayStep:
    return _step(kind, None, "non-working", _reason(kind))


def rolled(article: str | None) -> str:
    """Why the end of a period moved, by `article`."""
    return f"期间届满日为节假日，顺延至节假日后的第 1 个工作日{by(article)}"


def _rolled_step(kind: DayKind, article: str | None) -> DayStep:
    return _step(kind, None, "rolled", rolled(article))


def _excluded_step(kind: DayKind, interval: Interval, overlap: int) -> DayStep:
    note = "不计入期间"
    if interval.until is None:
        note = f"{interval.after} 之后停止计算，尚未恢复"
    elif overlap > 1:
        note = "不计入期间，重叠的只扣除一次"
    return _step(kind, None, "excluded", f"{note}{by(interval.article)}", interval.window)


def _step(kind: DayKind, n: int | None, why: str, note: str, window: str | None = None) -> DayStep:
    note = f"{note}（节假日安排尚未公布，暂定）" if kind.provisional else note
    return DayStep(kind.day, n, why, window, kind.provisional, note)


def _reason(kind: DayKind) -> str:
    return f"{kind.name}（{kind.notice}）" if kind.notice else kind.name
