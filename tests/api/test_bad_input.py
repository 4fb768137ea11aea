"""Bad input gets a clear refusal: a problem document with a stable code, never a 500, and nothing is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.office import INTAKE

if TYPE_CHECKING:
    from tests.api.conftest import Desk

JSON = {"Content-Type": "application/json"}
UUID = "01890a5d-ac96-774b-bcce-b302099a8057"


def checked(answer: Any, status: int, code: str | None = None) -> None:
    """A refusal as RFC 9457 wants it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert body["type"] == f"urn:anjuan:problem:{body['code']}"
    assert all(defect["message"] for defect in body["defects"])
    assert code in (None, body["code"]), body


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "json-syntax"),
        (b"{", 400, "json-syntax"),
        (b'{"rulebook": "a"} x', 400, "json-syntax"),
        (b'{"rulebook": "a", "rulebook": "b"}', 400, "json-duplicate"),
        (b'{"rulebook": 1.5}', 422, "json-number"),
        (b'{"rulebook": 1e400}', 422, "json-number"),
        (b'{"rulebook": NaN}', 422, "json-number"),
        (b'{"rulebook": 123456789012345678901234567890}', 422, "json-number"),
        (b'{"rulebook": "\\u0000"}', 422, "json-string"),
        (b'{"rulebook": "\\ud800"}', 422, "json-string"),
        (b'{"rulebook": "\xff"}', 400, "json-utf8"),
        (b"\xef\xbb\xbf{}", 400, None),
        (b'{"rulebook": "e\\u0301"}', 422, None),
        (b"[" * 100_000, 400, "json-depth"),
        (b'{"a":' * 5_000, 400, "json-depth"),
        (b"[]", 422, "shape"),
        (b"null", 422, "shape"),
        (b'"text"', 422, "shape"),
        (b"{}", 422, "shape"),
        (b'{"rulebook": 7}', 422, "shape"),
        (b'{"rulebook": "x", "more": 1}', 422, "shape"),
        (b'{"rulebook": "../../etc/passwd"}', 422, "shape"),
        (b'{"rulebook": "' + b"x" * 70_000 + b'"}', 422, "shape"),
    ],
)
def test_a_body_that_is_not_what_is_asked_is_refused(handler: Desk, body: bytes, status: int, code: str | None) -> None:
    checked(handler.post("/v1/cases", content=body, headers=JSON), status, code)


def test_a_body_must_say_that_it_is_json(handler: Desk) -> None:
    for media in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        answer = handler.post("/v1/cases", content=b'{"rulebook":"register"}', headers={"Content-Type": media})
        checked(answer, 415, "media")


def test_a_body_that_is_too_large_is_refused_by_its_word_and_by_its_bytes(handler: Desk) -> None:
    large = b" " * ((1 << 20) + 1)
    checked(handler.post("/v1/drafts", content=large, headers=JSON), 413, "body-too-large")
    checked(
        handler.post("/v1/drafts", content=(large[i : i + 65536] for i in range(0, len(large), 65536)), headers=JSON),
        413,
    )
    for lie in ("-1", "1e9", "99999999999999999999999999", "１"):
        answer = handler.post("/v1/drafts", content=b"{}", headers={**JSON, "Content-Length": lie.encode()})
        checked(answer, 413, "body-too-large")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": "x"}, "id"),
        ({"id": "01890a5d-ac96-474b-bcce-b302099a8057"}, "id"),
        ({"case": "../x"}, "case"),
        ({"action": "一"}, "action"),
        ({"action": "x" * 65}, "action"),
        ({"facts": []}, "facts"),
        ({"evidence": [{"object": UUID}]}, "evidence[0].slot"),
        ({"evidence": [{"object": UUID, "slot": "complaint", "path": "/etc"}]}, "evidence[0].path"),
        ({"signers": []}, "signers"),
        ({"signers": [{"officer": UUID}]}, "signers[0].as"),
        ({"signers": [{"officer": UUID, "as": "handler", "kid": "x"}]}, "signers[0].kid"),
        ({"occurred": 20230301}, "occurred"),
        ({"payload": "x"}, "payload"),
    ],
)
def test_a_draft_that_is_misshapen_names_the_member(handler: Desk, change: dict[str, Any], field: str) -> None:
    body = {**handler.body(UUID, "intake", INTAKE, "handler:陈立"), **change}
    answer = handler.post("/v1/drafts", json=body)
    checked(answer, 422, "shape")
    assert field in [defect["field"] for defect in answer.json()["defects"]]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"received_on": "2023-02-30"}, "facts.received_on"),
        ({"received_on": "0001-01-01"}, "facts.received_on"),
        ({"received_on": "9999-12-31"}, "facts.received_on"),
        ({"received_on": "明天"}, "facts.received_on"),
        ({"project": "名\u202e称"}, "facts.project"),
        ({"project": "字" * 301}, "facts.project"),
        ({"budget": "1,000.00"}, "facts.budget"),
        ({"budget": 1000}, "facts.budget"),
        ({"copies_needed": -1}, "facts.copies_needed"),
        ({"copies_needed": 10**15}, "facts.copies_needed"),
        ({"copies_needed": True}, "facts.copies_needed"),
        ({"matters": "一"}, "facts.matters"),
        ({"matters": ["一"] * 1001}, "facts.matters"),
        ({"unheard": "of"}, "facts.unheard"),
        ({"manner": "pigeon"}, "facts.manner"),
        ({"parties": [{"id": "A", "role": "complainant", "name": "甲"}]}, "facts.parties[0].id"),
    ],
)
def test_absurd_facts_are_refused_even_in_a_report(handler: Desk, change: dict[str, Any], field: str) -> None:
    case = handler.open()
    papers = handler.papers(case)
    answer = handler.draft(case, "intake", {**INTAKE, **change}, "handler:陈立", evidence=papers)
    checked(answer, 422)
    assert field in [defect["field"] for defect in answer.json()["defects"]]
    checked(handler.get(f"/v1/cases/{case}"), 404, "unknown-case")


