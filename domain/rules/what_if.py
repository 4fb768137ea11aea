"""What if (假设推算): where time limits would stand if an act were done on some day. Nothing is ever stored.

Keeps: the act, its service and what ends it are judged and reckoned exactly as if they were entered; the paper is taken
to be sent and served the same day, what it opens to end the stated number of calendar days later. Facts and signers
that only the real act will have are left open and named, they decide nothing here. A limit that begins only once
something else stands (`given`) is reckoned as if that stood, and says so. Leaves: words and JSON.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from ..errors import Defect, Fault
from ..formats.act import Seen, Signer
from .admissible import Answer, Outcome, admissible, extend
from .case import Case, Entry, enter
from .civil import SHANGHAI, day_or_moment
from .deadline import Deadline, Status
from .defaults import filled
from .sources import applies
from .time_limits import reckoned
from .vocabulary import FactType
from .windows import capped_days, spans

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .rulebook import Rulebook
    from .vocabulary import Action, Cap, Limit, Window

MOST_DAYS = 3_650
LEFT_OPEN = ("absent", "signers")  # what is yet to be filled in, who is yet to sign
_OPEN = (Status.RUNNING, Status.STOPPED, Status.OVERDUE)


@dataclass(frozen=True, slots=True)
class Supposed:
    """An act that might be done: `days` after it what it opens is taken to end, None if that is left open.

    `at`: the moment of that day, where it is known.
    """

    action: str
    on: date
    days: int | None = None
    at: datetime | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    def saying(self, facts: Mapping[str, Any]) -> Supposed:
        """The same act with these facts."""
        return replace(self, facts=facts)


@dataclass(frozen=True, slots=True)
class Moved:
    """A limit before and after. `given`: the action without which it doesn't begin, where that doesn't stand yet."""

    before: Deadline
    after: Deadline
    given: str | None

    @property
    def later(self) -> int | None:
        """Calendar days by which the last day moves; None where there is none before or after."""
        known = self.before.due is not None and self.after.due is not None
        return (self.after.due - self.before.due).days if known else None  # type: ignore[operator]  # both known


@dataclass(frozen=True, slots=True)
class Capped:
    """A capped window: days `used` and `left` before the act, what it takes, until when, and what is left then.

    `outlasted_by`: limits still open, that end with the next step of the case, and after this span's last day (R4).
    """

    cap: Cap
    used: int
    left: int
    days: int
    last: date | None
    left_after: int
    outlasted_by: tuple[Deadline, ...]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What would come of it. `lacking`: what the law asks of the real act and is left open here.

    `recipients`: upon whom its paper is taken to be served; `closes`: the actions by which what it opens is to end.
    """

    supposed: Supposed
    recipients: tuple[str, ...]
    outcome: Outcome
    lacking: tuple[Defect, ...]
    closes: tuple[str, ...]
    moved: tuple[Moved, ...]
    capped: tuple[Capped, ...]


def suppose(
    rulebook: Rulebook,
    on: str,
    *,
    window: str | None = None,
    action: str | None = None,
    days: int | None = None,
) -> Supposed:
    """The act asked for: by its code, or as that which opens `window`. Faults "what-if", "days", "date"."""
    if (window is None) == (action is None):
        raise Fault("what-if", "应写明一个期间或者一个行为，二者取一", "例如 correction（补正期间）。", field="window")
    if window is not None and window not in rulebook.by_window:
        known = "、".join(f"{w.code}（{w.title}）" for w in rulebook.windows) or "（无）"
        raise Fault("what-if", f"规则手册没有“{window[:40]}”这一期间", f"可选：{known}。", field="window")
    code = rulebook.by_window[window].opens.action if window is not None else action or ""
    if code not in rulebook.by_action:
        raise Fault("what-if", f"规则手册没有“{code[:40]}”这一行为", "请从行为清单中选择。", field="action")
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise Fault("days", f"日数应为 1 至 {MOST_DAYS}，实为 {days}", "请改正日数。", field="days")
    try:
        named = day_or_moment(on)
    except ValueError:
        remedy = "请写作 2023-03-10 或 2023-03-10T09:30:00+08:00。"
        raise Fault("date", f"“{on[:40]}”不是日期或者带时区的时刻", remedy, field="from") from None
    at = named if isinstance(named, datetime) else None
    return Supposed(code, at.date() if at else named, days, at)


def what_if(case: Case, supposed: Supposed, today: date, now: datetime | None = None) -> WhatIf:
    """What would come of `supposed` in `case`; limits as of `today`, or `now`. Fault "date" for a day beyond reach."""
    action = case.rulebook.by_action[supposed.action]
    try:
        entry = _act(case, action, supposed.at or supposed.on, {**_lengths(case, action, supposed), **supposed.facts})
        found = admissible(case, entry)
        lacking = tuple(defect for defect in found.defects if defect.code in LEFT_OPEN)
        defects = tuple(defect for defect in found.defects if defect.code not in LEFT_OPEN)
        after = _served(enter(case, replace(entry, defects=defects)), entry)
        closings = _closings(case.rulebook, action) if supposed.days is not None else ()
        for window in closings:
            after = _closed(after, window, entry, supposed.on + timedelta(days=supposed.days or 0))
    except OverflowError:
        raise Fault("date", f"{supposed.on} 超出可以推算的范围", "请改正日期。", field="from") from None
    return WhatIf(
        supposed,
        _recipients(entry),
        Outcome(found.answer if defects else Answer.ACCEPTED, defects),
        lacking,
        tuple(window.closes.action for window in closings),
        tuple(_moved(case, after, today, now)),
        tuple(_capped(case, after, entry, today)),
    )


