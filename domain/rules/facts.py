"""Facts of an act, held against their specification.

Two kinds of complaint: `malformed` (no act may carry it: unknown member, wrong type, unknown party) and `missing`
(the law asks for it and it isn't there: refuses what *does*, marks what *reports*). Members behind digests can't be
judged; where an object has `_sd`, nothing in it is called missing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import Defect
from .case import parties_of
from .chronology import too_early
from .sources import applies, keys_of
from .values import VALUE_CHECKS, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .case import Case, Entry
    from .vocabulary import Action, Fact

HIDDEN = "_sd"
OF = "of"
PARTY_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(frozen=True, slots=True)
class Scope:
    """Where facts are judged: the case before the act, the act as an entry, its action."""

    case: Case
    entry: Entry
    action: Action


def malformed(scope: Scope) -> Iterator[Defect]:
    """Everything in the act's facts that no act may carry, each with its path."""
    yield from _object(scope, scope.action.facts, scope.entry.facts, "facts")
    for names in scope.action.exactly_one:
        given = [n for n in names if scope.entry.facts.get(n) is not None]
        if len(given) > 1:
            titles = "、".join(f.title for f in scope.action.facts if f.name in names)
            yield wrong(
                scope.action, f"facts.{given[1]}", f"“{titles}”只能填写其中一项", "请只保留一项。", "exactly-one"
            )


def _object(scope: Scope, specs: Sequence[Fact], value: Mapping[str, Any], path: str) -> Iterator[Defect]:
    known = {f.name: f for f in specs}
    for name, member in value.items():
        if name == HIDDEN:
            continue
        spec = known.get(name)
        if spec is None:
            yield wrong(scope.action, f"{path}.{name}", f"没有“{name}”这一项", "请删去，或核对名称。", "unknown-fact")
        elif not applies(spec.if_, value):
            yield wrong(
                scope.action, f"{path}.{name}", f"此处不应填写“{spec.title}”", "请删去这一项。", "not-asked", spec
            )
        elif member is not None:
            yield from _value(scope, spec, member, f"{path}.{name}")
            yield from too_early(scope, spec, value, f"{path}.{name}")


def _value(scope: Scope, spec: Fact, value: Any, path: str) -> Iterator[Defect]:
    if spec.type.value == "rows":
        yield from _rows(scope, spec, value, path)
    else:
        yield from VALUE_CHECKS[spec.type](scope, spec, value, path)


def _rows(scope: Scope, spec: Fact, value: Any, path: str) -> Iterator[Defect]:
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        yield wrong(scope.action, path, f"“{spec.title}”应为若干行", "请逐行填写。", "type", spec)
        return
    if spec.max is not None and len(value) > spec.max:
        yield wrong(scope.action, path, f"“{spec.title}”至多 {spec.max} 行，实有 {len(value)} 行", "", "too-many", spec)
    keys = keys_of(scope, spec) if spec.each else None
    seen: set[str] = _party_ids_before(scope, spec) if spec.defines else set()
    for i, row in enumerate(value):
        at = f"{path}[{i}]"
        cells = row
        if spec.each:
            key = row.get(OF)
            cells = {k: v for k, v in row.items() if k != OF}
            if not isinstance(key, str) or key in seen or (keys is not None and key not in keys):
                wanted = "、".join(keys or ()) or "（无）"
                yield wrong(
                    scope.action, f"{at}.of", f"“{spec.title}”每行应对应 {wanted} 之一且不重复", "", "row-key", spec
                )
                continue
            seen.add(key)
        elif spec.defines:
            yield from _party_row(scope, spec, row, at, seen)
        yield from _object(scope, spec.cols, cells, at)


def _party_ids_before(scope: Scope, spec: Fact) -> set[str]:
    """Ids that other records, or earlier facts of this act, have given to parties."""
    ids: set[str] = set()
    for action in scope.case.rulebook.actions:
        for fact in (f for f in action.facts if f.defines):
            others = [e for e in scope.case.valid(action.code) if e.seq != scope.entry.seq]
            ids.update(*(parties_of(e.facts.get(fact.name)) for e in others))
    for fact in scope.action.facts:
        if fact is spec:
            break
        ids.update(parties_of(scope.entry.facts.get(fact.name)) if fact.defines else ())
    return ids


def _party_row(scope: Scope, spec: Fact, row: Mapping[str, Any], at: str, seen: set[str]) -> Iterator[Defect]:
    key = row.get("id")
    if not isinstance(key, str) or not PARTY_ID.fullmatch(key):
        yield wrong(
            scope.action, f"{at}.id", "代号应由小写字母、数字和连字符组成", "例如 complainant。", "party-id", spec
        )
    elif key in seen:
        yield wrong(scope.action, f"{at}.id", f"代号“{key}”已被使用", "请另取代号。", "party-id", spec)
    else:
        seen.add(key)


