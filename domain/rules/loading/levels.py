"""Levels and criteria from TOML: `grades` as a table in order, criteria as tables, bounds as text or integers."""

from __future__ import annotations

from typing import Any

from .. import shape
from ..vocabulary import Choice, ChoiceSet, Criterion, Grade, Level
from .reading import CHOICE, CODE, named, table, unknown, wrong

_BOUNDS = ("min", "max")


def level(code: str, value: Any) -> Level:
    """A level: `grades = { code = { label, article, all, any } }`, or a label alone for the last one."""
    path = f"level.{code}"
    named(CODE, code, path)
    given = dict(table(value, path))
    if "code" in given:
        raise unknown(f"{path}.code")
    if "grades" in given:
        grades = table(given["grades"], f"{path}.grades")
        given["grades"] = [_grade(name, member, f"{path}.grades.{name}") for name, member in grades.items()]
    return shape.read(Level, {"code": code, **given}, path)


def _grade(code: str, value: Any, path: str) -> dict[str, Any]:
    named(CHOICE, code, path)
    given: dict[str, Any] = {"label": value} if isinstance(value, str) else dict(table(value, path))
    if "code" in given:
        raise unknown(f"{path}.code")
    for word in ("all", "any"):
        if word in given:
            given[word] = criteria(given[word], f"{path}.{word}")
    found = {"code": code, **given}
    shape.read(Grade, found, path)
    return found


def criteria(value: Any, path: str) -> list[dict[str, Any]]:
    """A list of criteria as JSON."""
    if not isinstance(value, list):
        raise wrong(path, "列表", value)
    return [_criterion(item, f"{path}[{i}]") for i, item in enumerate(value)]


def _criterion(value: Any, path: str) -> dict[str, Any]:
    given = dict(table(value, path))
    for word in _BOUNDS:
        if isinstance(given.get(word), int) and not isinstance(given[word], bool):
            given[word] = str(given[word])
    shape.read(Criterion, given, path)
    return given


def choices_of(found: Level) -> ChoiceSet:
    """The choices that a level's grades are."""
    return ChoiceSet(found.code, tuple(Choice(g.code, g.label, article=g.article) for g in found.grades))
