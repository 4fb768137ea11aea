"""Adopting a year's calendar: at hand, whole and sound before its record stands; what it changes is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from domain.changes import changes
from domain.errors import Fault
from domain.formats.act import sign_act
from domain.formats.canonical import dump
from domain.formats.encoding import digest
from domain.rules.adoptions import calendars_adopted
from tests.year_2027 import LATER, LONGER, NAME, NUMBER, TOML, compiled

if TYPE_CHECKING:
    from domain.archive import Draft
    from domain.changes import Change
    from domain.formats.record import Record
    from tests.office import Office

REGISTRARS = ("registrar:陈立", "registrar:李敏")


def home(office: Office) -> str:
    found = office.archive.register().archive
    assert found is not None
    return found


def drafted(
    office: Office, facts: dict[str, Any], brought: dict[str, bytes], action: str = "calendar-adopted"
) -> Draft:
    signers = office.signers(*REGISTRARS)
    return office.archive.draft(case=home(office), action=action, facts=facts, signers=signers, brought=brought)


def submitted(office: Office, made: Draft, brought: dict[str, bytes]) -> Record:
    signatures = [sign_act(made.payload, office.keys[who.split(":")[1]]) for who in REGISTRARS]
    return office.archive.submit(made.payload, signatures, made.disclosures, brought)


def adopt(office: Office, toml: str = TOML, notice: str = NUMBER) -> Record:
    pinned, brought = compiled(toml)
    return submitted(office, drafted(office, {"name": NAME, "digest": pinned, "notice": notice}, brought), brought)


def refusal(office: Office, facts: dict[str, Any], brought: dict[str, bytes], **more: Any) -> Fault:
    before = office.archive.events.position()
    with pytest.raises(Fault) as caught:
        drafted(office, facts, brought, **more)
    assert office.archive.events.position() == before
    return caught.value


def told(office: Office, *cases: str, since: str = "") -> list[Change]:
    return list(changes(office.archive.reader, cases, since))


def received(office: Office, day: str, challenged: str, answered: str) -> str:
    """A case received on `day` and accepted today."""
    days = {"received_on": day, "filed_on": day, "challenged_on": challenged, "answered_on": answered}
    return office.accepted(**days, challenge_received_on=challenged, basis="继续参照执行")


@pytest.fixture
def late(office: Office) -> str:
    """A case received at the end of November 2026: its thirty working days end in a year without table."""
    office.on("2026-11-24")
    return received(office, "2026-11-24", "2026-11-02", "2026-11-11")


def test_nothing_takes_effect_before_the_record_stands(office: Office, late: str) -> None:
    pinned, brought = compiled()
    made = drafted(office, {"name": NAME, "digest": pinned, "notice": NUMBER}, brought)
    assert NAME not in office.archive.register().calendars
    assert 2027 not in office.archive.calendar().years
    with pytest.raises(Fault, match="没有摘要"):
        office.archive.rulebooks.calendar(pinned)  # a draft keeps nothing
    submitted(office, made, brought)
    assert office.archive.register().calendars[NAME] == pinned
    assert office.archive.rulebooks.calendar(pinned) == brought[pinned]
    assert 2027 in office.archive.calendar().years


def test_a_provisional_due_date_is_reckoned_anew_and_the_change_is_told(office: Office, late: str) -> None:
    assert told(office, late) == []
    record = adopt(office)
    (change,) = told(office, late)
    assert change.as_json() == {
        "case": late,
        "number": late,
        "limit": "decide",
        "title": "处理期限",
        "of": None,
        "of_name": None,
        "before": {"due": "2027-01-05", "provisional": True},
        "after": {"due": "2027-01-06", "provisional": False},
        "notices": [NUMBER],
        "tables": [NAME],
        "record": record.seq,
        "adopted": record.receipt.received,
    }
    assert change.words() == f"处理期限：2027-01-05（暂定） → 2027-01-06，依据 {NUMBER}"
    assert told(office, late, since="2027") == []
    assert told(office, late, since=record.receipt.received) == [change]


def test_the_change_is_that_of_the_case_as_it_then_stood(office: Office, late: str) -> None:
    adopt(office)
    office.on("2026-11-26")
    reason = {"reason": "误录"}
    facts = {"target": 1, "mode": "corrects", "changes": {"received_on": "2026-11-23"}, **reason}
    office.do(late, "rectification", facts, "handler:陈立", "reviewer:李敏")
    (change,) = told(office, late)
    assert change.as_json()["after"] == {"due": "2027-01-06", "provisional": False}
    assert told(office, office.opened()) == []  # opened after the calendar changed


def test_a_later_notice_adds_openly_and_both_versions_stay(office: Office) -> None:
    office.on("2027-01-20")
    case = received(office, "2027-01-20", "2027-01-02", "2027-01-11")
    adopt(office)
    office.on("2027-02-09")
    adopt(office, LONGER, LATER)
    latest, first = (c for c in told(office, case) if c.moved.after.limit.code == "decide")
    assert (latest.moved.notices, first.moved.notices) == ((LATER,), (NUMBER,))
    assert latest.moved.before.due == first.moved.after.due != latest.moved.after.due
    listed = [a for a in calendars_adopted(office.archive.case(home(office))) if a.name == NAME]
    assert [(a.notice, a.by) for a in listed] == [(NUMBER, 3), (LATER, None)]
    assert listed[0].until == listed[1].received


def test_a_limit_that_stays_but_becomes_certain_is_told(office: Office) -> None:
    office.on("2026-12-03")
    case = received(office, "2026-11-27", "2026-11-02", "2026-11-11")
    quiet = TOML.replace("to = 2027-01-03", "to = 2027-01-01").replace("2027-01-01, to", "2027-01-02, to")
    quiet = quiet.replace("to = 2027-01-01", "to = 2027-01-03")
    adopt(office, quiet)
    (change,) = told(office, case)
    assert change.moved.before.due == change.moved.after.due
    assert change.words().startswith("处理期限：2027-01-08（暂定） → 2027-01-08，依据")


def test_what_is_not_at_hand_is_refused(office: Office) -> None:
    pinned, brought = compiled()
    facts = {"name": NAME, "digest": pinned, "notice": NUMBER}
    assert refusal(office, facts, {}).code == "calendar-missing"
    made = drafted(office, facts, brought)
    with pytest.raises(Fault) as caught:
        submitted(office, made, {})
    assert caught.value.code == "calendar-missing"
    assert refusal(office, facts, {pinned: b"{}"}).code == "digest"


def test_a_table_under_another_name_or_ground_is_refused(office: Office) -> None:
    pinned, brought = compiled()
    assert refusal(office, {"name": "cn-2028", "digest": pinned, "notice": NUMBER}, brought).code == "calendar-name"
    other = refusal(office, {"name": NAME, "digest": pinned, "notice": LATER}, brought)
    assert (other.code, other.defects[0].field) == ("notice", "facts.notice")


def test_a_table_of_another_calendar_cannot_stop_the_archive(office: Office) -> None:
    pinned, brought = compiled(name="us-2027")
    facts = {"name": "us-2027", "digest": pinned, "notice": NUMBER}
    assert refusal(office, facts, brought).code == "calendar-name"


def test_adopting_what_is_adopted_changes_nothing_and_is_refused(office: Office) -> None:
    adopt(office)
    pinned, brought = compiled()
    assert refusal(office, {"name": NAME, "digest": pinned, "notice": NUMBER}, brought).code == "no-change"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("to = 2027-02-12", "to = 2027-02-11", "2027-02-12 已启用的是“春节放假”，现为“未作安排”"),
        ("2027-02-14]", "2027-02-20]", "2027-02-14 已启用的是“调休上班”，现为“未作安排”"),
        ("关于2027年", "关于二〇二七年", "发布日期或标题"),
    ],
)
def test_a_silent_change_of_an_adopted_notice_is_refused_and_the_day_named(
    office: Office, old: str, new: str, said: str
) -> None:
    adopt(office)
    pinned, brought = compiled(LONGER.replace(old, new))
    found = refusal(office, {"name": NAME, "digest": pinned, "notice": LATER}, brought)
    assert (found.code, found.defects[0].field) == ("calendar-changed", NUMBER)
    assert said in found.defects[0].message


def test_a_notice_left_out_is_refused(office: Office) -> None:
    adopt(office)
    only = LONGER.split("[[notice]]")
    pinned, brought = compiled(f"{only[0]}[[notice]]{only[2]}".replace("cancels = [2027-02-14]", ""))
    found = refusal(office, {"name": NAME, "digest": pinned, "notice": LATER}, brought)
    assert found.defects[0].message == f"节假日表 {NAME} 缺少已启用的通知 {NUMBER}（自 2027-01-01 起的安排）"


def test_a_wrongly_copied_table_is_put_right_by_a_rectification_with_its_reason(office: Office, late: str) -> None:
    wrong = adopt(office, TOML.replace("to = 2027-01-03", "to = 2027-01-04"))
    pinned, brought = compiled()
    facts = {"target": wrong.seq, "mode": "corrects", "reason": "录入有误", "changes": {"digest": pinned}}
    assert refusal(office, facts, {}, action="rectification").code == "calendar-missing"
    submitted(office, drafted(office, facts, brought, "rectification"), brought)
    assert office.archive.register().calendars[NAME] == pinned
    latest, _ = told(office, late)
    assert latest.as_json()["before"] == {"due": "2027-01-07", "provisional": False}
    assert latest.as_json()["after"] == {"due": "2027-01-06", "provisional": False}
    voids = {"target": wrong.seq, "mode": "voids", "reason": "尚未公布"}
    submitted(office, drafted(office, voids, {}, "rectification"), {})
    assert NAME not in office.archive.register().calendars
    assert told(office, late)[0].as_json()["after"] == {"due": "2027-01-05", "provisional": True}
    assert told(office, late)[0].moved.notices == (NUMBER,)


def test_a_table_that_contradicts_another_year_is_refused_and_the_day_named(office: Office) -> None:
    adopt(office, TOML.replace("2027-02-14]", "2027-02-14, 2027-12-25]"))
    number = "国办发明电〔2027〕97号"
    notice = f'number = "{number}"\nissued = 2027-11-20\ntitle = "关于2028年部分节假日安排的通知"'
    days = 'holidays = [{ name = "元旦", from = 2027-12-25, to = 2027-12-27 }]'
    pinned, brought = compiled(f"year = 2028\n[[notice]]\n{notice}\n{days}\n", "cn-2028")
    found = refusal(office, {"name": "cn-2028", "digest": pinned, "notice": number}, brought)
    assert found.code == "calendar-overlap"
    assert f"2027-12-25 已由 {NUMBER} 定为“调休上班”" in found.defects[0].message


def test_a_table_altered_by_hand_is_no_table(office: Office) -> None:
    data = dump({"name": NAME, "year": 2027, "notices": [], "days": {}})
    facts = {"name": NAME, "digest": digest(data), "notice": NUMBER}
    assert refusal(office, facts, {digest(data): data}).code == "calendar-empty"
