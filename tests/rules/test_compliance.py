"""Compliance, reckoned by hand from the notices on holidays of 2023 and 2026."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from domain.formats.canonical import dump
from domain.rules.admissible import extend
from domain.rules.compliance import Compliance, Conclusion, compliance
from domain.rules.compliance_json import as_json
from domain.rules.compliance_words import by_reading, days_used, said
from domain.rules.requirement import Exclusion, Requirement, State
from ops.cli.compliance_told import show
from tests.rules.acting import NEW, done, served
from tests.rules.sample_acts import RULEBOOK, sample

if TYPE_CHECKING:
    from domain.rules.case import Case

GROUNDS = list(RULEBOOK.by_choices["correction-grounds"])
WEDNESDAY = "2023-03-01"  # received; the answer to the challenge came in time (tests.office.INTAKE)


def opened(received: str = WEDNESDAY, **changes: Any) -> Case:
    return done(NEW, "intake", received, received_on=received, **changes)


def reviewed(case: Case, on: str, conclusion: str = "accept", examined: list[str] | None = None) -> Case:
    facts = {"conclusion": conclusion, "ineligible_on": None, "examined": examined or GROUNDS}
    return done(case, "review-conclusion", on, **facts)


def accepted(received: str = WEDNESDAY, on: str | None = None, **changes: Any) -> Case:
    on = on or received
    return done(reviewed(opened(received, **changes), on), "acceptance", on)


def notified(case: Case, on: str) -> Case:
    return served(done(case, "answer-notice", on), ("hospital", on))


def decided(case: Case, on: str) -> Case:
    case = done(case, "decision", on)
    return served(case, *((who, on) for who in case.entries[-1].facts["recipients"]))


def corrected() -> Case:
    """Noticed on Monday 6 March, cured on Wednesday the 15th: seven working days are left out (7-10, 13-15)."""
    case = done(reviewed(opened(), "2023-03-06", "correct"), "correction-notice", "2023-03-06", due="2023-03-16")
    case = done(served(case, ("complainant", "2023-03-06")), "corrected-papers", "2023-03-15", received_on="2023-03-15")
    return notified(done(case, "acceptance", "2023-03-15"), "2023-03-16")


def of(found: Compliance, code: str) -> Requirement:
    (one,) = [requirement for requirement in found.requirements if requirement.code == code]
    return one


def on(case: Case, day: str) -> Compliance:
    return compliance(case, date.fromisoformat(day))


def test_a_case_that_keeps_everything_is_kept() -> None:
    case = decided(notified(accepted(), "2023-03-02"), "2023-04-13")  # the 30th working day; 5 April is Qingming
    found = on(case, "2023-04-14")
    assert found.conclusion is Conclusion.KEPT
    assert found.exit_status == 0
    decide = of(found, "decide")
    assert (said(decide), days_used(decide)[0]) == (("按期", "kept"), "30/30 个工作日")
    assert found.readings[0].code == "R1"


def test_a_day_late_is_missed_and_fails_the_case() -> None:
    found = on(decided(notified(accepted(), "2023-03-02"), "2023-04-14"), "2023-04-14")
    decide = of(found, "decide")
    assert (decide.state, decide.record) == (State.MISSED, 6)
    assert said(decide) == ("逾期 1 个工作日", "missed by 1 working day(s)")
    assert (found.conclusion, found.exit_status) == (Conclusion.FAILED, 1)


def test_done_on_the_saturday_after_the_last_day_is_missed_by_nothing_and_still_missed() -> None:
    found = on(accepted("2023-03-03", "2023-03-11"), "2023-03-11")  # five working days: 6-10 March
    review = of(found, "review")
    assert (review.state, review.deadline and review.deadline.late) == (State.MISSED, 0)
    assert said(review)[0] == "逾期 0 个工作日，在期限届满之后的非工作日完成"
    assert found.conclusion is Conclusion.FAILED


def test_two_readings_that_differ_are_both_told_by_name() -> None:
    # A: 2, 3, 6 March, then 16 March to Sunday 23 April, a working day; B: 16 March to 26 April
    found = on(decided(corrected(), "2023-04-25"), "2023-04-28")
    decide = of(found, "decide")
    assert decide.state is State.DISPUTED
    assert said(decide) == (
        "按读法 A 逾期 2 个工作日，按读法 B 按期",
        "missed by 2 working day(s) under A, kept under B",
    )
    assert [way.deadline and way.deadline.due for way in decide.under] == [date(2023, 4, 23), date(2023, 4, 26)]
    assert by_reading(decide, lambda way: days_used(way)[0]) == "A 32/30 个工作日；B 29/30 个工作日"
    assert (found.conclusion, found.exit_status) == (Conclusion.INDETERMINATE, 2)
    assert {"R2", "R22"} <= {reading.code for reading in found.readings}
    assert not [r for r in found.requirements if r.code == "decide-from-correction"]


@pytest.mark.parametrize(
    ("day", "words", "conclusion"),
    [
        ("2023-04-23", "按读法 A 按期，按读法 B 按期", Conclusion.KEPT),
        ("2023-04-27", "按读法 A 逾期 4 个工作日，按读法 B 逾期 1 个工作日", Conclusion.FAILED),
    ],
)
def test_readings_that_agree_settle_it(day: str, words: str, conclusion: Conclusion) -> None:
    found = on(decided(corrected(), day), day)
    assert (said(of(found, "decide"))[0], found.conclusion) == (words, conclusion)


def test_an_exclusion_is_told_with_its_days_and_records() -> None:
    decide = of(on(corrected(), "2023-03-20"), "decide")
    assert decide.exclusions == (Exclusion("correction", "补正期间", date(2023, 3, 6), date(2023, 3, 15), 3, 5),)
    assert decide.under[0].deadline is not None
    assert decide.under[0].deadline.used == 6  # 2, 3, 6, 16, 17 and 20 March


def commissioned() -> Case:
    case = notified(accepted(), "2023-03-02")
    case = done(case, "commission", "2023-03-06", dispatched_on="2023-03-06")
    return served(case, ("complainant", "2023-03-07"))


def test_what_has_not_come_back_stops_the_clock() -> None:
    decide = of(on(commissioned(), "2023-06-01"), "decide")
    assert decide.state is State.STOPPED
    assert said(decide) == (  # 2, 3 and 6 March are used; R29: the strict day beside it
        "停止计算，余 27 个工作日（不扣除的，至 2023-04-13 届满）",
        "stopped, 27 working day(s) left (2023-04-13 were nothing excluded)",
    )
    assert decide.exclusions[0].returned is None


def test_a_clock_that_stands_by_both_readings_has_no_last_day_to_show(capsys) -> None:
    case = done(corrected(), "commission", "2023-03-17", dispatched_on="2023-03-17")
    show(on(case, "2023-03-20"), 0, explain=False)
    (line,) = capsys.readouterr().out.split("\n处理期限")[1:]
    told = line.split("\n")[0]
    assert "按读法 A 停止计算" in told
    assert "按读法 B 停止计算" in told
    assert "届满 A" not in told


def test_decided_late_while_something_is_out_is_indeterminate() -> None:
    found = on(decided(commissioned(), "2023-04-14"), "2023-04-14")
    assert of(found, "decide").state is State.INDETERMINATE
    assert "尚未返回" in said(of(found, "decide"))[0]
    assert found.conclusion is Conclusion.INDETERMINATE
    assert on(decided(commissioned(), "2023-04-13"), "2023-04-14").conclusion is Conclusion.KEPT


def test_beyond_the_last_published_table_it_is_provisional() -> None:
    late = {"challenged_on": "2026-11-02", "challenge_received_on": "2026-11-02", "answered_on": "2026-11-05"}
    case = accepted("2026-11-20", **late, filed_on="2026-11-20", basis="办法废止前发布的采购公告。")
    found = on(case, "2026-11-24")
    assert said(of(found, "decide"))[0] == "期限内，余 28 个工作日（暂定）"
    assert (found.provisional, of(found, "review").provisional) == (True, False)
    assert found.conclusion is Conclusion.KEPT


def test_an_overdue_limit_of_the_authority_fails_and_a_party_s_does_not() -> None:
    case = notified(accepted(), "2023-03-02")
    answer = of(on(case, "2023-03-20"), "answer")
    assert (answer.state, answer.of, answer.binding) == (State.OVERDUE, "hospital", False)
    assert on(case, "2023-03-20").conclusion is Conclusion.KEPT
    assert on(case, "2023-04-14").conclusion is Conclusion.FAILED
    assert said(of(on(case, "2023-04-14"), "decide"))[0] == "已逾期 1 个工作日，尚未完成"


def test_the_complainant_is_told_before_the_return_or_never() -> None:
    case = notified(accepted(), "2023-03-02")
    case = done(case, "commission", "2023-03-06", dispatched_on="2023-03-06")
    seq = case.seq
    assert of(on(case, "2023-03-07"), "appraisal-announced").state is State.RUNNING
    back = done(case, "commission-return", "2023-03-20", answers=seq, received_on="2023-03-20")
    assert said(of(on(back, "2023-03-20"), "appraisal-announced"))[0] == "未履行：未向江北恒信医疗器械有限公司送达"
    late = served(back, ("complainant", "2023-03-21"), paper=seq)
    assert "晚于 2023-03-20" in of(on(late, "2023-03-21"), "appraisal-announced").told[0]
    in_time = served(case, ("complainant", "2023-03-20"), paper=seq)
    in_time = done(in_time, "commission-return", "2023-03-20", answers=seq, received_on="2023-03-20")
    assert of(on(in_time, "2023-03-20"), "appraisal-announced").state is State.KEPT


def test_all_nine_grounds_are_looked_at_in_one_of_the_reviews() -> None:
    assert of(on(opened(), "2023-03-01"), "nine-grounds").state is State.NOT_APPLICABLE
    without = done(opened(), "acceptance", "2023-03-01")
    assert of(on(without, "2023-03-01"), "nine-grounds").state is State.INDETERMINATE
    some = done(reviewed(opened(), "2023-03-01", examined=GROUNDS[:-1]), "acceptance", "2023-03-01")
    missed = of(on(some, "2023-03-01"), "nine-grounds")
    assert (missed.state, missed.record) == (State.MISSED, 2)
    assert "法律法规和财政部规定的其他情形" in said(missed)[0]
    again = done(
        reviewed(reviewed(opened(), "2023-03-01", examined=GROUNDS[:3]), "2023-03-02"), "acceptance", "2023-03-02"
    )
    assert (of(on(again, "2023-03-02"), "nine-grounds").state, of(on(again, "2023-03-02"), "nine-grounds").record) == (
        State.KEPT,
        3,
    )


def minuted(recorded: bool | None, hosts: int = 2) -> Compliance:
    case = done(notified(accepted(), "2023-03-02"), "cross-examination-notice", "2023-03-03")
    case = served(case, ("complainant", "2023-03-03"), ("hospital", "2023-03-03"))
    entry = sample(case, "cross-examination-minutes", "2023-03-06", recorded_throughout=recorded)
    facts = {**entry.facts, "ink-hosts": entry.facts["ink-hosts"][:hosts]}
    case = extend(case, replace(entry, signers=entry.signers[:hosts], facts=facts))
    return on(case, "2023-03-06")


def test_a_fact_says_so_or_does_not_or_nobody_wrote_it_down() -> None:
    states = [of(minuted(recorded), "cross-examination-recorded").state for recorded in (True, False, None)]
    assert states == [State.KEPT, State.MISSED, State.INDETERMINATE]


def test_one_host_is_told_once_under_the_duty() -> None:
    found = minuted(recorded=True, hosts=1)
    assert of(found, "cross-examination-by-two").state is State.MISSED
    assert not [r for r in found.requirements if r.code == "signers"]
    assert found.conclusion is Conclusion.FAILED


def test_what_the_complaint_lacks_is_no_breach_once_correction_is_asked_for() -> None:
    lacking = extend(NEW, sample(NEW, "intake", WEDNESDAY, received_on=WEDNESDAY, laws=None))
    assert of(on(lacking, WEDNESDAY), "absent").state is State.RUNNING
    noticed = done(lacking, "correction-notice", "2023-03-06", due="2023-03-16")
    met = of(on(noticed, "2023-03-06"), "absent")
    assert (met.state, met.record) == (State.MOOT, 1)
    assert "已由第 2 号记录“补正通知”处理" in said(met)[0]


def test_facts_that_stay_withheld_leave_open_what_depends_on_them() -> None:
    case = accepted()
    entry = case.entries[0]
    facts = {name: value for name, value in entry.facts.items() if name != "by_agent"}
    hidden = replace(entry, facts={**facts, "_sd": ["digest"]})
    found = on(replace(case, entries=(hidden, *case.entries[1:])), WEDNESDAY)
    assert of(found, "mandate").state is State.INDETERMINATE
    assert of(found, "withheld").record == 1
    assert (found.conclusion, found.undisclosed) == (Conclusion.INDETERMINATE, (1,))


def test_the_report_is_canonical_and_says_everything() -> None:
    found = on(decided(corrected(), "2023-04-25"), "2023-04-28")
    value = as_json(found)
    assert dump(value)
    decide = next(r for r in value["requirements"] if r["code"] == "decide")
    assert decide["zh"] == "按读法 A 逾期 2 个工作日，按读法 B 按期"
    assert [way["reading"] for way in decide["under"]] == ["A", "B"]
    assert decide["under"][0]["days"][-1]["day"] == "2023-04-23"
    assert decide["under"][0]["exclusions"][0] == {
        "window": "correction",
        "title": "补正期间",
        "sent": "2023-03-06",
        "returned": "2023-03-15",
        "opening": 3,
        "closing": 5,
    }
    assert sum(value["counts"].values()) == len(value["requirements"])
