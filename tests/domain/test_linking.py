"""A complaint and the challenge it rests on, linked (第二十五条、第二十八条): looked up here, or taken as stated."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from domain.errors import Fault
from domain.formats.act import Act, sign_act
from domain.rules.links import told
from domain.rules.vocabulary import Fact, FactType, Linked, Moment, Pick, Ref
from storage.rulebooks import installed
from tests.office import INTAKE, Office
from tests.rules import challenge_acts

if TYPE_CHECKING:
    from collections.abc import Mapping

HANDLER = "handler:陈立"
RECEIVED = "2023-02-01"
BOOK = installed()["lu-cai-cai-2018-72-challenge"]
COMPLAINT = installed()["lu-cai-cai-2018-72"]
TOLD = [(f.name, f.linked.link) for f in COMPLAINT.action("intake").facts if f.linked is not None]
LINKED = {name for name, link in TOLD if link == "challenge_case"}
MATTER = challenge_acts.MATTERS[0] | {"documents_on": "2023-01-20", "notice_ended_on": "2023-01-30"}
SAID = {"challenged_on": RECEIVED, "challenge_received_on": RECEIVED, "project_number": INTAKE["project_number"]}
THERE = SAID | {"challenge_matters": [MATTER["matter"], "评审专家未回避"]}


def challenged(office: Office, **changes: Any) -> str:
    """A challenge with its 签收, of the project that the sample complaint is about."""
    case = office.archive.ids.uuid7()
    facts = challenge_acts.INTAKE | {"received_on": RECEIVED, "filed_on": RECEIVED} | changes
    facts |= {"project_number": INTAKE["project_number"], "matters": [MATTER, challenge_acts.MATTERS[1]]}
    slots = [slot.name for slot in BOOK.action("intake").slots if slot.min]
    papers = [{"object": office.file(case), "slot": slot} for slot in slots]
    office.do(case, "intake", facts, HANDLER, rulebook=BOOK.id, occurred=RECEIVED, evidence=papers)
    return case


def complaint(**facts: Any) -> dict[str, Any]:
    """The sample complaint without what a linked case tells."""
    return {name: value for name, value in INTAKE.items() if name not in LINKED} | facts


def draft(office: Office, case: str, facts: Mapping[str, Any]) -> Any:
    return office.draft(case, "intake", facts, HANDLER, evidence=office.papers(case))


def refused(office: Office, facts: Mapping[str, Any]) -> list[tuple[str, str | None, str | None]]:
    before = office.archive.events.position()
    with pytest.raises(Fault) as caught:
        draft(office, office.archive.ids.uuid7(), facts)
    assert office.archive.events.position() == before
    assert all(d.remedy for d in caught.value.defects)
    return [(d.code, d.article, d.field) for d in caught.value.defects]


def test_a_draft_takes_from_the_linked_case_what_that_case_tells(office: Office) -> None:
    challenge, case = challenged(office), office.archive.ids.uuid7()
    facts = draft(office, case, complaint(challenge_case={"case": challenge})).act.facts
    assert facts["challenge_case"] == {"case": challenge, "head": office.archive.case(challenge).head}
    assert {name: facts.get(name) for name in LINKED} == THERE | {"answered_on": None}


def test_the_answer_counts_from_its_sending(office: Office) -> None:
    challenge = challenged(office)
    office.do(challenge, "challenge-answer", answer(), HANDLER, "head:王强", occurred="2023-02-06")
    case = office.archive.ids.uuid7()
    link = {"challenge_case": {"case": challenge}}
    assert "answered_on" not in draft(office, case, complaint(**link)).act.facts
    office.serve(challenge, 2, "2023-02-08")
    assert draft(office, case, complaint(**link)).act.facts["answered_on"] == "2023-02-08"


def answer() -> dict[str, Any]:
    return challenge_acts.ANSWER | {"received_on": RECEIVED}


@pytest.mark.parametrize("name", sorted(THERE))
def test_what_is_stated_otherwise_than_there_is_refused(name: str, office: Office) -> None:
    other = {"challenge_matters": ["另一事项"], "project_number": "LJZC2023-0001"}.get(name, "2023-01-31")
    facts = complaint(challenge_case={"case": challenged(office)}) | THERE | {name: other}
    facts |= {"challenged_on": "2023-01-31"} if name == "challenge_received_on" else {}
    assert name in {str(field).removeprefix("facts.") for code, _, field in refused(office, facts) if code == "linked"}


def test_a_case_of_another_rulebook_is_no_challenge(office: Office) -> None:
    facts = complaint(challenge_case={"case": office.opened()}) | SAID
    facts["challenge_case"] |= {"head": office.archive.case(facts["challenge_case"]["case"]).head}
    assert refused(office, facts) == [("link", "25(一)", "facts.challenge_case.case")]


def test_a_record_that_the_case_does_not_have_is_refused(office: Office) -> None:
    facts = complaint(challenge_case={"case": challenged(office), "head": "A" * 43}) | SAID
    assert refused(office, facts) == [("link", "25(一)", "facts.challenge_case.head")]


def test_a_case_cannot_be_linked_to_itself(office: Office) -> None:
    case = office.archive.ids.uuid7()
    with pytest.raises(Fault, match="不能是本案"):
        draft(office, case, complaint(challenge_case={"case": case, "head": "A" * 43}) | SAID)


def test_a_case_that_lives_elsewhere_is_taken_as_stated(office: Office) -> None:
    link = {"case": office.archive.ids.uuid7(), "head": "A" * 43}
    case = office.archive.ids.uuid7()
    stated = SAID | {"answered_on": "2023-02-08", "challenge_matters": ["甲", "乙"]}
    facts = complaint(challenge_case=link) | stated
    office.do(case, "intake", facts, HANDLER, evidence=office.papers(case))
    assert office.archive.case(case).entries[0].facts["challenge_matters"] == ["甲", "乙"]
    assert refused(office, complaint(challenge_case={"case": link["case"]}) | SAID)[0][0] == "type", (
        "no head to fill in"
    )


def test_an_earlier_record_tells_what_was_known_by_then(office: Office) -> None:
    challenge = challenged(office)
    early = office.archive.case(challenge).head
    office.do(challenge, "challenge-answer", answer(), HANDLER, "head:王强", occurred="2023-02-06")
    office.serve(challenge, 2, "2023-02-08")
    link = {"case": challenge, "head": early}
    facts = draft(office, office.archive.ids.uuid7(), complaint(challenge_case=link)).act.facts
    assert "answered_on" not in facts


def test_an_act_made_by_hand_is_held_against_the_linked_case_too(office: Office) -> None:
    challenge, case = challenged(office), office.archive.ids.uuid7()
    made = draft(office, case, complaint(challenge_case={"case": challenge}))
    act = Act.parse(made.payload)
    less = {name: value for name, value in act.facts.items() if name != "challenge_matters"}
    for facts in (act.facts | {"challenged_on": "2023-01-31"}, less):
        payload = replace(act, facts=facts).payload()
        with pytest.raises(Fault) as caught:
            office.archive.submit(payload, [sign_act(payload, office.keys["陈立"])], made.disclosures)
        assert caught.value.code == "linked"
    assert not office.archive.events.case(case)


def test_a_correction_may_not_part_from_the_linked_case(office: Office) -> None:
    challenge, case = challenged(office), office.archive.ids.uuid7()
    facts = complaint(challenge_case={"case": challenge})
    office.do(case, "intake", facts, HANDLER, evidence=office.papers(case))
    how = {"target": 1, "mode": "corrects", "reason": "录入有误。"}
    with pytest.raises(Fault) as caught:
        office.do(case, "rectification", how | {"changes": {"challenged_on": "2023-01-31"}}, HANDLER, "reviewer:李敏")
    assert caught.value.code == "linked"
    office.do(case, "rectification", how | {"changes": {"lot": "A包"}}, HANDLER, "reviewer:李敏")


def test_what_the_linked_case_keeps_back_is_not_told(office: Office) -> None:
    challenge, action = challenged(office), COMPLAINT.action("intake")
    found = told(office.archive.case(challenge), action, "challenge_case")
    assert found == THERE
    address = Moment(Pick.FIRST, (Ref("intake", "challengers", "address"),))
    prying = Fact("addresses", "住所", FactType.TEXTS, linked=Linked("challenge_case", address))
    assert (
        told(office.archive.case(challenge), replace(action, facts=(*action.facts, prying)), "challenge_case") == found
    )


def test_every_link_of_an_installed_rulebook_names_what_the_other_one_has() -> None:
    books = installed()
    for book in books.values():
        for fact in (fact for action in book.actions for fact in action.facts if fact.linked is not None):
            (link,) = {f.to for a in book.actions for f in a.facts if f.name == fact.linked.link}
            for ref in fact.linked.from_.refs:
                action = books[str(link)].action(ref.action)
                named = {f.name for f in action.facts} | {"occurred_on", "handed_in_on"}
                named |= {"sent_on", "served_on"} if action.serve is not None else set()
                assert ref.field in named, (book.id, fact.name)
