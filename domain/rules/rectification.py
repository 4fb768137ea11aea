"""Rectification (更正/作废): may this act put that record right?

Keeps: the original stays; what comes out must itself be well-formed under the target's action. The opening record
cannot be voided, and a voided record cannot be corrected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import Defect
from . import facts as fact_rules
from .case import VOIDS, corrected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .facts import Scope


def rectification_defects(scope: Scope) -> Iterator[Defect]:
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
        if target.seq == 1:
            message = "立案的第 1 号记录不能作废"
            yield Defect("opening-record", message, "请改作“更正”。", action=code, field="facts.target", record=1)
    else:
        yield from _corrections(scope, number or 0)


def _corrections(scope: Scope, number: int) -> Iterator[Defect]:
    facts, code = scope.entry.facts, scope.action.code
    target = scope.case.entries[number - 1]
    action = scope.case.rulebook.by_action.get(target.action)
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
        if spec is not None and spec.derived:
            yield Defect(
                "derived", f"“{spec.title}”由系统推算，不能更正", "请删去。", action=code, field=f"facts.changes.{name}"
            )
    after = corrected(target, scope.entry)
    inner = fact_rules.Scope(scope.case, after, action)
    for defect in fact_rules.malformed(inner):
        field = (defect.field or "").replace("facts.", "facts.changes.", 1)
        yield Defect(defect.code, defect.message, defect.remedy, defect.article, code, field, number)
