"""What the archive refuses, with which code, and that nothing is stored then."""

from __future__ import annotations

import io
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from domain.errors import Fault
from domain.formats.act import Act, Signature, sign_act
from domain.formats.encoding import b64u
from domain.formats.keys import PrivateKey
from domain.rules.admissible import Answer
from domain.rules.deadline import Status
from domain.rules.time_limits import deadlines
from ops.founding import Newcomer, enrol, registrar_signers
from tests.office import DECISION, INTAKE, PARTIES, STAFF, Office

if TYPE_CHECKING:
    from pathlib import Path

HANDLER = "handler:陈立"
THREE = (HANDLER, "reviewer:李敏", "head:王强")


def held(office: Office) -> tuple[int, int]:
    """How many records and how many withheld facts are stored."""
    with closing(sqlite3.connect(office.path / "withheld.db")) as database:
        (facts,) = database.execute("SELECT count(*) FROM withheld").fetchone()
    return office.archive.events.position(), facts


def refused(office: Office, code: str, call: Any) -> Fault:
    """`call` is refused with `code`, and the stores have not grown."""
    before = held(office)
    with pytest.raises(Fault) as caught:
        call()
    assert code in {d.code for d in caught.value.defects}, caught.value.defects
    assert held(office) == before
    return caught.value


def test_a_whole_case_from_intake_to_decision(office: Office) -> None:
    case = office.decided()
    assert office.archive.case(case).stage == "decided"
    assert [r.seq for r in office.archive.records(case)] == [1, 2, 3, 4, 5]


def test_deciding_before_acceptance_is_refused(office: Office) -> None:
    case = office.opened()
    fault = refused(office, "stage", lambda: office.do(case, "decision", DECISION, *THREE))
    assert fault.defects[0].article == "35"


def test_second_correction_notice_is_refused(office: Office) -> None:
    case = office.opened()
    facts = {"grounds": ["no-fact"], "items": ["补充检测报告原件"], "due": "2023-03-13"}
    office.do(case, "correction-notice", facts, HANDLER)
    fault = refused(office, "once", lambda: office.do(case, "correction-notice", facts, HANDLER))
    assert {d.article for d in fault.defects} >= {"27(三)"}


def test_resuming_without_suspension_is_refused(office: Office) -> None:
    case = office.accepted()
    call = lambda: office.do(case, "resumption", {"reasons": "已查明"}, HANDLER, "head:王强")  # noqa: E731  # one line
    assert refused(office, "not-running", call).defects[0].article == "36"


def test_suspending_for_more_than_thirty_days_in_total_is_refused(office: Office) -> None:
    case = office.accepted()
    office.do(case, "suspension", {"days": 20, "reasons": "可能影响结果"}, HANDLER, "head:王强")
    call = lambda: office.do(case, "suspension", {"days": 11, "reasons": "继续"}, HANDLER, "head:王强")  # noqa: E731  # same
    fault = refused(office, "cap", call)
    assert "10 日" in fault.defects[0].remedy
    office.do(case, "suspension", {"days": 10, "reasons": "继续"}, HANDLER, "head:王强")


def test_a_missing_fact_is_refused_and_named(office: Office) -> None:
    case = office.notified()
    without = {k: v for k, v in DECISION.items() if k != "remedies"}
    fault = refused(office, "absent", lambda: office.do(case, "decision", without, *THREE))
    assert [(d.field, d.article) for d in fault.defects] == [("facts.remedies", "35(四)")]


def test_evidence_outside_the_vault_is_refused(office: Office) -> None:
    case = office.archive.ids.uuid7()
    papers = [{"object": office.archive.ids.uuid7(), "slot": "complaint"}]
    refused(office, "not-in-vault", lambda: office.do(case, "intake", INTAKE, HANDLER, evidence=papers))


def _in_the_vault(office: Office, name: str) -> Path:
    (found,) = (office.path / "vault").rglob(f"{name}/bytes")
    return found


def test_evidence_that_vanished_from_the_vault_is_refused_at_drafting_and_at_entry(office: Office) -> None:
    case = office.archive.ids.uuid7()
    papers = [{"object": office.file(case), "slot": "complaint"}]
    made = office.draft(case, "intake", INTAKE, HANDLER, evidence=papers)
    signature = [sign_act(made.payload, office.keys["陈立"])]
    shutil.rmtree(_in_the_vault(office, str(papers[0]["object"])).parent)
    refused(office, "not-in-vault", lambda: office.do(case, "intake", INTAKE, HANDLER, evidence=papers))
    refused(office, "not-in-vault", lambda: office.archive.submit(made.payload, signature, made.disclosures))


