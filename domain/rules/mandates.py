"""Does an agent act within the mandate (代理权, 第二十六条, R10)? Its party, its term, its powers.

Keeps: whoever acts for a party does so under a mandate that names that party, ran that day, and gives that power.
What is found tells agents by their ids: it is stored where everyone reads, and their names may be withheld.
Leaves: whether the authorisation is in order (`demands`, `facts`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .dates import date_of, day_of
from .facts import breach
from .values import agents_known, parties_known
from .vocabulary import FactType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from ..errors import Defect
    from .agents import Agent
    from .facts import Scope
    from .vocabulary import Fact


def beyond_mandate(scope: Scope) -> Iterator[Defect]:
    """Every agent of this act who acts for a party not represented, out of term, or without the power."""
    handed_in = date_of(scope.case, scope.entry, "handed_in_on")
    day = handed_in.day if handed_in else scope.entry.occurred_on
    yield from _in(scope, scope.action.facts, scope.entry.facts, "facts", day)


def _in(scope: Scope, specs: Sequence[Fact], value: Mapping[str, Any], path: str, day: date) -> Iterator[Defect]:
    for spec in specs:
        member, at = value.get(spec.name), f"{path}.{spec.name}"
        if spec.type is FactType.AGENT and isinstance(member, str) and spec.name != scope.action.ends:
            agent = agents_known(scope).get(member)
            for found in _beyond(scope, spec, agent, value, day) if agent is not None else ():
                yield replace(found, field=at, article=spec.article or found.article)
        elif spec.type is FactType.ROWS and any(col.type is FactType.AGENT for col in spec.cols):
            for i, row in enumerate(member if isinstance(member, list) else ()):
                if isinstance(row, dict):
                    yield from _in(scope, spec.cols, row, f"{at}[{i}]", _row_day(spec, row) or day)


def _row_day(spec: Fact, row: Mapping[str, Any]) -> date | None:
    """The latest day that a row says something happened."""
    days = [day for col in spec.cols if col.past and (day := day_of(row.get(col.name))) is not None]
    return max(days, default=None)


def _beyond(scope: Scope, spec: Fact, agent: Agent, siblings: Mapping[str, Any], day: date) -> Iterator[Defect]:
    parties = parties_known(scope)
    acted_for = siblings.get(spec.for_) if spec.for_ is not None else None
    if isinstance(acted_for, str) and acted_for not in agent.parties:
        name = parties[acted_for].name if acted_for in parties else acted_for
        yield breach(scope, "mandate", f"代理人“{agent.id}”不是{name}的代理人", "请登记其授权委托书，或核对代理人。")
    roles = {parties[p].role for p in agent.parties if p in parties}
    if spec.roles and not roles & set(spec.roles):
        yield breach(
            scope, "mandate", f"代理人“{agent.id}”不是有权作“{scope.action.title}”的当事人的代理人", "请核对。"
        )
    yield from _out_of_term(scope, agent, day.isoformat())
    if spec.power is not None and spec.power not in agent.powers:
        message = f"代理人“{agent.id}”的授权中没有“{_label(scope, spec.power)}”"
        yield breach(scope, "power", message, "请由有此权限的人办理，或登记新的授权委托书。")


def _label(scope: Scope, power: str) -> str:
    book = scope.case.rulebook
    columns = (c for a, f in book.agent_facts for s in book.action(a).facts if s.name == f for c in s.cols)
    sets = {column.of for column in columns if column.name == "powers"}
    found = (book.by_choices[name].get(power) for name in sets if name in book.by_choices)
    return next((choice.label for choice in found if choice is not None), power)


def _out_of_term(scope: Scope, agent: Agent, day: str) -> Iterator[Defect]:
    if agent.from_ is not None and day < agent.from_:
        yield breach(scope, "mandate", f"代理人“{agent.id}”自 {agent.from_} 起才有代理权，{day} 没有", "请核对日期。")
    elif agent.until is not None and day > agent.until:
        yield breach(
            scope, "mandate", f"代理人“{agent.id}”的代理期限至 {agent.until}，{day} 已过", "请登记新的授权委托书。"
        )
    if agent.ended is not None and day > agent.ended:
        message = f"代理人“{agent.id}”的代理权已于 {agent.ended} 终止（第 {agent.ended_by} 号记录）"
        yield breach(scope, "mandate", message, "请登记新的授权委托书。", record=agent.ended_by)
