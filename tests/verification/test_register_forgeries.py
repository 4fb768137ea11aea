"""A register bent afterwards, by registrars together: what was signed without authority stays so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.verification.factory import moment
from tests.verification.judging import against, places, verified
from tests.verification.test_register import REGISTRARS, THIRD, decide, grown, revoke

if TYPE_CHECKING:
    from tests.verification.factory import Archive


def enrolment(made: Archive, name: str) -> dict[str, Any]:
    return {"name": "同一人", "unit": "财政局", "key": made.key(name).public.jwk, "from": moment(made.step + 1)}


@pytest.mark.parametrize("whose", ["c", "root", "archive"])
def test_a_key_that_is_enrolled_under_a_second_name_is_found(whose: str) -> None:
    made = grown()
    made.enrol("d", ["registrar", "head"], REGISTRARS, key=made.key(whose).public.jwk)
    decide(made)
    made.enter(made.case, "destruction", {"sha256": []}, [(whose, "head")], named=[("d", whose, "head")])
    report = verified(made.package(), made.trust())
    assert places(report, "key-taken") == {f"data/register/{made.officer('d')}/0001.json"}


def test_a_revoked_key_never_comes_back() -> None:
    made = grown()
    revoke(made, "c", moment(made.step))
    made.enter(made.officer("c"), "key-enrolled", enrolment(made, "c"), REGISTRARS)
    decide(made)
    report = verified(made.package(), made.trust())
    assert places(report, "key-taken") == {f"data/register/{made.officer('c')}/0003.json"}


def test_a_capacity_that_is_given_afterwards_for_the_past_makes_no_signature_good() -> None:
    made = grown()
    before = moment(made.step - 1)
    decide(made, ("a", "handler"), ("b", "head"))
    made.enter(
        made.officer("b"), "capacities-changed", {"capacities": ["registrar", "head"], "from": before}, REGISTRARS
    )
    assert places(verified(made.package(), made.trust()), "capacity-missing") == {THIRD}


def test_a_capacity_corrected_afterwards_makes_no_signature_good() -> None:
    made = grown()
    decide(made, ("a", "handler"), ("b", "head"))
    changes = {"target": 1, "mode": "corrects", "reason": "漏记", "changes": {"capacities": ["registrar", "head"]}}
    made.enter(made.officer("b"), "rectification", changes, REGISTRARS)
    report = verified(made.package(), made.trust())
    assert places(report, "capacity-missing") == {THIRD}
    assert {f.reason for f in against(report)} == {"capacity-missing"}


def test_a_key_that_is_corrected_to_another_is_found() -> None:
    made = grown()
    decide(made)
    changes = {"target": 1, "mode": "corrects", "reason": "录错", "changes": {"key": made.key("d").public.jwk}}
    made.enter(made.officer("b"), "rectification", changes, REGISTRARS)
    report = verified(made.package(), made.trust())
    assert places(report, "key-fixed") == {f"data/register/{made.officer('b')}/0002.json"}
