"""Time limits of a case (期间), as of a civil day or a moment of it.

Keeps: a limit's day count never includes its first day (第四十一条); overlapping exclusions count once (R5); one that
has not returned stops the clock (R29); a due date that needs an unpublished holiday table is provisional (R34).
Leaves: whether an act may be entered (`admissible`), what a missed limit means in law (compliance).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from ..errors import Fault
from . import dates as dated
from .civil import SHANGHAI, day_end
from .deadline import Deadline, Status
from .lengths import hours_between, hours_from, hours_used, months_from, same_day
from .reckoning import Interval, Reckoning, late_by, reckon, used
from .rounds import rounds
from .sources import keyed
from .thresholds import met, stated
from .vocabulary import Length, Limit, Moment, Pick, Ref, Unit
from .windows import spans

if TYPE_CHECKING:
    from .case import Case

RECIPIENTS = "recipients"
LIMIT_PREFIX = "limit."  # a Ref to another limit's due date: action "limit.<code>", field "due"


def deadlines(case: Case, today: date, now: datetime | None = None) -> tuple[Deadline, ...]:
    """Every limit of the rulebook, per recipient or item where it has such, as of `today`; order of the rulebook.

    `now`: the moment of that day, which limits in hours ask for; without it, its end.
    """
    return tuple(d for limit in case.rulebook.limits for d in reckoned(case, limit, today, now))


def reckoned(case: Case, limit: Limit, today: date, now: datetime | None = None) -> tuple[Deadline, ...]:
    """The deadlines of one limit, in every round in which it began; one that has not begun has no dates.

    Source: 第三十三条, 第四十一条, R1-R5, R38.
    """
    now = now.astimezone(SHANGHAI) if now else day_end(today)
    if case.part is None and case.beginnings:
        found = [d for part in rounds(case) for d in reckoned(part, limit, today, now)]
        return tuple(d for d in found if d.start is not None) or tuple(found[:1])
    if limit.each is None:
        return (_deadline(case, limit, None, now),)
    return tuple(_deadline(case, limit, key, now) for key in _each(case, limit.each)) or (
        Deadline(limit, None, Status.NOT_BEGUN),
    )


def _each(case: Case, source: str) -> tuple[str, ...]:
    """What a limit is reckoned for, one by one: recipients of a paper, or items of a rows or texts fact."""
    action, _, name = source.partition(".")
    if name == RECIPIENTS:
        return dated.recipients(case, action)
    return tuple(dict.fromkeys(key for e in case.valid(action) for key, _ in keyed(e.facts.get(name))))


def _start(case: Case, limit: Limit, of: str | None, now: datetime) -> dated.Dated | None:
    moment = limit.from_
    if not any(ref.action.startswith(LIMIT_PREFIX) for ref in moment.refs):
        return dated.picked(case, moment, of, where=limit.if_)
    found = []
    for ref in moment.refs:
        if ref.action.startswith(LIMIT_PREFIX):
            other = case.rulebook.by_limit[ref.action.removeprefix(LIMIT_PREFIX)]
            ends = [(d.due, d.start, d.due_at) for d in reckoned(case, other, now.date(), now)]
            days = [dated.Dated(due, start.seq, at) for due, start, at in ends if due is not None and start is not None]
        else:
            days = dated.dates(case, ref, of, where=limit.if_)
        found += days
        if days and moment.pick is Pick.PREFER:
            break
    order = min if moment.pick is Pick.FIRST else max
    return order(found, key=lambda d: d.order, default=None)


def _deadline(case: Case, limit: Limit, of: str | None, now: datetime) -> Deadline:
    begun = (limit.given is None or case.stands(limit.given)) and all(met(case, c) for c in limit.when)
    number = case.part.number if case.part else 1
    start = _start(case, limit, of, now) if begun else None
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
        ended = replace(base, done_at=done)
        return replace(ended, status=Status.ENDED) if limit.lapses else _finished(case, ended)
    return _unfinished(case, base, now)


def _unfinished(case: Case, d: Deadline, now: datetime) -> Deadline:
    """Moot, or open; what had run out before it became moot stays overdue, by as much as it then was."""
    pointless = next((e for action in d.limit.moot for e in case.valid(action)), None)
    if pointless is not None:
        return replace(d, status=Status.MOOT, mooted_by=pointless.seq)
    ended = _ended(case)
    if ended is not None and (d.due is None or ended.day <= d.due):
        ending = case.rulebook.by_action[case.entries[ended.seq - 1].action]
        return replace(d, status=Status.MOOT, mooted_by=ended.seq, moot_because=ending.moots)
    return _open(case, d, day_end(ended.day) if ended else now)


def _ended(case: Case) -> dated.Dated | None:
    """When every limit that is still open ceased to matter: the round is over, or an act `moots` them all."""
    found = [e for action in case.rulebook.mooting for e in case.valid(action.code)]
    found += [case.part.ended_by] if case.part and case.part.ended_by else []
    return min((dated.Dated(e.occurred_on, e.seq) for e in found), key=lambda d: (d.day, d.seq), default=None)


def _excluded(case: Case, limit: Limit) -> tuple[Interval, ...]:
    """Days that don't count; what an earlier round left open holds up no later one (R38)."""
    whole = case.part.of if case.part else case
    began = whole.beginnings[case.part.number - 2].seq if case.part and case.part.number > 1 else 0
    spans_ = [(w, s) for w in (case.rulebook.by_window[code] for code in limit.excludes) for s in spans(whole, w)]
    found = [(w, s.opened, s.closed) for w, s in spans_ if s.closed is not None or s.opening >= began]
    in_order = [(w, a, b) for w, a, b in found if a is not None and (b is None or b >= a)]  # a typo excludes nothing
    return tuple(Interval(window.code, opened, closed, window.article) for window, opened, closed in in_order)


