"""Values that the archive computes and the officers sign (`derived`): who has waived, which level the case has."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..errors import Fault
from .case import enter
from .deadline import Status
from .levels import follows, level_of
from .time_limits import reckoned

if TYPE_CHECKING:
    from .case import Case, Entry


def derived_value(case: Case, name: str, entry: Entry) -> list[str] | str:
    """The value of the derived fact `name` for the act `entry`: ids of parties, or the code of a grade.

    "deemed.<outcome>": a party is deemed to have waived (第二十九条) when its limit with that `missed` outcome ended on
    or before the day before, and nothing came in; where there were several rounds, in the latest in which it was asked.
    "level.<code>": the level of the case with this act in it, whatever level the act itself states;
    "before.<code>": the one that it had before.
    """
    prefix, _, outcome = name.partition(".")
    if prefix == "before":
        return level_of(case, case.rulebook.by_level[outcome], entry.occurred_on, entry.moment)
    if prefix == "level":
        levels = {fact.name for fact in case.rulebook.action(entry.action).facts if follows(fact)}
        stated = replace(entry, facts={n: v for n, v in entry.facts.items() if n not in levels})
        return level_of(enter(case, stated), case.rulebook.by_level[outcome], entry.occurred_on, entry.moment)
    if prefix != "deemed":
        raise Fault("derived", f"没有“{name}”这一推算项", "请核对规则手册。")
    limits = [limit for limit in case.rulebook.limits if limit.missed == outcome]
    latest = {(limit.code, d.of): d for limit in limits for d in reckoned(case, limit, entry.occurred_on)}
    return [party for (_, party), d in latest.items() if party is not None and d.status is Status.OVERDUE]
