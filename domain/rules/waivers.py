"""Values that the archive computes and the officers sign (`derived`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import Fault
from .time_limits import Status, reckoned

if TYPE_CHECKING:
    from datetime import date

    from .case import Case


def derived_value(case: Case, name: str, day: date) -> list[str]:
    """The value of the derived fact `name` ("deemed.<outcome>") as of `day`: ids of the parties it has befallen.

    A party is deemed to have waived (第二十九条) when its limit with that `missed` outcome ended on or before the day
    before `day` and nothing came in; where there were several rounds, in the latest in which it was asked.
    """
    prefix, _, outcome = name.partition(".")
    if prefix != "deemed":
        raise Fault("derived", f"没有“{name}”这一推算项", "请核对规则手册。")
    limits = [limit for limit in case.rulebook.limits if limit.missed == outcome]
    latest = {(limit.code, d.of): d for limit in limits for d in reckoned(case, limit, day)}
    return [party for (_, party), d in latest.items() if party is not None and d.status is Status.OVERDUE]
