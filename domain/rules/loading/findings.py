"""How the checks of a rulebook say what they found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...errors import Defect

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..vocabulary import Action, Fact

_SHOWN = 12  # names offered where one isn't defined


def defect(code: str, path: str, problem: str, remedy: str) -> Defect:
    """A defect at the key `path` of the TOML."""
    return Defect(code, f"{path}：{problem}", remedy, field=path)


def undefined(path: str, kind: str, name: str | None, known: Iterable[str]) -> Defect:
    """A name that nothing defines; the remedy offers those that are."""
    options = list(known)
    more = "……" if len(options) > _SHOWN else ""
    offered = "、".join(options[:_SHOWN]) or "（无）"
    return defect("undefined", path, f"没有定义{kind}“{name}”", f"可用：{offered}{more}。")


def fact_named(action: Action, name: str) -> Fact | None:
    """The action's fact `name`, or None."""
    return next((fact for fact in action.facts if fact.name == name), None)
