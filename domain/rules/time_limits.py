"""Time limits of a case (期间), as of a civil day.

Keeps: a limit's day count never includes its first day (第四十一条); overlapping exclusions count once (R5); one that
has not returned stops the clock (R29); a due date that needs an unpublished holiday table is provisional (R34).
Leaves: whether an act may be entered (`admissible`), what a missed limit means in law (compliance).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from ..errors import Fault
from . import dates as dated
from .reckoning import Interval, Reckoning, late_by, reckon, used
from .rounds import rounds
from .sources import keyed
from .vocabulary import Length, Limit, Moment, Pick, Ref, Unit
from .windows import spans

if TYPE_CHECKING:
    from .case import Case

RECIPIENTS = "recipients"
LIMIT_PREFIX = "limit."  # a Ref to another limit's due date: action "limit.<code>", field "due"


class Status(StrEnum):
    """Where a limit stands."""

    NOT_BEGUN = "not-begun"
    RUNNING = "running"
    STOPPED = "stopped"
    OVERDUE = "overdue"
    KEPT = "kept"
    MISSED = "missed"
    MOOT = "moot"
    INDETERMINATE = "indeterminate"


STATUS_TITLES = {
    Status.NOT_BEGUN: "未起算",
    Status.RUNNING: "进行中",
    Status.STOPPED: "停止计算",
    Status.OVERDUE: "已逾期",
    Status.KEPT: "按期",
    Status.MISSED: "逾期完成",
    Status.MOOT: "无须再办",
    Status.INDETERMINATE: "无法判定",
}


@dataclass(frozen=True, slots=True)
class Deadline:
    """One limit of one case, for one party or item (its key) where it has such (`of`), as of a day.

    Days are civil days. `late` is the net days late (0: done on the next non-working day; None: not late); `left` the
    net days left; `reckoning` explains day by day and is None while the limit has not begun or ends on a stated date.
    `round` is the round of the case to which it belongs; `mooted_by` the record that made it moot.
    """

    limit: Limit
    of: str | None
    status: Status
    start: dated.Dated | None = None
    due: date | None = None
    provisional: bool = False
    done_at: dated.Dated | None = None
    late: int | None = None
    left: int | None = None
    used: int | None = None
    excluded: tuple[Interval, ...] = ()
    reckoning: Reckoning | None = None
    round: int = 1
    mooted_by: int | None = None

    @property
    def title(self) -> str:
        """The limit's Chinese title, with the round where it isn't the first."""
        return titled(self.limit, self.round)

    @property
    def article(self) -> str:
        """The article that sets it."""
        return self.limit.article

    @property
    def done(self) -> date | None:
        """The day on which it was met, if it was."""
        return self.done_at.day if self.done_at else None


def titled(limit: Limit, number: int) -> str:
    """The limit's title in round `number`."""
    return limit.title if number == 1 else f"{limit.title}（第 {number} 轮）"


def deadlines(case: Case, today: date) -> tuple[Deadline, ...]:
    """Every limit of the rulebook, per recipient or item where it has such, as of `today`; order of the rulebook."""
    return tuple(d for limit in case.rulebook.limits for d in reckoned(case, limit, today))


def reckoned(case: Case, limit: Limit, today: date) -> tuple[Deadline, ...]:
    """The deadlines of one limit, in every round in which it began; one that has not begun has no dates.

    Source: 第三十三条, 第四十一条, R1-R5, R38.
    """
    if case.part is None and case.beginnings:
        found = [d for part in rounds(case) for d in reckoned(part, limit, today)]
        return tuple(d for d in found if d.start is not None) or tuple(found[:1])
    if limit.each is None:
        return (_deadline(case, limit, None, today),)
    return tuple(_deadline(case, limit, key, today) for key in _each(case, limit.each)) or (
        Deadline(limit, None, Status.NOT_BEGUN),
    )


def _each(case: Case, source: str) -> tuple[str, ...]:
    """What a limit is reckoned for, one by one: recipients of a paper, or items of a rows or texts fact."""
    action, _, name = source.partition(".")
    if name == RECIPIENTS:
        return dated.recipients(case, action)
    return tuple(dict.fromkeys(key for e in case.valid(action) for key, _ in keyed(e.facts.get(name))))


def _start(case: Case, limit: Limit, of: str | None, today: date) -> dated.Dated | None:
    moment = limit.from_
    if not any(ref.action.startswith(LIMIT_PREFIX) for ref in moment.refs):
        return dated.picked(case, moment, of, where=limit.if_)
    found = []
    for ref in moment.refs:
        if ref.action.startswith(LIMIT_PREFIX):
            other = case.rulebook.by_limit[ref.action.removeprefix(LIMIT_PREFIX)]
            ends = [(d.due, d.start) for d in reckoned(case, other, today)]
            days = [dated.Dated(due, start.seq) for due, start in ends if due is not None and start is not None]
        else:
            days = dated.dates(case, ref, of, where=limit.if_)
        found += days
        if days and moment.pick is Pick.PREFER:
            break
    order = min if moment.pick is Pick.FIRST else max
    return order(found, key=lambda d: (d.day, d.seq), default=None)


