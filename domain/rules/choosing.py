"""Choices that the case must bear out (情形): in which stages one may be made, on which limit having been missed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .deadline import UNKEPT
from .facts import HIDDEN, OF, breach
from .sources import applies, items_of
from .time_limits import reckoned
from .vocabulary import FactType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ..errors import Defect
    from .facts import Scope
    from .vocabulary import Choice, Fact

AMISS = "amiss"


def unfounded(scope: Scope) -> Iterator[Defect]:
    """Every choice of this act that the act or the case, as it stands, contradicts, or that tells of a wrong."""
    yield from _in(scope, scope.action.facts, scope.entry.facts, "facts")


def _in(
    scope: Scope, specs: Sequence[Fact], value: Mapping[str, Any], path: str, rows: Fact | None = None
) -> Iterator[Defect]:
    of = value.get(OF) if rows is not None and rows.each is not None else None
    for spec in specs:
        member, at = value.get(spec.name), f"{path}.{spec.name}"
        if spec.type in (FactType.CHOICE, FactType.CHOICES):
            chosen = member if isinstance(member, list) else [member]
            codes = scope.case.rulebook.by_choices.get(spec.of or "", {})
            for choice in (codes[c] for c in chosen if isinstance(c, str) and c in codes):
                yield from _out_of_place(scope, choice, at)
                yield from _baseless(scope, choice, at)
                yield from _unkept(scope, choice, at, rows, of)
                yield from _against(scope, choice, spec, at, rows, of)
        elif spec.type is FactType.ROWS:
            for i, row in enumerate(member if isinstance(member, list) else ()):
                if isinstance(row, dict):
                    yield from _in(scope, spec.cols, row, f"{at}[{i}]", spec)


def _out_of_place(scope: Scope, choice: Choice, field: str) -> Iterator[Defect]:
    case = scope.case
    if choice.in_ and case.stage not in choice.in_:
        now = case.rulebook.by_stage[case.stage].title if case.stage in case.rulebook.by_stage else "未立案"
        message = f"本案现处于“{now}”阶段，没有“{choice.label}”的情形"
        yield breach(scope, "unfounded", message, "请改选与案情相符的情形。", field)


def _baseless(scope: Scope, choice: Choice, field: str) -> Iterator[Defect]:
    for code in (code for code in choice.needs if not scope.case.valid(code)):
        title = scope.case.rulebook.action(code).title
        message = f"本案没有“{title}”，不成其为“{choice.label}”"
        yield breach(scope, "unfounded", message, "请改选与案情相符的情形。", field)


def _unkept(scope: Scope, choice: Choice, field: str, rows: Fact | None, of: Any) -> Iterator[Defect]:
    if choice.missed is None:
        return
    limit = scope.case.rulebook.by_limit[choice.missed]
    found = reckoned(scope.case, limit, scope.entry.occurred_on, scope.entry.moment)
    if rows is not None and rows.each == limit.each:
        found = tuple(deadline for deadline in found if deadline.of == of)
    if not any(deadline.status in UNKEPT for deadline in found):
        message = f"按本案记录，“{limit.title}”没有超过，不成其为“{choice.label}”"
        yield breach(scope, "unfounded", message, "请核对有关日期，或改选情形。", field)


def _against(scope: Scope, choice: Choice, spec: Fact, field: str, rows: Fact | None, of: Any) -> Iterator[Defect]:
    """A choice that is itself a wrong, or that the act's other facts or the item it stands for contradict."""
    found = []
    if choice.amiss:
        found.append(breach(scope, AMISS, f"“{spec.title}”：{choice.label}，不合规定", "如实登记，依法处理。", field))
    if choice.if_ is not None and HIDDEN not in scope.entry.facts and not applies(choice.if_, scope.entry.facts):
        other = next(fact for fact in scope.action.facts if fact.name == choice.if_.name)
        message = f"“{other.title}”与“{choice.label}”不符"
        found.append(breach(scope, "unfounded", message, "请核对这两项。", field))
    if choice.given is not None and not _stated(scope, choice.given):
        message = f"没有“{_title(scope, choice.given)}”，不成其为“{choice.label}”"
        found.append(breach(scope, "unfounded", message, "请核对该项，或改选情形。", field))
    item = _item(scope, rows, of) if choice.where is not None and rows is not None else None
    if item is not None and not applies(choice.where, item):
        message = f"第 {of} 项的记载与“{choice.label}”不符"
        found.append(breach(scope, "unfounded", message, "请核对该项的记载，或改选情形。", field))
    for one in found:
        yield replace(one, article=choice.article or spec.article or one.article)


def _stated(scope: Scope, source: str) -> bool:
    """Whether a record of the action, this act among them, states the fact; what stays withheld may."""
    action, _, name = source.partition(".")
    own = (scope.entry,) if scope.action.code == action else ()
    found = [entry.facts for entry in (*scope.case.valid(action), *own)]
    return any(facts.get(name) not in (None, "", []) or HIDDEN in facts for facts in found)


def _title(scope: Scope, source: str) -> str:
    action, _, name = source.partition(".")
    return next(fact.title for fact in scope.case.rulebook.action(action).facts if fact.name == name)


def _item(scope: Scope, rows: Fact | None, of: Any) -> Mapping[str, Any] | None:
    """The row of the source of `rows` that has the key `of`; None where it isn't told, or stands behind a digest."""
    found = (row for row in items_of(scope, rows) if row[0] == of) if rows is not None else ()
    item = next((row for _, row in found), None)
    return item if isinstance(item, dict) and HIDDEN not in item else None
