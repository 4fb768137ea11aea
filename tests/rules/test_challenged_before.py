"""Matters of a complaint that must have been challenged before (25(一)), as they were challenged (28(三))."""

from __future__ import annotations

from typing import Any

import pytest

from domain.rules.admissible import Answer
from tests.rules.acting import NEW, done, entered, judged, served, told
from tests.rules.sample_acts import sample

FIRST = {"of": "1", "basis": "challenged", "challenge_matter": 1}
SECOND = {"of": "2", "basis": "from-answer", "answer_part": "答复称业绩已经核实。"}
TWO = ["评分标准设置不合理", "业绩虚假"]


def origins(first: dict[str, Any], second: dict[str, Any] = SECOND) -> dict[str, Any]:
    return {"challenge_matters": TWO, "origins": [first, second]}


def test_matters_that_were_challenged_or_arise_from_the_answer_are_in_order() -> None:
    case = done(NEW, "intake", **origins(FIRST))
    assert judged(case, "acceptance").answer is Answer.ACCEPTED


@pytest.mark.parametrize(
    ("row", "code", "article"),
    [
        ({"of": "1", "basis": "unchallenged"}, "amiss", "25(一)"),
        ({"of": "1", "basis": "differs", "challenge_matter": 1}, "amiss", "28(三)"),
        (FIRST | {"challenge_matter": 3}, "short", "28(三)"),
        ({"of": "1", "basis": "challenged"}, "absent", "28(三)"),
        ({"of": "1", "basis": "from-answer"}, "absent", "28(三)"),
    ],
)
def test_a_mismatch_is_entered_and_marked_and_keeps_the_complaint_from_being_accepted(row, code, article) -> None:
    outcome = judged(NEW, "intake", **origins(row))
    assert (outcome.answer, told(outcome)) == (Answer.IRREGULAR, {(code, article)})
    case = entered(NEW, sample(NEW, "intake", **origins(row)))
    refused = judged(case, "acceptance")
    assert (refused.answer, told(refused)) == (Answer.REFUSED, {("not-whole", "27(四)")})
    assert judged(case, "correction-notice", grounds=["beyond-challenge"]).answer is Answer.ACCEPTED
    concluded = done(case, "review-conclusion")
    assert judged(concluded, "refusal", grounds=["unchallenged"]).answer is Answer.ACCEPTED


def test_the_notice_of_correction_tells_of_a_matter_that_differs() -> None:
    row = {"of": "1", "basis": "differs", "challenge_matter": 1}
    case = entered(NEW, sample(NEW, "intake", **origins(row)))
    assert told(judged(case, "correction-notice", grounds=["no-fact"])) == {("untold", "28(三)")}
    assert judged(case, "correction-notice", grounds=["beyond-challenge"]).answer is Answer.ACCEPTED


def test_nothing_arises_from_an_answer_that_was_not_given() -> None:
    outcome = judged(NEW, "intake", "2023-03-20", answered_on=None, **origins(FIRST))
    assert ("unfounded", "28(三)") in told(outcome)
    assert ("unfounded", "28(三)") not in told(judged(NEW, "intake", **origins(FIRST)))


def test_without_a_list_of_the_challenge_no_number_is_held_against_it() -> None:
    assert judged(NEW, "intake", **origins(FIRST | {"challenge_matter": 3}) | {"challenge_matters": None}).defects == ()


def test_a_matter_is_dropped_only_in_correction() -> None:
    outcome = judged(NEW, "intake", **origins({"of": "1", "basis": "dropped"}))
    assert told(outcome) == {("unfounded", "26")}


def test_papers_that_drop_the_matter_cure_it_and_those_that_leave_it_do_not() -> None:
    case = entered(NEW, sample(NEW, "intake", **origins({"of": "1", "basis": "unchallenged"})))
    case = served(done(case, "correction-notice"), ("complainant", "2023-03-07"))
    on, papers = "2023-03-09", {"received_on": "2023-03-09"}
    left = sample(case, "corrected-papers", on, origins=[{"of": "1", "basis": "unchallenged"}, SECOND], **papers)
    still = entered(case, left)
    assert told(judged(still, "acceptance", on)) == {("not-whole", "27(四)")}
    cured = done(still, "corrected-papers", on, origins=[{"of": "1", "basis": "dropped"}, SECOND], **papers)
    assert judged(cured, "acceptance", on).answer is Answer.ACCEPTED, "only the latest papers count"
