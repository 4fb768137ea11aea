"""Rectification (更正/作废): may this act put that record right?

Keeps: the original stays; what comes out is judged in the target's own place, and what would have been refused there
can't come about by correction: an act that *does* something has to be lawful as corrected, a report well-formed. What
several had to sign can't be changed without one in each of their capacities. The opening record cannot be voided, and
a voided record cannot be corrected.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..errors import Defect
from . import facts as fact_rules
from .case import VOIDS, Case, corrected, enter
from .late import is_late
from .levels import follows
from .vocabulary import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from .case import Entry
    from .facts import Scope
    from .vocabulary import Action, Signatures

    Judge = Callable[[Case, Entry], tuple[bool, tuple[Defect, ...]]]  # whether refused, and everything found


def undone(scope: Scope) -> tuple[tuple[Signatures, ...], ...]:
    """The ways of signing that the target asked for, if it *does* something and this act changes or voids it."""
    number = scope.entry.facts.get("target") if scope.action.rectifies else None
    target = scope.case.entry(number) if isinstance(number, int) else None
    action = scope.case.action_of(target) if target is not None else None
    if target is None or action is None or action.kind is not Kind.DOES or action.rectifies:
        return ()
    if is_late(scope.case.book_of(target.seq), target):
        return ()
    return ways(action, target.facts)


def ways(action: Action, facts: Mapping[str, Any]) -> tuple[tuple[Signatures, ...], ...]:
    """Who signs an act with these facts, as alternatives: by its route, where it has one and says by which."""
    if action.route is None:
        return action.by
    value = facts.get(action.route.fact)
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else value
    return dict(action.route.cases).get(str(text), action.by)


def rectification_defects(scope: Scope, judge: Judge) -> Iterator[Defect]:
    """Everything that makes this rectification impossible; the shape of its facts has been judged before."""
    number = scope.entry.facts.get("target")
    target = scope.case.entry(number) if isinstance(number, int) else None
    if target is None:
        return
    code = scope.action.code
    if target.voided_by is not None and target.voided_by < scope.entry.seq:  # not by this one, or later
        message = f"第 {target.seq} 号记录已被第 {target.voided_by} 号记录作废"
        yield Defect("voided", message, "请更正那一号记录。", action=code, field="facts.target", record=target.seq)
    elif scope.entry.facts.get("mode") == VOIDS:
        closed = scope.case.action_of(target)
        if _rebound(scope, target):
            yield from _forward(scope, target)
        elif target.seq == 1 or (closed is not None and closed.closes_backfill):
            message = f"立案的第 1 号记录、补录完成的记录不能作废（第 {target.seq} 号）"
            yield Defect(
                "opening-record", message, "请改作“更正”。", action=code, field="facts.target", record=target.seq
            )
    else:
        yield from _corrections(scope, number or 0, judge)


def _rebound(scope: Scope, target: Entry) -> bool:
    action = scope.case.action_of(target)
    return action is not None and action.rebinds


def _forward(scope: Scope, target: Entry) -> Iterator[Defect]:
    """What was done since was done under the version to which the target moved the case."""
    message = f"第 {target.seq} 号记录变更了本案适用的版本，其后的记录依新版本作出，不能作废或者更正"
    remedy = "需要改回的，请再作一次变更。"
    yield Defect("rebound", message, remedy, action=scope.action.code, field="facts.target", record=target.seq)


def _corrections(scope: Scope, number: int, judge: Judge) -> Iterator[Defect]:
    facts, code = scope.entry.facts, scope.action.code
    target = scope.case.entries[number - 1]
    action = scope.case.action_of(target)
    if _rebound(scope, target):
        yield from _forward(scope, target)
        return
    if action is None or action.rectifies:
        yield Defect(
            "target", "更正记录本身不能再更正", "请作废后重新更正。", action=code, field="facts.target", record=number
        )
        return
    if not facts.get("changes") and not facts.get("occurred") and "_sd" not in facts:
        yield Defect(
            "no-change", "没有写明更正的内容", "请填写更正后的各项或日期。", action=code, field="facts.changes"
        )
        return
    for name in facts.get("changes") or {}:
        spec = next((f for f in action.facts if f.name == name), None)
        if spec is not None and spec.derived and not follows(spec):
            yield Defect(
                "derived", f"“{spec.title}”由系统推算，不能更正", "请删去。", action=code, field=f"facts.changes.{name}"
            )
    after = replace(corrected(target, scope.entry), received=scope.entry.received)
    refused, found = judge(_before(scope.case, number), after)
    graded = {spec.name for spec in action.facts if follows(spec)}
    told = {("derived", f"facts.{name}") for name in facts.get("changes") or {} if name not in graded}
    known = {(defect.code, defect.field) for defect in target.defects} | told
    then = replace(scope.case, rulebook=scope.case.book_of(number))
    found = (*fact_rules.malformed(fact_rules.Scope(then, after, action)), *(found if refused else ()))
    for defect in found:
        if (defect.code, defect.field) not in known:
            known.add((defect.code, defect.field))
            field = (defect.field or "").replace("facts.", "facts.changes.", 1)
            field = "facts.occurred" if field == "occurred" else field
            yield Defect(defect.code, defect.message, defect.remedy, defect.article, code, field, number)


def _before(case: Case, number: int) -> Case:
    """The case in which record `number` was entered, as its records count now."""
    before = Case(case.id, case.opened_by, case.calendar, books=case.books)
    for entry in case.entries[: number - 1]:
        before = enter(before, entry)
    return before
