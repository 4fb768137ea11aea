"""Signatures on paper (签字) beside the officers' own: every page or the last, and what a refusal needs (R16)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import Defect

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .facts import Scope
    from .vocabulary import Ink


def misnumbered(scope: Scope) -> Iterator[Defect]:
    """Pages left unsigned that the paper doesn't have."""
    for ink in scope.action.ink:
        last, rows = scope.entry.facts.get(ink.of_pages), scope.entry.facts.get(ink.fact)
        if not isinstance(rows, list) or not isinstance(last, int):
            continue
        for i, row in enumerate(rows):
            pages = row.get("missing") if isinstance(row, dict) else None
            none = [p for p in pages if isinstance(p, int) and not 1 <= p <= last] if isinstance(pages, list) else []
            if none:
                message = f"共 {last} 页，没有第 {none[0]} 页"
                path = f"facts.{ink.fact}[{i}].missing"
                yield Defect("range", message, "请核对页码。", ink.article, scope.action.code, path)


def unsigned(scope: Scope) -> Iterator[Defect]:
    """A defect for each page that should bear a signature and doesn't, unless the refusal is witnessed."""
    for ink in scope.action.ink:
        last = scope.entry.facts.get(ink.of_pages)
        rows = scope.entry.facts.get(ink.fact)
        for i, row in enumerate(rows if isinstance(rows, list) else ()):
            if isinstance(row, dict):
                yield from _row(scope, ink, row, f"facts.{ink.fact}[{i}]", last)


def _row(scope: Scope, ink: Ink, row: Mapping[str, Any], path: str, last: Any) -> Iterator[Defect]:
    missing = [p for p in row.get("missing") or () if isinstance(p, int) and (ink.pages == "all" or p == last)]
    if not missing or "_sd" in row:
        return
    who = scope.case.parties[row["of"]].name if row.get("of") in scope.case.parties else row.get("of")
    for name, title in (("reason", "拒签原因"), ("witnesses", "见证人")):
        if not row.get(name):
            pages = "、".join(str(p) for p in missing)
            article = ink.article or (scope.action.article[0] if scope.action.article else None)
            message = f"{who}未在第 {pages} 页签字，须记明{title}"
            yield Defect("unsigned", message, f"请补填{title}。", article, scope.action.code, f"{path}.{name}")