def test_evidence_exchanged_in_the_vault_is_refused(office: Office) -> None:
    case = office.archive.ids.uuid7()
    papers = [{"object": office.file(case), "slot": "complaint"}]
    file = _in_the_vault(office, str(papers[0]["object"]))
    file.chmod(0o600)
    file.write_bytes(b"%PDF-1.4 another complaint")
    refused(office, "evidence", lambda: office.do(case, "intake", INTAKE, HANDLER, evidence=papers))


def test_evidence_of_another_case_is_refused(office: Office) -> None:
    case = office.archive.ids.uuid7()
    papers = [{"object": office.file(office.archive.ids.uuid7()), "slot": "complaint"}]
    refused(office, "evidence-case", lambda: office.do(case, "intake", INTAKE, HANDLER, evidence=papers))


def test_an_officer_without_the_capacity_is_refused(office: Office) -> None:
    case = office.opened()
    refused(office, "no-capacity", lambda: office.do(case, "acceptance", {}, "handler:李敏"))


def test_a_capacity_the_action_does_not_ask_for_is_refused(office: Office) -> None:
    case = office.opened()
    refused(office, "capacity", lambda: office.do(case, "acceptance", {}, HANDLER, "head:王强"))


def test_too_few_signers_are_refused(office: Office) -> None:
    case = office.notified()
    refused(office, "signers", lambda: office.do(case, "decision", DECISION, HANDLER, "head:王强"))


def _register_act(office: Office, name: str, action: str, facts: dict[str, Any]) -> None:
    keys = [office.keys["陈立"], office.keys["李敏"]]
    made = office.archive.draft(
        case=office.officers[name], action=action, facts=facts, signers=registrar_signers(office.archive, keys)
    )
    office.archive.submit(made.payload, [sign_act(made.payload, k) for k in keys], made.disclosures)


def test_a_recused_officer_is_refused(office: Office) -> None:
    case = office.opened()
    facts = {"case": case, "from": "2023-03-01T00:00:00+08:00", "reason": "与投诉人有利害关系"}
    made = office.archive.draft(
        case=office.officers["陈立"],
        action="recusal",
        facts=facts,
        signers=registrar_signers(office.archive, [office.keys["李敏"]]),
    )
    office.archive.submit(made.payload, [sign_act(made.payload, office.keys["李敏"])], made.disclosures)
    refused(office, "recused", lambda: office.do(case, "acceptance", {}, HANDLER))


def test_a_revoked_key_is_refused(office: Office) -> None:
    case = office.opened()
    facts = {"kid": office.keys["陈立"].kid, "not_trusted_from": "2023-03-01T08:00:00+08:00", "reason": "遗失"}
    _register_act(office, "陈立", "key-revoked", facts)
    refused(office, "revoked", lambda: office.do(case, "acceptance", {}, HANDLER))


def _decision(office: Office) -> tuple[str, Any, list[Signature]]:
    case = office.notified()
    made = office.draft(case, "decision", DECISION, *THREE)
    return case, made, [sign_act(made.payload, office.keys[t.split(":")[1]]) for t in THREE]


def test_signatures_missing_extra_or_in_another_order_are_refused(office: Office) -> None:
    _, made, signatures = _decision(office)
    submit = office.archive.submit
    refused(office, "signature-missing", lambda: submit(made.payload, signatures[:2], made.disclosures))
    refused(office, "signature-extra", lambda: submit(made.payload, [*signatures, signatures[0]], made.disclosures))
    refused(office, "signature-order", lambda: submit(made.payload, signatures[::-1], made.disclosures))


def test_a_signature_over_other_bytes_is_refused(office: Office) -> None:
    case, made, signatures = _decision(office)
    other = office.draft(case, "decision", {**DECISION, "claims": "另一内容"}, *THREE)
    wrong = sign_act(other.payload, office.keys["陈立"])
    refused(
        office, "bad-signature", lambda: office.archive.submit(made.payload, [wrong, *signatures[1:]], made.disclosures)
    )


def test_a_signature_by_the_wrong_key_is_refused(office: Office) -> None:
    _, made, signatures = _decision(office)
    forged = Signature(signatures[0].protected, b64u(office.root.sign(b"anything")))
    refused(
        office,
        "bad-signature",
        lambda: office.archive.submit(made.payload, [forged, *signatures[1:]], made.disclosures),
    )


def test_a_key_of_another_officer_is_refused(office: Office) -> None:
    case = office.opened()
    wrong = [replace(office.signers(HANDLER)[0], kid=office.keys["王强"].kid)]
    call = lambda: office.archive.draft(case=case, action="acceptance", facts={}, signers=wrong)  # noqa: E731  # one line
    refused(office, "wrong-key", call)


