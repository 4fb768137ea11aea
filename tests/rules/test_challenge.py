"""质疑 (第十一条至第二十三条): who may challenge what and until when, what may be answered, and what comes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from domain.rules.admissible import Answer, Outcome, admissible, extend
from domain.rules.deadline import Deadline, Status
from domain.rules.time_limits import reckoned
from tests.rules.challenge_acts import AGENT, ANSWER, CHALLENGE, CHALLENGER, FINDINGS, INTAKE, MATTERS, PAPER, PERSON
from tests.rules.sampling import DAY

if TYPE_CHECKING:
    from domain.rules.case import Case

BOOK = CHALLENGE.rulebook
DOCUMENTS, PROCESS = MATTERS
RESULT = {name: DOCUMENTS[name] for name in ("matter", "ground", "interest", "before")} | {
    "object": "result",
    "result_ended_on": DAY,
}


def opened(**changes: Any) -> Case:
    return extend(
        CHALLENGE.case_before("intake"), CHALLENGE.sample(CHALLENGE.case_before("intake"), "intake", **changes)
    )


def found(case: Case, code: str, **changes: Any) -> tuple[Outcome, set[tuple[str, str | None, str | None]]]:
    outcome = admissible(case, CHALLENGE.sample(case, code, **changes))
    return outcome, {(d.code, d.article, d.field) for d in outcome.defects}


def limits(case: Case, code: str, today: str = DAY) -> dict[str | None, Deadline]:
    return {d.of: d for d in reckoned(case, BOOK.by_limit[code], date.fromisoformat(today))}


# What is raised: entered whatever it lacks, and marked with the item.


@pytest.mark.parametrize(
    ("matter", "standing"),
    [
        (DOCUMENTS, {"obtained": True, "took_part": False, "submitted": False}),
        (PROCESS | {"object": "process"}, {"obtained": True, "took_part": True, "submitted": False}),
        (PROCESS, {"submitted": True}),
        (RESULT, {"submitted": True}),
    ],
)
def test_a_supplier_may_challenge_what_it_took_part_in(matter, standing) -> None:
    assert opened(matters=[matter], **standing).entries[-1].defects == ()


@pytest.mark.parametrize(
    ("matter", "standing", "article"),
    [
        (DOCUMENTS, {"obtained": False}, "12(一)"),
        (PROCESS | {"object": "process"}, {"took_part": False}, "12(一)"),
        (PROCESS, {"submitted": False}, "13"),
        (RESULT, {"submitted": False}, "13"),
    ],
)
def test_who_bid_for_nothing_or_only_has_the_documents_may_not_challenge_more(matter, standing, article) -> None:
    outcome, told = found(CHALLENGE.case_before("intake"), "intake", matters=[matter], **standing)
    assert outcome.answer is Answer.IRREGULAR
    assert told == {("unfounded", article, "facts.matters[0].object")}


@pytest.mark.parametrize(
    ("changes", "article", "field"),
    [
        ({"matters": [DOCUMENTS | {"ground": "none"}]}, "11", "facts.matters[0].ground"),
        ({"matters": [DOCUMENTS | {"interest": "no"}]}, "12(二)", "facts.matters[0].interest"),
        ({"matters": [DOCUMENTS | {"before": "repeated"}]}, "17(五)", "facts.matters[0].before"),
        ({"matters": [DOCUMENTS | {"before": "second"}]}, "17(六)", "facts.matters[0].before"),
        ({"agreed_manner": "no"}, "15", "facts.agreed_manner"),
        ({"challengers": [PERSON | {"own_signature": "no"}]}, "14", "facts.challengers[0].own_signature"),
        ({"challengers": [CHALLENGER | {"signature": "none"}]}, "14", "facts.challengers[0].signature"),
        ({"challengers": [CHALLENGER | {"common_seal": "no"}]}, "14", "facts.challengers[0].common_seal"),
        ({"agents": [AGENT | {"signature": "none"}]}, "14", "facts.agents[0].signature"),
        ({"agents": [AGENT | {"common_seal": "no"}]}, "14", "facts.agents[0].common_seal"),
        ({"translations": [PAPER | {"faithful": "no"}]}, "14(四)", "facts.translations[0].faithful"),
        ({"translations": [PAPER | {"signed": "no"}]}, "14(四)", "facts.translations[0].signed"),
    ],
)
def test_a_defect_of_the_challenge_is_marked_and_nothing_else(changes, article, field) -> None:
    outcome, told = found(CHALLENGE.case_before("intake"), "intake", **changes)
    assert outcome.answer is Answer.IRREGULAR
    assert told == {("amiss", article, field)}


@pytest.mark.parametrize("signature", ["signed", "sealed"])
def test_a_signature_or_a_seal_is_enough_beside_the_common_seal(signature) -> None:
    assert opened(challengers=[CHALLENGER | {"signature": signature}]).entries[-1].defects == ()


def test_without_agent_or_foreign_paper_nothing_of_them_is_asked() -> None:
    assert opened(by_agent=False, agents=None, foreign=False, translations=None).entries[-1].defects == ()


# Until when: each matter from its own date (第十三条, R9), by postmark (第十五条, R26).


@pytest.mark.parametrize(
    ("matter", "start", "due"),
    [
        (DOCUMENTS, "2023-03-01", "2023-03-10"),
        (DOCUMENTS | {"documents_on": "2023-03-02"}, "2023-03-02", "2023-03-13"),
        (DOCUMENTS | {"known_by": "received", "notice_ended_on": None}, "2023-02-27", "2023-03-08"),
        (DOCUMENTS | {"known_by": "announced", "documents_on": None}, "2023-03-01", "2023-03-10"),
        (PROCESS, "2023-02-28", "2023-03-09"),
        (RESULT, "2023-03-06", "2023-03-15"),
    ],
)
def test_the_limit_begins_with_the_date_that_the_matter_goes_by(matter, start, due) -> None:
    case = opened(matters=[{name: value for name, value in matter.items() if value is not None}])
    (limit,) = limits(case, "challenge").values()
    assert limit.start is not None
    assert (limit.start.day.isoformat(), limit.due and limit.due.isoformat()) == (start, due)


def test_one_matter_may_be_late_and_another_in_time() -> None:
    case = opened(matters=[DOCUMENTS, PROCESS | {"step_ended_on": "2023-02-20"}])
    assert {of: d.status for of, d in limits(case, "challenge").items()} == {"1": Status.KEPT, "2": Status.MISSED}


def test_the_postmark_counts_and_not_the_day_of_receipt() -> None:
    late = {"received_on": "2023-03-13", "filed_on": "2023-03-10"}
    assert limits(opened(**late), "challenge")["1"].status is Status.MISSED
    assert limits(opened(**late, postmarked_on="2023-03-10"), "challenge")["1"].status is Status.KEPT


def test_a_result_may_be_challenged_before_its_announcement_ends() -> None:
    case = opened(matters=[RESULT | {"result_ended_on": "2023-03-08"}])
    assert limits(case, "challenge")["1"].status is Status.KEPT


def test_the_answer_is_due_from_the_later_of_two_receipts() -> None:
    case = opened()
    assert limits(case, "challenge-answer")[None].due == date(2023, 3, 15)
    later = extend(case, CHALLENGE.sample(case, "second-intake", on="2023-03-08", received_on="2023-03-08"))
    assert limits(later, "challenge-answer")[None].due == date(2023, 3, 17)


def test_the_answer_is_given_when_it_has_been_sent_to_everyone() -> None:
    case = opened()
    case = extend(case, CHALLENGE.sample(case, "challenge-answer"))
    service = CHALLENGE.sample(case, "service")
    rows = service.facts["deliveries"]
    assert len(rows) == len(["challenger", "joint", "winner"])
    partly = extend(case, replace(service, facts={**service.facts, "deliveries": rows[:2]}))
    assert limits(partly, "challenge-answer")[None].status is Status.RUNNING
    assert limits(extend(case, service), "challenge-answer")[None].status is Status.KEPT


def test_a_written_reply_is_an_answer_and_a_withdrawal_makes_it_pointless() -> None:
    case = opened()
    replied = extend(case, CHALLENGE.sample(case, "written-reply"))
    replied = extend(replied, CHALLENGE.sample(replied, "service"))
    assert limits(replied, "challenge-answer")[None].status is Status.KEPT
    withdrawn = extend(case, CHALLENGE.sample(case, "withdrawal"))
    assert limits(withdrawn, "challenge-answer")[None].status is Status.MOOT


def test_a_related_supplier_explains_within_three_workdays_of_its_own_receipt() -> None:
    case = opened()
    for code in ("challenge-copies", "service"):
        case = extend(case, CHALLENGE.sample(case, code))
    assert limits(case, "written-answer")["winner"].due == date(2023, 3, 9)


# What may be answered (第二十一条至第二十三条): what the law forbids can't be signed.


@pytest.mark.parametrize(
    ("changes", "article"),
    [
        ({"sealed": "no"}, "21(五)"),
        ({"within_mandate": "no"}, "8"),
        ({"within_scope": "no"}, "22"),
        ({"without_secrets": "no"}, "22(一)"),
        ({"without_obtainers": "no"}, "22(二)"),
        ({"without_experts": "no"}, "22(三)"),
        ({"without_candidates": "no"}, "22(四)"),
        ({"without_bids": "no"}, "22(五)"),
        ({"without_others": "no"}, "22(六)"),
    ],
)
def test_an_answer_that_holds_what_it_must_not_is_refused(changes, article) -> None:
    outcome, told = found(opened(), "challenge-answer", **changes)
    assert outcome.answer is Answer.REFUSED
    assert told == {("amiss", article, f"facts.{next(iter(changes))}")}


@pytest.mark.parametrize(("stage", "statement"), [("opened", "without_obtainers"), ("determined", "without_experts")])
def test_two_prohibitions_bind_only_before_the_bids_are_opened_and_the_result_determined(stage, statement) -> None:
    after, told = found(opened(), "challenge-answer", **{stage: True, statement: None})
    assert (after.answer, told) == (Answer.ACCEPTED, set())
    before, told = found(opened(), "challenge-answer", **{stage: False, statement: None})
    assert (before.answer, {code for code, _, _ in told}) == (Answer.REFUSED, {"absent"})


GROUNDS = {choice.code for choice in BOOK.by_choices["challenge-grounds"].values()}
CORRECTED = {"unreasonable-terms", "policy-ignored"}
REDONE = {"not-recused", "procedure", "collusion", "false-material"}


@pytest.mark.parametrize(
    ("outcome", "article", "allowed"),
    [
        ("unfounded", None, GROUNDS),
        ("no-effect", None, GROUNDS),
        ("corrected", "23(三)", CORRECTED),
        ("redone", "23(四)", REDONE),
        ("analogous", "23(五)", {"other-harm"}),
    ],
)
def test_what_comes_of_a_matter_depends_on_its_ground(outcome, article, allowed) -> None:
    row = FINDINGS[0] | {"outcome": outcome} | ({"analogy": "no-effect"} if outcome == "analogous" else {})
    for ground in GROUNDS:
        case = opened(matters=[DOCUMENTS | {"ground": ground}])
        answer, told = found(case, "challenge-answer", remedy="redo", findings=[row])
        assert (answer.answer is Answer.ACCEPTED) == (ground in allowed), (ground, answer.defects)
        assert ground in allowed or told == {("unfounded", article, "facts.findings[0].outcome")}


@pytest.mark.parametrize(
    ("ground", "row", "enough"),
    [
        ("unreasonable-terms", {"outcome": "corrected"}, {"notify", "redo"}),
        ("collusion", {"outcome": "redone"}, {"redo"}),
        ("other-harm", {"outcome": "analogous", "analogy": "corrected"}, {"notify", "redo"}),
        ("other-harm", {"outcome": "analogous", "analogy": "redone"}, {"redo"}),
        ("other-harm", {"outcome": "analogous", "analogy": "no-effect"}, {"none", "notify", "redo"}),
    ],
)
def test_what_is_done_about_the_procurement_is_enough_for_what_was_found(ground, row, enough) -> None:
    case = opened(matters=[DOCUMENTS | {"ground": ground}])
    for remedy in ("none", "notify", "redo"):
        answer, _ = found(case, "challenge-answer", remedy=remedy, findings=[FINDINGS[0] | row])
        assert (answer.answer is Answer.ACCEPTED) == (remedy in enough), (remedy, answer.defects)


@pytest.mark.parametrize(
    ("ground", "matter", "article"),
    [
        ("no-interest", {"interest": "no"}, "17(二)"),
        ("beyond-eleven", {"ground": "none"}, "17(三)"),
        ("repeated", {"before": "repeated"}, "17(五)"),
        ("second", {"before": "second"}, "17(六)"),
        ("out-of-time", {"notice_ended_on": "2023-02-10", "documents_on": "2023-02-10"}, "17"),
    ],
)
def test_a_ground_of_the_reply_must_be_what_was_taken_down(ground, matter, article) -> None:
    rows = [{"of": "1", "ground": ground, "reasons": "如下。"}]
    borne_out, _ = found(opened(matters=[DOCUMENTS | matter]), "written-reply", grounds=rows)
    assert borne_out.answer is Answer.ACCEPTED
    other, told = found(opened(matters=[DOCUMENTS]), "written-reply", grounds=rows)
    assert (other.answer, told) == (Answer.REFUSED, {("unfounded", article, "facts.grounds[0].ground")})
    declined = [FINDINGS[0] | {"outcome": "declined", "ground": ground}]
    assert found(opened(matters=[DOCUMENTS | matter]), "challenge-answer", findings=declined)[1] == set()
    assert found(opened(matters=[DOCUMENTS]), "challenge-answer", findings=declined)[0].answer is Answer.REFUSED


def test_a_reply_that_leaves_a_matter_without_ground_is_refused() -> None:
    outcome, told = found(
        opened(), "written-reply", grounds=[{"of": "1", "ground": "not-supplier", "reasons": "无关。"}]
    )
    assert (outcome.answer, told) == (Answer.REFUSED, {("absent", "17", "facts.grounds.2")})


# What happens beside and afterwards (第十八条至第二十条、第二十三条).


def test_the_committee_helps_with_process_and_result_only() -> None:
    outcome, told = found(opened(), "committee-assistance", opinions=[{"of": "1", "opinion": "合规。"}])
    assert ("row-key", "20", "facts.opinions[0].of") in told
    assert outcome.answer is Answer.REFUSED


def test_a_new_evaluation_without_a_rule_of_the_ministry_is_entered_and_marked() -> None:
    outcome, told = found(opened(), "re-evaluation", exception=None)
    assert (outcome.answer, told) == (Answer.IRREGULAR, {("absent", "20", "facts.exception")})


def test_redoing_the_procurement_is_told_to_everyone_and_registered_before_the_file_is_closed() -> None:
    case = opened()
    case = extend(case, CHALLENGE.sample(case, "challenge-answer:redone"))
    assert case.stage == "redoing"
    assert {d.message for d in found(case, "filing")[0].defects} == {
        "“立卷”之前须有“通知所有参加采购活动的供应商”，本案没有",
        "“立卷”之前须有“报同级财政部门备案”，本案没有",
    }
    for code in ("suppliers-notice", "registration"):
        assert found(case, "filing")[0].answer is Answer.REFUSED
        case = extend(case, CHALLENGE.sample(case, code))
    assert found(case, "filing")[0].answer is Answer.ACCEPTED


def test_a_challenge_of_before_the_regulation_is_refused_and_one_of_after_it_gives_its_basis() -> None:
    empty = CHALLENGE.case_before("intake")
    assert {code for code, _, _ in found(empty, "intake", received_on="2018-12-28")[1]} == {"not-in-force"}
    late = {"received_on": "2024-03-06", "filed_on": "2024-03-06"}
    assert found(empty, "intake", on="2024-03-06", **late)[1] == {("not-in-force", "43", "facts.basis")}
    assert found(empty, "intake", on="2024-03-06", basis="项目公告载明。", **late)[1] == set()


def test_the_samples_of_this_procedure_are_whole() -> None:
    assert set(ANSWER) == {f.name for f in BOOK.action("challenge-answer").facts} - {"number", "recipients", "remark"}
    assert {"postmarked_on", "lot", "basis", "remark"} == {f.name for f in BOOK.action("intake").facts} - set(INTAKE)
