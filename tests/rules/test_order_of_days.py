"""先后: what has not happened yet can't be entered, and nothing is older than what had to come before it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.rules.admissible import Answer, admissible, extend
from tests.rules.acting import NEW, after, done, entered, judged, received, served, told
from tests.rules.sample_acts import DAY, NOTIFIED, sample

HANDLING = ("intake", "acceptance")
EVENING, NEXT = "2023-03-06T10:00:00.000Z", "2023-03-07"


def test_what_has_not_happened_yet_is_not_entered() -> None:
    case = after("intake")
    tomorrow = received(sample(case, "acceptance", NEXT), EVENING)
    assert told(admissible(case, tomorrow)) == {("future", None)}
    assert admissible(case, replace(tomorrow, occurred=DAY)).answer is Answer.ACCEPTED


def test_a_day_ends_at_midnight_in_china() -> None:
    case = after("intake")
    late = received(sample(case, "acceptance", NEXT), "2023-03-06T16:00:00.000Z")  # 00:00 of 7 March
    assert admissible(case, late).answer is Answer.ACCEPTED


@pytest.mark.parametrize(
    ("before", "code", "name"),
    [
        ((), "intake", "received_on"),
        (("intake",), "abandonment", "received_on"),
        (HANDLING, "withdrawal", "received_on"),
        ((*NOTIFIED,), "written-answer", "received_on"),
        ((*HANDLING, "commission"), "commission-return", "received_on"),
        (HANDLING, "commission", "dispatched_on"),
        ((*NOTIFIED, "decision"), "publication", "published_on"),
    ],
)
def test_a_report_of_what_has_not_happened_yet_is_refused(before, code, name) -> None:
    case = after(*before)
    act = received(sample(case, code, **{name: NEXT}), EVENING)
    outcome = admissible(case, act)
    assert outcome.answer is Answer.REFUSED
    assert [(d.code, d.field) for d in outcome.defects] == [("future", f"facts.{name}")]


def test_service_still_to_come_is_refused_but_a_last_day_may_lie_ahead() -> None:
    case = after("intake")
    notice = received(sample(case, "correction-notice", due="2023-03-20"), EVENING)
    assert admissible(case, notice).answer is Answer.ACCEPTED
    case = extend(case, notice)
    how = {"recipient": "complainant", "way": "post", "sent_on": DAY, "proof": "邮件回执"}
    early = received(sample(case, "service", paper=2, deliveries=[{**how, "served_on": "2023-03-08"}]), EVENING)
    assert [(d.code, d.field) for d in admissible(case, early).defects] == [("future", "facts.deliveries[0].served_on")]


def test_no_paper_is_served_before_it_is_sent() -> None:
    case = after(*HANDLING, "answer-notice")
    how = {"recipient": "hospital", "way": "post", "proof": "邮件回执"}
    outcome = judged(case, "service", NEXT, deliveries=[{**how, "sent_on": NEXT, "served_on": DAY}])
    assert (outcome.answer, told(outcome)) == (Answer.REFUSED, {("order", None)})


def test_no_postmark_is_younger_than_the_receipt() -> None:
    outcome = judged(NEW, "intake", postmarked_on="2023-03-02")  # received on 1 March
    assert told(outcome) == {("order", "27")}


def test_a_paper_sent_before_it_was_made_is_entered_and_marked() -> None:
    case = after(*HANDLING, "answer-notice")
    how = {"recipient": "hospital", "way": "direct", "proof": "送达回证"}
    outcome = judged(case, "service", deliveries=[{**how, "sent_on": "2023-03-03", "served_on": "2023-03-03"}])
    assert (outcome.answer, told(outcome)) == (Answer.IRREGULAR, {("too-early", "41")})


@pytest.mark.parametrize(
    ("before", "code", "article"),
    [
        (("intake",), "acceptance", "27(四)"),
        (HANDLING, "answer-notice", "29"),
        (NOTIFIED, "decision", "35"),
        ((*NOTIFIED, "decision"), "filing", "38"),
        ((*HANDLING, "withdrawal"), "termination", "34"),
    ],
)
def test_no_act_is_dated_before_the_one_that_made_room_for_it(before, code, article) -> None:
    case = after(*before)
    outcome = judged(case, code, "2023-02-28")
    assert outcome.answer is Answer.REFUSED
    assert ("too-early", article) in told(outcome)


def test_an_acceptance_may_bear_the_day_on_which_the_complaint_came_in_though_it_was_taken_down_later() -> None:
    case = done(NEW, "intake", "2023-03-02")  # received on 1 March
    assert judged(case, "acceptance", "2023-03-01").answer is Answer.ACCEPTED
    assert told(judged(case, "acceptance", "2023-02-28")) == {("too-early", "27(四)")}


def test_a_withdrawal_received_before_acceptance_is_no_withdrawal() -> None:
    outcome = judged(after(*HANDLING), "withdrawal", received_on="2023-03-03")  # accepted on 6 March (R15)
    assert (outcome.answer, told(outcome)) == (Answer.IRREGULAR, {("too-early", "34")})


def test_an_answer_older_than_the_notice_it_answers_is_marked() -> None:
    case = served(done(after(*HANDLING), "answer-notice", "2023-03-08"), ("hospital", "2023-03-08"))
    outcome = judged(case, "written-answer", "2023-03-09", received_on="2023-03-07")
    assert told(outcome) == {("too-early", "29")}


def test_nothing_is_published_before_it_is_decided() -> None:
    outcome = judged(after(*NOTIFIED, "decision"), "publication", published_on="2023-03-03")
    assert told(outcome) == {("too-early", "37")}


def test_time_is_not_excluded_from_before_a_commission_was_given() -> None:
    outcome = judged(after(*HANDLING), "commission", NEXT, dispatched_on=DAY)
    assert told(outcome) == {("order", "33")}


def test_a_correction_period_does_not_end_before_its_notice_nor_an_investigation_come_before_its_own() -> None:
    assert told(judged(after("intake"), "correction-notice", due="2023-03-03")) == {("order", "27(三)")}
    at = "2023-03-05T09:00:00+08:00"
    assert told(judged(after(*HANDLING), "investigation-notice", at=at)) == {("order", "31")}
    assert told(judged(after(*HANDLING), "cross-examination-notice", at=at)) == {("order", "32")}


def test_a_date_put_right_makes_what_then_comes_too_early_visible() -> None:
    case = after(*NOTIFIED)
    later = sample(case, "rectification", NEXT, target=2, changes=None, occurred=NEXT)
    case = entered(case, later)
    assert [d.code for d in case.entries[2].defects] == ["too-early"]  # the notice is dated before acceptance


def test_a_case_that_came_in_before_this_one_was_accepted_may_be_joined_to_it() -> None:
    joined = judged(after(*NOTIFIED), "case-joined", received_on="2023-02-20")
    assert (joined.answer, told(joined)) == (Answer.ACCEPTED, set())
