"""`as_of` and `by`: a case, its timeline and its time limits as they stood."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.office import DECISION

if TYPE_CHECKING:
    from fastapi import FastAPI
    from fastapi.testclient import TestClient

    from tests.api.conftest import Desk
    from tests.office import Office

REVIEWER = "reviewer:李敏"


@pytest.fixture
def case(office: Office) -> str:
    """Received on 1 March, put right to 28 February on the eighth."""
    case = office.notified()
    office.on("2023-03-08")
    wrong = {"target": 1, "mode": "corrects", "reason": "录入有误", "changes": {"received_on": "2023-02-28"}}
    office.do(case, "rectification", wrong, "handler:陈立", REVIEWER)
    return case


def due(handler: Desk, case: str, **asked: Any) -> tuple[str, int]:
    answer = handler.get(f"/v1/cases/{case}/deadlines", params={"explain": True, **asked}).json()
    (row,) = [row for row in answer["rows"] if row["limit"] == "decide"]
    assert row["steps"][-1]["day"] == row["due"]
    assert sum(step["n"] is not None for step in row["steps"]) == 30
    return row["due"], row["left"]


def test_time_limits_as_they_stood(handler: Desk, case: str) -> None:
    assert due(handler, case) == ("2023-04-12", 24)
    assert due(handler, case, as_of="2023-03-07") == ("2023-04-13", 26)
    assert due(handler, case, as_of="2023-03-07", by="occurred") == ("2023-04-12", 25)
    assert due(handler, case, as_of="before-5") == ("2023-04-13", 25)


def test_a_case_as_it_stood_and_from_where(handler: Desk, case: str) -> None:
    now, then = handler.get(f"/v1/cases/{case}").json(), handler.get(f"/v1/cases/{case}?as_of=before-2").json()
    assert (now["as_of"], now["stage"], now["seq"]) == (None, "handling", 5)
    assert (then["stage"], then["seq"], then["n"]) == ("review", 1, now["n"])
    assert then["as_of"] == {
        "as_of": "before-2",
        "by": "received",
        "day": "2023-03-01",
        "told": "2023年3月1日第 2 号记录入卷之前（按入卷时间）",
    }
    assert "acceptance" in {action["action"] for action in then["actions"]}
    assert "acceptance" not in {action["action"] for action in now["actions"]}
    again = handler.get(f"/v1/cases/{case}", params={"as_of": "2023-03-01T09:00:00+08:00"}).json()["as_of"]
    assert again["as_of"] == "2023-03-01T09:00:00+08:00"


def test_a_timeline_as_it_stood_with_its_filters(handler: Desk, app: FastAPI, office: Office, case: str) -> None:
    def asked(**more: Any) -> Any:
        return handler.get(f"/v1/cases/{case}/timeline", params={"as_of": "2023-03-07", **more}).json()

    whole = asked()
    assert [row["seq"] for row in whole["rows"]] == [1, 2, 3, 4]
    assert whole["rows"][0]["rectified_by"] == []
    assert any(line["value"] == "赵一鸣" for line in whole["rows"][0]["lines"]), "its handler sees what is withheld"
    assert whole["as_of"]["told"] == "截至2023年3月7日（按入卷时间）"
    assert [row["seq"] for row in asked(kind="received")["rows"]] == [1]
    page = asked(limit=3)
    assert (len(page["rows"]), page["next"]) == (3, 3)
    assert [row["seq"] for row in asked(cursor=3)["rows"]] == [4]


def test_the_recused_are_shown_nothing_withheld_of_the_past(reviewer: Desk, office: Office, case: str) -> None:
    def told() -> str:
        paths = ("/timeline?as_of=2023-03-07", "/what-if?action=suspension", "?as_of=2023-03-07&by=papers")
        return "".join(reviewer.get(f"/v1/cases/{case}{path}").text for path in paths)

    assert "赵一鸣" in told()
    facts = {"case": case, "from": "2023-03-08T00:00:00+08:00", "reason": "与投诉人有利害关系"}
    office.do(office.officers["李敏"], "recusal", facts, "self:李敏")
    assert "赵一鸣" not in told()


@pytest.mark.parametrize("path", ["", "/timeline", "/deadlines"])
@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("as_of=2023-02-01", 404, "nothing-yet"),
        ("as_of=before-9", 404, "unknown-record"),
        ("as_of=2023-03-09", 422, "as-of"),
        ("as_of=", 422, "as-of"),
        ("as_of=2023-03-01&by=none", 422, "by"),
        ("by=papers", 422, "by"),
    ],
)
def test_what_names_no_moment_of_the_case_is_refused(
    handler: Desk, case: str, path: str, query: str, status: int, code: str
) -> None:
    answer = handler.get(f"/v1/cases/{case}{path}?{query}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


BANNER = "截至2023年3月7日（按入卷时间）"


def test_the_page_of_a_case_as_it_stood_and_all_its_links_stay_there(anyone: TestClient, case: str) -> None:
    at = "as_of=2023-03-07&amp;by=received"
    page = anyone.get(f"/cases/{case}?as_of=2023-03-07").text
    assert BANNER in page
    assert "当时阶段" in page
    assert "已更正" not in page
    assert page.count('<li class="tl ') == 4
    assert f'href="/cases/{case}">回到现在' in page
    for address in (f"/cases/{case}?group=papers&amp;{at}", f"/deadlines?case={case}&amp;{at}"):
        assert f'"{address}"' in page
    assert f'hx-get="/cases/{case}/deadlines/answer?of=hospital&amp;{at}"' in page
    now = anyone.get(f"/cases/{case}").text
    assert BANNER not in now
    assert now.count("已更正") == 1
    assert "as_of=2" not in now


def test_a_reckoning_is_that_of_the_moment(anyone: TestClient, case: str) -> None:
    path = f"/cases/{case}/deadlines/decide"
    then, now = anyone.get(f"{path}?as_of=2023-03-07").text, anyone.get(path).text
    last = [re.findall(r"(2023-\d\d-\d\d) 周", text)[-1] for text in (then, now)]
    assert last == ["2023-04-13", "2023-04-12"]
    assert BANNER in then
    listed = anyone.get(f"/deadlines?case={case}&as_of=2023-03-07").text
    assert BANNER in listed
    assert "2023-04-13" in listed


def test_beside_a_decision_stands_what_was_known_when_it_was_made(anyone: TestClient, office: Office) -> None:
    case = office.notified()
    signers = ("handler:陈立", REVIEWER, "head:王强")
    office.do(case, "decision", DECISION, *signers)
    page, record = anyone.get(f"/cases/{case}").text, anyone.get(f"/cases/{case}/records/5").text
    address = f'href="/cases/{case}?as_of=before-5"'
    assert f"{address}>作出“投诉处理决定”时所知" in page
    assert page.count("as_of=before-") == 1
    assert f"{address}>作出时所知" in record
    then = anyone.get(f"/cases/{case}?as_of=before-5").text
    assert "第 5 号记录入卷之前（按入卷时间）" in then
    assert then.count('<li class="tl ') == 4
    assert "as_of=before-" not in anyone.get(f"/cases/{case}/records/4").text, "a report is no decision"


def test_a_form_sent_without_a_day_shows_the_present(anyone: TestClient, case: str) -> None:
    assert "当前阶段" in anyone.get(f"/cases/{case}?as_of=&by=papers").text


@pytest.mark.parametrize(("query", "status"), [("2023-02-01", 404), ("2023-03-09", 422), ("x", 422)])
def test_a_moment_that_is_none_is_a_page_that_says_so(anyone: TestClient, case: str, query: str, status: int) -> None:
    for path in (f"/cases/{case}?", f"/cases/{case}/timeline?", f"/deadlines?case={case}&"):
        answer = anyone.get(f"{path}as_of={query}")
        assert (answer.status_code, answer.headers["content-type"][:9]) == (status, "text/html")
