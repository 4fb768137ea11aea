"""Rounds (轮次): a ruling sends the case back, and what is done anew counts by itself (R38)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from domain.rules.admissible import Answer
from domain.rules.compliance import compliance
from domain.rules.deadline import Deadline, Status
from domain.rules.time_limits import deadlines
from tests.rules.acting import after, done, entered, judged, served, told
from tests.rules.sample_acts import sample

TODAY = date(2023, 5, 8)
NOTIFIED = ("intake", "acceptance", "answer-notice", "service")
DECIDED = after(*NOTIFIED, "decision")
SOUGHT = done(DECIDED, "remedy-sought", "2023-04-03", known_on="2023-04-03")
RULING = {"ruled_on": "2023-04-20", "received_on": "2023-04-24"}
REVOKED = done(SOUGHT, "remedy-outcome", "2023-04-24", **RULING)
REHANDLED = done(REVOKED, "rehandling", "2023-04-26")


def of(case, code: str, number: int | None = None) -> Deadline:
    (found,) = [d for d in deadlines(case, TODAY) if d.limit.code == code and number in (None, d.round)]
    return found


def test_the_fresh_limit_runs_from_receipt_of_the_ruling_not_from_the_act_of_resuming() -> None:
    assert (of(REVOKED, "redecide").start.day, of(REHANDLED, "redecide").start.day) == (date(2023, 4, 24),) * 2
    assert of(REHANDLED, "redecide").due == date(2023, 6, 7)  # 30 working days
    assert "第 2 轮" in of(REHANDLED, "redecide").title


def test_a_second_decision_needs_a_second_round_and_the_first_stays_visible_as_revoked() -> None:
    again = {"number": "临财采决〔2023〕2号", "fees": None}
    assert ("stage", "35") in told(judged(REVOKED, "decision", "2023-04-26", **again))
    made = done(REHANDLED, "decision", "2023-05-04", **again)
    assert [e.facts["number"] for e in made.valid("decision")] != [again["number"]]
    assert made.undone == {5: 7}
    assert ("once", "35") in told(judged(made, "decision", "2023-05-05", **again))


def test_resuming_without_a_ruling_that_asks_for_it_is_refused() -> None:
    assert ("needs", "35(四)") in told(judged(DECIDED, "rehandling"))
    changed = done(SOUGHT, "remedy-outcome", "2023-04-24", **RULING, outcome="changed", anew=None)
    outcome = judged(changed, "rehandling", "2023-04-26")
    assert (outcome.answer, told(outcome)) == (Answer.REFUSED, {("needs", "35(四)")})
    assert changed.undone == {5: 7}
    assert of(changed, "redecide").status is Status.NOT_BEGUN


def test_what_the_first_round_had_kept_or_missed_stays_so() -> None:
    made = done(REHANDLED, "decision", "2023-05-04", fees=None)
    assert (of(made, "decide").status, of(made, "decide").done) == (Status.KEPT, date(2023, 3, 6))
    assert of(made, "redecide").status is Status.KEPT


def test_a_limit_still_open_when_the_round_ends_is_moot_and_says_by_what() -> None:
    ruling = {"ruled_on": "2023-03-09", "received_on": "2023-03-09"}
    soon = done(done(DECIDED, "remedy-sought", "2023-03-09"), "remedy-outcome", "2023-03-09", **ruling)
    found = of(soon, "publication")
    assert (found.status, found.mooted_by, found.due) == (Status.MOOT, 7, date(2023, 3, 13))


def test_a_limit_that_had_run_out_stays_overdue_by_what_it_was_when_the_round_ended() -> None:
    found = of(REVOKED, "publication")
    assert (found.status, found.late) == (Status.OVERDUE, 30)
    made = done(REHANDLED, "decision", "2023-05-04", fees=None)
    assert (of(made, "publication", 1).late, of(made, "publication", 2).status) == (30, Status.RUNNING)


def test_a_test_that_never_came_back_holds_up_no_later_round() -> None:
    waiting = after("intake", "acceptance", "answer-notice", "service", "commission", "decision")
    sought = done(waiting, "remedy-sought", "2023-04-03", known_on="2023-04-03", against=6)
    case = done(done(sought, "remedy-outcome", "2023-04-24", **RULING, against=6), "rehandling", "2023-04-26")
    assert of(case, "redecide").status is Status.RUNNING
    back = done(case, "commission-return", "2023-04-28", received_on="2023-04-28")
    assert [(i.after, i.until) for i in of(back, "redecide").excluded] == [(date(2023, 3, 6), date(2023, 4, 28))]
    anew = done(case, "commission", "2023-04-27", dispatched_on="2023-04-27")
    assert of(anew, "redecide").status is Status.STOPPED


def test_an_answer_belongs_to_the_round_of_the_notice_that_it_answers() -> None:
    notice = {"copies": 1}
    second = done(REHANDLED, "answer-notice", "2023-04-27", **notice)
    second = served(second, ("hospital", "2023-04-27"))
    late = done(second, "written-answer", "2023-04-28", answers=3, received_on="2023-04-28")
    assert of(late, "answer", 1).status is Status.MISSED
    assert of(late, "answer", 2).status is Status.RUNNING
    assert judged(late, "decision", "2023-05-08", fees=None).defects == ()  # waived: nobody, while the second runs


def test_a_ruling_that_is_voided_begins_nothing() -> None:
    voiding = sample(REVOKED, "rectification", "2023-04-25", target=7, mode="voids", changes=None)
    case = entered(REVOKED, replace(voiding, received="2023-04-25T02:00:00.000Z"))
    assert (case.beginnings, case.undone) == ((), {})
    assert of(case, "redecide").status is Status.NOT_BEGUN


def test_a_department_that_had_not_decided_is_ordered_to_and_gets_a_fresh_limit() -> None:
    waiting = after(*NOTIFIED)
    sought = done(waiting, "remedy-sought", "2023-04-03", known_on="2023-04-03", against=None)
    order = {"outcome": "act", "against": None, "due": "2023-05-15", **RULING}
    case = done(sought, "remedy-outcome", "2023-04-24", **order)
    assert (case.stage, case.undone) == ("handling", {})
    assert (of(case, "decide").status, of(case, "decide").late) == (Status.OVERDUE, 8)
    assert [of(case, code).due for code in ("redecide", "ordered")] == [date(2023, 6, 7), date(2023, 5, 15)]
    made = done(case, "decision", "2023-05-08", fees=None)
    assert of(made, "redecide").status is Status.KEPT


def test_resuming_rests_on_the_ruling_that_it_answers_whatever_came_later() -> None:
    other = done(REVOKED, "remedy-sought", "2023-04-24", known_on="2023-04-24", applicant="hospital")
    upheld = done(other, "remedy-outcome", "2023-04-25", answers=8, outcome="upheld", anew=None, **RULING)
    assert judged(upheld, "rehandling", "2023-04-26", answers=7).defects == ()
    assert told(judged(upheld, "rehandling", "2023-04-26", answers=9)) == {("needs", "35(四)")}


def test_what_was_back_before_the_limit_began_is_not_told_as_left_out_of_it() -> None:
    tested = after("intake", "acceptance", "answer-notice", "service", "commission", "commission-return", "decision")
    sought = done(tested, "remedy-sought", "2023-04-03", known_on="2023-04-03", against=7)
    case = done(sought, "remedy-outcome", "2023-04-24", **RULING, against=7)
    found = {r.code: r.exclusions for r in compliance(case, TODAY).requirements}
    assert (len(found["decide"]), found["redecide"]) == (1, ())
