"""Draft, signatures, record: the life of an action over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.formats.act import protected_header, signing_input
from domain.formats.encoding import b64u, b64u_decode
from domain.formats.record import parse_record
from tests.office import DECISION, INTAKE

if TYPE_CHECKING:
    from tests.api.conftest import Desk
    from tests.office import Office

NOTICE = {"copies": 1, "duties": "作出书面说明并提交证据。", "progress": "请说明项目进展情况。"}


def ready(handler: Desk) -> str:
    """A case in which a decision may be drafted."""
    case = handler.intake()
    handler.do(case, "acceptance", {})
    handler.do(case, "answer-notice", NOTICE)
    return case


def test_three_officers_sign_a_decision_and_it_is_entered(handler: Desk, reviewer: Desk, head: Desk) -> None:
    case = ready(handler)
    who = ("handler:陈立", "reviewer:李敏", "head:王强")
    drafted = handler.draft(case, "decision", DECISION, *who)
    assert drafted.status_code == 201, drafted.text
    draft = drafted.json()
    assert [s["signed"] for s in draft["signers"]] == [False, False, False]
    assert head.sign(draft).json()["record"] is None
    assert handler.sign(draft).json()["record"] is None
    seen = reviewer.get(f"/v1/drafts/{draft['id']}").json()
    assert [s["signed"] for s in seen["signers"]] == [True, False, True]
    assert seen["payload"] == draft["payload"]
    place = reviewer.sign(draft).json()["record"]
    assert (place["case"], place["seq"]) == (case, 4)
    record = parse_record(handler.get(f"/v1/records/{case}/4").content)
    assert record.digest == place["digest"]
    assert record.signed.payload == b64u_decode(draft["payload"])
    assert handler.get(f"/v1/cases/{case}").json()["stage"] == "decided"


def test_signing_again_gives_the_same_record(handler: Desk) -> None:
    case = handler.intake()
    draft = handler.draft(case, "acceptance", {}, "handler:陈立").json()
    first = handler.sign(draft)
    again = handler.sign(draft)
    assert first.status_code == again.status_code == 200
    assert first.json()["record"] == again.json()["record"] is not None
    assert handler.get(f"/v1/cases/{case}").json()["seq"] == 2


def test_the_same_draft_twice_is_one_draft_and_another_under_its_id_is_refused(handler: Desk, office: Office) -> None:
    case = handler.open()
    papers = handler.papers(case)
    name = office.archive.ids.uuid7()
    first = handler.draft(case, "intake", INTAKE, "handler:陈立", id=name, evidence=papers)
    again = handler.draft(case, "intake", INTAKE, "handler:陈立", id=name, evidence=papers)
    other = handler.draft(case, "intake", {**INTAKE, "copies_needed": 9}, "handler:陈立", id=name, evidence=papers)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert (other.status_code, other.json()["code"]) == (409, "draft-conflict")


def test_an_act_id_that_was_entered_from_elsewhere_is_refused(handler: Desk, office: Office) -> None:
    case = handler.intake()
    record = office.do(case, "acceptance", {}, "handler:陈立")
    answer = handler.draft(case, "acceptance", {}, "handler:陈立", id=record.act.id)
    assert (answer.status_code, answer.json()["code"]) == (409, "act-conflict")


def test_a_fresh_action_drafted_before_a_new_record_must_be_signed_again(
    handler: Desk, reviewer: Desk, head: Desk
) -> None:
    case = ready(handler)
    draft = handler.draft(case, "decision", DECISION, "handler:陈立", "reviewer:李敏", "head:王强").json()
    handler.do(
        case,
        "service",
        {"paper": 3, "deliveries": [{"recipient": "hospital", "way": "direct", "sent_on": "2023-03-01"}]},
    )
    handler.sign(draft)
    reviewer.sign(draft)
    answer = head.sign(draft)
    assert (answer.status_code, answer.json()["code"]) == (409, "stale")
    assert handler.get(f"/v1/cases/{case}").json()["seq"] == 4


def test_an_unlawful_action_is_refused_with_its_article_and_nothing_is_kept(handler: Desk) -> None:
    case = handler.intake()
    answer = handler.draft(case, "decision", DECISION, "handler:陈立", "reviewer:李敏", "head:王强")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert {"type", "title", "status", "detail", "code", "defects"} <= body.keys()
    assert body["status"] == 422
    assert body["type"] == f"urn:anjuan:problem:{body['code']}"
    assert any(d["article"] for d in body["defects"])
    assert handler.get(f"/v1/cases/{case}").json()["seq"] == 1


def test_a_signature_of_someone_else_or_over_other_bytes_is_refused(handler: Desk, reviewer: Desk) -> None:
    case = handler.intake()
    draft = handler.draft(case, "acceptance", {}, "handler:陈立").json()
    other = handler.draft(case, "acceptance", {}, "handler:陈立").json()
    signature = handler.signature(other)
    wrong = handler.post(f"/v1/drafts/{draft['id']}/signatures", json={"signatures": [signature]})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "bad-signature")
    payload = b64u_decode(draft["payload"])
    kid = reviewer.office.keys["李敏"].kid
    foreign = {"protected": b64u(protected_header(kid)), "signature": handler.signature(draft)["signature"]}
    extra = reviewer.post(f"/v1/drafts/{draft['id']}/signatures", json={"signatures": [foreign]})
    assert (extra.status_code, extra.json()["code"]) == (422, "signature-extra")
    by_other_key = b64u(reviewer.office.keys["李敏"].sign(signing_input(payload, reviewer.office.keys["陈立"].kid)))
    forged = {**handler.signature(draft), "signature": by_other_key}
    answer = reviewer.post(f"/v1/drafts/{draft['id']}/signatures", json={"signatures": [forged]})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-signature")
    inexact = {**handler.signature(draft), "protected": "e30"}
    answer = handler.post(f"/v1/drafts/{draft['id']}/signatures", json={"signatures": [inexact]})
    assert (answer.status_code, answer.json()["code"]) == (422, "header")
    assert handler.get(f"/v1/drafts/{draft['id']}").json()["record"] is None


def test_a_draft_ends(handler: Desk, office: Office) -> None:
    case = handler.intake()
    draft = handler.draft(case, "acceptance", {}, "handler:陈立").json()
    office.on("2023-03-20")
    answer = handler.sign(draft)
    assert (answer.status_code, answer.json()["code"]) == (410, "draft-expired")
    handler.draft(case, "acceptance", {}, "handler:陈立")
    assert handler.get(f"/v1/drafts/{draft['id']}").status_code == 404


def test_withheld_facts_lie_neither_in_the_drafts_nor_in_the_record(handler: Desk, office: Office) -> None:
    case = handler.open()
    papers = handler.papers(case)
    draft = handler.draft(case, "intake", INTAKE, "handler:陈立", evidence=papers).json()
    assert draft["disclosures"]
    handler.sign(draft)
    address = "江北市建设路 18 号"
    for file in ("drafts.db", "drafts.db-wal", "events.db", "events.db-wal", "views.db", "withheld.db"):
        path = office.path / file
        assert not path.exists() or address.encode() not in path.read_bytes(), file
    assert address not in handler.get(f"/v1/records/{case}/1").text
    assert address in handler.get(f"/v1/records/{case}/1/facts").text


def test_a_case_begins_only_under_a_number_that_was_given_out(handler: Desk, office: Office) -> None:
    stray = office.archive.ids.uuid7()
    assert handler.draft(stray, "intake", INTAKE, "handler:陈立").status_code == 404
    assert handler.upload(stray).status_code == 404
    assert handler.post("/v1/cases", json={"rulebook": "none"}).json()["code"] == "unknown-rulebook"
    case = handler.open()
    wrong = handler.post(
        "/v1/drafts", json={**handler.body(case, "intake", INTAKE, "handler:陈立"), "rulebook": "register"}
    )
    assert (wrong.status_code, wrong.json()["code"]) == (422, "rulebook")
