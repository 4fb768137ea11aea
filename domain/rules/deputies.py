"""Deputies (代行职务): for a stated period one officer signs in a capacity of another who is away.

Keeps: a deputy signs in that capacity only inside the period, and only what the officer who is away might have signed;
outside it the refusal names the period. It is entered in the deputy's own register case, which goes with everything
that they sign. Leaves: whose key it is, and recusal (`register`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..errors import Defect
from .civil import chinese_moment, moment_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ..formats.act import Act
    from .case import Entry
    from .register import Officer, Register

DEPUTISED = "deputised"


@dataclass(frozen=True, slots=True)
class Deputed:
    """Capacities of the officer `away` (a register case) in which a deputy signs from `since` until before `until`."""

    away: str
    capacities: frozenset[str]
    since: datetime
    until: datetime

    def holds(self, moment: datetime) -> bool:
        """Whether `moment` lies inside the period."""
        return self.since <= moment < self.until


def deputised(register: Register, case: str, entry: Entry) -> Register:
    """The register after one more deputation."""
    officer = register.officers.get(case)
    if officer is None:
        return register
    since, until = (moment_of(entry.facts.get(name), entry.received) for name in ("from", "until"))
    given = Deputed(str(entry.facts.get("away")), frozenset(entry.facts.get("capacities") or ()), since, until)
    changed = replace(officer, deputed=(*officer.deputed, given))
    return replace(register, officers={**register.officers, case: changed})


def capacities_of(register: Register, officer: Officer, moment: datetime) -> frozenset[str]:
    """The capacities in which `officer` may sign at `moment`: their own, and those of whom they stand in for."""
    own = officer.capacities(moment)
    return own.union(*(_lent(register, d, moment) for d in officer.deputed if d.holds(moment)))


def _lent(register: Register, given: Deputed, moment: datetime) -> frozenset[str]:
    """What is left of a deputation: a capacity that the officer who is away has lost can't be lent."""
    away = register.officers.get(given.away)
    return given.capacities & away.capacities(moment) if away is not None else given.capacities


def outside(officer: Officer, capacity: str, moment: datetime) -> Deputed | None:
    """The deputation in `capacity` whose period `moment` misses; None if there is none."""
    return next((d for d in officer.deputed if capacity in d.capacities and not d.holds(moment)), None)


def outside_period(register: Register, officer: Officer, given: Deputed, capacity: str, act: Act, at: str) -> Defect:
    """Why a deputy can't sign: the period is named."""
    away = register.officers.get(given.away)
    span = f"{chinese_moment(given.since)}至{chinese_moment(given.until)}"
    message = f"{officer.name}代行{away.name if away else given.away}的“{capacity}”身份，限于{span}"
    return Defect("deputy-period", message, "请由本人签署，或者另行登记代行职务。", action=act.action, field=f"{at}.as")


def _begins(act: Act, received: datetime) -> datetime:
    """When a deputation can begin; an ill-written time is told by whoever judges the facts."""
    try:
        return max(moment_of(act.facts.get("from"), None), received)
    except (TypeError, ValueError):
        return received


def unlendable(register: Register, act: Act, received: datetime) -> Iterator[Defect]:
    """A deputation of what the officer who is away won't hold when it begins, or of one's own capacities."""
    if act.action != DEPUTISED:
        return
    away, wanted = register.officers.get(str(act.facts.get("away"))), act.facts.get("capacities")
    if act.facts.get("away") == act.case:
        message = "不能代行本人的职务"
        yield Defect("deputy-self", message, "请核对人员。", "10", act.action, "facts.away")
    elif away is not None and isinstance(wanted, list):
        since = _begins(act, received)
        for capacity in (code for code in wanted if isinstance(code, str)):
            if capacity not in away.capacities(since):
                message = f"{away.name}自{chinese_moment(since)}起没有“{capacity}”身份，不能由他人代行"
                yield Defect("deputy-capacity", message, "请核对身份和时间。", "10", act.action, "facts.capacities")
