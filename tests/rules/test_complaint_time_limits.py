"""Limits of the complaint procedure in lawful cases: each begins somewhere, each is kept by what the law names."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from domain.rules.admissible import extend
from domain.rules.case import Case
from domain.rules.deadline import Deadline, Status
from domain.rules.time_limits import deadlines
from tests.rules.calendars import cn
from tests.rules.sample_acts import RULEBOOK, sample

DECIDED = ("intake", "acceptance", "answer-notice", "service", "written-answer", "decision", "publication", "filing")
CORRECTED = ("intake", "correction-notice", "service", "corrected-papers", "acceptance", "answer-notice", "service")
REFUSED = ("intake", "review-conclusion", "refusal", "service")
REFERRED = ("intake", "review-conclusion:refer", "referral", "service")
REMADE = (*DECIDED, "remedy-sought", "remedy-outcome", "rehandling", "decision", "publication")
AGAIN = ("acceptance", "answer-notice", "service", "written-answer")
REVIEWED = (
    *REFUSED,
    "remedy-sought:review-sought",
    "remedy-outcome:review",
    "rereview",
    *AGAIN,
    "decision",
    "publication",
)
CASES = {
    "decided": DECIDED,
    "corrected": (*CORRECTED, "decision"),
    "refused": REFUSED,
    "referred": REFERRED,
    "remade": REMADE,
    "reviewed": REVIEWED,
    "joined": (*DECIDED[:4], "case-joined"),
}


def played(codes: tuple[str, ...], days: tuple[str, ...] = ()) -> Case:
    """The case after lawful acts of these codes, on the days given (the sample day otherwise)."""
    case = Case("case", RULEBOOK, cn())
    for i, code in enumerate(codes):
        entry = sample(case, code)
        case = extend(case, replace(entry, occurred=days[i]) if i < len(days) else entry)
        assert case.entries[-1].defects == ()
    return case


def by_code(case: Case, today: str) -> dict[str, Deadline]:
    return {d.limit.code: d for d in deadlines(case, date.fromisoformat(today))}


def test_every_limit_begins_in_some_lawful_case() -> None:
    begun = {
        code
        for codes in CASES.values()
        for code, deadline in by_code(played(codes), "2023-03-06").items()
        if deadline.status is not Status.NOT_BEGUN
    }
    assert begun == set(RULEBOOK.by_limit)


@pytest.mark.parametrize("name", CASES)
def test_a_case_handled_at_once_keeps_every_limit_it_has_begun(name) -> None:
    joined = {"answer", "decide", "decide-joined"}
    open_ones = {"corrected": {"answer", "publication"}, "joined": joined}.get(name, set())
    found = by_code(played(CASES[name]), "2023-03-06")
    late = {code for code, d in found.items() if d.status in (Status.MISSED, Status.OVERDUE)}
    running = {code for code, d in found.items() if d.status is Status.RUNNING}
    assert late == set()
    assert running == open_ones


def test_the_complaint_period_runs_from_the_end_of_the_answer_period() -> None:
    found = by_code(played(("intake",)), "2023-03-02")
    assert found["challenge-answer"].due == date(2023, 2, 10)  # 7 working days after 2023-02-01 (R8)
    assert found["complaint"].due == date(2023, 3, 3)  # 15 working days more
    assert found["complaint"].status is Status.KEPT
    assert found["accepted-complaint"].status is Status.NOT_BEGUN


def test_a_complaint_filed_late_is_shown_and_its_acceptance_too() -> None:
    case = Case("case", RULEBOOK, cn())
    case = extend(case, sample(case, "intake", challenge_received_on="2023-01-03"))
    assert by_code(case, "2023-03-01")["complaint"].status is Status.MISSED
    case = extend(case, sample(case, "acceptance"))
    assert case.stage == "handling"
    assert by_code(case, "2023-03-06")["accepted-complaint"].status is Status.MISSED


def test_both_readings_of_a_corrected_complaint_are_reckoned() -> None:
    found = by_code(played(CASES["corrected"]), "2023-03-06")
    assert found["decide"].start.day == date(2023, 3, 1)  # reading A, from the receipt (R2)
    assert found["decide-from-correction"].start.day == date(2023, 3, 6)  # reading B, from the corrected papers
    assert found["decide-from-correction"].limit.advisory
    assert found["answer-notice"].start.day == date(2023, 3, 6)


def test_a_refusal_is_tested_by_service_and_a_referral_by_sending() -> None:
    refused, referred = played(REFUSED[:-1]), played(REFERRED[:-1])
    assert by_code(refused, "2023-03-10")["refusal"].status is Status.OVERDUE  # due 2023-03-09, not yet served
    assert by_code(referred, "2023-03-09")["referral"].status is Status.RUNNING
    assert by_code(refused, "2023-03-10")["referral"].status is Status.NOT_BEGUN


def test_handling_ends_by_decision_or_termination_and_runs_thirty_working_days() -> None:
    case = played(("intake", "acceptance", "withdrawal", "termination"))
    assert by_code(case, "2023-03-06")["decide"].status is Status.KEPT
    assert by_code(case, "2023-03-06")["decide"].due == date(2023, 4, 13)  # Qingming on 2023-04-05
    assert by_code(case, "2023-03-06")["publication"].status is Status.NOT_BEGUN
