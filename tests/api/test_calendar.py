"""An adopted calendar in the API and on the page: the tables, what they changed, the line at the limit concerned."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.api.conftest import Desk
from tests.domain.test_adoption import adopt
from tests.domain.test_moving import CORRECTED
from tests.year_2027 import NAME, NUMBER

if TYPE_CHECKING:
    from fastapi import FastAPI
    from fastapi.testclient import TestClient

    from tests.office import Office

DAYS = {"received_on": "2026-11-24", "filed_on": "2026-11-24", "challenged_on": "2026-11-02"}
MORE = {"challenge_received_on": "2026-11-02", "answered_on": "2026-11-11", "basis": "继续参照执行"}


@pytest.fixture
def moved(office: Office) -> str:
    """A case whose limit ends in 2027, before and after 2027 was arranged."""
    office.on("2026-11-24")
    case = office.accepted(**DAYS, **MORE)
    office.on("2026-11-25")
    adopt(office)
    return case


@pytest.fixture
def desk(app: FastAPI, office: Office, moved: str) -> Desk:
    """An officer with a token of that day."""
    return Desk(app, office, "陈立")


def test_changed_limits_are_listed_since_a_day_and_by_case(desk: Desk, moved: str) -> None:
    rows = desk.get("/v1/calendar/changes").json()["rows"]
    assert [(r["case"], r["limit"], r["notices"]) for r in rows] == [(moved, "decide", [NUMBER])]
    assert rows[0]["before"] == {"due": "2027-01-05", "provisional": True}
    assert rows[0]["after"] == {"due": "2027-01-06", "provisional": False}
    assert desk.get("/v1/calendar/changes?since=2026-11-25").json()["rows"] == rows
    assert desk.get("/v1/calendar/changes?since=2026-11-26").json()["rows"] == []
    assert desk.get(f"/v1/calendar/changes?case={moved}").json() == {"rows": rows, "next": None}
    assert desk.get("/v1/calendar/changes?case=none").status_code == 404
    assert desk.get("/v1/calendar/changes?since=gestern").status_code == 422


def test_changed_limits_come_in_pages_of_cases(desk: Desk, moved: str) -> None:
    known = [case for case, _ in desk.office.archive.events.cases()]
    at = known.index(moved)
    assert desk.get(f"/v1/calendar/changes?limit={at}").json() == {"rows": [], "next": at}
    page = desk.get(f"/v1/calendar/changes?limit=1&cursor={at}").json()
    assert ([row["case"] for row in page["rows"]], page["next"]) == ([moved], None)


def test_adopted_tables_are_listed(desk: Desk, moved: str) -> None:
    rows = desk.get("/v1/calendars").json()["rows"]
    assert [row["name"] for row in rows] == [f"cn-{year}" for year in range(2018, 2028)]
    assert (rows[-1]["name"], rows[-1]["record"], rows[-1]["until"]) == (NAME, 2, None)


def test_the_page_says_at_the_limit_what_moved_it(anyone: TestClient, moved: str) -> None:
    page = anyone.get(f"/cases/{moved}").text
    assert f"2026-11-25 启用日历后：2027-01-05（暂定） → 2027-01-06，依据 {NUMBER}" in page
    assert page.count("启用日历后") == 1


def test_the_page_of_a_reckoning_names_its_notices(anyone: TestClient, moved: str) -> None:
    page = anyone.get(f"/cases/{moved}/deadlines/decide").text
    assert f"{NUMBER}（2026-11-20 起适用）：安排 2027-01-01 至 2027-01-03" in page


def test_the_page_of_a_moved_case_says_which_version_applied_when(anyone: TestClient, office: Office) -> None:
    case = office.accepted()
    office.adopt(CORRECTED)
    facts = {"version": CORRECTED.digest, "reason": "处理期限录入有误。"}
    office.do(case, "version-change", facts, "handler:陈立", "head:王强")
    page = anyone.get(f"/cases/{case}").text
    assert "第 1 至 3 号记录适用" in page
    assert "第 4 号起的记录适用" in page
    assert "变更：处理期限录入有误。" in page
