"""What the law wants of a value (`must`): codes that have to be among those chosen, enough of a number, a yes.

Keeps: what falls short is told with the article that then applies (R11: a ground of correction, not of silent refusal).
Leaves: values that aren't there at all (`facts.missing`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .choosing import AMISS
from .facts import breach
from .sources import applies
from .values import parties_known
from .vocabulary import FactType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ..errors import Defect
    from .facts import Scope
    from .vocabulary import Fact, Must

SHORT = "short"


def short_of_the_law(scope: Scope) -> Iterator[Defect]:
    """Every value of this act that is less than the law wants."""
    yield from _in(scope, scope.action.facts, scope.entry.facts, "facts")


def _in(scope: Scope, specs: Sequence[Fact], value: Mapping[str, Any], path: str) -> Iterator[Defect]:
    for spec in specs:
        member, at = value.get(spec.name), f"{path}.{spec.name}"
        if member is None:
            continue
        if spec.type is FactType.ROWS:
            for i, row in enumerate(member if isinstance(member, list) else ()):
                if isinstance(row, dict):
                    yield from _in(scope, spec.cols, row, f"{at}[{i}]")
        if spec.tells is not None:
            yield from _untold(scope, spec, spec.tells, member if isinstance(member, list) else [], at)
        for must in spec.must:
            if applies(must.if_, value):
                yield from _short(scope, spec, must, value, at, _name(specs, value))


def _short(scope: Scope, spec: Fact, must: Must, siblings: Mapping[str, Any], field: str, who: str) -> Iterator[Defect]:
    member = siblings[spec.name]
    if isinstance(member, bool):
        message = "" if member else f"“{spec.title}”为否"
    elif isinstance(member, int):
        message = _too_few(scope, spec, must, siblings) or _no_item(scope, spec, must, member)
    else:
        message = _unchosen(scope, spec, must, member if isinstance(member, list) else [member])
    if message:
        found = breach(scope, SHORT, f"{message}{who}", "请照实登记，依法通知补正；录入有误的，请更正。", field)
        yield replace(found, article=must.article)


def _untold(scope: Scope, spec: Fact, action: str, chosen: list[Any], field: str) -> Iterator[Defect]:
    """Choices that name what a record falls short of, and that this act, which tells it once for all, leaves out."""
    choices = scope.case.rulebook.by_choices.get(spec.of or "", {})
    for entry in scope.case.valid(action):
        for article in dict.fromkeys(d.article for d in entry.defects if d.code in (SHORT, AMISS)):
            for choice in (c for c in choices.values() if c.article == article and c.code not in chosen):
                message = f"第 {entry.seq} 号记录已标明“{choice.label}”，“{spec.title}”中没有"
                found = breach(
                    scope, "untold", message, "请加选这一情形；录入有误的，请先更正该号记录。", field, entry.seq
                )
                yield replace(found, article=article)


def _name(specs: Sequence[Fact], siblings: Mapping[str, Any]) -> str:
    """Of whom a row speaks, in brackets, where everybody may know; nothing where not."""
    who = siblings.get("name") if any(s.name == "name" and not s.class_.withheld for s in specs) else None
    return f"（{who}）" if isinstance(who, str) and who else ""


def _too_few(scope: Scope, spec: Fact, must: Must, siblings: Mapping[str, Any]) -> str:
    member, stated = siblings[spec.name], siblings.get(must.least or "")
    parties = sum(1 for party in parties_known(scope).values() if party.role in must.per)
    wanted = max(parties, stated if isinstance(stated, int) else 0)
    return f"“{spec.title}”应为 {wanted}，实为 {member}" if member < wanted else ""


def _no_item(scope: Scope, spec: Fact, must: Must, member: int) -> str:
    items = scope.entry.facts.get(must.item_of or "")
    if not isinstance(items, list) or 1 <= member <= len(items):
        return ""
    title = next(f.title for f in scope.action.facts if f.name == must.item_of)
    return f"“{spec.title}”：“{title}”没有第 {member} 项"


def _unchosen(scope: Scope, spec: Fact, must: Must, chosen: list[Any]) -> str:
    choices = scope.case.rulebook.by_choices.get(spec.of or "", {})
    lacking = [choices[code].label for code in must.all if code not in chosen]
    parts = [f"缺少{'、'.join(lacking)}"] if lacking else []
    if must.any and not set(must.any) & set(chosen):
        parts.append(f"应有{'或者'.join(choices[code].label for code in must.any)}")
    return f"“{spec.title}”{'，'.join(parts)}" if parts else ""
