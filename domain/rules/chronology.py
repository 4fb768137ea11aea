"""The order of days (先后) in a case: what can't have been yet, and what must have come before.

Keeps: nothing is entered that happened after its receipt, nor a date before the one it follows upon; no act is older
than the stage in which it may be done, than the record it answers or the paper it serves. Leaves: how long (期间) to
`time_limits`, whether a stage is the right one to `admissible`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ..errors import Defect
from .civil import chinese_moment, civil_day, instant
from .dates import Dated, day_of
from .vocabulary import FactType, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime

    from .case import Case, Entry
    from .facts import Scope
    from .vocabulary import Action, Fact

OWN_DAY = "occurred_on"  # in `since`: the day of the act itself


def unreal(scope: Scope) -> Iterator[Defect]:
    """An act that says it happened after the archive received it."""
    entry = scope.entry
    if entry.received is not None and entry.occurred_on > civil_day(entry.received):
        message = f"发生日期 {entry.occurred_on} 尚未到来，不能入卷"
        yield Defect("future", message, "请核对日期；事情发生之后再登记。", action=scope.action.code, field="occurred")


def too_early(scope: Scope, spec: Fact, siblings: Mapping[str, Any], path: str) -> Iterator[Defect]:
    """A date before the one that it can't precede (`since`), among its siblings or the act's own day."""
    if spec.since is None:
        return
    own = spec.since == OWN_DAY
    at, before = _at(siblings.get(spec.name)), None if own else _at(siblings.get(spec.since))
    if at is not None and before is not None:
        if at < before:
            message = f"“{spec.title}”{chinese_moment(at)}早于{chinese_moment(before)}，不能如此"
            yield Defect("order", message, "请核对这两个时刻。", spec.article, scope.action.code, path)
        return
    day, first = _day(siblings.get(spec.name)), scope.entry.occurred_on if own else _day(siblings.get(spec.since))
    if day is not None and first is not None and day < first:
        message = f"“{spec.title}”{day} 早于{'本行为的发生日期' if own else ''} {first}，不能如此"
        yield Defect("order", message, "请核对这两个日期。", spec.article, scope.action.code, path)


def _day(value: Any) -> date | None:
    try:
        return civil_day(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _at(value: Any) -> datetime | None:
    try:
        return instant(value) if isinstance(value, str) else None
    except ValueError:
        return None


def untimely(scope: Scope) -> Iterator[Defect]:
    """An act, or a date that it states, older than what had to come first."""
    entry, action = scope.entry, scope.action
    floors = [found for found in (stage_began(scope.case, action), _answered(scope)) if found is not None]
    floor = max(floors, key=lambda f: (f.day, f.seq), default=None)
    if floor is not None:
        stated = [("occurred", "发生日期", entry.occurred_on)]
        facts = [(f, _day(entry.facts.get(f.name))) for f in _happened(action)]
        stated += [(f"facts.{fact.name}", fact.title, day) for fact, day in facts if day is not None]
        for field, title, day in stated:
            if day < floor.day:
                yield _before(scope, field, title, day, floor)
    if action.serves:
        yield from _served_early(scope)
    yield from _too_soon(scope, action.facts, entry.facts, "facts")


def _too_soon(scope: Scope, specs: Sequence[Fact], value: Mapping[str, Any], path: str) -> Iterator[Defect]:
    """Dates that came before another one that the law puts first (`before`), or too soon after it (`lead`)."""
    for spec in specs:
        rows = value.get(spec.name) if spec.type is FactType.ROWS else None
        for i, row in enumerate(rows if isinstance(rows, list) else ()):
            if isinstance(row, dict):
                yield from _too_soon(scope, spec.cols, row, f"{path}.{spec.name}[{i}]")
        first, then = day_of(value.get(spec.name)), day_of(value.get(spec.before or ""))
        if first is None or then is None:
            continue
        days = value.get(spec.lead or "")
        earliest = first + timedelta(days=days if isinstance(days, int) else 0)
        if then < earliest:
            title = next(s.title for s in specs if s.name == spec.before)
            after = f"起满 {days} 日（{earliest}）" if isinstance(days, int) else ""
            message = f"“{title}”{then} 早于“{spec.title}”{first}{after}"
            article = spec.article or (scope.action.article[0] if scope.action.article else None)
            field = f"{path}.{spec.before}"
            yield Defect("too-soon", message, "请核对日期。", article, scope.action.code, field)


def _happened(action: Action) -> Iterator[Fact]:
    yield from (f for f in action.facts if f.type in (FactType.DATE, FactType.INSTANT) and f.past)


def _before(scope: Scope, field: str, title: str, day: date, floor: Dated) -> Defect:
    first = scope.case.entries[floor.seq - 1]
    earlier = scope.case.action_of(first)
    told = earlier.title if earlier is not None else first.action
    message = f"“{title}”{day} 早于第 {floor.seq} 号记录“{told}”（{floor.day}）"
    article = scope.action.article[0] if scope.action.article else None
    return Defect("too-early", message, "请核对日期，或先更正该号记录。", article, scope.action.code, field, floor.seq)


def stage_began(case: Case, action: Action) -> Dated | None:
    """When the case came into the stages in which `action` may be done, without having left them since."""
    since = None
    for stage, seq in reversed(case.moves):
        if stage not in action.in_:
            break
        since = seq
    return None if since is None else _happened_on(case, case.entries[since - 1])


def _happened_on(case: Case, entry: Entry) -> Dated:
    """The day of a record: of what came in, where it reports that, if that was earlier than its taking down."""
    action = case.action_of(entry)
    reports = action is not None and action.kind is Kind.REPORTS
    came = day_of(entry.facts.get("received_on")) if reports else None
    return Dated(min(came or entry.occurred_on, entry.occurred_on), entry.seq)


def _answered(scope: Scope) -> Dated | None:
    target = scope.case.entry(scope.entry.facts.get("answers") or 0) if scope.action.answers else None
    return Dated(target.occurred_on, target.seq) if target is not None and target.voided_by is None else None


def _served_early(scope: Scope) -> Iterator[Defect]:
    paper = scope.case.entry(scope.entry.facts.get("paper") or 0)
    rows = scope.entry.facts.get("deliveries")
    for i, row in enumerate(rows if isinstance(rows, list) else ()):
        sent = day_of(row.get("sent_on")) if isinstance(row, dict) else None
        if paper is not None and sent is not None and sent < paper.occurred_on:
            path = f"facts.deliveries[{i}].sent_on"
            yield _before(scope, path, "发出日期", sent, Dated(paper.occurred_on, paper.seq))