def _deadline(case: Case, limit: Limit, of: str | None, today: date) -> Deadline:
    begun = limit.given is None or bool(case.valid(limit.given))
    number = case.part.number if case.part else 1
    start = _start(case, limit, of, today) if begun else None
    if start is None:
        return Deadline(limit, of, Status.NOT_BEGUN, round=number)
    excluded = _excluded(case, limit)
    base = Deadline(limit, of, Status.INDETERMINATE, start, excluded=excluded, round=number)
    try:
        reckoning, due = _reckon(case, limit, of, start, excluded)
    except Fault:  # before the first table, or stopped for longer than any clock runs: nothing can be said
        return base
    if reckoning is None and due is None:
        return Deadline(limit, of, Status.NOT_BEGUN, start=start, round=number)
    if due is not None and due < start.day:  # its stated end had passed when it began: that is no period
        return replace(base, reckoning=reckoning)
    provisional = reckoning.provisional if reckoning else due is not None and case.calendar.day(due).provisional
    base = replace(base, status=Status.RUNNING, due=due, provisional=provisional, reckoning=reckoning)
    done = dated.picked(case, limit.to, of, limit.complete)
    if done is not None:
        return _finished(case, replace(base, done_at=done))
    return _unfinished(case, base, today)


def _unfinished(case: Case, d: Deadline, today: date) -> Deadline:
    """Moot, or open; what had run out before it became moot stays overdue, by as much as it then was."""
    pointless = next((e for action in d.limit.moot for e in case.valid(action)), None)
    if pointless is not None:
        return replace(d, status=Status.MOOT, mooted_by=pointless.seq)
    ended = _ended(case)
    if ended is not None and (d.due is None or ended.day <= d.due):
        return replace(d, status=Status.MOOT, mooted_by=ended.seq)
    return _open(case, d, ended.day if ended else today)


def _ended(case: Case) -> dated.Dated | None:
    """When every limit that is still open ceased to matter: the round is over, or an act `moots` them all."""
    found = [e for a in case.rulebook.actions if a.moots is not None for e in case.valid(a.code)]
    found += [case.part.ended_by] if case.part and case.part.ended_by else []
    return min((dated.Dated(e.occurred_on, e.seq) for e in found), key=lambda d: (d.day, d.seq), default=None)


def _excluded(case: Case, limit: Limit) -> tuple[Interval, ...]:
    """Days that don't count; what an earlier round left open holds up no later one (R38)."""
    whole = case.part.of if case.part else case
    began = whole.beginnings[case.part.number - 2].seq if case.part and case.part.number > 1 else 0
    spans_ = [(w, s) for w in (case.rulebook.by_window[code] for code in limit.excludes) for s in spans(whole, w)]
    found = [(w.code, s.opened, s.closed) for w, s in spans_ if s.closed is not None or s.opening >= began]
    in_order = [(c, a, b) for c, a, b in found if a is not None and (b is None or b >= a)]  # a typo excludes nothing
    return tuple(Interval(code, opened, closed) for code, opened, closed in in_order)


def _reckon(
    case: Case, limit: Limit, of: str | None, start: dated.Dated, excluded: tuple[Interval, ...]
) -> tuple[Reckoning | None, date | None]:
    length = _units(case, limit.length)
    if length is not None:
        reckoning = reckon(case.calendar, start.day, length, limit.length.unit, excluded, roll=limit.roll)
        return reckoning, reckoning.due
    stated = limit.length.until and dated.picked(case, Moment(Pick.LATEST, (limit.length.until,)), of)
    return None, case.calendar.next_working(stated.day) if stated else None


def _units(case: Case, length: Length) -> int | None:
    return length.n if length.n is not None else _number(case, length.fact)


def _number(case: Case, ref: Ref | None) -> int | None:
    if ref is None:
        return None
    values = [e.facts.get(ref.field) for e in case.valid(ref.action)]
    numbers = [v for v in values if isinstance(v, int) and not isinstance(v, bool)]
    return numbers[-1] if numbers else None


def _unit(d: Deadline) -> Unit:
    return d.limit.length.unit if d.reckoning else Unit.DAYS


def _finished(case: Case, d: Deadline) -> Deadline:
    """Kept or missed; indeterminate where an exclusion never returned and it matters (R29)."""
    if d.start is None or d.done is None:
        return d
    count = used(case.calendar, d.start.day, d.done, _unit(d), d.excluded)
    if d.due is None:
        kept = d.done <= _due_without_open_exclusions(case, d)
        return replace(d, used=count, status=Status.KEPT if kept else Status.INDETERMINATE)
    if d.done <= d.due:
        return replace(d, used=count, status=Status.KEPT)
    late = late_by(case.calendar, d.due, d.done, _unit(d), d.excluded)
    return replace(d, used=count, status=Status.MISSED, late=late)


def _due_without_open_exclusions(case: Case, d: Deadline) -> date:
    """The last day if what never returned had excluded nothing; what did return still counts (R29)."""
    if d.reckoning is None:
        return date.max
    returned = [interval for interval in d.excluded if interval.until is not None]
    again = reckon(case.calendar, d.reckoning.start, d.reckoning.length, d.reckoning.unit, returned, roll=d.limit.roll)
    return again.due or again.strict_due


def _open(case: Case, d: Deadline, today: date) -> Deadline:
    if d.start is None:
        return d
    count = used(case.calendar, d.start.day, today, _unit(d), d.excluded) if today > d.start.day else 0
    if d.due is None:
        return replace(d, status=Status.STOPPED, used=count, left=d.reckoning.frozen_left if d.reckoning else None)
    if today <= d.due:
        since = max(today, d.start.day)
        return replace(d, used=count, left=used(case.calendar, since, d.due, _unit(d), d.excluded))
    return replace(
        d, used=count, status=Status.OVERDUE, late=late_by(case.calendar, d.due, today, _unit(d), d.excluded)
    )
