"""What rows stand for: the items that `each` names, as keys (party ids, positions, officers)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .late import is_late, then_signers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .case import Entry
    from .facts import Scope
    from .vocabulary import Fact, If


def keys_of(scope: Scope, spec: Fact) -> tuple[str, ...] | None:
    """Keys of the items of `spec.each`, in order; None if they can't be known (withheld, unnamed)."""
    source, _, name = (spec.each or "").partition(".")
    if source == "signers":
        if is_late(scope.case.rulebook, scope.entry):
            return tuple(dict.fromkeys(who for capacity, who in then_signers(scope.entry) if capacity == name))
        return tuple(s.officer for s in scope.entry.signers if s.capacity == name)
    if source == "facts":
        return _keys_in(scope.entry, name, spec)
    if scope.action.answers == source and scope.entry.facts.get("answers") is None:
        return None  # held without the paper it should answer: what was there is still told, and `answers` is absent
    entries = _sources(scope, source)
    if name == "recipients":
        return tuple(dict.fromkeys(r for e in entries for r in e.facts.get("recipients") or () if isinstance(r, str)))
    keys: list[str] = []
    for entry in entries:
        found = _keys_in(entry, name, spec)
        if found is None:
            return None
        keys += [k for k in found if k not in keys]
    return tuple(keys)


def _sources(scope: Scope, action: str) -> tuple[Entry, ...]:
    """The records an `each` reads: the one answered, where the action answers that kind, else all that count."""
    entries = scope.case.valid(action)
    if scope.action.answers == action:
        return tuple(e for e in entries if e.seq == scope.entry.facts.get("answers"))
    return entries


def _keys_in(entry: Entry, name: str, spec: Fact) -> tuple[str, ...] | None:
    value: Any = entry.facts.get(name)
    if value is None:
        return None if "_sd" in entry.facts else ()
    return tuple(k for k, item in keyed(value) if not isinstance(item, dict) or applies(spec.where, item))


def items_of(scope: Scope, spec: Fact) -> Iterator[tuple[str, Any]]:
    """The items that rows with `each` stand for, each with its key; recipients and signers have none."""
    source, _, name = (spec.each or "").partition(".")
    for entry in (scope.entry,) if source == "facts" else _sources(scope, source):
        yield from keyed(entry.facts.get(name))


def keyed(value: Any) -> Iterator[tuple[str, Any]]:
    """The items of a list with their keys: what a row is `of`, its `id`, else its position from 1."""
    for i, item in enumerate(value if isinstance(value, list) else ()):
        yield str((item.get("of") or item.get("id") if isinstance(item, dict) else None) or i + 1), item


def named(key: str | None, names: Mapping[str, str]) -> str | None:
    """Whom or what a key stands for: a party or agent by name, else an item by its place; None for none."""
    if key is None:
        return None
    return names.get(key) or (f"第 {key} 项" if key.isdecimal() else key)


def applies(condition: If | None, siblings: Mapping[str, Any]) -> bool:
    """Whether a condition is met by the facts or columns it looks at; none is always met."""
    return condition is None or any(siblings.get(condition.name) == v for v in (condition.is_, *condition.or_))
