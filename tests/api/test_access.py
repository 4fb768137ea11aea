"""Who may ask, and what they are shown."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from api.access.tokens import LIFE, Tokens
from domain.errors import Fault
from tests.api.conftest import Desk, client

if TYPE_CHECKING:
    from fastapi import FastAPI
    from fastapi.testclient import TestClient

    from tests.office import Office

ADDRESS = "江北市建设路 18 号"
EVERY_ROUTE = [
    ("GET", "/v1/cases"),
    ("GET", "/v1/cases/x"),
    ("GET", "/v1/cases/x/timeline"),
    ("GET", "/v1/cases/x/deadlines"),
    ("GET", "/v1/cases/x/service"),
    ("GET", "/v1/cases/x/compliance"),
    ("GET", "/v1/cases/x/what-if"),
    ("GET", "/v1/cases/x/export"),
    ("POST", "/v1/cases"),
    ("POST", "/v1/cases/x/evidence"),
    ("GET", "/v1/cases/x/evidence"),
    ("GET", "/v1/cases/x/records/1/proof"),
    ("OPTIONS", "/v1/cases/x/uploads"),
    ("POST", "/v1/cases/x/uploads"),
    ("HEAD", "/v1/cases/x/uploads/y"),
    ("PATCH", "/v1/cases/x/uploads/y"),
    ("GET", "/v1/cases/x/uploads/y"),
    ("POST", "/v1/drafts"),
    ("GET", "/v1/drafts/x"),
    ("POST", "/v1/drafts/x/signatures"),
    ("GET", "/v1/records/x/1"),
    ("GET", "/v1/records/x/1/facts"),
    ("GET", "/v1/evidence/x"),
    ("GET", "/v1/calendars"),
    ("GET", "/v1/calendar/changes"),
    ("GET", "/v1/docket"),
    ("GET", "/v1/deadlines"),
    ("GET", "/v1/rulebooks"),
    ("GET", "/v1/rulebooks/x"),
    ("GET", "/v1/trust"),
    ("GET", "/v1/openapi.json"),
]


def recuse(office: Office, name: str, case: str) -> None:
    """The officer withdraws from a case (回避)."""
    facts = {"case": case, "from": office.clock.now().isoformat(), "reason": "与投诉人有利害关系。"}
    office.do(office.officers[name], "recusal", facts, f"self:{name}")


@pytest.mark.parametrize(("method", "path"), EVERY_ROUTE)
def test_every_route_asks_for_a_token(anyone: TestClient, method: str, path: str) -> None:
    answer = anyone.request(method, path, headers={"Tus-Resumable": "1.0.0"})
    assert answer.status_code == 401
    assert method == "HEAD" or answer.json()["code"] == "token-missing"
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_no_route_is_left_out(app: FastAPI) -> None:
    paths = app.openapi()["paths"]
    asked = {(m.upper(), path) for path, item in paths.items() for m in item if path.startswith("/v1")}
    assert len(asked) + 1 == len(EVERY_ROUTE), sorted(asked)  # openapi.json doesn't describe itself


def test_health_is_open_and_says_nothing(anyone: TestClient) -> None:
    assert anyone.get("/health").json() == {"status": "ok"}


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer ", "Bearer x", "Basic eDp5", "Bearer anjuan_x_y", "令牌"])
def test_what_is_no_token_is_refused(anyone: TestClient, given: str) -> None:
    answer = anyone.get("/v1/cases", headers={"Authorization": given.encode()})
    assert answer.status_code == 401


def test_a_token_altered_in_one_character_is_refused(handler: Desk) -> None:
    token = handler.http.headers["Authorization"]
    for at in (-1, -20, len("Bearer anjuan_") + 2):
        changed = token[:at] + ("A" if token[at] != "A" else "B") + (token[at + 1 :] if at != -1 else "")
        assert handler.get("/v1/cases", headers={"Authorization": changed}).json()["code"] == "token-unknown"
    assert handler.get("/v1/cases").status_code == 200


def test_a_token_ends_and_can_be_withdrawn(office: Office) -> None:
    tokens, now = Tokens(office.path), office.clock.now()
    token, officer = tokens.issue("officer", now), "officer"
    assert tokens.officer(token, now + LIFE - timedelta(seconds=1)) == officer
    with pytest.raises(Fault, match="过期"):
        tokens.officer(token, now + LIFE)
    (note,) = tokens.issued(officer)
    with pytest.raises(Fault, match="没有这个"):
        tokens.withdraw(note.id, "another", now)
    tokens.withdraw(note.id, officer, now)
    with pytest.raises(Fault, match="无效"):
        tokens.officer(token, now)
    tokens.close()


def test_only_the_digest_of_a_token_is_kept_for_the_owner_alone(office: Office) -> None:
    tokens = Tokens(office.path)
    secret = tokens.issue("officer", office.clock.now()).split("_", 2)[2]
    tokens.close()
    kept = office.path / "tokens.db"
    assert secret.encode() not in kept.read_bytes()
    assert kept.stat().st_mode & 0o077 == 0


def test_an_officer_whose_key_was_revoked_has_no_access(app: FastAPI, office: Office, handler: Desk) -> None:
    head = Desk(app, office, "王强")
    assert head.get("/v1/cases").status_code == 200
    now = office.clock.now().isoformat()
    facts = {"kid": office.keys["王强"].kid, "not_trusted_from": now, "reason": "遗失。"}
    office.do(office.officers["王强"], "key-revoked", facts, "registrar:陈立", "registrar:李敏")
    assert head.get("/v1/cases").json()["code"] == "token-officer"
    assert handler.get("/v1/cases").status_code == 200


def test_withheld_facts_are_shown_to_those_who_act_and_not_to_the_recused(handler: Desk, reviewer: Desk) -> None:
    case = handler.intake()
    assert ADDRESS in reviewer.get(f"/v1/cases/{case}/timeline").text
    recuse(reviewer.office, "李敏", case)
    for path in (f"/v1/cases/{case}", f"/v1/cases/{case}/timeline", f"/v1/records/{case}/1/facts"):
        answer = reviewer.get(path)
        assert answer.status_code == 200
        assert ADDRESS not in answer.text
    assert "不公开" in reviewer.get(f"/v1/cases/{case}/timeline").text
    assert reviewer.get(f"/v1/cases/{case}").json()["discloses"] is False
    assert ADDRESS in handler.get(f"/v1/cases/{case}/timeline").text


def test_the_recused_neither_draft_nor_sign_nor_fetch_withheld_files(handler: Desk, reviewer: Desk) -> None:
    case = handler.intake()
    draft = handler.draft(case, "acceptance", {}, "handler:陈立").json()
    loose = handler.upload(case, "未入卷.pdf").json()["object"]
    recuse(reviewer.office, "李敏", case)
    refused = [
        reviewer.draft(case, "acceptance", {}, "handler:陈立"),
        reviewer.get(f"/v1/drafts/{draft['id']}"),
        reviewer.post(f"/v1/drafts/{draft['id']}/signatures", json={"signatures": [handler.signature(draft)]}),
        reviewer.upload(case),
        reviewer.get(f"/v1/evidence/{loose}"),
        reviewer.get(f"/v1/cases/{case}/export"),
    ]
    assert [(r.status_code, r.json()["code"]) for r in refused] == [(403, "not-permitted")] * len(refused)
    named = reviewer.get(f"/v1/cases/{case}/timeline").json()["rows"][0]["evidence"][0]
    assert reviewer.get(f"/v1/evidence/{named['object']}").status_code == 200


def test_another_name_for_this_machine_is_refused(handler: Desk) -> None:
    for host in ("evil.example", "evil.example:8000", "127.0.0.1.evil.example", "", "127.0.0.1:x"):
        answer = handler.get("/v1/cases", headers={"Host": host})
        assert (answer.status_code, answer.json()["code"]) == (400, "host")
    for host in ("localhost", "LOCALHOST:8000", "[::1]:8000", "127.0.0.1"):
        assert handler.get("/v1/cases", headers={"Host": host}).status_code == 200


def test_pages_answer_this_machine_only(app: FastAPI, handler: Desk) -> None:
    case = handler.intake()
    far, here = client(app, "192.0.2.7"), client(app, "::1")
    for path in ("/", f"/cases/{case}", "/calendar"):
        assert far.get(path).status_code == 403
        assert here.get(path).status_code == 200


def test_every_answer_carries_the_security_headers(anyone: TestClient, handler: Desk) -> None:
    case = handler.intake()
    for path in ("/", f"/cases/{case}", "/none", "/v1/cases", "/health"):
        headers = anyone.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
    foreign = anyone.get("/", headers={"Host": "evil.example"})
    assert foreign.headers["x-frame-options"] == "DENY"
