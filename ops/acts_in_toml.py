"""Acts told in TOML files, of scenarios and of paper cases: dates as text, `@label` for an earlier record."""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REFERENCE = "@"


def plain(value: Any) -> Any:
    """TOML's dates and times as the text that acts carry."""
    if isinstance(value, dict):
        return {key: plain(member) for key, member in value.items()}
    if isinstance(value, list):
        return [plain(member) for member in value]
    if isinstance(value, time):
        return value.isoformat("minutes")
    return value.isoformat() if isinstance(value, date) else value  # a datetime is a date too


def files_of(named: dict[str, Any] | None) -> tuple[tuple[str, str], ...]:
    """(slot, file name) of each file of an act's `files`, in order."""
    pairs = (named or {}).items()
    return tuple((slot, name) for slot, names in pairs for name in ([names] if isinstance(names, str) else names))


def references(value: Any) -> Iterator[str]:
    """Every `@label` in a value, without the sign."""
    if isinstance(value, str) and value.startswith(REFERENCE):
        yield value.removeprefix(REFERENCE)
    for member in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from references(member)


def resolved(value: Any, meaning: Callable[[str], Any]) -> Any:
    """A value with what `meaning` makes of each label in the place of its `@label`."""
    if isinstance(value, dict):
        return {key: resolved(member, meaning) for key, member in value.items()}
    if isinstance(value, list):
        return [resolved(member, meaning) for member in value]
    return next((meaning(label) for label in references(value)), value)
