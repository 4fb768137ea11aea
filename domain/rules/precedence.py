"""What must stand before an act (先决条件): the stage, records of other actions, and what those say.

Leaves: days to `chronology`, limits and windows to `waiting`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .choosing import AMISS
from .demands import SHORT
from .facts import breach
from .rounds import current
from .service import due_recipients
from .sources import applies

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..errors import Defect
    from .case import Entry
    from .facts import Scope
    from .vocabulary import Ground


LACKS = ("absent", SHORT, AMISS)  # what makes a record less than whole


def out_of_order(scope: Scope) -> Iterator[Defect]:
    """An act in the wrong stage, a second time, without what it needs or in spite of what forbids it."""
    case, action = scope.case, scope.action
    if case.stage not in action.in_:
        now = case.rulebook.by_stage[case.stage].title if case.stage in case.rulebook.by_stage else "未立案"
        stages = "、".join(case.rulebook.by_stage[s].title for s in action.in_ if s in case.rulebook.by_stage)
        message = f"“{action.title}”只能在“{stages}”阶段作出，本案现处于“{now}”阶段"
        yield breach(scope, "stage", message, "请先完成前一阶段的行为。")
    done = current(case, action.code)
    if action.once and done:
        message = f"“{action.title}”只能作出一次，本案第 {done[0].seq} 号记录已于 {done[0].occurred_on} 作出"
        remedy = f"如该记录有误，请对第 {done[0].seq} 号记录作“更正”。"
        yield breach(scope, "once", message, remedy, record=done[0].seq)
    for code in action.forbids:
        for entry in case.valid(code)[:1]:
            title = case.rulebook.action(code).title
            message = f"已有“{title}”（第 {entry.seq} 号记录），不能再作“{action.title}”"
            yield breach(scope, "forbids", message, "请核对案件进程。", record=entry.seq)
    yield from _grounds(scope)
    yield from _unsettled(scope)


def _unsettled(scope: Scope) -> Iterator[Defect]:
    """Records that must have been dealt with before, and weren't."""
    case, action = scope.case, scope.action
    for code, answering in action.settled:
        answered = {entry.facts.get("answers") for entry in case.valid(answering)}
        for entry in (e for e in case.valid(code) if e.seq not in answered):
            title, answer = case.rulebook.action(code).title, case.rulebook.action(answering).title
            message = f"“{title}”（第 {entry.seq} 号记录）还没有“{answer}”，不能作“{action.title}”"
            yield breach(scope, "unsettled", message, f"请先作“{answer}”。", record=entry.seq)


def _grounds(scope: Scope) -> Iterator[Defect]:
    """Records that must stand before, and what they must say where the law makes the act rest upon it."""
    case, action = scope.case, scope.action
    for code in (*action.needs, *(g.action for g in action.rests_on if not g.in_ or case.stage in g.in_)):
        if not case.stands(code):
            title = case.rulebook.action(code).title
            yield breach(scope, "needs", f"“{action.title}”之前须有“{title}”，本案没有", f"请先作“{title}”。")
    for needed in (case.rulebook.action(code) for code in action.needs if case.valid(code)):
        left = due_recipients(case, needed, scope.entry.occurred_on) if needed.serve and needed.serve.together else []
        if left:
            names = "、".join(case.parties[party].name if party in case.parties else party for party in left)
            message = f"“{action.title}”之前须有“{needed.title}”，尚未发给{names}"
            yield breach(scope, "needs", message, f"请先向其作“{needed.title}”。")
    for ground in action.rests_on:
        found = case.valid(ground.action)
        if action.answers == ground.action:  # what this one answers is what it rests on, whatever came later
            found = tuple(e for e in found if e.seq == scope.entry.facts.get("answers"))
        if found and (not ground.in_ or case.stage in ground.in_):
            yield from _unsaid(scope, ground, found)


def _unsaid(scope: Scope, ground: Ground, found: tuple[Entry, ...]) -> Iterator[Defect]:
    action, on, last = scope.action, scope.case.rulebook.action(ground.action), found[-1]
    if ground.if_ is not None and not applies(ground.if_, last.facts):
        spec = next(f for f in on.facts if f.name == ground.if_.name)
        message = f"“{action.title}”之前的“{on.title}”（第 {last.seq} 号记录），“{spec.title}”与之不符"
        yield breach(scope, "needs", message, "请核对该号记录，或先另作一次。", record=last.seq)
    for entry in (found[-1:] if ground.last else found) if ground.whole else ():
        for lack in (d for d in entry.defects if d.code in LACKS):
            message = f"“{on.title}”（第 {entry.seq} 号记录）不完整：{lack.message}，不能作“{action.title}”"
            yield breach(scope, "not-whole", message, "请先补正；录入遗漏的，请更正该号记录。", record=entry.seq)
