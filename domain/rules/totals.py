"""Sums of money (金额合计): what several are to bear comes to what there is to bear (第四十条)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from .facts import HIDDEN, absent, breach

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..errors import Defect
    from .case import Case
    from .facts import Scope
    from .vocabulary import Fact


def uneven(scope: Scope) -> Iterator[Defect]:
    """Rows of money that are missing though there is a sum to share, or don't come to it."""
    for spec in scope.action.facts:
        for col in (c for c in spec.cols if c.total is not None):
            yield from _uneven(scope, spec, col)


def _uneven(scope: Scope, spec: Fact, col: Fact) -> Iterator[Defect]:
    owed, rows = _owed(scope.case, col), scope.entry.facts.get(spec.name)
    if owed is None or HIDDEN in scope.entry.facts:
        return
    if not rows:
        yield absent(scope.action, f"facts.{spec.name}", f"缺少“{spec.title}”，应负担 {owed} 元", col.article)
        return
    shares = [_money(row.get(col.name)) for row in rows if isinstance(row, dict)]
    if all(share is not None for share in shares) and (total := sum(s for s in shares if s is not None)) != owed:
        message = f"“{spec.title}”合计 {total} 元，应为 {owed} 元"
        yield replace(breach(scope, "total", message, "请核对各行金额。", f"facts.{spec.name}"), article=col.article)


def _owed(case: Case, col: Fact) -> Decimal | None:
    """What there is to share: of the records that `total` names, or, where there are none, of the others."""
    source = col.total or ""
    if col.else_total is not None and not case.valid(source.partition(".")[0]):
        source = col.else_total
    return _sum_of_records(case, source)


def _sum_of_records(case: Case, source: str) -> Decimal | None:
    """The sum of a money fact over the records of its action; None unless there are some and all state it."""
    action, _, name = source.partition(".")
    sums = [_money(entry.facts.get(name)) for entry in case.valid(action)]
    return sum((s for s in sums if s is not None), Decimal(0)) if sums and None not in sums else None


def _money(value: Any) -> Decimal | None:
    try:
        return Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        return None
