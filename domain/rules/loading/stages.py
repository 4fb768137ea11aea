"""The graph of stages: reached from the opening, closed in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..vocabulary import NEW
from .findings import defect

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ...errors import Defect
    from ..rulebook import Rulebook
    from ..vocabulary import Action

Edges = dict[str, set[str]]


def stage_defects(rulebook: Rulebook) -> Iterator[Defect]:
    """Codes: reserved-name, not-opened, both-ends, final-left, unreachable, not-closable."""
    edges = _edges(rulebook.actions)
    staying = _edges(action for action in rulebook.actions if not _reopens(rulebook, action))
    if not edges.get(NEW):
        yield defect("not-opened", "action", "没有任何行为能够立案", '请有一个行为写 in = ["new"] 和 then。')
    reached = _reached(edges, {NEW})
    ends = {stage.code for stage in rulebook.stages if stage.final or stage.open_ended}
    closable = _reached(_reversed(staying), ends)
    for stage in rulebook.stages:
        path = f"stage.{stage.code}"
        if stage.code == NEW:
            yield defect("reserved-name", path, "阶段 new 由词汇表保留", "请另取名称。")
        if stage.final and stage.open_ended:
            yield defect("both-ends", path, "不能既是终结阶段又是长期阶段", "请删去一项。")
        if stage.final and staying.get(stage.code, set()) - {stage.code}:
            yield defect("final-left", path, "终结阶段之后还能进入别的阶段", "请改正 final，或有关行为的 in、then。")
        if stage.code not in reached:
            yield defect("unreachable", path, "从立案起无法到达这一阶段", "请有行为的 then 进入这一阶段，或删去。")
        if stage.code not in closable:
            yield defect("not-closable", path, "从这一阶段无法结案", "请有行为离开这一阶段，或写 final、open-ended。")


def _targets(action: Action) -> set[str]:
    if action.then is None:
        return set()
    return {action.then.stage} if action.then.stage is not None else {stage for _, stage in action.then.cases}


def _reopens(rulebook: Rulebook, action: Action) -> bool:
    """Whether it answers what begins a new round: that alone may lead out of a final stage."""
    ruling = rulebook.by_action.get(action.answers or "")
    return ruling is not None and ruling.begins_round is not None


def _edges(actions: Iterable[Action]) -> Edges:
    edges: Edges = {}
    for action in actions:
        for stage in action.in_:
            edges.setdefault(stage, set()).update(_targets(action))
    return edges


def _reversed(edges: Edges) -> Edges:
    back: Edges = {}
    for source, targets in edges.items():
        for target in targets:
            back.setdefault(target, set()).add(source)
    return back


def _reached(edges: Edges, start: set[str]) -> set[str]:
    reached, frontier = set(start), set(start)
    while frontier:
        frontier = {target for stage in frontier for target in edges.get(stage, ())} - reached
        reached |= frontier
    return reached
