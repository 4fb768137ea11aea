"""Which words came with which version of the vocabulary.

Keeps: a rulebook says only what its version knows, so that whoever reads an old rulebook with the vocabulary of its day
misses nothing. Version 1 is frozen; a word that came later stands here, and leaves the compiled form of older rulebooks
as it was because it has a default. Every version stays readable.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from .shape import member_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

OLDEST = 1

# (class, member) → the version it came with; whatever isn't named came with version 1
SINCE: Mapping[tuple[str, str], int] = {
    ("Action", "cured_by"): 2,
    ("Action", "rebinds"): 2,
    ("Choice", "if_"): 2,
    ("Choice", "where"): 2,
    ("Choice", "amiss"): 2,
    ("Choice", "given"): 2,
    ("If", "or_"): 2,
    ("Ref", "col"): 2,
    ("Fact", "must"): 2,
    ("Fact", "for_"): 2,
    ("Fact", "power"): 2,
    ("Fact", "before"): 2,
    ("Fact", "lead"): 2,
    ("Fact", "tells"): 2,
    ("Ground", "last"): 2,
    ("Fact", "to"): 2,
    ("Fact", "linked"): 2,
    ("Action", "ends"): 2,
    ("Limit", "readings"): 2,
    ("Limit", "reading"): 2,
    ("Limit", "instead_of"): 2,
    ("Rulebook", "duties"): 2,
    ("Rulebook", "readings"): 2,
    ("Rulebook", "in_charge"): 2,
    ("Rulebook", "counting"): 2,
    ("InForce", "article"): 2,
    ("Action", "begins_round"): 2,
    ("Action", "undoes"): 2,
    ("Action", "moots"): 2,
    ("Action", "closes_backfill"): 2,
    ("Action", "stands_for"): 2,
    ("Fact", "else_total"): 2,
    ("Choice", "needs"): 2,
    ("Capacity", "backfills"): 2,
    ("Limit", "if_"): 2,
    ("Limit", "lapses"): 2,
    ("Limit", "when"): 2,
    ("Limit", "escalates"): 2,
    ("Length", "by"): 2,
    ("Length", "cases"): 2,
    ("Action", "route"): 2,
    ("Action", "settled"): 2,
    ("Rulebook", "levels"): 2,
    ("Rulebook", "retention"): 2,
}
# (class, code) of one more code in a closed list of version 1
CODES_SINCE: Mapping[tuple[str, str], int] = {
    ("FactType", "agent"): 2,
    ("FactType", "link"): 2,
    ("FactType", "number"): 2,
    ("Unit", "hours"): 2,
    ("Unit", "months"): 2,
    ("Unit", "years"): 2,
}


def newer_words(value: Any, version: int, path: str = "") -> Iterator[str]:
    """Paths of what in a compiled value `version` did not know; members that equal their default don't count."""
    if isinstance(value, StrEnum):
        if CODES_SINCE.get((type(value).__name__, value.value), OLDEST) > version:
            yield path
    elif isinstance(value, tuple):
        for i, item in enumerate(value):
            yield from newer_words(item, version, f"{path}{_place(item, i)}")
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            member = getattr(value, field.name)
            if member == field.default:
                continue
            at = f"{path}.{member_name(field.name)}".lstrip(".")
            if SINCE.get((type(value).__name__, field.name), OLDEST) > version:
                yield at
            else:
                yield from newer_words(member, version, at)


def _place(item: Any, number: int) -> str:
    code = getattr(item, "code", getattr(item, "name", None))
    return f".{code}" if isinstance(code, str) else f"[{number}]"