def missing(scope: Scope) -> Iterator[Defect]:
    """Everything the law asks for that the act's facts and papers lack, each with its article and path."""
    yield from _missing_in(scope, scope.action.facts, scope.entry.facts, "facts")
    if HIDDEN not in scope.entry.facts:
        for names in scope.action.exactly_one:
            if all(scope.entry.facts.get(n) is None for n in names):
                specs = [f for f in scope.action.facts if f.name in names]
                titles = "、".join(f.title for f in specs)
                article = next((f.article for f in specs if f.article), None)
                yield absent(scope.action, f"facts.{names[0]}", f"“{titles}”须填写一项", article)
    for slot in scope.action.slots:
        if not applies(slot.if_, scope.entry.facts):
            continue
        count = sum(1 for item in scope.entry.evidence if item.get("slot") == slot.name)
        if count < slot.min:
            message = f"应附“{slot.title}”至少 {slot.min} 件，实附 {count} 件"
            yield absent(scope.action, f"evidence.{slot.name}", message, slot.article, "请先存入文件，再随件附上。")


def _missing_in(scope: Scope, specs: Sequence[Fact], value: Mapping[str, Any], path: str) -> Iterator[Defect]:
    alternatives = {n for names in scope.action.exactly_one for n in names} if path == "facts" else set()
    for spec in specs:
        member = value.get(spec.name)
        if member is None or member in ("", []):
            needed = not spec.optional and spec.name not in alternatives and applies(spec.if_, value)
            vacuous = spec.each is not None and not keys_of(scope, spec)
            if needed and HIDDEN not in value and not vacuous:
                because = _because(scope, spec, specs)
                yield absent(scope.action, f"{path}.{spec.name}", f"{because}缺少“{spec.title}”", spec.article)
        elif isinstance(member, list):
            yield from _missing_list(scope, spec, member, f"{path}.{spec.name}")
            yield from _unnamed(scope, spec, member, f"{path}.{spec.name}")


def _because(scope: Scope, spec: Fact, siblings: Sequence[Fact]) -> str:
    """Which choice asks for it: 留置送达：缺少…"""
    asks = next((s for s in siblings if spec.if_ is not None and s.name == spec.if_.name), None)
    choice = scope.case.rulebook.by_choices.get(asks.of or "", {}).get(str(spec.if_.is_)) if asks and spec.if_ else None
    return f"{choice.label}：" if choice is not None else ""


def _missing_list(scope: Scope, spec: Fact, member: list[Any], path: str) -> Iterator[Defect]:
    if spec.min is not None and len(member) < spec.min:
        message = f"“{spec.title}”至少 {spec.min} 项，实有 {len(member)} 项"
        yield absent(scope.action, path, message, spec.article)
    if spec.type.value != "rows":
        return
    rows = [row for row in member if isinstance(row, dict)]
    for i, row in enumerate(rows):
        yield from _missing_in(scope, spec.cols, row, f"{path}[{i}]")
    if spec.each:
        have = {row.get(OF) for row in rows}
        for key in keys_of(scope, spec) or ():
            if key not in have:
                yield absent(scope.action, f"{path}.{key}", f"“{spec.title}”缺少对应“{key}”的一行", spec.article)
    if spec.defines:
        roles = {row.get("role") for row in rows}
        for role in spec.roles:
            if role not in roles and not any(HIDDEN in row for row in rows):
                yield absent(scope.action, path, f"“{spec.title}”中缺少“{role}”", spec.article)


def _unnamed(scope: Scope, spec: Fact, member: list[Any], path: str) -> Iterator[Defect]:
    for party in scope.case.parties.values():
        if party.role in spec.all and party.id not in member:
            message = f"“{spec.title}”应当列明{party.name}"
            yield absent(scope.action, path, message, spec.article, "请补列这一当事人。")


def absent(action: Action, field: str, message: str, article: str | None, remedy: str = "请补填这一项。") -> Defect:
    """The defect of something the law asks for that isn't there."""
    basis = article or (action.article[0] if action.article else None)
    return Defect("absent", message, remedy, article=basis, action=action.code, field=field)


def breach(
    scope: Scope, code: str, message: str, remedy: str, field: str | None = None, record: int | None = None
) -> Defect:
    """A defect of law: the action's own article is its basis."""
    article = scope.action.article[0] if scope.action.article else None
    return Defect(code, message, remedy, article, scope.action.code, field, record)
