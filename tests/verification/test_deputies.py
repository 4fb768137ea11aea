"""A deputy signs in another's capacity inside the period entered for that, and the verifier replays it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.verification.factory import moment
from tests.verification.judging import against, places, verified
from tests.verification.test_register import REGISTRARS, THIRD, decide, grown

if TYPE_CHECKING:
    from tests.verification.factory import Archive


def deputised(first: int, last: int, away: str = "c", capacities: tuple[str, ...] = ("head",)) -> Archive:
    """An archive in which b stands in for `away` from the `first` step after this one until the `last`."""
    made = grown()
    now = made.step
    facts = {"away": made.officer(away), "capacities": list(capacities), "reason": "外出"}
    span = {"from": moment(now + first), "until": moment(now + last)}
    made.enter(made.officer("b"), "deputised", {**facts, **span}, REGISTRARS)
    decide(made, ("a", "handler"), ("b", "head"))
    return made


def test_inside_the_period_the_deputy_may_act_as_the_other() -> None:
    made = deputised(0, 1000)
    assert not against(verified(made.package(), made.trust()))


@pytest.mark.parametrize(("first", "last"), [(500, 1000), (-10, -5)])
def test_outside_the_period_it_is_found(first: int, last: int) -> None:
    made = deputised(first, last)
    report = verified(made.package(), made.trust())
    assert places(report, "deputy-period") == {THIRD}
    assert {f.reason for f in against(report)} == {"deputy-period"}


def test_what_the_other_one_does_not_hold_can_not_be_lent() -> None:
    made = deputised(0, 1000, away="a")
    report = verified(made.package(), made.trust())
    assert places(report, "capacity-missing") == {THIRD, f"data/register/{made.officer('b')}/0002.json"}


def test_nobody_stands_in_for_themselves() -> None:
    made = deputised(0, 1000, away="b")
    report = verified(made.package(), made.trust())
    assert f"data/register/{made.officer('b')}/0002.json" in places(report, "capacity-missing")


def test_what_the_other_one_loses_meanwhile_is_lost_to_the_deputy() -> None:
    made = grown()
    span = {"from": moment(made.step), "until": moment(made.step + 1000)}
    facts = {"away": made.officer("c"), "capacities": ["head"], "reason": "外出", **span}
    made.enter(made.officer("b"), "deputised", facts, REGISTRARS)
    made.enter(made.officer("c"), "capacities-changed", {"capacities": [], "from": moment(made.step + 1)}, REGISTRARS)
    decide(made, ("a", "handler"), ("b", "head"))
    whole = made.package(made.payload(everyone=True))
    assert places(verified(whole, made.trust()), "capacity-missing") == {THIRD}


@pytest.mark.parametrize("odd", ["昨天", "2026-03-03T08:00:00", 5, None])
def test_a_period_that_is_no_time_is_told_never_a_crash(odd: object) -> None:
    made = grown()
    facts = {"away": made.officer("c"), "capacities": ["head"], "reason": "外出", "until": moment(made.step + 9)}
    made.enter(made.officer("b"), "deputised", {**facts, "from": odd}, REGISTRARS)
    assert against(verified(made.package(), made.trust()))
