"""What the server says of retention and holds: on the case's page, and when the vault is away after an act."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.keeping import Keeping
from tests.domain.keeping_vault import Away

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from tests.api.conftest import Desk
    from tests.office import Office


def test_a_case_shows_how_long_its_evidence_is_kept_and_what_holds_it(anyone: TestClient, office: Office) -> None:
    case = office.opened()
    kept = "证据保管至 2123-03-01：本档案库的保管期限（档案案件第 1 号记录）：永久，现至 2123-03-01，到期之前顺延"
    shown = anyone.get(f"/cases/{case}").text
    assert kept in shown
    assert "冻结" not in shown
    office.custody("evidence-held", case=case, reason="litigation", basis="（2023）行初1号")
    shown = anyone.get(f"/cases/{case}").text
    assert "证据冻结中：档案案件第 2 号记录（行政诉讼）" in shown
    assert "行初" not in shown  # what it rests upon is internal
    assert "冻结" not in anyone.get(f"/cases/{case}?as_of=before-1").text


def test_a_signer_learns_that_an_act_is_entered_and_not_yet_carried_out(
    handler: Desk, reviewer: Desk, office: Office
) -> None:
    case, archive = office.opened(), office.archive
    home = archive.register().archive or ""
    facts = {"case": case, "reason": "litigation", "basis": "（2023）行初1号"}
    who = ("registrar:陈立", "registrar:李敏")
    draft = handler.draft(home, "evidence-held", facts, *who, rulebook="register").json()
    assert handler.sign(draft).status_code == 200
    archive.keeping = Keeping(archive.reader, Away(archive.vault, 0), archive.keys, archive.clock)  # type: ignore[arg-type]  # a vault otherwise
    answer = reviewer.sign(draft)
    assert (answer.status_code, answer.json()["defects"][0]["code"]) == (503, "not-carried-out")
    assert "已经入卷" in answer.text
    archive.keeping = Keeping(archive.reader, archive.vault, archive.keys, archive.clock)
    again = reviewer.sign(draft)
    assert (again.status_code, again.json()["record"]["case"]) == (200, home)
    assert {archive.vault.stat(*place).hold for place in _objects(office, case)} == {True}


def _objects(office: Office, case: str) -> list[tuple[str, str | None]]:
    return [(item["object"], item["version"]) for item in office.archive.case(case).entries[0].evidence]
