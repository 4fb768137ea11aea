"""Whether a case meets a criterion (情形) of its facts: a value, a bound, a code that is named or isn't.

Keeps: the latest record counts; a bound itself is met; what no record states, or what stands behind a digest, meets
nothing. Leaves: criteria of time (`levels`).
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .case import Case
    from .vocabulary import Criterion


def met(case: Case, criterion: Criterion) -> bool:
    """Whether what the case's records state meets `criterion`."""
    values = _values(case, criterion.fact or "")
    return bool(values) and all(_meets(criterion, value) for value in values)


def stated(case: Case, action: str, name: str) -> Any:
    """The fact `name` by the latest record of `action` that states it; None if none does."""
    found = (entry.facts.get(name) for entry in reversed(case.valid(action)))
    return next((value for value in found if value is not None), None)


def _values(case: Case, fact: str) -> list[Any]:
    """What the latest record of the action states: the fact, or the column of each row."""
    action, _, path = fact.partition(".")
    name, _, column = path.partition(".")
    records = case.valid(action)
    if not records:
        return []
    value = records[-1].facts.get(name)
    if not column:
        return [value]
    return [row.get(column) if isinstance(row, dict) else None for row in value] if isinstance(value, list) else []


def _meets(criterion: Criterion, value: Any) -> bool:
    if criterion.has or criterion.lacks:
        named = set(value if isinstance(value, list) else [value])
        return bool(named & set(criterion.has)) if criterion.has else not named & set(criterion.lacks)
    if criterion.is_ is not None:
        return value is criterion.is_ if isinstance(criterion.is_, bool) else value == criterion.is_
    number = _decimal(value)
    if number is None:
        return False
    low, high = _decimal(criterion.min), _decimal(criterion.max)
    return (low is None or number >= low) and (high is None or number <= high)


def _decimal(value: Any) -> Decimal | None:
    try:
        return Decimal(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else None
    except InvalidOperation:
        return None
