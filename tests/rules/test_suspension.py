"""暂停和恢复采购活动 (第三十六条, R4, R28): thirty days in all, resumed while running, for all."""

from __future__ import annotations

from datetime import date

from domain.rules.admissible import Answer
from domain.rules.windows import capped_days, running, spans
from tests.rules.acting import WINNER, done, judged, served, told
from tests.rules.acting import after as a_case
from tests.rules.sample_acts import RULEBOOK

WINDOW, CAP = RULEBOOK.by_window["suspension"], RULEBOOK.caps[0]
HANDLING = ("intake", "acceptance")


def suspended(case, days: int, day: str, recipients=("hospital",)):
    case = done(case, "suspension", day, days=days, recipients=list(recipients))
    return served(case, *((who, day) for who in recipients))


def test_a_suspension_that_was_never_served_is_not_running_and_cannot_be_resumed() -> None:
    ordered = done(a_case(*HANDLING), "suspension")
    assert told(judged(ordered, "resumption")) == {("not-running", "36")}
    assert capped_days(ordered, CAP) == 20  # yet its days are spoken for


def test_procurement_is_not_resumed_before_the_suspension_has_begun() -> None:
    case = served(done(a_case(*HANDLING), "suspension"), ("hospital", "2023-03-10"))
    assert told(judged(case, "resumption", "2023-03-09")) == {("not-running", "36")}
    assert judged(case, "resumption", "2023-03-10").answer is Answer.ACCEPTED


def test_one_notice_of_resumption_ends_every_suspension_under_which_procurement_stands() -> None:
    case = suspended(suspended(a_case(*HANDLING), 20, "2023-03-06"), 10, "2023-03-08")
    case = served(done(case, "resumption", "2023-03-13"), ("hospital", "2023-03-13"))
    assert not running(case, WINDOW, date(2023, 3, 13))
    assert [span.closed for span in spans(case, WINDOW)] == [date(2023, 3, 13)] * 2
    assert capped_days(case, CAP) == 7  # 7 to 13 March, a day under two notices counted once (R4)
    assert told(judged(case, "resumption", "2023-03-14")) == {("not-running", "36")}
    assert judged(case, "suspension", "2023-03-14", days=23).answer is Answer.ACCEPTED
    assert told(judged(case, "suspension", "2023-03-14", days=24)) == {("cap", "36")}


def test_a_suspension_that_lapsed_by_itself_is_not_ended_again() -> None:
    case = suspended(a_case(*HANDLING), 5, "2023-03-06")
    assert judged(case, "resumption", "2023-03-11").answer is Answer.ACCEPTED
    assert told(judged(case, "resumption", "2023-03-12")) == {("not-running", "36")}


def test_everyone_who_was_told_to_stop_is_told_that_it_is_over() -> None:
    case = done(a_case(*HANDLING), "party-added", parties=[WINNER])
    case = suspended(case, 20, "2023-03-06", ("hospital", "winner"))
    assert judged(case, "resumption", "2023-03-07").answer is Answer.ACCEPTED  # both are filled in
    assert told(judged(case, "resumption", "2023-03-07", recipients=["hospital"])) == {("recipient", "36")}


def test_neither_decision_nor_termination_lifts_a_suspension() -> None:
    case = done(suspended(a_case(*HANDLING), 20, "2023-03-06"), "withdrawal")
    case = done(case, "termination")
    assert running(case, WINDOW, date(2023, 3, 20))
    assert judged(case, "resumption", "2023-03-20").answer is Answer.ACCEPTED
