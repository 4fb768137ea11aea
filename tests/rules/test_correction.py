"""补正 (第二十七条第(三)项, 第二十八条, R12, R25, R26, R33): once, in time, sufficient; else no acceptance."""

from __future__ import annotations

from datetime import date

import pytest

from domain.rules.admissible import Answer
from domain.rules.deadline import Status
from domain.rules.time_limits import reckoned
from domain.rules.windows import spans
from tests.rules.acting import NEW, after, done, entered, judged, served, told
from tests.rules.sample_acts import DAY, RULEBOOK, sample

LIMIT = RULEBOOK.by_limit["corrected-papers"]
REFUSE = {"conclusion": "refuse", "ineligible_on": "2023-03-14", "elsewhere_on": None}


def notified(due: str = "2023-03-13"):
    return served(done(after("intake"), "correction-notice", due=due), ("complainant", DAY))


def handed_in(case, on: str, *, sufficient: bool = True, posted: str | None = None):
    return done(case, "corrected-papers", on, received_on=on, postmarked_on=posted, sufficient=sufficient)


def concluded(case, on: str = "2023-03-14"):
    return done(case, "review-conclusion", on, **REFUSE)


def refused_for(case, ground: str, on: str = "2023-03-14"):
    return judged(case, "refusal", on, grounds=[ground])


def test_papers_handed_in_late_are_entered_and_lead_to_refusal_not_to_acceptance() -> None:
    case = handed_in(notified(), "2023-03-14")
    assert told(judged(case, "acceptance", "2023-03-14")) == {("not-kept", "28")}
    assert refused_for(concluded(case), "not-corrected").answer is Answer.ACCEPTED


def test_papers_posted_in_time_are_in_time_whenever_they_arrive() -> None:
    case = handed_in(notified(), "2023-03-16", posted="2023-03-13")
    assert judged(case, "acceptance", "2023-03-16").answer is Answer.ACCEPTED
    assert told(refused_for(concluded(case), "not-corrected")) == {("unfounded", "27(一)")}


def test_papers_that_fell_short_in_time_do_not_save_sufficient_ones_that_came_late() -> None:
    case = handed_in(handed_in(notified(), "2023-03-10", sufficient=False), "2023-03-14")
    assert told(judged(case, "acceptance", "2023-03-14")) == {("not-kept", "28")}


def test_papers_that_fell_short_may_be_made_good_within_the_period_and_exclude_time_till_then() -> None:
    case = handed_in(handed_in(notified(), "2023-03-09", sufficient=False), "2023-03-13")
    assert judged(case, "acceptance", "2023-03-13").answer is Answer.ACCEPTED
    (span,) = spans(case, RULEBOOK.by_window["correction"])
    assert (span.opened, span.closed) == (date(2023, 3, 6), date(2023, 3, 13))


def test_papers_that_fell_short_lead_to_refusal_at_once() -> None:
    case = concluded(handed_in(notified(), "2023-03-09", sufficient=False), "2023-03-14")
    assert told(judged(case, "acceptance", "2023-03-14")) == {("stage", "27(四)")}
    assert refused_for(case, "still-defective").answer is Answer.ACCEPTED


def test_while_the_period_runs_there_is_no_refusal() -> None:
    case = done(notified(), "review-conclusion", "2023-03-13", **REFUSE | {"ineligible_on": "2023-03-13"})
    assert ("not-over", "28") in told(refused_for(case, "not-corrected", "2023-03-13"))
    assert refused_for(case, "not-corrected", "2023-03-14").answer is Answer.ACCEPTED


@pytest.mark.parametrize("ground", ["not-corrected", "still-defective"])
def test_nobody_has_failed_to_correct_what_he_was_never_asked_to_correct(ground) -> None:
    case = done(after("intake"), "review-conclusion")
    assert ("unfounded", "27(一)") in told(refused_for(case, ground, DAY))


def test_sufficient_papers_in_time_do_not_still_fall_short() -> None:
    case = concluded(handed_in(notified(), "2023-03-10"))
    assert told(refused_for(case, "still-defective")) == {("unfounded", "27(一)")}


def test_a_last_day_that_had_passed_when_the_notice_was_served_is_no_period() -> None:
    case = served(done(after("intake"), "correction-notice", due="2023-03-07"), ("complainant", "2023-03-08"))
    (deadline,) = reckoned(case, LIMIT, date(2023, 3, 9))
    assert (deadline.status, deadline.due) == (Status.INDETERMINATE, None)
    assert ("not-over", "28") in told(refused_for(concluded(case), "not-corrected"))
    assert judged(handed_in(case, "2023-03-14"), "acceptance", "2023-03-14").answer is Answer.ACCEPTED


def test_a_notice_never_served_gives_no_period_that_could_run_out() -> None:
    case = concluded(done(after("intake"), "correction-notice"))
    assert ("not-over", "28") in told(refused_for(case, "not-corrected"))


def test_a_second_notice_is_refused_whatever_it_says() -> None:
    found = told(judged(notified(), "correction-notice", items=["另一事项"]))
    assert ("once", "27(三)") in found


def test_a_stated_last_day_that_is_no_working_day_moves_to_the_next() -> None:
    case = notified(due="2023-03-12")  # a Sunday (R25)
    assert reckoned(case, LIMIT, date(2023, 3, 7))[0].due == date(2023, 3, 13)


def test_a_complaint_whose_signature_is_not_in_order_is_corrected_before_it_is_accepted() -> None:
    case = entered(NEW, sample(NEW, "intake", signature="defective"))
    assert [(d.code, d.article) for d in case.entries[0].defects] == [("short", "28(七)")]
    assert told(judged(case, "acceptance")) == {("not-whole", "27(四)")}
    assert ("unfounded", "27(一)") in told(refused_for(done(case, "review-conclusion"), "still-defective", DAY))
    case = served(done(case, "correction-notice", grounds=["signature"]), ("complainant", DAY))
    assert judged(handed_in(case, "2023-03-10"), "acceptance", "2023-03-10").answer is Answer.ACCEPTED