def test_a_stale_fresh_action_must_be_signed_again(office: Office) -> None:
    case, made, signatures = _decision(office)
    office.serve(case, 3)
    refused(office, "stale", lambda: office.archive.submit(made.payload, signatures, made.disclosures))


def test_an_action_that_need_not_be_fresh_is_entered_over_a_newer_head(office: Office) -> None:
    case = office.accepted()
    facts = {"copies": 1, "duties": "说明", "progress": "进展"}
    made = office.draft(case, "answer-notice", facts, HANDLER)
    office.do(case, "suspension", {"days": 5, "reasons": "必要"}, HANDLER, "head:王强")
    record = office.archive.submit(made.payload, [sign_act(made.payload, office.keys["陈立"])], made.disclosures)
    assert (record.act.seen.seq, record.seq) == (2, 4)


def test_the_same_act_twice_gives_the_same_record(office: Office) -> None:
    _, made, signatures = _decision(office)
    first = office.archive.submit(made.payload, signatures, made.disclosures)
    position = office.archive.events.position()
    assert office.archive.submit(made.payload, signatures, made.disclosures).data == first.data
    assert office.archive.events.position() == position


def test_the_same_act_id_with_other_bytes_is_refused(office: Office) -> None:
    case, made, signatures = _decision(office)
    office.archive.submit(made.payload, signatures, made.disclosures)
    act = replace(Act.parse(made.payload), occurred="2023-03-02")
    payload = act.payload()
    again = [sign_act(payload, office.keys[t.split(":")[1]]) for t in THREE]
    refused(office, "act-conflict", lambda: office.archive.submit(payload, again, made.disclosures))
    assert case == act.case


def test_withheld_facts_must_come_with_their_disclosures(office: Office) -> None:
    case = office.archive.ids.uuid7()
    made = office.draft(case, "intake", INTAKE, HANDLER, evidence=office.papers(case))
    signature = [sign_act(made.payload, office.keys["陈立"])]
    refused(office, "disclosures-missing", lambda: office.archive.submit(made.payload, signature, made.disclosures[1:]))


def test_a_confidential_fact_in_the_clear_is_refused(office: Office) -> None:
    case = office.archive.ids.uuid7()
    made = office.draft(case, "intake", INTAKE, HANDLER, evidence=office.papers(case)[:1])
    act = Act.parse(made.payload)
    payload = replace(act, facts={**act.facts, "parties": PARTIES}).payload()
    refused(office, "unprotected", lambda: office.archive.submit(payload, [sign_act(payload, office.keys["陈立"])]))


def test_confidential_facts_are_not_in_the_signed_bytes_and_are_read_back(office: Office) -> None:
    case = office.opened()
    assert b"0531-5550101" not in office.archive.records(case)[0].signed.payload
    assert office.archive.case(case).parties["complainant"].row["phone"] == "0531-5550101"


def test_an_investigation_by_one_is_entered_as_irregular(office: Office) -> None:
    case = office.accepted()
    notice = {
        "matters": ["评分依据"],
        "at": "2023-03-02T09:00:00+08:00",
        "place": "采购人会议室",
        "recipients": ["hospital"],
    }
    paper = office.do(case, "investigation-notice", notice, HANDLER)
    office.serve(case, paper.seq)
    facts = {"place": "采购人会议室", "content": "问答", "pages": 2, "persons": [{"name": "钱某"}]}
    minutes = [{"object": office.file(case, "笔录.pdf"), "slot": "minutes"}]
    made = office.draft(case, "investigation-minutes", facts, "investigator:王强", evidence=minutes)
    assert made.outcome.answer is Answer.IRREGULAR
    assert [(d.code, d.article) for d in made.outcome.defects] == [("signers", "31")]
    record = office.archive.submit(made.payload, [sign_act(made.payload, office.keys["王强"])], made.disclosures)
    assert [d.code for d in office.archive.case(case).entries[record.seq - 1].defects] == ["signers"]


def test_a_late_decision_is_entered_and_its_limit_missed(office: Office) -> None:
    case = office.notified()
    office.on("2023-06-01")
    office.do(case, "decision", DECISION, *THREE)
    late = {d.limit.code: d for d in deadlines(office.archive.case(case), office.today)}["decide"]
    assert (late.status, late.due is not None) == (Status.MISSED, True)
    assert late.late
    assert late.late > 20


