"""不计入的时间 (第三十三条, R5, R6, R29, R30): what went out and has not come back, and what was late by nothing."""

from __future__ import annotations

from datetime import date

from domain.rules.admissible import Answer, extend
from domain.rules.deadline import Status
from domain.rules.time_limits import reckoned
from tests.rules.acting import after, done, judged, served
from tests.rules.sample_acts import NOTIFIED, RULEBOOK, sample

DECIDE = RULEBOOK.by_limit["decide"]
INQUIRED = ("inquiry-letter", "service")


def commissioned(case, on: str):
    return done(case, "commission", on, dispatched_on=on)


def returned(case, commission: int, on: str, *, last: bool = True):
    return done(case, "commission-return", on, answers=commission, received_on=on, last=last)


def decide(case, on: str):
    return extend(case, sample(case, "decision", on))


def standing(case, today: str):
    (deadline,) = reckoned(case, DECIDE, date.fromisoformat(today))
    return deadline


def test_while_one_of_several_commissions_is_out_there_is_no_last_day() -> None:
    case = commissioned(commissioned(after(*NOTIFIED), "2023-03-07"), "2023-03-09")  # records 5 and 6
    case = returned(case, 5, "2023-03-14")
    found = standing(case, "2023-03-20")
    assert (found.status, found.due, found.left) == (Status.STOPPED, None, 26)  # 2, 3, 6, 7 March are counted
    assert found.reckoning.strict_due == date(2023, 4, 13)
    whole = standing(returned(case, 6, "2023-03-16"), "2023-03-20")
    assert (whole.status, whole.due) == (Status.RUNNING, date(2023, 4, 23))  # (7, 16] March once; a Sunday at work


def test_what_came_back_in_parts_counts_till_its_last_part() -> None:
    case = returned(commissioned(after(*NOTIFIED), "2023-03-07"), 5, "2023-03-10", last=False)
    assert standing(case, "2023-03-13").status is Status.STOPPED
    assert standing(returned(case, 5, "2023-03-14"), "2023-03-14").due == date(2023, 4, 20)


def test_a_decision_kept_even_without_what_never_returned_is_kept_and_what_did_return_still_counts() -> None:
    case = returned(commissioned(after(*NOTIFIED), "2023-03-07"), 5, "2023-03-14")  # five working days
    case = commissioned(case, "2023-03-20")  # never returned
    assert standing(decide(case, "2023-04-20"), "2023-04-30").status is Status.KEPT  # 30 and 5 working days
    assert standing(decide(case, "2023-04-21"), "2023-04-30").status is Status.INDETERMINATE


def test_a_letter_of_inquiry_stops_no_clock() -> None:
    case = after(*NOTIFIED)
    before = standing(case, "2023-03-20").due
    case = done(case, "inquiry-letter")
    assert standing(served(case, ("hospital", "2023-03-07")), "2023-03-20").due == before


def test_an_investigation_entrusted_to_others_stops_no_clock() -> None:
    case = after(*NOTIFIED)
    before = standing(case, "2023-03-20").due
    assert standing(done(case, "commissioned-investigation"), "2023-03-20").due == before


def test_late_by_no_working_day_is_late() -> None:
    case = decide(after(*NOTIFIED), "2023-04-15")  # the last day was Thursday the 13th; this is a Saturday
    assert (standing(case, "2023-04-20").status, standing(case, "2023-04-20").late) == (Status.MISSED, 1)
    case = after("intake", "acceptance")
    case = done(case, "answer-notice", "2023-03-11")
    case = served(case, ("hospital", "2023-03-11"))
    case = done(case, "written-answer", "2023-03-18", received_on="2023-03-18")  # Saturday; the last day was Friday
    (answer,) = reckoned(case, RULEBOOK.by_limit["answer"], date(2023, 3, 20))
    assert (answer.due, answer.status, answer.late) == (date(2023, 3, 17), Status.MISSED, 0)


def test_lateness_alone_refuses_no_decision() -> None:
    assert judged(after(*NOTIFIED), "decision", "2023-07-03").answer is Answer.ACCEPTED