def _act(case: Case, action: Action, on: date | datetime, given: Mapping[str, Any]) -> Entry:
    """The act with what can be taken for granted: enough signers, dates of what happens that day, `defaults`."""
    facts, day = dict(given), on.date() if isinstance(on, datetime) else on
    moment = on if isinstance(on, datetime) else datetime.combine(day, time.min, SHANGHAI)
    stated = {FactType.DATE: day.isoformat(), FactType.INSTANT: moment.isoformat()}
    for window in case.rulebook.windows:
        if window.closes.action == action.code and window.complete is not None:
            facts.setdefault(window.complete, True)
    for fact in action.facts:
        wanted = fact.type in stated and fact.past and not fact.optional
        if wanted and fact.name not in facts and applies(fact.if_, facts):
            facts[fact.name] = stated[fact.type]
    capacities = [need.capacity for need in action.by[0] for _ in range(need.count)]
    signers = tuple(Signer(f"signer-{n}", "", capacity) for n, capacity in enumerate(capacities, 1))
    seen, occurred = Seen(case.seq, case.head), on.isoformat()
    entry = Entry(case.seq + 1, "", "", action.code, occurred, None, signers, seen, facts, ())
    return replace(entry, facts=filled(case, action, entry))


def _lengths(case: Case, action: Action, supposed: Supposed) -> dict[str, int]:
    """The facts of the act that say how long: `days`, or, for a capped window, as long as it still may."""
    out: dict[str, int] = {}
    for window in case.rulebook.windows:
        if window.opens.action == action.code and window.lasts is not None:
            left = [cap.max - capped_days(case, cap) for cap in case.rulebook.caps if cap.window == window.code]
            days = supposed.days if supposed.days is not None else min(left, default=None)
            if days is not None:
                out[window.lasts] = max(1, days)
    for limit in case.rulebook.limits:
        ref = limit.length.fact
        if ref is not None and ref.action == action.code and supposed.days is not None:
            out[ref.field] = supposed.days
    chosen = {name for names in action.exactly_one for name in names if name in supposed.facts}
    rivals = {name for names in action.exactly_one if chosen & set(names) for name in names}
    return {name: value for name, value in out.items() if name not in rivals}


def _closings(rulebook: Rulebook, action: Action) -> tuple[Window, ...]:
    """The windows that `action` opens and that need another act to end."""
    return tuple(w for w in rulebook.windows if w.opens.action == action.code and w.lasts is None)


def _served(case: Case, paper: Entry) -> Case:
    """The case once its last paper was sent to and served upon everyone, the day it was made."""
    service = next((action for action in case.rulebook.actions if action.serves), None)
    recipients = _recipients(paper)
    if service is None or not recipients:
        return case
    day = paper.occurred_on.isoformat()
    rows = [{"recipient": recipient, "sent_on": day, "served_on": day} for recipient in recipients]
    return extend(case, _act(case, service, paper.occurred_on, {"paper": paper.seq, "deliveries": rows}))


def _recipients(paper: Entry) -> tuple[str, ...]:
    named = paper.facts.get("recipients")
    return tuple(named) if isinstance(named, list) else ()


def _closed(case: Case, window: Window, opening: Entry, on: date) -> Case:
    """The case once what `opening` opened has ended on that day."""
    action = case.rulebook.by_action[window.closes.action]
    closing = _act(case, action, on, {"answers": opening.seq} if window.per_record else {})
    return _served(extend(case, closing), closing)


def _moved(case: Case, after: Case, today: date, now: datetime | None) -> Iterator[Moved]:
    """Every limit that doesn't stand where it stood; an act may move the case to other limits (`rebinds`)."""
    for limit in after.rulebook.limits:
        waits = limit.given is not None and not after.stands(limit.given)
        free, given = (replace(limit, given=None), limit.given) if waits else (limit, None)
        old = case.rulebook.by_limit.get(limit.code)
        found = reckoned(case, replace(old, given=None) if waits else old, today, now) if old is not None else ()
        was = {(d.of, d.round): d for d in found}
        for d in reckoned(after, free, today, now):
            before = was.get((d.of, d.round), Deadline(limit, d.of, Status.NOT_BEGUN, round=d.round))
            if _place(before) != _place(d):
                yield Moved(before, d, given)


def _place(d: Deadline) -> tuple[Status, date | None, date | None, datetime | None, date | None]:
    return d.status, d.start.day if d.start else None, d.due, d.due_at, d.done


def _capped(case: Case, after: Case, entry: Entry, today: date) -> Iterator[Capped]:
    for cap in case.rulebook.caps:
        window = case.rulebook.by_window[cap.window]
        span = next((s for s in spans(after, window) if s.opening == entry.seq), None)
        if span is not None:
            used, then = capped_days(case, cap), capped_days(after, cap)
            left = max(0, cap.max - used)
            outlasted = tuple(_outlasting(after, span.closed, today))
            yield Capped(cap, used, left, span.days(), span.closed, max(0, cap.max - then), outlasted)


def _outlasting(case: Case, last: date | None, today: date) -> Iterator[Deadline]:
    """Open limits for the next step of the case that end after `last`, or have no last day at all."""
    for limit in case.rulebook.limits:
        if last is not None and not limit.advisory and _decides(case.rulebook, limit):
            for d in reckoned(case, limit, today):
                if d.status in _OPEN and (d.due is None or d.due > last):
                    yield d


def _decides(rulebook: Rulebook, limit: Limit) -> bool:
    """Whether what keeps the limit brings the case on into another stage."""
    actions = (rulebook.by_action.get(ref.action) for ref in limit.to.refs)
    return any(action is not None and action.then is not None for action in actions)
