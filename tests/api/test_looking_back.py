"""`as_of` and `by`: a case, its timeline and its time limits as they stood."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from fastapi import FastAPI

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
        "told": "第 2 号记录入卷之前（按入卷时间）",
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
