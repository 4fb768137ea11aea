"""假设推算 through API and page: an answer, and nothing stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.projections.history import PERSONAL

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from tests.api.conftest import Desk
    from tests.office import Office


@pytest.fixture
def case(office: Office) -> str:
    made = office.notified()
    office.on("2023-03-06")
    return made


def asked(handler: Desk, case: str, **what: Any) -> Any:
    answer = handler.get(f"/v1/cases/{case}/what-if", params=what)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_before_and_after_of_every_limit_that_would_move(handler: Desk, office: Office, case: str) -> None:
    before = office.archive.events.position()
    found = asked(handler, case, window="appraisal", **{"from": "2023-03-07"}, days=7)
    (moved,) = found["moved"]
    assert (moved["limit"], moved["before"]["due"], moved["after"]["due"]) == ("decide", "2023-04-13", "2023-04-20")
    assert (found["answer"], found["on"], found["days"]) == ("accepted", "2023-03-07", 7)
    assert office.archive.events.position() == before


def test_a_suspension_from_today(handler: Desk, case: str) -> None:
    (cap,) = asked(handler, case, action="suspension")["caps"]
    assert (cap["left"], cap["days"], cap["last"], cap["left_after"]) == (30, 30, "2023-04-05", 0)
    assert [limit["limit"] for limit in cap["outlasted_by"]] == ["decide"]


def test_what_may_not_be_done_with_its_article(handler: Desk, case: str) -> None:
    found = asked(handler, case, window="correction")
    assert found["answer"] == "refused"
    assert [(d["code"], d["article"]) for d in found["defects"]] == [("stage", "27(三)")]


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("", 422, "what-if"),
        ("window=none", 422, "what-if"),
        ("window=suspension&days=0", 422, "days"),
        ("window=suspension&from=2023-02-30", 422, "date"),
    ],
)
def test_what_cannot_be_supposed_is_refused(handler: Desk, case: str, query: str, status: int, code: str) -> None:
    answer = handler.get(f"/v1/cases/{case}/what-if?{query}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert handler.get("/v1/cases/none/what-if?window=correction").status_code == 404


def test_the_panel_asks_and_the_page_answers(anyone: TestClient, office: Office, case: str) -> None:
    panel = anyone.get(f"/cases/{case}").text
    assert f'action="/cases/{case}/what-if"' in panel
    assert '<option value="suspension">暂停采购活动通知</option>' in panel
    assert '<option value="decision">投诉处理决定</option>' in panel
    assert '<option value="service">' not in panel
    before = office.archive.events.position()
    page = anyone.get(f"/cases/{case}/what-if?action=suspension&from=2023-03-06&days=20").text
    for said in ("可以作出。", "至 2023-03-26 届满", "提示：此次届满时，“处理期限”至 2023-04-13 才届满"):
        assert said in page
    assert '<option value="suspension" selected>' in page
    assert PERSONAL not in page
    part = anyone.get(f"/cases/{case}/what-if?action=commission&days=7", headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert "延后 5 个工作日" in part
    assert office.archive.events.position() == before


def test_a_field_left_empty_is_left_open(anyone: TestClient, case: str) -> None:
    page = anyone.get(f"/cases/{case}/what-if?action=commission&from=&days=").text
    assert "停止计算，余 27 个工作日" in page
    assert "supposed" in anyone.get(f"/cases/{case}/what-if").text


@pytest.mark.parametrize("query", ["action=none", "action=suspension&days=x", "action=suspension&from=today", "days=x"])
def test_what_the_page_cannot_read_it_says(anyone: TestClient, case: str, query: str) -> None:
    answer = anyone.get(f"/cases/{case}/what-if?{query}")
    assert (answer.status_code, answer.headers["content-type"][:9]) == (422, "text/html")


def test_the_past_is_not_supposed(anyone: TestClient, case: str) -> None:
    assert "what-if" not in anyone.get(f"/cases/{case}?as_of=2023-03-01").text
