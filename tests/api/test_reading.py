"""Cases, timelines, time limits, rulebooks and the API's own description."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_type_hints

import pytest

from api.v1 import rows as shapes
from domain.formats.encoding import digest
from domain.formats.trust import Trust
from domain.rules.citing import cited
from domain.rules.rulebook import Rulebook
from domain.rules.vocabulary import Kind
from projections import lookups, rows
from storage.rulebooks import installed
from tests.office import RULEBOOK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI

    from tests.api.conftest import Desk

BOOKS = installed()
ACTIONS = [(book.id, action.code) for book in BOOKS.values() for action in book.actions]


@pytest.fixture
def case(handler: Desk) -> str:
    """A case that was notified over three weeks."""
    made = handler.intake(number="临财采诉〔2023〕9号")
    handler.office.on("2023-03-03")
    handler.do(made, "acceptance", {})
    facts = {"copies": 1, "duties": "作出书面说明。", "progress": "请说明。"}
    handler.do(made, "answer-notice", facts)
    handler.office.serve(made, 3)
    handler.office.on("2023-03-20")
    handler.do(
        made,
        "abandonment",
        {"received_on": "2023-03-20"},
        evidence=[{"object": handler.upload(made).json()["object"], "slot": "statement"}],
    )
    return made


def seqs(handler: Desk, case: str, question: str) -> list[int]:
    return [row["seq"] for row in handler.get(f"/v1/cases/{case}/timeline{question}").json()["rows"]]


def test_the_timeline_is_filtered_by_kind_party_and_period(handler: Desk, case: str) -> None:
    assert seqs(handler, case, "") == [1, 2, 3, 4, 5]
    assert seqs(handler, case, "?kind=papers") == [3, 4]
    assert seqs(handler, case, "?kind=does") == [2, 3]
    assert seqs(handler, case, "?action=acceptance") == [2]
    assert seqs(handler, case, "?party=complainant") == [1]
    assert seqs(handler, case, "?from=2023-03-02&to=2023-03-03") == [2, 3, 4]
    assert seqs(handler, case, "?kind=papers&to=2023-03-01") == []


def test_the_timeline_comes_in_pages(handler: Desk, case: str) -> None:
    came, cursor = [], 0
    while True:
        page = handler.get(f"/v1/cases/{case}/timeline?limit=2&cursor={cursor}").json()
        came += [row["seq"] for row in page["rows"]]
        if page["next"] is None:
            break
        cursor = page["next"]
    assert came == [1, 2, 3, 4, 5]


def test_an_irregular_record_says_why(handler: Desk, case: str) -> None:
    row = handler.get(f"/v1/cases/{case}/timeline").json()["rows"][4]
    assert row["irregular"][0]["code"] == "stage"
    assert row["irregular"][0]["article"]


def test_the_case_says_where_it_stands_and_what_may_be_done(handler: Desk, case: str) -> None:
    view = handler.get(f"/v1/cases/{case}").json()
    assert (view["number"], view["stage"], view["complainant"]) == (
        "临财采诉〔2023〕9号",
        "handling",
        "江北恒信医疗器械有限公司",
    )
    assert view["discloses"] is True
    codes = [action["action"] for action in view["actions"]]
    assert "decision" in codes
    assert "intake" not in codes


def test_time_limits_are_explained_day_by_day_if_asked_for(handler: Desk, case: str) -> None:
    plain = handler.get(f"/v1/cases/{case}/deadlines").json()["rows"]
    explained = handler.get(f"/v1/cases/{case}/deadlines?explain=true").json()["rows"]
    decide = next(row for row in explained if row["limit"] == "decide")
    assert (decide["due"], decide["left"], decide["status"]) == ("2023-04-13", 17, "running")
    assert decide["steps"][0]["why"] == "first-day"
    assert decide["steps"][-1] == {**decide["steps"][-1], "day": decide["due"], "n": 30}
    assert [notice["number"] for notice in decide["notices"]] == ["国办发明电〔2022〕16号"]
    assert all("steps" not in row for row in plain)


def test_lists_hold_the_cases_and_their_open_limits(handler: Desk, case: str) -> None:
    other = handler.intake()
    listed = handler.get("/v1/cases").json()
    assert ([row["case"] for row in listed["rows"]], listed["total"], listed["next"]) == ([other, case], 2, None)
    first = handler.get("/v1/cases?limit=1").json()
    assert handler.get(f"/v1/cases?limit=1&cursor={first['next']}").json()["rows"][0]["case"] == case
    assert [row["case"] for row in handler.get("/v1/cases?q=〔2023〕9号").json()["rows"]] == [case]
    docket = handler.get("/v1/docket").json()["rows"]
    assert {row["case"] for row in docket} == {case, other}
    assert [row["next_due"]["due"] for row in docket] == sorted(row["next_due"]["due"] for row in docket)
    open_ = handler.get("/v1/deadlines").json()["rows"]
    assert {row["case"] for row in open_} == {case, other}
    before = handler.get("/v1/deadlines?before=2023-04-01").json()["rows"]
    assert 0 < len(before) < len(open_)
    assert all(row["due"] < "2023-04-01" for row in before)


def test_a_page_of_cases_goes_on_where_the_last_one_ended_whatever_was_opened_since(handler: Desk) -> None:
    opened = [handler.intake(number=f"临财采诉〔2023〕{n}号") for n in range(1, 6)]
    came, cursor = [], 0
    while cursor is not None:
        page = handler.get(f"/v1/cases?limit=2&cursor={cursor}").json()
        came += [row["case"] for row in page["rows"]]
        cursor = page["next"]
        if len(came) == 2:
            opened.append(handler.intake())
    assert came == opened[4::-1]
    assert page["total"] == 6


def test_the_docket_and_the_open_limits_come_in_pages_and_whole(
    handler: Desk, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler.intake()
    handler.office.on("2023-03-21")
    handler.intake(received_on="2023-03-21", filed_on="2023-03-21")
    for path, name in (("/v1/docket", "case"), ("/v1/deadlines", "limit")):
        whole = handler.get(path).json()
        assert whole["next"] is None
        assert len(whole["rows"]) >= 3
        came, cursor = [], 0
        while cursor is not None:
            page = handler.get(f"{path}?limit=1&cursor={cursor}").json()
            came += [row[name] for row in page["rows"]]
            cursor = page["next"]
        assert came == [row[name] for row in whole["rows"]]
    monkeypatch.setattr(lookups, "MOST", 2)  # as if there were more cases than are read at once
    docket = handler.get("/v1/docket").json()
    assert (len(docket["rows"]), docket["total"]) == (3, 3)


def test_records_that_are_not_there_are_not_found(handler: Desk, case: str) -> None:
    for path in (f"/v1/records/{case}/99", f"/v1/records/{case}/99/facts"):
        assert handler.get(path).json()["code"] == "unknown-record"
    assert handler.get("/v1/records/none/1").json()["code"] == "unknown-case"
    assert handler.get(f"/v1/records/{case}/0").status_code == 422


def test_a_rulebook_is_given_byte_for_byte(handler: Desk) -> None:
    listed = handler.get("/v1/rulebooks").json()["rows"]
    assert {row["id"]: row["adopted"] for row in listed} == dict.fromkeys(BOOKS, True)
    pinned = next(row["digest"] for row in listed if row["id"] == RULEBOOK)
    data = handler.get(f"/v1/rulebooks/{pinned}").content
    assert digest(data) == pinned
    assert Rulebook.parse(data).id == RULEBOOK
    assert handler.get(f"/v1/rulebooks/{'A' * 43}").status_code == 404


def test_the_trust_file_is_given_as_it_is_kept(handler: Desk) -> None:
    answer = handler.get("/v1/trust")
    trust = Trust.parse(answer.content)
    assert trust == handler.office.archive.trust()
    assert answer.headers["trust-fingerprint"] == trust.fingerprint


@pytest.mark.parametrize(
    ("row", "shape"),
    [
        (rows.NextDue, shapes.DueItem),
        (rows.Trouble, shapes.TroubleItem),
        (rows.DocketRow, shapes.DocketItem),
        (rows.CaseRow, shapes.CaseView),
        (rows.PartyRow, shapes.PartyItem),
        (rows.DeadlineRow, shapes.DeadlineItem),
        (rows.SignerRow, shapes.SignerItemView),
        (rows.EvidenceRow, shapes.PaperItem),
        (rows.IrregularRow, shapes.IrregularItem),
        (rows.LineRow, shapes.LineItem),
        (rows.TimelineRow, shapes.RecordItem),
        (rows.TimelinePage, shapes.TimelineView),
    ],
)
def test_nothing_of_a_row_is_lost_on_the_way_out(row: Any, shape: Any) -> None:
    names = {field.alias or name for name, field in shape.model_fields.items()}
    assert set(get_type_hints(row)) <= names


@pytest.fixture
def document(app: FastAPI) -> dict[str, Any]:
    made: dict[str, Any] = app.openapi()
    return made


@pytest.mark.parametrize(("book", "code"), ACTIONS)
def test_each_action_has_its_schema_from_the_rulebook(document: dict[str, Any], book: str, code: str) -> None:
    action = BOOKS[book].action(code)
    schema = document["components"]["schemas"][f"{book}.{code}"]
    assert schema["title"] == action.title
    assert list(schema["properties"]) == [fact.name for fact in action.facts]
    for fact in action.facts:
        said = schema["properties"][fact.name]
        assert said["title"] == fact.title
        assert not fact.article or cited(fact.article) in said["description"]
    assert ("required" in schema) <= (action.kind is Kind.DOES)
    assert {"$ref": f"#/components/schemas/{book}.{code}.draft"} in document["components"]["schemas"]["DraftRequest"][
        "oneOf"
    ]


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from ([value["$ref"]] if isinstance(value.get("$ref"), str) else [])
        for member in value.values():
            yield from references(member)
    elif isinstance(value, list):
        for member in value:
            yield from references(member)


def test_every_reference_of_the_description_is_there(document: dict[str, Any], handler: Desk) -> None:
    given = handler.get("/v1/openapi.json").json()
    assert given == document
    for reference in set(references(document)):
        found: Any = document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
        assert found


def test_the_choices_of_a_fact_stand_in_its_schema_with_their_articles(document: dict[str, Any]) -> None:
    grounds = document["components"]["schemas"][f"{RULEBOOK}.correction-notice"]["properties"]["grounds"]
    assert len(grounds["items"]["enum"]) == 9
    labels = {one["const"]: one for one in grounds["items"]["oneOf"]}
    assert labels["no-fact"] == {"const": "no-fact", "title": "缺少事实依据的", "description": "第二十八条第（四）项"}
