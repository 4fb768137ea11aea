"""The service of a case's papers over HTTP, and on the case's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from tests.api.conftest import Desk
    from tests.office import Office


def test_papers_with_their_recipients_and_what_counts(handler: Desk, office: Office) -> None:
    case = office.notified()
    answer = handler.get(f"/v1/cases/{case}/service").json()
    (row,) = answer["rows"]
    assert (row["title"], row["name"], row["status"], row["records"]) == (
        "投诉答复通知",
        "临江市第二人民医院",
        "served",
        [4],
    )
    assert {c["day"] for c in row["counts"] if c["code"] == "limit.answer"} == {"served_on"}
    assert answer["as_of"] is None


def test_service_as_it_stood(handler: Desk, office: Office) -> None:
    case = office.notified()
    answer = handler.get(f"/v1/cases/{case}/service", params={"as_of": "before-4"}).json()
    assert [(row["status"], row["served_on"]) for row in answer["rows"]] == [("unsent", None)]
    assert answer["as_of"]["as_of"] == "before-4"


def test_a_case_that_is_not_there_has_none(handler: Desk) -> None:
    assert handler.get("/v1/cases/none/service").status_code == 404


def test_the_page_shows_what_is_yet_to_be_served_first(anyone: TestClient, office: Office) -> None:
    case = office.notified()
    assert "<h2>送达</h2>" not in anyone.get(f"/cases/{case}?as_of=before-3").text  # no paper yet
    text = anyone.get(f"/cases/{case}?as_of=before-4").text
    assert "尚未送达 1 件" in text
    assert "尚未发出" in text
    text = anyone.get(f"/cases/{case}").text
    assert "已全部送达" in text
    assert "已送达（1）" in text
