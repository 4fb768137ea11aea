"""May this act be entered? Order, papers, windows, limits, signers and service, each to the day and the piece."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from domain.formats.act import Signer
from domain.rules.admissible import Answer, admissible, extend
from domain.rules.case import Case
from domain.rules.vocabulary import Kind
from tests.rules.calendars import cn
from tests.rules.sample_acts import DAY, HANDLING, RULEBOOK, case_before, sample

if TYPE_CHECKING:
    from domain.errors import Defect
    from domain.rules.case import Entry


def judged(case: Case, entry: Entry) -> tuple[Answer, list[tuple[str, str | None]]]:
    outcome = admissible(case, entry)
    assert all(d.message and d.action == entry.action for d in outcome.defects)
    return outcome.answer, [(d.code, d.field) for d in outcome.defects]


def defects(case: Case, code: str, **changes: Any) -> tuple[Defect, ...]:
    return admissible(case, sample(case, code, **changes)).defects


def after(*codes: str) -> Case:
    case = Case("case", RULEBOOK, cn())
    for code in codes:
        case = extend(case, sample(case, code))
    return case


def with_action(case: Case, code: str, **changes: Any) -> Case:
    """The case under a rulebook whose action `code` says something else."""
    actions = tuple(replace(a, **changes) if a.code == code else a for a in RULEBOOK.actions)
    return replace(case, rulebook=replace(RULEBOOK, actions=actions))


def test_an_unknown_action_is_refused() -> None:
    case = after("intake")
    answer, found = judged(case, replace(sample(case, "acceptance"), action="no-such-action"))
    assert (answer, found) == (Answer.REFUSED, [("unknown-action", None)])


def test_nothing_but_what_opens_a_case_comes_first_and_nothing_opens_it_twice() -> None:
    empty, opened = Case("case", RULEBOOK, cn()), after("intake")
    entry = replace(sample(opened, "acceptance"), seq=1)
    assert judged(empty, entry) == (Answer.REFUSED, [("not-opened", None)])
    assert judged(empty, sample(empty, "intake")) == (Answer.ACCEPTED, [])
    answer, found = judged(opened, sample(opened, "intake"))
    assert answer is Answer.REFUSED
    assert found[0] == ("already-open", None)


def test_papers_of_no_known_kind_and_too_many_of_one_are_refused() -> None:
    case = with_action(after("intake"), "commission-return")
    slots = (replace(RULEBOOK.action("intake").slots[0], min=1, max=2),)
    empty = with_action(Case("case", RULEBOOK, cn()), "intake", slots=slots)
    paper = {"slot": "complaint", "class": "party"}
    entry = replace(sample(case, "intake"), seq=1)
    assert judged(empty, replace(entry, evidence=(paper,) * 2)) == (Answer.ACCEPTED, [])
    assert judged(empty, replace(entry, evidence=(paper,) * 3)) == (Answer.REFUSED, [("too-many", "evidence[2].slot")])
    stray = (paper, {"slot": "other"}, {})
    told = [("slot", "evidence[1].slot"), ("slot", "evidence[2].slot")]
    assert judged(empty, replace(entry, evidence=stray)) == (Answer.REFUSED, told)


def test_a_signer_in_a_capacity_that_the_action_does_not_know_is_refused() -> None:
    case = after("intake")
    entry = sample(case, "acceptance")
    odd = replace(entry, signers=(*entry.signers, Signer("o", "k", "head")))
    assert judged(case, odd) == (Answer.REFUSED, [("capacity", "signers[1]")])


def test_any_of_several_ways_to_sign_is_enough_and_the_first_is_told() -> None:
    case = after("intake")
    ways = ((*RULEBOOK.action("refusal").by[0],), RULEBOOK.action("acceptance").by[0])
    under = with_action(case, "acceptance", by=ways)
    entry = sample(case, "acceptance")
    assert judged(under, entry) == (Answer.ACCEPTED, [])
    (lone,) = admissible(under, replace(entry, signers=(Signer("o", "k", "reviewer"),))).defects
    assert (lone.code, lone.field) == ("signers", "signers")
    assert "1 人（实有 0 人）" in lone.message
    assert lone.message.count("实有") == 1  # of the first way only who is missing


def test_in_the_wrong_stage_both_stages_are_named() -> None:
    (stage, *_) = defects(after("intake"), "answer-notice")
    assert (stage.code, stage.article) == ("stage", "29")
    assert "“处理”阶段" in stage.message
    assert "“审查”阶段" in stage.message


def test_what_is_done_once_names_the_record_that_did_it() -> None:
    case = after(*HANDLING)
    once = [d for d in defects(case, "acceptance") if d.code == "once"]
    assert [(d.record, d.article) for d in once] == [(2, "27(四)")]
    assert "第 2 号记录已于 2023-03-06" in once[0].message
    voided = extend(case, sample(case, "rectification", target=2, mode="voids", changes=None))
    entries = (case.entries[0], replace(case.entries[1], voided_by=3), voided.entries[2])
    assert "once" not in {d.code for d in defects(replace(case, entries=entries), "acceptance")}


def test_what_must_stand_before_and_what_must_not() -> None:
    case = after("intake")
    assert [d.code for d in defects(case, "refusal")] == ["needs"]
    under = with_action(after(*HANDLING, "answer-notice", "answer-notice"), "commission", forbids=("answer-notice",))
    found = defects(under, "commission")
    assert [(d.code, d.record) for d in found] == [("forbids", 3)]
    assert defects(with_action(after(*HANDLING), "commission", forbids=("answer-notice",)), "commission") == ()


@pytest.mark.parametrize(("asked", "over"), [(10, None), (11, 1), (30, 20)])
def test_suspensions_add_up_to_thirty_days_at_most(asked: int, over: int | None) -> None:
    case = after(*HANDLING, "suspension")  # 20 days
    found = defects(case, "suspension", days=asked)
    assert [(d.code, d.article, d.field) for d in found] == ([("cap", "36", "facts.days")] if over else [])
    if over:
        assert f"已用 20 日，本次 {asked} 日，超出 {over} 日" in found[0].message
        assert found[0].remedy == "本次至多可定 10 日。"


def test_after_more_than_the_most_nothing_is_left() -> None:
    case = after(*HANDLING)
    case = extend(case, sample(case, "suspension", days=30))
    case = extend(case, sample(case, "suspension", days=9))
    assert [d.remedy for d in defects(case, "suspension", days=1)] == ["本次至多可定 0 日。"]


def test_only_what_opens_the_capped_window_is_held_to_the_cap() -> None:
    case = extend(after(*HANDLING), sample(after(*HANDLING), "suspension", days=30))
    assert defects(case, "commission", days=100) == ()


CORRECTION = ("intake", "correction-notice", "service")


def test_an_acceptance_after_late_correction_is_refused_with_the_article_of_the_limit() -> None:
    case = after(*CORRECTION)  # due 2023-03-13
    late = extend(case, sample(case, "corrected-papers", received_on="2023-03-14"))
    (found,) = defects(late, "acceptance")
    assert (found.code, found.article) == ("not-kept", "28")
    assert "至 2023-03-13 届满，2023-03-14 才完成" in found.message
    in_time = extend(case, sample(case, "corrected-papers", received_on="2023-03-13"))
    assert defects(in_time, "acceptance") == ()


@pytest.mark.parametrize(("day", "refused"), [("2023-03-13", True), ("2023-03-14", False)])
def test_a_refusal_for_want_of_correction_waits_for_the_end_of_the_limit(day: str, refused: bool) -> None:
    case = after(*CORRECTION)
    case = extend(case, sample(case, "review-conclusion"))
    found = admissible(case, replace(sample(case, "refusal"), occurred=day)).defects
    assert [(d.code, d.article) for d in found] == ([("not-over", "28")] if refused else [])
    if refused:
        assert "至2023年3月13日尚未届满" in found[0].message


def test_before_the_notice_is_served_the_limit_cannot_have_run_out() -> None:
    case = after("intake", "correction-notice")
    case = extend(case, sample(case, "review-conclusion"))
    (found,) = admissible(case, replace(sample(case, "refusal"), occurred="2023-06-01")).defects
    assert found.code == "not-over"
    assert "送达之后" in found.message


def test_in_another_stage_the_limit_is_not_asked_for() -> None:
    case = after("intake", "review-conclusion")
    assert defects(case, "refusal") == ()


def test_a_resumption_needs_a_suspension_that_still_runs() -> None:
    case = after(*HANDLING, "suspension", "service")  # served 2023-03-06, 20 days: until 2023-03-26
    for day, told in (("2023-03-26", []), ("2023-03-27", ["not-running"])):
        found = admissible(case, replace(sample(case, "resumption"), occurred=day)).defects
        assert [d.code for d in found] == told


def test_a_paper_goes_to_everyone_it_must_and_names_who_is_left_out() -> None:
    case = after(*HANDLING, "withdrawal")
    (found,) = defects(case, "termination", recipients=["complainant"])
    assert (found.code, found.field) == ("recipient", "facts.recipients")
    assert "临江市第二人民医院" in found.message
    assert defects(case, "termination", recipients=["hospital", "complainant"]) == ()
    added = extend(after(*HANDLING), sample(after(*HANDLING), "party-added"))
    assert defects(added, "suspension", recipients=["hospital"]) == ()  # the related may be told, and need not
    assert [d.code for d in defects(added, "answer-notice", recipients=["hospital"])] == ["recipient"]


def minutes(case: Case, day: str) -> Entry:
    return replace(sample(case, "investigation-minutes"), occurred=day)


def test_an_investigation_needs_its_notice_served_before_or_the_same_day() -> None:
    case = after(*HANDLING, "investigation-notice")
    answer, found = judged(case, minutes(case, DAY))
    assert (answer, found) == (Answer.IRREGULAR, [("not-served-before", "facts.answers")])
    assert "未见送达" in admissible(case, minutes(case, DAY)).defects[0].message
    served = extend(case, sample(case, "service"))
    assert judged(served, minutes(served, DAY)) == (Answer.ACCEPTED, [])
    found = admissible(served, minutes(served, "2023-03-05")).defects
    (early,) = (defect for defect in found if defect.code == "not-served-before")
    assert "2023-03-06 才送达" in early.message
    assert early.record == 3


@pytest.mark.parametrize("target", [1, 2])
def test_an_answer_names_a_record_of_the_kind_it_answers(target: int) -> None:
    case = after(*HANDLING, "answer-notice", "service")
    entry = sample(case, "written-answer", answers=target)
    assert ("wrong-record", "facts.answers") in judged(case, entry)[1]


def test_only_a_paper_that_is_to_be_served_is_served_and_no_voided_one() -> None:
    case = after(*HANDLING, "answer-notice")
    entry = sample(case, "service")
    wrong = replace(entry, facts={**entry.facts, "paper": 2})
    assert judged(case, wrong) == (Answer.REFUSED, [("wrong-record", "facts.paper")])
    voided = replace(case, entries=(*case.entries[:2], replace(case.entries[2], voided_by=4)))
    assert judged(voided, entry) == (Answer.REFUSED, [("voided", "facts.paper")])


def test_what_reports_is_entered_as_irregular_and_what_does_is_refused() -> None:
    case = after("intake")
    kinds = {}
    for kind in Kind:
        under = with_action(case, "commission", kind=kind)
        kinds[kind] = admissible(under, sample(case, "commission")).answer
    assert kinds == {Kind.DOES: Answer.REFUSED, Kind.REPORTS: Answer.IRREGULAR}


@pytest.mark.parametrize(
    ("received", "basis", "told"),
    [
        ("2018-12-31", "某文件", [("not-in-force", "facts.received_on")]),
        ("2019-01-01", None, []),
        ("2023-12-31", None, []),
        ("2024-01-01", None, [("not-in-force", "facts.basis")]),
        ("2024-01-01", "", [("not-in-force", "facts.basis")]),
        ("2024-01-01", "某文件", []),
    ],
)
def test_the_first_and_the_last_day_in_force(received: str, basis: str | None, told: list[Any]) -> None:
    empty = Case("case", RULEBOOK, cn())
    before = {"challenged_on": "2018-02-01", "challenge_received_on": "2018-02-01", "answered_on": "2018-02-08"}
    found = defects(empty, "intake", received_on=received, basis=basis, **before)
    assert [(d.code, d.field) for d in found if d.code != "absent"] == told
    assert all(d.article == "43" for d in found)


def test_a_computed_value_must_be_the_computed_one() -> None:
    case = case_before("decision")  # the hospital's answer was due 2023-03-13
    for day, waived in (("2023-03-13", []), ("2023-03-14", ["hospital"])):
        entry = replace(sample(case, "decision", waived=waived), occurred=day)
        assert "derived" not in {d.code for d in admissible(case, entry).defects}
        other = {**entry.facts, "waived": [] if waived else ["hospital"]}
        assert ("derived", "facts.waived") in judged(case, replace(entry, facts=other))[1]
