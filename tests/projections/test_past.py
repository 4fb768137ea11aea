"""Rows of cases as of a moment: the same as those of the present, from what then counted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from domain.rules.moments import By
from projections.past import PastView, docket
from tests.projections.history import HANDLER, INTERNAL, PERSONAL, SECRET

if TYPE_CHECKING:
    from projections.views import CaseViews
    from tests.office import Office


def past(whole_office: Office, case: str, text: str, by: By = By.RECEIVED) -> PastView:
    return PastView(whole_office.archive, whole_office.archive.as_of(case, text, by))


FILTERS: tuple[dict[str, Any], ...] = (
    {},
    {"group": "papers"},
    {"kind": "reports"},
    {"action": "written-answer"},
    {"party": "hospital"},
    {"party": "nobody"},
    {"after": 4},
)


@pytest.mark.parametrize("filters", FILTERS)
def test_today_is_the_present(
    whole_office: Office, views: CaseViews, cases: dict[str, str], filters: dict[str, Any]
) -> None:
    today = whole_office.today
    for case in cases.values():
        now, row = past(whole_office, case, today.isoformat()), views.case(case, today)
        assert {**now.case(), "n": row["n"]} == row
        assert now.deadlines() == views.deadlines(today, case=case)
        for limit in (2, 100):
            assert now.timeline(**filters, limit=limit) == views.timeline(case, **filters, limit=limit)
        assert now.timeline(since=today, limit=9) == views.timeline(case, since=today, limit=9)
        assert now.timeline(until=today, limit=9) == views.timeline(case, until=today, limit=9)


def test_the_docket_of_today_is_the_present_one(whole_office: Office, views: CaseViews) -> None:
    counted: list[tuple[int, int]] = []
    rows = list(
        docket(whole_office.archive, whole_office.today.isoformat(), By.RECEIVED, lambda *told: counted.append(told))
    )
    assert rows == views.docket(whole_office.today)
    size = len(whole_office.archive.events.cases())
    assert counted == [(n, size) for n in range(1, size + 1)]


def test_the_docket_of_a_day_has_only_what_there_was(whole_office: Office, cases: dict[str, str]) -> None:
    rows = list(docket(whole_office.archive, "2023-03-01", By.RECEIVED, lambda *_: None))
    assert [row["case"] for row in rows] == [cases["waiting"], cases["corrected"], cases["decided"]]


def test_a_case_as_it_stood(whole_office: Office, cases: dict[str, str]) -> None:
    then = past(whole_office, cases["decided"], "2023-03-01").case()
    assert (then["seq"], then["stage"]) == (6, "handling")
    assert then["groups"] == {"received": 3, "papers": 2, "limits": 1, "steps": 0}
    assert then["title"] != "更正后的项目名称"
    assert past(whole_office, cases["decided"], "2023-03-02").case()["title"] == "更正后的项目名称"


def test_what_had_not_come_about_is_not_shown_and_numbers_stay(whole_office: Office, cases: dict[str, str]) -> None:
    whole_office.on("2023-03-10")
    case = whole_office.accepted()
    paper = [{"object": whole_office.file(case, "书面申请.pdf"), "slot": "application"}]
    whole_office.do(case, "withdrawal", {"received_on": "2023-03-10"}, HANDLER, evidence=paper)
    whole_office.on("2023-03-13")
    added = {"reason": "补录", "parties": [{"id": "winner", "role": "related", "name": "华东影像设备有限公司"}]}
    whole_office.do(case, "party-added", added, HANDLER, occurred="2023-03-10")
    whole_office.do(case, "rectification", {"target": 3, "mode": "voids", "reason": "误录"}, HANDLER, "reviewer:李敏")
    later = {"reason": "需向其调查", "parties": [{"id": "center", "role": "concerned", "name": "临江市交易中心"}]}
    whole_office.do(case, "party-added", later, HANDLER)
    then = past(whole_office, case, "2023-03-10", By.OCCURRED)
    assert [row["seq"] for row in then.timeline(limit=9)["rows"]] == [1, 2, 3, 4]
    assert then.timeline(limit=9)["rows"][2]["voided_by"] == 5
    row = then.case()
    assert (row["seq"], row["stage"], row["parties"][-1]["id"]) == (4, "handling", "winner")
    assert row["head"] == whole_office.archive.records(case)[3].digest


def test_nothing_withheld_gets_into_a_row(whole_office: Office, cases: dict[str, str]) -> None:
    for case in cases.values():
        for by in By:
            then = past(whole_office, case, whole_office.today.isoformat(), by)
            text = json.dumps([then.case(), then.timeline(limit=100)], ensure_ascii=False)
            assert not any(secret in text for secret in (SECRET, INTERNAL, PERSONAL))