def _reckon(
    case: Case, limit: Limit, of: str | None, start: dated.Dated, excluded: tuple[Interval, ...]
) -> tuple[Reckoning | None, date | None]:
    length = _units(case, limit.length)
    if length is not None:
        reckoning = _period(case, start, length, limit, excluded)
        return reckoning, reckoning.due
    stated = limit.length.until and dated.picked(case, Moment(Pick.LATEST, (limit.length.until,)), of)
    return None, case.calendar.next_working(stated.day) if stated else None


def _period(case: Case, start: dated.Dated, length: int, limit: Limit, excluded: tuple[Interval, ...]) -> Reckoning:
    """The period of a limit, in its own unit; only days and working days can be excluded from."""
    unit, article = limit.length.unit, case.rulebook.counting
    if unit is Unit.HOURS:
        return hours_from(start.at or day_end(start.day), length)
    if unit.told is not unit:
        return months_from(case.calendar, start.day, length, unit, roll=limit.roll, article=article)
    if unit is Unit.DAYS and length == 0:
        return same_day(start.day)
    return reckon(case.calendar, start.day, length, unit, excluded, roll=limit.roll, article=article)


def _units(case: Case, length: Length) -> int | None:
    if length.by is not None:
        return dict(length.cases).get(str(stated(case, length.by.action, length.by.field)))
    return length.n if length.n is not None else _number(case, length.fact)


def _number(case: Case, ref: Ref | None) -> int | None:
    if ref is None:
        return None
    values = [e.facts.get(ref.field) for e in case.valid(ref.action)]
    numbers = [v for v in values if isinstance(v, int) and not isinstance(v, bool)]
    return numbers[-1] if numbers else None


def _finished(case: Case, d: Deadline) -> Deadline:
    """Kept or missed; indeterminate where an exclusion never returned and it matters (R29)."""
    if d.start is None or d.done is None:
        return d
    if d.due_at is not None:
        return _finished_at(d, d.due_at)
    count = used(case.calendar, d.start.day, d.done, d.unit, d.excluded)
    if d.due is None:
        kept = d.done <= _due_without_open_exclusions(case, d)
        return replace(d, used=count, status=Status.KEPT if kept else Status.INDETERMINATE)
    if d.done <= d.due:
        return replace(d, used=count, status=Status.KEPT)
    late = late_by(case.calendar, d.due, d.done, d.unit, d.excluded)
    return replace(d, used=count, status=Status.MISSED, late=late)


def _due_without_open_exclusions(case: Case, d: Deadline) -> date:
    """The last day if what never returned had excluded nothing; what did return still counts (R29)."""
    if d.reckoning is None:
        return date.max
    returned = [interval for interval in d.excluded if interval.until is not None]
    again = reckon(case.calendar, d.reckoning.start, d.reckoning.length, d.reckoning.unit, returned, roll=d.limit.roll)
    return again.due or again.strict_due


def _open(case: Case, d: Deadline, now: datetime) -> Deadline:
    if d.start is None:
        return d
    if d.due_at is not None:
        return _open_at(case, d, d.due_at, now)
    today = now.date()
    count = used(case.calendar, d.start.day, today, d.unit, d.excluded) if today > d.start.day else 0
    if d.due is None:
        return replace(d, status=Status.STOPPED, used=count, left=d.reckoning.frozen_left if d.reckoning else None)
    if today <= d.due:
        since = max(today, d.start.day)
        return replace(d, used=count, left=used(case.calendar, since, d.due, d.unit, d.excluded))
    if d.limit.lapses:
        return replace(d, status=Status.ENDED, used=count)
    late = late_by(case.calendar, d.due, today, d.unit, d.excluded)
    return replace(d, used=count, status=Status.OVERDUE, late=late, asks=asked(case, d))


def asked(case: Case, d: Deadline) -> str | None:
    """The action that is asked for once it runs out unkept (升级), unless it has been done since the limit began."""
    code, begun = d.limit.escalates, d.start.seq if d.start else 0
    return code if code is not None and not any(e.seq > begun for e in case.valid(code)) else None


def _finished_at(d: Deadline, due: datetime) -> Deadline:
    """As `_finished`, to the moment; what says only the day is taken to have been done at its end."""
    if d.start is None or d.done_at is None:
        return d
    done = d.done_at.at or day_end(d.done_at.day)
    count = hours_used(d.start.at or day_end(d.start.day), done)
    if done <= due:
        return replace(d, used=count, status=Status.KEPT)
    return replace(d, used=count, status=Status.MISSED, late=hours_between(due, done))


def _open_at(case: Case, d: Deadline, due: datetime, now: datetime) -> Deadline:
    if d.start is None:
        return d
    start = d.start.at or day_end(d.start.day)
    count = hours_used(start, now)
    if now <= due:
        return replace(d, used=count, left=hours_between(max(now, start), due))
    if d.limit.lapses:
        return replace(d, status=Status.ENDED, used=count)
    return replace(d, used=count, status=Status.OVERDUE, late=hours_between(due, now), asks=asked(case, d))
