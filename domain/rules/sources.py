"""What rows stand for: the items that `each` names, as keys (party ids, positions, officers)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .case import Entry
    from .facts import Scope
    from .vocabulary import Fact


def keys_of(scope: Scope, spec: Fact) -> tuple[str, ...] | None:
    """Keys of the items of `spec.each`, in order; None if they can't be known (withheld, unnamed)."""
    source, _, name = (spec.each or "").partition(".")
    if source == "signers":
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
    keys = []
    for i, item in enumerate(value if isinstance(value, list) else ()):
        if isinstance(item, dict):
            if spec.where is not None and item.get(spec.where.name) != spec.where.is_:
                continue
            keys.append(str(item.get("of") or item.get("id") or i + 1))
        else:
            keys.append(str(i + 1))
    return tuple(keys)