def test_a_rectified_date_recomputes_the_limit_and_leaves_the_original(office: Office) -> None:
    case = office.accepted()
    before = {d.limit.code: d.due for d in deadlines(office.archive.case(case), office.today)}["decide"]
    facts = {"target": 1, "mode": "corrects", "reason": "收件章为 2 月 28 日", "changes": {"received_on": "2023-02-28"}}
    office.do(case, "rectification", facts, HANDLER, "reviewer:李敏")
    folded = office.archive.case(case)
    after = {d.limit.code: d.due for d in deadlines(folded, office.today)}["decide"]
    assert before is not None
    assert after is not None
    assert after < before
    assert folded.entries[0].rectified_by == (3,)
    assert office.archive.records(case)[0].act.facts["received_on"] == "2023-03-01"


def test_a_voided_acceptance_takes_its_stage_back(office: Office) -> None:
    case = office.accepted()
    office.do(case, "rectification", {"target": 2, "mode": "voids", "reason": "误录"}, HANDLER, "reviewer:李敏")
    folded = office.archive.case(case)
    assert (folded.stage, folded.entries[1].voided_by) == ("review", 3)


def test_the_opening_record_cannot_be_voided(office: Office) -> None:
    case = office.opened()
    facts = {"target": 1, "mode": "voids", "reason": "误录"}
    refused(office, "opening-record", lambda: office.do(case, "rectification", facts, HANDLER, "reviewer:李敏"))


def test_after_2023_a_basis_is_needed(office: Office) -> None:
    office.on("2026-03-02")
    late = {"received_on": "2026-03-02", "filed_on": "2026-03-02", "answered_on": "2026-02-10"}
    refused(office, "not-in-force", lambda: office.opened(**late))
    office.opened(**late, basis="鲁财采〔2023〕15号延续适用")


def test_before_2019_the_rulebook_does_not_apply(office: Office) -> None:
    refused(office, "not-in-force", lambda: office.opened(received_on="2018-12-28", basis="无"))


def test_an_empty_file_is_refused(office: Office) -> None:
    with pytest.raises(Fault) as caught:
        office.archive.attaching.attach(case=office.archive.ids.uuid7(), source=io.BytesIO(b""), name="空.pdf")
    assert caught.value.code == "empty"


@pytest.mark.parametrize(
    "name", ["../a.pdf", "a/b.pdf", "a\\b.pdf", "..", "", "a\x00b.pdf", "a\u202efdp.exe", "长" * 201]
)
def test_path_tricks_in_file_names_are_refused(office: Office, name: str) -> None:
    with pytest.raises(Fault) as caught:
        office.archive.attaching.attach(case=office.archive.ids.uuid7(), source=io.BytesIO(b"x"), name=name)
    assert caught.value.code == "file-name"


def test_the_staff_of_the_office_is_enrolled_by_root_then_by_registrars(office: Office) -> None:
    cases = [office.officers[name] for name in STAFF]
    capacities = [[s.capacity for s in office.archive.records(c)[0].act.signers] for c in cases]
    assert capacities == [["root", "self"], ["root", "self"], ["registrar", "registrar"]]


def test_an_enrolled_key_is_never_corrected(office: Office) -> None:
    other = PrivateKey.from_seed(b"o" * 32).public.jwk
    facts = {"target": 1, "mode": "corrects", "reason": "录错", "changes": {"key": other}}
    case, two = office.officers["王强"], ("registrar:陈立", "registrar:李敏")
    fault = refused(office, "key-fixed", lambda: office.do(case, "rectification", facts, *two))
    assert fault.defects[0].field == "facts.changes.key"


def test_nobody_is_enrolled_with_the_key_of_another(office: Office) -> None:
    registrars = [office.keys["陈立"], office.keys["李敏"]]
    for key in (office.keys["王强"], office.root, office.key):
        second = Newcomer("王强二", "临江市财政局", key, ("handler",))
        fault = refused(
            office, "key-taken", lambda n=second: enrol(office.archive, n, root=None, registrars=registrars)
        )
        assert fault.defects[0].field == "facts.key"


def test_root_may_not_enrol_a_third(office: Office) -> None:
    case = office.archive.ids.uuid7()
    facts = dict(office.archive.records(office.officers["王强"])[0].act.facts)
    key = office.keys["王强"]
    register = office.archive.register()
    assert register.archive
    signers = [
        replace(office.signers("head:王强")[0], officer=register.archive, kid=office.root.kid, capacity="root"),
        replace(office.signers("head:王强")[0], officer=case, kid=key.kid, capacity="self"),
    ]
    call = lambda: office.archive.draft(  # noqa: E731  # one call
        case=case, rulebook="register", action="key-enrolled", facts=facts, signers=signers
    )
    refused(office, "root-retired", call)
