"""The package holds what the format asks for, no more, and proves itself to strangers' tools."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import zipfile
from typing import TYPE_CHECKING, Any

import bagit
import pytest

from domain.errors import Fault
from domain.formats.act import sign_act
from domain.formats.canonical import dump
from domain.formats.encoding import digest
from domain.formats.export import export_verified, parse_export
from domain.formats.package import open_package
from domain.formats.verdict import Verdict
from domain.verification.package_check import verify_package
from ops.founding import registrar_signers
from projections.dossier.package import export
from tests.office import INTAKE
from tests.projections.dossier.told import EXPORTED, RECIPIENT, exported, read, squeezed, told_case

if TYPE_CHECKING:
    from pathlib import Path

    from tests.office import Office


def test_the_package_passes_every_check_under_the_trust_file(office: Office) -> None:
    out, _ = exported(office, told_case(office))
    report = verify_package(out, office.archive.trust())
    assert report.exit_status == 0
    unclaimed = {f.check for f in report.findings if f.verdict is Verdict.NOT_CLAIMED}
    assert unclaimed == {"log", "witness", "time", "census"}


def test_the_package_is_a_valid_bag_to_bagit(office: Office, tmp_path: Path) -> None:
    out, claim = exported(office, told_case(office))
    with zipfile.ZipFile(out) as package:
        package.extractall(tmp_path)
    bag = bagit.Bag(str(tmp_path / f"{claim.case}-{claim.seq}"))
    assert bag.validate()
    assert bag.info["Bag-Software-Agent"] == "anjuan"


def test_the_same_moment_and_recipient_give_the_same_package(office: Office) -> None:
    case = told_case(office)
    first, second = (exported(office, case)[0].getvalue() for _ in range(2))
    assert first == second
    assert first != exported(office, case, exported="2023-03-20T01:02:04.000Z")[0].getvalue()


def test_the_export_is_signed_for_this_case_head_and_recipient(office: Office) -> None:
    case = told_case(office)
    out, claim = exported(office, case)
    compact = open_package(out).read("export.jws", 4096).decode("ascii")
    assert export_verified(compact, office.key.public)
    told, kid = parse_export(compact)
    assert told == claim
    assert kid == office.key.kid
    last = office.archive.records(case)[-1]
    assert (told.seq, told.head, told.recipient, told.exported) == (10, last.digest, RECIPIENT, EXPORTED)


def test_every_record_lies_there_as_it_is_stored(office: Office) -> None:
    case = told_case(office)
    package = open_package(exported(office, case)[0])
    for record in office.archive.records(case):
        assert package.read(f"data/records/{record.seq:04}.json", 1 << 20) == record.data


def test_register_cases_are_those_of_all_who_signed_and_of_the_archive(office: Office) -> None:
    case = office.opened()
    register = office.archive.register()
    names = open_package(exported(office, case)[0]).names
    there = {name.split("/")[2] for name in names if name.startswith("data/register/")}
    # 陈立 signed the case; nobody but root and himself signed his enrolment
    assert there == {register.archive, office.officers["陈立"]}


def test_those_who_signed_an_officer_s_register_case_come_along(office: Office) -> None:
    facts = {"capacities": ["handler"], "from": "2023-03-02T08:00:00+08:00"}
    keys = [office.keys["陈立"], office.keys["李敏"]]
    target = office.officers["王强"]
    signers = registrar_signers(office.archive, keys)
    made = office.archive.draft(case=target, action="capacities-changed", facts=facts, signers=signers)
    office.archive.submit(made.payload, [sign_act(made.payload, key) for key in keys], made.disclosures)
    office.on("2023-03-02")
    case = office.archive.ids.uuid7()
    office.do(case, "intake", INTAKE, "handler:王强", evidence=office.papers(case))
    out, _ = exported(office, case)
    there = {name.split("/")[2] for name in open_package(out).names if name.startswith("data/register/")}
    assert there == {office.archive.register().archive, *office.officers.values()}
    assert verify_package(out, office.archive.trust()).exit_status == 0


def test_originals_are_enclosed_once_under_their_digest(office: Office) -> None:
    case = told_case(office)
    package = open_package(exported(office, case)[0])
    files = [name for name in package.names if name.startswith("data/files/")]
    named = {item["sha256"] for e in office.archive.case(case).entries for item in e.evidence}
    assert {name.removeprefix("data/files/") for name in files} == named
    assert len(named) == 5  # one file is attached to two records
    for name in files:
        assert name.endswith(hashlib.sha256(package.read(name, 1 << 20)).hexdigest())


def test_rules_forms_and_calendars_are_enclosed_under_their_digests(office: Office) -> None:
    case = told_case(office)
    package = open_package(exported(office, case)[0])
    book = office.archive.case(case).rulebook
    assert package.read(f"data/rulebook/{book.digest}/rulebook.json", 1 << 20) == book.data
    form = package.read(f"data/rulebook/{book.digest}/forms/general.typ", 1 << 20)
    assert form == office.archive.rulebooks.form(book.digest, "forms/general.typ")
    tables = {name for name in package.names if name.startswith("data/calendar/")}
    adopted = office.archive.register().calendars.values()
    assert tables == {f"data/calendar/{digest}.json" for digest in adopted}


LATER: dict[str, Any] = {
    "number": "国办发明电〔2026〕1号",
    "issued": "2026-11-02",
    "title": "关于增加一天临时假日的通知",
    "holidays": [{"name": "临时假日", "from": "2026-12-25", "to": "2026-12-25"}],
    "workdays": [],
    "cancels": [],
}


def test_a_superseded_calendar_stays_enclosed_beside_its_successor(office: Office, tmp_path: Path) -> None:
    case = office.opened()
    old = office.archive.register().calendars["cn-2026"]
    table = json.loads(office.archive.rulebooks.calendar(old))
    table["notices"].append(LATER)
    table["days"]["2026-12-25"] = {"working": False, "name": "临时假日放假", "notice": LATER["number"]}
    new = dump(table)
    (tmp_path / "calendars").mkdir(exist_ok=True)
    (tmp_path / "calendars" / f"{digest(new)}.json").write_bytes(new)
    facts = {"name": "cn-2026", "digest": digest(new), "notice": LATER["number"]}
    keys = [office.keys["陈立"], office.keys["李敏"]]
    home = office.archive.register().archive
    signers = registrar_signers(office.archive, keys)
    made = office.archive.draft(case=home, action="calendar-adopted", facts=facts, signers=signers)
    office.archive.submit(made.payload, [sign_act(made.payload, key) for key in keys], made.disclosures)
    out, _ = exported(office, case)
    assert {f"data/calendar/{old}.json", f"data/calendar/{digest(new)}.json"} <= set(open_package(out).names)
    assert verify_package(out, office.archive.trust()).exit_status == 0


def test_the_report_gives_the_four_properties_and_what_is_not_claimed(office: Office) -> None:
    case = told_case(office)
    report = json.loads(open_package(exported(office, case)[0]).read("data/report.json", 1 << 20))
    found = {p["zh"]: p["verdict"] for p in report["properties"].values()}
    assert found == dict.fromkeys(("真实性", "完整性", "可用性", "安全性", "程序合规"), "PASSED")
    assert [entry["check"] for entry in report["not_claimed"]] == ["log", "witness", "time", "census"]
    assert report["demonstration"] is True
    assert [row["record"] for row in report["irregular"]] == [6]
    assert {"审查期限", "处理期限"} <= {row["title"] for row in report["compliance"]["requirements"]}


def test_keys_are_a_set_of_jwk(office: Office) -> None:
    case = office.opened()
    keys = json.loads(open_package(exported(office, case)[0]).read("data/keys.json", 1 << 20))["keys"]
    assert {key["kid"] for key in keys} == {office.key.kid, office.root.kid, office.keys["陈立"].kid}


def test_a_case_that_does_not_exist_is_refused(office: Office) -> None:
    with pytest.raises(Fault) as caught:
        exported(office, office.archive.ids.uuid7())
    assert caught.value.code == "unknown-case"


def test_a_register_case_is_not_exported_by_itself(office: Office) -> None:
    with pytest.raises(Fault) as caught:
        exported(office, office.officers["陈立"])
    assert caught.value.code == "register-case"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"exported": "2023-02-28T00:00:00.000Z"}, "export-time"),
        ({"exported": "2023-03-20"}, "shape"),
        ({"exported": "昨天"}, "shape"),
    ],
)
def test_a_moment_that_cannot_be_is_refused(office: Office, more: dict[str, str], code: str) -> None:
    case = office.opened()
    with pytest.raises(Fault) as caught:
        exported(office, case, **more)
    assert caught.value.code == code


@pytest.mark.parametrize("recipient", ["", " ", "a\x00b", "甲\u202e乙", "甲\n乙", "甲" * 201])
def test_a_recipient_that_is_no_plain_text_is_refused(office: Office, recipient: str) -> None:
    case, out = office.opened(), io.BytesIO()
    with pytest.raises(Fault) as caught:
        export(office.archive, case, recipient, out, exported=EXPORTED)
    assert caught.value.code == "recipient"
    assert out.getvalue() == b""


def test_an_original_that_was_changed_in_the_vault_stops_the_export(office: Office, tmp_path: Path) -> None:
    case = office.opened()
    stored = next((tmp_path / "vault").rglob("bytes"))
    data = stored.read_bytes()
    stored.chmod(0o600)
    stored.write_bytes(data[:-20] + bytes([data[-20] ^ 1]) + data[-19:])
    with pytest.raises(Fault) as caught:
        exported(office, case)
    assert caught.value.code == "blob-damaged"


def test_a_lost_original_is_named_in_the_notes_and_by_the_verifier(office: Office, tmp_path: Path) -> None:
    case = office.opened()
    stored = next((tmp_path / "vault").rglob("bytes"))
    shutil.rmtree(stored.parent)
    out, _ = exported(office, case)
    report = verify_package(out, office.archive.trust())
    assert report.exit_status == 2
    assert [f.reason for f in report.findings if f.verdict is Verdict.INDETERMINATE] == ["evidence-missing"]


def test_destroyed_content_is_left_out_noted_and_named_by_the_verifier(office: Office, tmp_path: Path) -> None:
    case = office.opened()
    office.archive.keys.destroy(case)
    out, _ = exported(office, case)
    report = verify_package(out, office.archive.trust())
    assert report.exit_status == 2
    assert {f.reason for f in report.findings if f.verdict is Verdict.FAILED} == set()
    assert "evidence-missing" in {f.reason for f in report.findings if f.verdict is Verdict.INDETERMINATE}
    package = open_package(out)
    assert not [name for name in package.names if name.startswith("data/files/")]
    assert "内容已依法销毁" in squeezed(read(package.read("data/案卷.pdf", 1 << 26), tmp_path))
