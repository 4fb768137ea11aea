"""收到、审查、受理、不予受理、管辖告知 (第二十四条至第二十七条, R10, R11, R13, R15, R31, R32)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.rules.admissible import Answer, admissible, extend
from domain.rules.case import Case
from tests.rules.acting import NEW, after, done, judged, told
from tests.rules.calendars import cn
from tests.rules.sample_acts import RULEBOOK, sample


def came_in(**changes) -> Case:
    case = Case("case", RULEBOOK, cn())
    return extend(case, sample(case, "intake", **changes))


def test_a_complaint_before_any_answer_and_before_the_answer_period_ends_is_entered_and_marked() -> None:
    # received by the purchaser on 22 February: seven working days end on 3 March
    outcome = judged(NEW, "intake", challenge_received_on="2023-02-22", answered_on=None)
    assert (outcome.answer, told(outcome)) == (Answer.IRREGULAR, {("not-ripe", "25(一)")})


def test_a_complaint_on_the_last_day_of_the_answer_period_is_still_too_early() -> None:
    changes = {"challenge_received_on": "2023-02-20", "answered_on": None, "filed_on": None}
    assert ("not-ripe", "25(一)") in told(judged(NEW, "intake", **changes))  # 1 March is the seventh working day
    changes["challenge_received_on"] = "2023-02-17"
    assert ("not-ripe", "25(一)") not in told(judged(NEW, "intake", **changes))


def test_once_there_is_an_answer_the_complaint_need_not_wait_for_the_period_to_end() -> None:
    outcome = judged(NEW, "intake", challenge_received_on="2023-02-22", answered_on="2023-02-28")
    assert outcome.answer is Answer.ACCEPTED  # R8
    late = judged(NEW, "intake", challenge_received_on="2023-02-22", answered_on="2023-03-02")
    assert told(late) == {("not-ripe", "25(一)")}  # answered after the complaint had come in


def test_a_complaint_marked_as_too_early_can_be_refused_as_unchallenged() -> None:
    case = came_in(challenge_received_on="2023-02-22", answered_on=None)
    case = done(case, "review-conclusion")
    assert judged(case, "refusal", grounds=["unchallenged"]).answer is Answer.ACCEPTED


def test_only_what_was_filed_late_is_refused_as_out_of_time() -> None:
    case = done(after("intake"), "review-conclusion")
    assert told(judged(case, "refusal", grounds=["out-of-time"])) == {("unfounded", "27(一)")}
    late = done(came_in(challenge_received_on="2023-01-03", challenged_on="2023-01-03"), "review-conclusion")
    assert judged(late, "refusal", grounds=["out-of-time"]).answer is Answer.ACCEPTED


def test_posted_in_time_is_not_out_of_time() -> None:
    case = came_in(received_on="2023-03-06", postmarked_on="2023-03-03")  # the last day is 3 March
    case = done(case, "review-conclusion")
    assert told(judged(case, "refusal", grounds=["out-of-time"])) == {("unfounded", "27(一)")}


def test_a_refusal_follows_a_conclusion_to_refuse_and_a_referral_one_to_refer() -> None:
    accept = {"conclusion": "accept", "ineligible_on": None}
    case = done(after("intake"), "review-conclusion", **accept)
    assert told(judged(case, "refusal")) == {("needs", "27(一)")}
    assert told(judged(case, "referral")) == {("needs", "27(二)")}
    case = done(case, "review-conclusion:refer")
    assert judged(case, "referral").answer is Answer.ACCEPTED
    assert told(judged(case, "refusal")) == {("needs", "27(一)")}  # jurisdiction goes by 27(二) (R13)


def test_the_latest_conclusion_counts() -> None:
    case = done(after("intake", "review-conclusion"), "review-conclusion", conclusion="accept", ineligible_on=None)
    assert told(judged(case, "refusal")) == {("needs", "27(一)")}


@pytest.mark.parametrize(("lack", "article"), [("laws", "26(四)"), ("requests", "26(三)"), ("filed_on", "26(五)")])
def test_a_complaint_that_lacks_what_article_26_asks_for_is_not_accepted_but_corrected(lack, article) -> None:
    case = came_in(**{lack: None})
    assert {(d.code, d.article) for d in case.entries[0].defects} == {("absent", article)}
    outcome = judged(case, "acceptance")
    assert (outcome.answer, told(outcome)) == (Answer.REFUSED, {("not-whole", "27(四)")})
    assert judged(case, "correction-notice").answer is Answer.ACCEPTED


def test_a_complaint_by_an_agent_brings_the_authorisation_and_one_without_agent_need_not() -> None:
    for by_agent, lacking in ((True, {("absent", "26")}), (False, set())):
        act = sample(NEW, "intake", by_agent=by_agent)
        brought = tuple(item for item in act.evidence if item["slot"] != "authorisation")
        assert told(admissible(NEW, replace(act, evidence=brought))) == lacking


@pytest.mark.parametrize(
    ("code", "article"),
    [
        ("answer-notice", "29"),
        ("commission", "33"),
        ("investigation-notice", "31"),
        ("inquiry-letter", "31"),
        ("cross-examination-notice", "32"),
        ("suspension", "36"),
        ("decision", "35"),
    ],
)
def test_before_the_recorded_acceptance_no_act_of_handling_is_done(code, article) -> None:
    for case in (after("intake"), after("intake", "correction-notice", "service", "corrected-papers")):
        outcome = judged(case, code)
        assert outcome.answer is Answer.REFUSED
        assert ("stage", article) in told(outcome)


def test_the_recorded_acceptance_divides_abandonment_from_withdrawal() -> None:
    before, since = after("intake"), after("intake", "acceptance")
    assert judged(before, "abandonment").answer is Answer.ACCEPTED
    assert judged(since, "withdrawal").answer is Answer.ACCEPTED
    for case, code, article in ((before, "withdrawal", "34"), (since, "abandonment", "27(五)")):
        outcome = judged(case, code)
        assert (outcome.answer, told(outcome)) == (Answer.IRREGULAR, {("stage", article)})
        assert extend(case, sample(case, code)).stage == case.stage
