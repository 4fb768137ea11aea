"""当事人和送达 (第二十九条, 第三十二条, 第三十五条, 第四十一条, R18, R35): one id each, papers to all."""

from __future__ import annotations

from datetime import date

import pytest

from domain.rules.admissible import Answer
from domain.rules.deadline import Status
from domain.rules.time_limits import reckoned
from tests.office import DECISION, PARTIES
from tests.rules.acting import AGENCY, NEW, WINNER, after, done, entered, judged, served, told
from tests.rules.sample_acts import DAY, NOTIFIED, RULEBOOK, sample

HANDLING = ("intake", "acceptance")
PROOF = {"way": "direct", "sent_on": DAY, "served_on": DAY, "proof": "送达回证"}


def test_two_parties_never_have_one_id() -> None:
    twice = judged(NEW, "intake", related=[{**WINNER, "id": "hospital"}])
    assert [(d.code, d.field) for d in twice.defects] == [("party-id", "facts.related[0].id")]
    added = judged(after(*HANDLING), "party-added", parties=[{**WINNER, "id": "hospital"}])
    assert [(d.code, d.field) for d in added.defects] == [("party-id", "facts.parties[0].id")]


def test_a_correction_gives_nobody_the_id_of_another() -> None:
    case = done(after(*HANDLING), "party-added", parties=[WINNER])
    rows = [{**WINNER, "id": "hospital"}]
    assert {d.code for d in judged(case, "rectification", target=3, changes={"parties": rows}).defects} == {"party-id"}
    rows = [{**WINNER, "name": "华东影像设备股份有限公司"}]
    assert judged(case, "rectification", target=3, changes={"parties": rows}).answer is Answer.ACCEPTED


def test_a_party_added_later_gets_its_own_notice_and_the_others_need_none_again() -> None:
    case = done(after(*NOTIFIED), "party-added", parties=[WINNER])
    notice = sample(case, "answer-notice")
    assert notice.facts["recipients"] == ["winner"]
    case = served(done(case, "answer-notice"), ("winner", "2023-03-08"))
    each = {d.of: d.due for d in reckoned(case, RULEBOOK.by_limit["answer"], date(2023, 3, 8))}
    assert each == {"hospital": date(2023, 3, 13), "winner": date(2023, 3, 15)}


def test_a_notice_to_answer_still_goes_to_everyone_who_has_had_none() -> None:
    case = done(after(*NOTIFIED), "party-added", parties=[WINNER, AGENCY])
    assert told(judged(case, "answer-notice", recipients=["winner"])) == {("recipient", "29")}
    assert judged(case, "answer-notice", recipients=["winner", "agency"]).answer is Answer.ACCEPTED


def test_nothing_is_decided_before_everyone_has_had_the_notice_to_answer() -> None:
    case = done(after(*NOTIFIED), "party-added", parties=[WINNER])
    assert told(judged(case, "decision")) == {("needs", "35")}
    assert judged(done(case, "answer-notice"), "decision").answer is Answer.ACCEPTED


@pytest.mark.parametrize(("code", "article"), [("suspension", "36"), ("cross-examination-notice", "32")])
def test_other_papers_go_to_everyone_each_time(code, article) -> None:
    case = done(after(*HANDLING), "party-added", parties=[AGENCY])
    case = done(case, code)
    everyone = sample(case, code).facts["recipients"]
    assert set(everyone) >= {"hospital", "agency"}
    but_one = [party for party in everyone if party != "agency"]
    assert ("recipient", article) in told(judged(case, code, recipients=but_one))


def test_service_upon_one_whom_the_paper_does_not_name_is_entered_and_marked() -> None:
    case = after(*HANDLING, "answer-notice")
    outcome = judged(case, "service", deliveries=[{"recipient": "complainant", **PROOF}])
    assert (outcome.answer, told(outcome)) == (Answer.IRREGULAR, {("not-addressed", "41")})


def test_each_party_answers_the_notice_that_it_was_sent() -> None:
    case = done(done(after(*NOTIFIED), "party-added", parties=[WINNER]), "answer-notice")  # records 3 and 6
    case = done(case, "written-answer", party="winner")
    assert case.entries[6].facts["answers"] == 6
    case = done(case, "written-answer")
    assert case.entries[7].facts["answers"] == 3
    outcome = judged(case, "written-answer", answers=6)
    assert (outcome.answer, told(outcome)) == (Answer.IRREGULAR, {("not-addressed", "29")})


def test_an_inquiry_is_replied_to_by_whom_it_was_sent_to() -> None:
    case = after(*HANDLING, "inquiry-letter", "service")
    assert told(judged(case, "inquiry-reply", party="complainant")) == {("not-addressed", "31")}


def test_service_has_its_proof_in_the_row_or_among_the_papers() -> None:
    case = after(*HANDLING, "answer-notice")
    row = {"recipient": "hospital", **PROOF, "proof": None}
    outcome = judged(case, "service", deliveries=[row])
    assert (outcome.answer, told(outcome)) == (Answer.IRREGULAR, {("absent", "41")})
    assert (
        judged(case, "service", deliveries=[{**row, "served_on": None}]).answer is Answer.ACCEPTED
    )  # still on its way


def test_a_decision_names_complainant_and_every_respondent() -> None:
    case = done(after(*NOTIFIED), "party-added", parties=[AGENCY, WINNER])
    case = done(case, "answer-notice")
    outcome = judged(case, "decision", parties=DECISION["parties"])
    assert [(d.code, d.article, d.field) for d in outcome.defects] == [("absent", "35(一)", "facts.parties")]
    assert judged(case, "decision", parties=["complainant", "hospital", "agency"]).answer is Answer.ACCEPTED


def test_service_put_right_takes_its_days_back() -> None:
    case = after(*NOTIFIED)
    case = entered(case, sample(case, "rectification", target=4, mode="voids", changes=None))
    (answer,) = reckoned(case, RULEBOOK.by_limit["answer"], date(2023, 3, 7))
    assert answer.status is Status.NOT_BEGUN


def test_minutes_whose_notice_proves_not_to_have_been_served_are_marked() -> None:
    case = after(*HANDLING, "cross-examination-notice", "service", "cross-examination-minutes")
    case = entered(case, sample(case, "rectification", target=4, mode="voids", changes=None))
    assert [d.code for d in case.entries[4].defects] == ["not-served-before"] * 2


def test_served_on_the_very_day_is_before() -> None:
    case = served(done(after(*HANDLING), "investigation-notice"), ("hospital", DAY))
    assert judged(case, "investigation-minutes").answer is Answer.ACCEPTED  # R35
    later = served(done(after(*HANDLING), "investigation-notice"), ("hospital", "2023-03-07"))
    assert told(judged(later, "investigation-minutes")) == {("not-served-before", "31")}


def test_parties_are_named_as_they_were_entered() -> None:
    assert [party["id"] for party in PARTIES] == list(after("intake").parties)