@pytest.mark.parametrize(
    "occurred", ["0000-00-00", "2023-13-01", "2023-03-01T25:00:00Z", "2023-03-01T00:00:00", "", "x" * 39]
)
def test_an_absurd_moment_is_refused(handler: Desk, occurred: str) -> None:
    case = handler.intake()
    checked(handler.draft(case, "acceptance", {}, "handler:陈立", occurred=occurred), 422)


def test_reserved_names_of_withheld_facts_are_refused(handler: Desk) -> None:
    case = handler.open()
    for name in ("_sd", "..."):
        checked(handler.draft(case, "intake", {**INTAKE, name: ["x"]}, "handler:陈立"), 422)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/cases/%00",
        "/v1/cases/..%2f..%2fetc",
        "/v1/cases/' OR 1=1",
        "/v1/cases/%F0%9F%92%A9/timeline",
        "/v1/records/%FF/1",
        "/v1/drafts/%00",
        "/v1/evidence/..%2F..%2Fkeys%2Farchive.pem",
        "/v1/evidence/%00",
        "/v1/rulebooks/none",
        "/v1/cases/" + "x" * 65,
        "/v1/none",
    ],
)
def test_an_odd_path_finds_nothing(handler: Desk, path: str) -> None:
    answer = handler.get(path)
    assert answer.status_code in (404, 422), answer.text
    checked(answer, answer.status_code)


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/timeline?limit=0", "limit"),
        ("/timeline?limit=99999", "limit"),
        ("/timeline?limit=x", "limit"),
        ("/timeline?cursor=-1", "cursor"),
        ("/timeline?cursor=1e3", "cursor"),
        ("/timeline?from=2023-02-30", "from"),
        ("/timeline?to=1677628800", "to"),
        ("/timeline?from=0001-01-01", "from"),
        ("/timeline?from=2023-W10-1", "from"),
        ("/timeline?kind=none", "kind"),
        ("/deadlines?explain=perhaps", "explain"),
    ],
)
def test_an_odd_question_is_refused_and_named(handler: Desk, path: str, field: str) -> None:
    answer = handler.get(f"/v1/cases/{handler.intake()}{path}")
    checked(answer, 422)
    assert answer.json()["defects"][0]["field"] == field


def test_a_method_that_does_not_fit_is_refused(handler: Desk) -> None:
    checked(handler.http.delete("/v1/cases"), 405, "method")
    checked(handler.http.put("/v1/records/x/1", json={}), 405, "method")


def test_what_was_given_is_not_repeated_in_a_refusal_of_shape(handler: Desk) -> None:
    answer = handler.post("/v1/drafts", json={"rulebook": "身份证号 370000", "facts": {"phone": "0531-5550101"}})
    assert "370000" not in answer.text
    assert "5550101" not in answer.text


TEXT = st.text(max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda v: st.lists(v, max_size=3) | st.dictionaries(TEXT, v, max_size=3),
)
NAMES = st.sampled_from(["id", "rulebook", "case", "action", "facts", "evidence", "signers", "occurred"]) | TEXT


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.dictionaries(NAMES, VALUES, max_size=4))
def test_no_body_makes_an_error_of_ours(handler: Desk, changes: dict[str, Any]) -> None:
    body = {**handler.body(UUID, "intake", {}, "handler:陈立"), **changes}
    answer = handler.post("/v1/drafts", json=body)
    assert 400 <= answer.status_code < 500, answer.text


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(facts=st.dictionaries(st.sampled_from(sorted(INTAKE)) | TEXT, VALUES, max_size=5))
def test_no_facts_make_an_error_of_ours(handler: Desk, facts: dict[str, Any]) -> None:
    case = handler.open()
    answer = handler.draft(case, "intake", {**INTAKE, **facts}, "handler:陈立")
    assert answer.status_code < 500, answer.text
