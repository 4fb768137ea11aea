"""Withheld facts (不公开事项) that stay undisclosed: could a judgement depend on them?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .facts import HIDDEN
from .sources import applies
from .vocabulary import FactType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .case import Entry
    from .rulebook import Rulebook
    from .vocabulary import Fact

# Free text and money never decide what may be done next; everything else may.
_IDLE = frozenset({FactType.TEXT, FactType.TEXTS, FactType.MONEY})


def may_matter(entry: Entry, book: Rulebook) -> bool:
    """Whether facts of a record stay withheld that rules could ask for."""
    action = book.by_action.get(entry.action)
    return action is not None and withholds(entry.facts) and _matters(action.facts, entry.facts)


def withholds(value: Any) -> bool:
    """Whether anything in a value stands behind a digest that isn't disclosed."""
    if isinstance(value, dict):
        return HIDDEN in value or any(map(withholds, value.values()))
    return isinstance(value, list) and any(map(withholds, value))


def _matters(specs: Sequence[Fact], facts: Mapping[str, Any]) -> bool:
    """Whether what `facts` keep back may be other than idle facts of a class that is kept back (`confidential`)."""
    kept = facts.get(HIDDEN)
    if isinstance(kept, list):
        absent = [spec for spec in specs if spec.name not in facts]
        secret = [spec for spec in absent if spec.class_.withheld]
        if len(kept) > len(secret) or any(spec.type not in _IDLE for spec in secret):
            return True
        if any(not (spec.optional or spec.class_.withheld) and applies(spec.if_, facts) for spec in absent):
            return True
    return any(_value_matters(spec, facts.get(spec.name)) for spec in specs)


def _value_matters(spec: Fact, value: Any) -> bool:
    if isinstance(value, dict):  # changes of a rectification
        return HIDDEN in value
    rows = value if isinstance(value, list) else ()
    return any(_matters(spec.cols, row) for row in rows if isinstance(row, dict))
