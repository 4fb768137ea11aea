"""The table of articles at the archive's door: refused and nothing stored, or entered with the item that is missing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from domain.errors import Fault
from domain.formats.act import Act, sign_act
from domain.formats.keys import PrivateKey
from domain.rules.vocabulary import Kind
from ops.founding import Newcomer, enrol
from tests.office import Office
from tests.rules.sample_acts import BEFORE, CORRECTED, DAY, OTHERWISE, RULEBOOK, SAMPLES
from tests.rules.sampling import service
from tests.rules.test_articles import ROWS, TOLD_BY_THE_TARGET, VARIANTS, without

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.errors import Defect
    from domain.rules.vocabulary import Action

NAMES = {"backfiller": "周颖", "handler": "陈立", "reviewer": "李敏", "head": "王强"}
TWO = ("陈立", "李敏")
# and ink: what a draft fills in again has to be taken out of the act itself
FILLED_IN = ("answers", "recipients", "from", "to", "first_record", "last_record", "last_digest", "records")


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    office = Office(tmp_path_factory.mktemp("office"))
    office.on(DAY)
    key = office.keys["周颖"] = PrivateKey.from_seed(bytes([9]) * 32)
    registrars = [office.keys["陈立"], office.keys["李敏"]]
    enrol(
        office.archive,
        Newcomer("周颖", "临江市财政局", key, ("handler", "backfiller")),
        root=office.root,
        registrars=registrars,
    )
    office.officers = {o.name: o.case for o in office.archive.register().officers.values()}
    for version in (CORRECTED, RULEBOOK):  # new cases are opened by the latter, and may be moved to the former
        office.adopt(version)
    yield office
    office.close()


def signers(action: Action) -> list[str]:
    names = NAMES | ({"handler": "周颖"} if action.code == "handover" else {})  # who takes it on didn't open it
    return [
        f"{need.capacity}:{TWO[i] if need.count > 1 else names[need.capacity]}"
        for need in action.by[0]
        for i in range(need.count)
    ]


def given(office: Office, case: str, code: str, path: str = "") -> dict[str, Any]:
    code, _, variant = code.partition(":")
    varied = OTHERWISE.get(variant, {}) | VARIANTS.get(path, {})
    usual = service(office.archive.case(case)) if code == "service" else SAMPLES[code]
    facts = usual | varied
    return {name: value for name, value in facts.items() if value is not None}


def papers(office: Office, case: str, action: Action, but: str = "") -> list[dict[str, Any]]:
    slots = [slot.name for slot in action.slots if slot.min and slot.name != but]
    return [{"object": office.file(case), "slot": slot} for slot in slots]


def case_before(office: Office, code: str) -> str:
    case = office.archive.ids.uuid7()
    for earlier in BEFORE[code]:
        action = RULEBOOK.action(earlier.partition(":")[0])
        facts = given(office, case, earlier)
        who = ["backfiller:周颖"] if "then_signers" in facts else signers(action)
        office.do(case, action.code, facts, *who, evidence=papers(office, case, action))
    return case


def entered(office: Office, case: str, code: str, path: str) -> tuple[Defect, ...]:
    """Enter the sample of `code` without what `path` names; what is found amiss in the record."""
    action = RULEBOOK.action(code)
    who, slot = signers(action), path.partition("#")[2]
    names = [] if slot else path.partition(".")[2].split("[].")
    facts, evidence = given(office, case, code, path), papers(office, case, action, slot)
    refilled = names and (names[0] in FILLED_IN or names[0].startswith("ink-"))
    if names and not refilled:
        facts, _ = without(facts, action.facts, names)
    made = office.draft(case, code, facts, *who, evidence=evidence)
    act = Act.parse(made.payload)
    if refilled:
        act = replace(act, facts=without(dict(act.facts), action.facts, names)[0])
    payload = act.payload()
    signatures = [sign_act(payload, office.keys[text.partition(":")[2]]) for text in who]
    record = office.archive.submit(payload, signatures, made.disclosures)
    return office.archive.case(case).entries[record.seq - 1].defects


@pytest.mark.parametrize(("article", "path"), ROWS, ids=[f"{path}-{article}" for article, path in ROWS])
def test_what_an_item_requires_is_missed_at_entry(article: str, path: str, opened: Office) -> None:
    code = path.partition("#")[0].partition(".")[0]
    case = case_before(opened, code)
    before = opened.archive.events.position()
    if RULEBOOK.action(code).kind is Kind.DOES:
        with pytest.raises(Fault) as caught:
            entered(opened, case, code, path)
        told, grown = caught.value.defects, 0
    else:
        told, grown = entered(opened, case, code, path), 1
    assert opened.archive.events.position() == before + grown
    if path not in TOLD_BY_THE_TARGET:
        assert ("absent", article) in {(d.code, d.article) for d in told}, told
        last = path.replace("#", ".").replace("[]", "").rpartition(".")[2]
        assert any(d.code == "absent" and str(d.field).endswith(last) for d in told), told
