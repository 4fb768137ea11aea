"""Levels by thresholds, who signs by them, limits whose length goes by them, what must be dealt with, escalation."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules.admissible import Answer, admissible
from domain.rules.deadline import Status
from domain.rules.defaults import filled
from domain.rules.levels import level_of
from domain.rules.time_limits import reckoned
from tests.rules.small_case import act, book, done, opened

DAY = "2023-03-06"
FACTS = {"sum": "100.00", "score": "75", "public": False, "kind": "machine", "parts": [{"score": "60"}]}


def rated(case, by=("judge",), on=DAY, **changes):
    """A rating as a draft would fill it in, with these facts changed (None: left out)."""
    facts = {name: value for name, value in {**FACTS, **changes}.items() if value is not None}
    entry = act(case, "rating", on, facts, by)
    return replace(entry, facts=filled(case, case.rulebook.action("rating"), entry))


def weight(case=None, **changes):
    return rated(case or opened(), **changes).facts["weight"]


@pytest.mark.parametrize(
    ("changes", "level"),
    [
        ({}, "middle"),
        ({"sum": "1999.99"}, "middle"),
        ({"sum": "2000.00"}, "heavy"),
        ({"sum": "10000.00"}, "heavy"),
        ({"public": True}, "heavy"),
        ({"flaws": ["loud", "old"]}, "heavy"),
        ({"score": "60"}, "middle"),
        ({"score": "59.9999"}, "light"),
        ({"score": "89.9999"}, "middle"),
        ({"score": "90"}, "light"),
        ({"parts": [{"score": "60.0"}, {"score": "59.9"}]}, "light"),
        ({"parts": [{"score": "60.0"}, {"score": "99"}]}, "middle"),
        ({"parts": []}, "light"),
        ({"flaws": ["old"]}, "light"),
        ({"flaws": []}, "middle"),
        ({"kind": "hand"}, "light"),
        ({"kind": None}, "light"),
        ({"score": None, "sum": None}, "light"),
    ],
)
def test_the_first_grade_whose_criteria_are_met_is_the_level(changes, level) -> None:
    assert weight(**changes) == level


def test_a_grade_may_have_to_wait_until_a_period_has_ended() -> None:
    case = done(opened(), "call", DAY, {"came_at": f"{DAY}T09:20:00+08:00"})
    case = done(case, "callback", DAY, {"rang_at": f"{DAY}T09:30:00+08:00"})
    assert weight(case, on="2023-09-06") == "light"
    assert weight(case, on="2023-09-07") == "middle"
    assert weight(on="2023-09-06") == "middle"  # it never began


def test_a_limit_that_ran_out_unkept_raises_the_level_at_that_moment() -> None:
    case = done(opened(), "call", DAY, {"came_at": f"{DAY}T09:20:00+08:00"})
    assert weight(case, on=f"{DAY}T12:00:00+08:00") == "light"
    assert weight(case, on=f"{DAY}T12:00:01+08:00") == "heavy"
    in_time = done(case, "callback", DAY, {"rang_at": f"{DAY}T12:00:00+08:00"})
    assert weight(in_time, on="2023-03-20") == "light"
    late = done(case, "callback", DAY, {"rang_at": f"{DAY}T12:00:01+08:00"})
    assert weight(late, on="2023-03-20") == "heavy"


def test_an_act_without_a_time_of_day_is_judged_at_its_receipt() -> None:
    case = done(opened(), "call", DAY, {"came_at": f"{DAY}T09:20:00+08:00"})
    for received, level in (("03:59", "light"), ("04:01", "heavy")):
        entry = replace(rated(case), received=f"{DAY}T{received}:00.000Z", facts=dict(FACTS))
        assert filled(case, case.rulebook.action("rating"), entry)["weight"] == level


def test_the_latest_record_counts() -> None:
    case = done(opened(), "rating", DAY, dict(rated(opened(), sum="5000.00").facts), ("writer", "judge"))
    level = case.rulebook.by_level["weight"]
    assert level_of(case, level, date(2023, 3, 6)) == "heavy"
    again = done(case, "rating", DAY, dict(rated(case).facts), ("judge",))
    assert level_of(again, level, date(2023, 3, 6)) == "middle"
    assert level_of(opened(), level, date(2023, 3, 6)) == "light"


def test_the_level_before_the_act_is_stated_too() -> None:
    case = opened()
    first = rated(case, sum="5000.00")
    assert (first.facts["weight_before"], first.facts["weight"]) == ("light", "heavy")
    second = rated(done(case, "rating", DAY, dict(first.facts), ("writer", "judge")))
    assert (second.facts["weight_before"], second.facts["weight"]) == ("heavy", "middle")


def test_another_level_than_the_one_computed_is_refused() -> None:
    case = opened()
    for given_level in ("light", None):
        facts = {**FACTS, **({"weight": given_level} if given_level else {})}
        outcome = admissible(case, act(case, "rating", DAY, facts, ("writer",)))
        assert outcome.answer is Answer.REFUSED
        assert ("derived", "facts.weight") in {(d.code, d.field) for d in outcome.defects}


@pytest.mark.parametrize(
    ("changes", "by", "wanted"),
    [
        ({"sum": "2000.00"}, ("writer", "judge"), None),
        ({"sum": "2000.00"}, ("judge",), "记录人 1 人"),
        ({"sum": "2000.00"}, ("writer",), "审核人 1 人"),
        ({}, ("judge",), None),
        ({}, ("writer", "writer"), None),
        ({}, ("writer",), "审核人 1 人"),
        ({"kind": "hand"}, ("writer",), None),
        ({"kind": "hand"}, ("judge",), "记录人 1 人"),
    ],
)
def test_who_signs_goes_by_the_level(changes, by, wanted) -> None:
    case = opened()
    outcome = admissible(case, rated(case, by, **changes))
    assert [d.code for d in outcome.defects] == ([] if wanted is None else ["signers"])
    assert wanted is None or wanted in outcome.defects[0].message


def test_who_signs_may_go_by_yes_or_no() -> None:
    by = {"fact": "public", "true": {"judge": 1}, "false": {"writer": 1}}
    case = opened(book(**{"action.rating.by": by}))
    for public, signer in ((True, "judge"), (False, "writer")):
        assert admissible(case, rated(case, (signer,), public=public)).answer is Answer.ACCEPTED
        other = {"judge": "writer", "writer": "judge"}[signer]
        assert [d.code for d in admissible(case, rated(case, (other,), public=public)).defects] == ["signers"]


def test_to_correct_an_act_takes_those_who_had_to_sign_it() -> None:
    case = done(opened(), "rating", DAY, dict(rated(opened(), kind="hand").facts))
    facts = {"target": 2, "mode": "corrects", "reason": "错", "changes": {"score": "61"}}
    assert admissible(case, act(case, "rectification", DAY, facts, ("writer", "judge"))).answer is Answer.ACCEPTED


def test_a_level_is_corrected_together_with_what_it_follows_from() -> None:
    case = done(opened(), "rating", DAY, dict(rated(opened()).facts), ("judge",))

    def corrected(**changes):
        facts = {"target": 2, "mode": "corrects", "reason": "错", "changes": changes}
        return {
            (d.code, d.field)
            for d in admissible(case, act(case, "rectification", DAY, facts, ("writer", "judge"))).defects
        }

    assert corrected(score="61") == set()
    assert corrected(score="50") == {("derived", "facts.changes.weight")}
    assert corrected(score="50", weight="heavy") == {("derived", "facts.changes.weight")}
    # now light, it takes the writer; the judge alone had signed
    assert corrected(score="50", weight="light") == {("signers", "signers")}


def confirm(rulebook=None, by=("judge",), **changes):
    """A case with a rating, and its time limit of confirmation."""
    case = opened(rulebook)
    case = done(case, "rating", DAY, dict(rated(case, **changes).facts), by)
    return case, reckoned(case, case.rulebook.by_limit["confirmation"], date(2023, 3, 6))[0]


def test_the_length_of_a_limit_goes_by_what_a_record_states() -> None:
    assert confirm()[1].due == date(2023, 3, 13)
    assert confirm(public=True, by=("writer", "judge"))[1].due == date(2023, 3, 7)


def test_no_length_for_a_level_means_no_limit() -> None:
    cases = {"light": 3}
    _, found = confirm(book(**{"limit.confirmation.length.cases": cases}))
    assert found.status is Status.NOT_BEGUN


@pytest.mark.parametrize(
    ("changes", "exists"),
    [({}, True), ({"sum": "9999.99"}, True), ({"sum": "10000.00"}, False), ({"kind": "hand"}, False)],
)
def test_a_limit_exists_only_when_its_criteria_are_met(changes, exists) -> None:
    rulebook = book(**{"limit.confirmation.length": "3 workdays"})
    assert (confirm(rulebook, ("writer", "judge"), **changes)[1].status is Status.RUNNING) is exists


def test_what_is_overdue_asks_for_the_action_that_it_triggers_until_that_is_done() -> None:
    case, before = confirm()

    def asks(whole, day):
        return reckoned(whole, whole.rulebook.by_limit["confirmation"], date.fromisoformat(day))[0].asks

    assert before.asks is None
    assert asks(case, "2023-03-13") is None
    assert asks(case, "2023-03-14") == "objection"
    assert asks(done(case, "objection", "2023-03-14", {}), "2023-03-15") is None
    assert asks(done(case, "confirmation", "2023-03-14", {}, ("judge",)), "2023-03-15") is None


def test_the_action_asked_for_must_come_after_the_limit_has_begun() -> None:
    case = done(opened(), "objection", DAY, {})
    case = done(case, "rating", DAY, dict(rated(case).facts), ("judge",))
    found = reckoned(case, case.rulebook.by_limit["confirmation"], date(2023, 3, 14))[0]
    assert found.asks == "objection"


def test_every_record_that_must_be_dealt_with_has_been() -> None:
    case = opened()
    confirmed = act(case, "confirmation", DAY, {}, ("judge",))
    assert admissible(case, confirmed).answer is Answer.ACCEPTED
    for _ in range(2):
        case = done(case, "objection", DAY, {})
    case = done(case, "reply", DAY, {"answers": 2})
    outcome = admissible(case, act(case, "confirmation", DAY, {}, ("judge",)))
    assert [(d.code, d.record, d.article) for d in outcome.defects] == [("unsettled", 3, "13")]
    assert outcome.answer is Answer.REFUSED
    case = done(case, "reply", DAY, {"answers": 3})
    assert admissible(case, act(case, "confirmation", DAY, {}, ("judge",))).answer is Answer.ACCEPTED


@given(st.decimals(0, 4000, places=2), st.decimals(0, 100, places=4), st.booleans())
def test_levels_are_those_of_the_thresholds_written_out(amount, score, public) -> None:
    if amount >= Decimal(2000) or public:
        wanted = "heavy"
    else:
        wanted = "middle" if Decimal(60) <= score <= Decimal("89.9999") else "light"
    assert weight(sum=f"{amount:.2f}", score=f"{score:f}", public=public) == wanted
