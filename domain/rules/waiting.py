"""Acts that have to wait, or have waited too long (期间): windows that must run, limits kept, run out or ripe, caps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .case import enter
from .civil import chinese, day_end
from .dates import date_of
from .deadline import Status
from .facts import breach
from .time_limits import reckoned
from .windows import capped_days, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from ..errors import Defect
    from .case import Entry
    from .deadline import Deadline
    from .facts import Scope


def against_the_clock(scope: Scope) -> Iterator[Defect]:
    """What windows, caps and limits say against this act."""
    yield from _windows(scope)
    yield from _limits(scope)
    yield from _ripe(scope)


def _windows(scope: Scope) -> Iterator[Defect]:
    case, action, day = scope.case, scope.action, scope.entry.occurred_on
    for code in action.running:
        window = case.rulebook.by_window[code]
        if not running(case, window, day):
            message = f"“{action.title}”须有正在进行的“{window.title}”，{day} 没有"
            remedy = "请核对是否已经期满或者解除；尚未登记送达的，先登记送达，没有发出的，作废。"
            yield breach(scope, "not-running", message, remedy)
    for cap in case.rulebook.caps:
        window = case.rulebook.by_window[cap.window]
        asked = scope.entry.facts.get(window.lasts or "")
        if window.opens.action == action.code and isinstance(asked, int):
            used = capped_days(case, cap)
            if used + asked > cap.max:
                over = used + asked - cap.max
                message = f"“{window.title}”合计最多 {cap.max} 日，已用 {used} 日，本次 {asked} 日，超出 {over} 日"
                remedy = f"本次至多可定 {max(0, cap.max - used)} 日。"
                yield replace(breach(scope, "cap", message, remedy, f"facts.{window.lasts}"), article=cap.article)


def _limits(scope: Scope) -> Iterator[Defect]:
    case, action, day = scope.case, scope.action, scope.entry.occurred_on
    for code in action.kept:
        for deadline in reckoned(case, case.rulebook.by_limit[code], day, scope.entry.moment):
            if deadline.status is Status.MISSED:
                message = f"“{deadline.title}”至 {deadline.due} 届满，{deadline.done} 才完成，不能作“{action.title}”"
                yield replace(breach(scope, "not-kept", message, "请按逾期的规定处理。"), article=deadline.article)
    for stage, code in action.over:
        if case.stage != stage:
            continue
        for deadline in reckoned(case, case.rulebook.by_limit[code], day, scope.entry.moment):
            if not _run_out(deadline, scope.entry, day):
                message = f"“{deadline.title}”{_not_over(deadline)}，不能作“{action.title}”"
                yield replace(breach(scope, "not-over", message, "请待期限届满。"), article=deadline.article)


def _run_out(deadline: Deadline, entry: Entry, day: date) -> bool:
    """Whether it had run out before that day, or, in hours, before the act."""
    if deadline.due_at is not None:
        return (entry.moment or day_end(day)) > deadline.due_at
    return deadline.due is not None and day > deadline.due


def _not_over(deadline: Deadline) -> str:
    if deadline.due is not None:
        return f"至{deadline.ends}尚未届满"
    return "自送达之后才起算" if deadline.start is None else "没有可以届满的日期（送达时所定日期已过，或者停止计算）"


def _ripe(scope: Scope) -> Iterator[Defect]:
    """Limits that must have been met, or have run out, before what this act brings; reckoned with it."""
    case, entry = scope.case, scope.entry
    if not scope.action.ripe:
        return
    handed_in = date_of(case, entry, "handed_in_on")
    day = handed_in.day if handed_in else entry.occurred_on
    for code, article in scope.action.ripe:
        for deadline in reckoned(enter(case, entry), case.rulebook.by_limit[code], day):
            met = deadline.done is not None and deadline.done <= day
            if deadline.due is not None and not met and not _run_out(deadline, entry, day):
                message = f"“{deadline.title}”至{deadline.ends}届满，{chinese(day)}为时过早"
                yield replace(breach(scope, "not-ripe", message, "如实登记，依法处理。"), article=article)
