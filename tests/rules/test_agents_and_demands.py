"""署名、副本、代理 (第二十六条, 第二十八条第(七)(八)项, R10, R11): what the law wants, and by which mandate."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.rules.admissible import Answer, admissible
from domain.rules.case import Case, Entry
from domain.rules.demands import short_of_the_law
from domain.rules.facts import Scope
from domain.rules.loader import compile_rulebook
from tests.office import PARTIES
from tests.rules.acting import AGENCY, NEW, WINNER, after, done, entered, judged, told
from tests.rules.calendars import cn
from tests.rules.rulebook_files import SMALL
from tests.rules.sample_acts import AGENT, DAY, sample

WHOLE = ["representative", "representative-seal", "seal"]
BOOK = compile_rulebook(SMALL)


def signed(*marks: str, kind: str = "entity", papers: tuple[str, ...] = ("licence", "representative", "own")) -> Any:
    complainant = {**PARTIES[0], "kind": kind, "signed": list(marks), "identified": list(papers)}
    return judged(NEW, "intake", parties=[complainant, PARTIES[1]])


@pytest.mark.parametrize(
    ("kind", "marks"), [("natural", ["own"]), ("entity", WHOLE), ("entity", [*WHOLE, "own", "agent"])]
)
def test_a_complaint_signed_as_article_26_asks_is_in_order(kind: str, marks: list[str]) -> None:
    assert signed(*marks, kind=kind).answer is Answer.ACCEPTED


@pytest.mark.parametrize("lacking", WHOLE)
def test_an_entity_signs_and_seals_and_affixes_its_own_seal_all_three(lacking: str) -> None:
    outcome = signed(*(mark for mark in WHOLE if mark != lacking))
    assert [(d.code, d.article, d.field) for d in outcome.defects] == [("short", "28(七)", "facts.parties[0].signed")]
    assert outcome.answer is Answer.IRREGULAR  # entered, never refused (R11)
    assert PARTIES[0]["name"] in outcome.defects[0].message


def test_a_natural_person_puts_a_name_to_it() -> None:
    assert told(signed("agent", kind="natural")) == {("short", "28(七)")}


@pytest.mark.parametrize(
    ("kind", "papers"), [("natural", ("licence",)), ("entity", ("licence",)), ("entity", ("own",))]
)
def test_each_complainant_proves_who_it_is(kind: str, papers: tuple[str, ...]) -> None:
    assert told(signed(*WHOLE, "own", kind=kind, papers=papers)) == {("short", "28(七)")}


def test_each_of_several_complainants_signs() -> None:
    other = {**PARTIES[0], "id": "other", "signed": ["none"]}
    outcome = judged(NEW, "intake", parties=[*PARTIES, other])
    assert [(d.code, d.field) for d in outcome.defects] == [("short", "facts.parties[2].signed")]


@pytest.mark.parametrize(
    ("needed", "received", "found"),
    [
        (None, 3, set()),
        (None, 2, {("short", "28(八)")}),
        (4, 3, {("short", "28(八)")}),  # the department may find that more are needed
        (2, 3, {("short", "26")}),  # never fewer than one each
    ],
)
def test_a_copy_for_each_respondent_and_related_supplier(needed: int | None, received: int, found: set[Any]) -> None:
    facts = {"parties": [*PARTIES, {**PARTIES[1], **AGENCY}], "related": [WINNER]}
    assert told(judged(NEW, "intake", copies_needed=needed, copies_received=received, **facts)) == found


def test_a_complaint_short_of_the_law_is_corrected_before_it_is_accepted() -> None:
    case = entered(NEW, sample(NEW, "intake", copies_received=0))
    assert told(judged(case, "acceptance")) == {("not-whole", "27(四)")}
    assert judged(case, "correction-notice", grounds=["copies"]).answer is Answer.ACCEPTED
    put_right = entered(case, sample(case, "rectification", changes={"copies_received": 2}))
    assert judged(put_right, "acceptance").answer is Answer.ACCEPTED


def test_a_notice_that_is_given_once_leaves_out_nothing_that_was_marked() -> None:
    unsigned = [{**PARTIES[0], "signed": ["none"]}, PARTIES[1]]
    case = entered(NEW, sample(NEW, "intake", parties=unsigned, copies_received=0))
    outcome = judged(case, "correction-notice", grounds=["no-fact", "copies"])
    assert [(d.code, d.article, d.record) for d in outcome.defects] == [("untold", "28(七)", 1)]
    assert outcome.answer is Answer.REFUSED
    assert judged(case, "correction-notice", grounds=["signature", "copies"]).answer is Answer.ACCEPTED
    assert judged(after("intake"), "correction-notice", grounds=["no-fact"]).answer is Answer.ACCEPTED


def of_small(**facts: Any) -> set[tuple[str, str | None]]:
    """Where an opening under the small rulebook falls short."""
    entry = replace(sample(NEW, "intake"), action="opening", facts=facts)
    found = short_of_the_law(Scope(Case("case", BOOK, cn()), entry, BOOK.action("opening")))
    return {(defect.code, defect.article) for defect in found}


def test_what_is_wanted_of_a_yes_and_of_choices() -> None:
    assert of_small(sworn=False) == {("short", "1(三)")}
    assert of_small(sworn=True) == set()
    assert of_small(urgent=True, seals=["seal"]) == {("short", "1(一)")}  # all
    assert of_small(urgent=True, seals=["hand"]) == {("short", "1(一)")}  # any
    assert of_small(urgent=True, seals=["hand", "seal"]) == of_small(urgent=False, seals=["seal"]) == set()


def authorised(**changes: Any) -> Case:
    """A case whose complainant has an agent with the power to withdraw."""
    agent = {"id": "zhou", **AGENT, "powers": ["file", "submit", "withdraw"], **changes}
    return done(done(NEW, "intake", by_agent=True, agents=[agent], filed_by="zhou"), "acceptance")


def withdrawn(case: Case, on: str = DAY, agent: str = "zhou") -> set[tuple[str, str | None]]:
    return told(judged(case, "withdrawal", on, received_on=on, agent=agent))


def test_an_agent_acts_within_the_term_to_its_last_day() -> None:
    case = authorised(until="2023-03-08")
    assert withdrawn(case, "2023-03-08") == set()
    assert withdrawn(case, "2023-03-09") == {("mandate", "26")}


def test_an_agent_acts_from_the_first_day_of_the_mandate() -> None:
    early = done(after("intake", "acceptance"), "agent-appointed", agents=[{"id": "z", **AGENT, "from": "2023-03-07"}])
    case = done(early, "agent-appointed", agents=[{"id": "y", **AGENT, "powers": ["withdraw"], "from": "2023-03-07"}])
    assert withdrawn(case, "2023-03-06", "y") == {("mandate", "26")}
    assert withdrawn(case, "2023-03-07", "y") == set()
    assert withdrawn(case, "2023-03-07", "z") == {("power", "26")}


def test_a_mandate_ends_with_the_day_that_is_stated() -> None:
    case = done(authorised(), "mandate-ended", "2023-03-08", ended_on="2023-03-08")
    assert withdrawn(case, "2023-03-08") == set()
    outcome = judged(case, "withdrawal", "2023-03-09", received_on="2023-03-09", agent="zhou")
    assert [(d.code, d.field, d.record) for d in outcome.defects] == [("mandate", "facts.agent", 3)]
    voided = entered(case, sample(case, "rectification", "2023-03-09", target=3, mode="voids", changes=None))
    assert withdrawn(voided, "2023-03-09") == set()


def test_an_agent_acts_for_its_own_party_and_in_its_own_role() -> None:
    lawyer = {"id": "lawyer", **AGENT, "for": ["hospital"], "powers": ["state", "withdraw"]}
    case = done(done(after("intake", "acceptance", "answer-notice"), "party-added", parties=[AGENCY]), "answer-notice")
    case = done(case, "agent-appointed", agents=[lawyer])
    assert judged(case, "written-answer", agent="lawyer").answer is Answer.ACCEPTED
    assert told(judged(case, "written-answer", party="agency", agent="lawyer")) == {("mandate", "26")}
    assert withdrawn(case, DAY, "lawyer") == {("mandate", "26")}  # no complainant's


def test_papers_posted_within_the_term_are_in_time() -> None:
    case = done(done(authorised(until="2023-03-08"), "answer-notice"), "agent-appointed", agents=[THE_HOSPITALS])
    posted = {"received_on": "2023-03-10", "postmarked_on": "2023-03-08", "agent": "h"}
    assert judged(case, "written-answer", "2023-03-10", **posted).answer is Answer.ACCEPTED
    late = {**posted, "postmarked_on": "2023-03-09"}
    assert told(judged(case, "written-answer", "2023-03-10", **late)) == {("mandate", "26")}


THE_HOSPITALS = {"id": "h", **AGENT, "for": ["hospital"], "powers": ["state"], "until": "2023-03-08"}


def test_an_authorisation_is_signed_or_sealed_and_an_entity_affixes_its_own_seal_too() -> None:
    def by(kind: str, *marks: str) -> set[tuple[str, str | None]]:
        agent = {"id": "z", **AGENT, "kind": kind, "signed": list(marks)}
        return told(judged(after("intake"), "agent-appointed", agents=[agent]))

    assert by("entity", "representative-seal", "seal") == by("entity", "representative", "seal") == set()
    assert by("natural", "own") == set()
    short = {("short", "26")}
    assert by("entity", "seal") == by("entity", "representative") == by("natural", "seal") == short


def test_what_is_found_never_tells_an_agents_name() -> None:
    """Defects are stored where everyone reads; the names of agents are withheld (第四十二条)."""
    late = authorised(until="2023-03-05")
    lawyer = {"id": "lawyer", **AGENT, "for": ["hospital"], "signed": ["none"]}
    outcomes = [
        judged(late, "withdrawal", agent="zhou"),
        judged(done(late, "mandate-ended", "2023-03-08"), "withdrawal", "2023-03-09", agent="zhou"),
        judged(done(after("intake", "acceptance"), "agent-appointed"), "withdrawal", agent="sun"),
        judged(after("intake"), "agent-appointed", agents=[lawyer]),
    ]
    assert all(outcome.defects for outcome in outcomes)
    assert not [d.message for outcome in outcomes for d in outcome.defects if AGENT["name"] in d.message + d.remedy]


def test_an_agent_and_a_party_never_have_one_id() -> None:
    outcome = judged(after("intake"), "agent-appointed", agents=[{"id": "hospital", **AGENT}])
    assert [(d.code, d.field) for d in outcome.defects] == [("party-id", "facts.agents[0].id")]


def test_whom_an_agent_represents_may_stand_in_the_same_act_but_must_stand_somewhere() -> None:
    outcome = judged(NEW, "intake", by_agent=True, agents=[{"id": "zhou", **AGENT, "for": ["nobody"]}])
    assert (outcome.answer, told(outcome)) == (Answer.REFUSED, {("party", "26")})


def test_a_filing_agent_without_that_power_is_marked() -> None:
    agent = {"id": "zhou", **AGENT, "powers": ["receive"]}
    outcome = judged(NEW, "intake", by_agent=True, agents=[agent], filed_by="zhou")
    assert [(d.code, d.article, d.field) for d in outcome.defects] == [("power", "26", "facts.filed_by")]


def test_the_agent_at_a_cross_examination_attends_for_the_party_of_the_row() -> None:
    case = after("intake", "acceptance", "cross-examination-notice", "service")
    case = done(case, "agent-appointed", agents=[{"id": "z", **AGENT, "powers": ["attend"]}])

    def present(agent_of: str) -> Entry:
        rows: list[dict[str, Any]] = [{"of": who, "attended": True} for who in ("complainant", "hospital")]
        next(row for row in rows if row["of"] == agent_of)["agent"] = "z"
        return sample(case, "cross-examination-minutes", present=rows)

    assert admissible(case, present("complainant")).answer is Answer.ACCEPTED
    found = [(d.code, d.field) for d in admissible(case, present("hospital")).defects]
    assert found == [("mandate", "facts.present[1].agent")]
