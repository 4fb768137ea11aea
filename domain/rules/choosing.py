"""Choices that the case must bear out (情形): in which stages one may be made, on which limit having been missed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .facts import breach
from .time_limits import Status, reckoned
from .vocabulary import FactType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ..errors import Defect
    from .facts import Scope
    from .vocabulary import Choice, Fact

UNKEPT = (Status.MISSED, Status.OVERDUE)


def unfounded(scope: Scope) -> Iterator[Defect]:
    """Every choice of this act that the case, as it stands, contradicts."""
    yield from _in(scope, scope.action.facts, scope.entry.facts, "facts")


def _in(scope: Scope, specs: Sequence[Fact], value: Mapping[str, Any], path: str) -> Iterator[Defect]:
    for spec in specs:
        member, at = value.get(spec.name), f"{path}.{spec.name}"
        if spec.type in (FactType.CHOICE, FactType.CHOICES):
            chosen = member if isinstance(member, list) else [member]
            codes = scope.case.rulebook.by_choices.get(spec.of or "", {})
            for choice in (codes[c] for c in chosen if c in codes):
                yield from _unfounded(scope, choice, at)
        elif spec.type is FactType.ROWS:
            for i, row in enumerate(member if isinstance(member, list) else ()):
                if isinstance(row, dict):
                    yield from _in(scope, spec.cols, row, f"{at}[{i}]")


def _unfounded(scope: Scope, choice: Choice, field: str) -> Iterator[Defect]:
    case = scope.case
    if choice.in_ and case.stage not in choice.in_:
        now = case.rulebook.by_stage[case.stage].title if case.stage in case.rulebook.by_stage else "未立案"
        message = f"本案现处于“{now}”阶段，没有“{choice.label}”的情形"
        yield breach(scope, "unfounded", message, "请改选与案情相符的情形。", field)
    if choice.missed is None:
        return
    found = reckoned(case, case.rulebook.by_limit[choice.missed], scope.entry.occurred_on)
    if not any(deadline.status in UNKEPT for deadline in found):
        title = case.rulebook.by_limit[choice.missed].title
        message = f"按本案记录，“{title}”没有超过，不成其为“{choice.label}”"
        yield breach(scope, "unfounded", message, "请核对有关日期，或改选情形。", field)
