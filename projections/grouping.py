"""Under which heading of the timeline a record stands (收件, 文书, 期限, 程序), as its rulebook has it.

No regime is known here: the rules are about kinds of actions, and hold for any rulebook.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from domain.rules.vocabulary import FactType, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from domain.rules.rulebook import Rulebook
    from domain.rules.vocabulary import Action, Fact


class Group(StrEnum):
    """The headings, by their codes."""

    RECEIVED = "received"  # 收件: papers that came in
    PAPERS = "papers"  # 文书: papers that are served, and their service
    LIMITS = "limits"  # 期限: what begins or ends a time limit without being served
    STEPS = "steps"  # 程序: everything else


TITLES = {Group.RECEIVED: "收件", Group.PAPERS: "文书", Group.LIMITS: "期限", Group.STEPS: "程序"}


def group_of(rulebook: Rulebook, action: Action) -> Group:
    """The heading of records of `action`."""
    if action.serve is not None or action.serves:
        return Group.PAPERS
    if action.kind is Kind.REPORTS:
        return Group.RECEIVED if action.slots and not action.ink else Group.STEPS
    return Group.LIMITS if action.code in _timed(rulebook) else Group.STEPS


def _timed(rulebook: Rulebook) -> set[str]:
    refs = {ref.action for limit in rulebook.limits for moment in (limit.from_, limit.to) for ref in moment.refs}
    return refs | {ref.action for window in rulebook.windows for ref in (window.opens, window.closes)}


def concerned(action: Action, facts: Mapping[str, Any], parties: Mapping[str, object]) -> list[str]:
    """The parties that a record speaks of, in their order in the case."""
    named = set(_named(action.facts, facts, parties))
    return [party for party in parties if party in named]


def _named(specs: Sequence[Fact], value: Mapping[str, Any], parties: Mapping[str, object]) -> Iterator[str]:
    for spec in specs:
        found = value.get(spec.name)
        if spec.type is FactType.PARTY and isinstance(found, str):
            yield found
        elif spec.type is FactType.PARTIES and isinstance(found, list):
            yield from (item for item in found if isinstance(item, str))
        elif spec.type is FactType.ROWS and isinstance(found, list):
            for row in found:
                if isinstance(row, dict):
                    yield from _in_row(spec, row, parties)


def _in_row(spec: Fact, row: Mapping[str, Any], parties: Mapping[str, object]) -> Iterator[str]:
    key = row.get("id") if spec.defines else row.get("of")
    if isinstance(key, str) and key in parties:
        yield key
    yield from _named(spec.cols, row, parties)
