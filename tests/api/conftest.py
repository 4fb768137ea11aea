"""A server over a real archive in a temporary home, and officers who call it with their own tokens."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.wiring import Running
from domain.formats.act import sign_act
from domain.formats.encoding import b64u_decode
from projections.views import CaseViews
from storage.home import DirectoryPlace, Home
from tests.office import INTAKE, RULEBOOK, Office
from tests.real_files import real

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fastapi import FastAPI
    from httpx2 import Response

HERE = "http://127.0.0.1:8000"
EVIDENCE_LIMIT = 3 << 20


class Desk:
    """One officer's client."""

    def __init__(self, app: FastAPI, office: Office, name: str) -> None:
        token = app.state.server.tokens.issue(office.officers[name], office.clock.now())
        self.office, self.name = office, name
        self.http = client(app)
        self.http.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, **more: Any) -> Response:
        return self.http.get(path, **more)

    def post(self, path: str, **more: Any) -> Response:
        return self.http.post(path, **more)

    def open(self, rulebook: str = RULEBOOK) -> str:
        answer = self.post("/v1/cases", json={"rulebook": rulebook})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["case"])

    def upload(self, case: str, name: str = "投诉书.pdf", data: Any = None) -> Response:
        content = real(name) if data is None else data
        return self.post(f"/v1/cases/{case}/evidence", params={"name": name}, content=content)

    def body(self, case: str, action: str, facts: Any, *who: str, **more: Any) -> dict[str, Any]:
        """A draft's body; `who` is "capacity:name"."""
        pairs = [text.split(":") for text in who]
        signers = [{"officer": self.office.officers[name], "as": capacity} for capacity, name in pairs]
        return {"rulebook": RULEBOOK, "case": case, "action": action, "facts": facts, "signers": signers, **more}

    def draft(self, case: str, action: str, facts: Any, *who: str, **more: Any) -> Response:
        return self.post("/v1/drafts", json=self.body(case, action, facts, *who, **more))

    def signature(self, draft: dict[str, Any]) -> dict[str, str]:
        made = sign_act(b64u_decode(draft["payload"]), self.office.keys[self.name])
        return {"protected": made.protected, "signature": made.signature}

    def sign(self, draft: dict[str, Any]) -> Response:
        return self.post(f"/v1/drafts/{draft['id']}/signatures", json={"signatures": [self.signature(draft)]})

    def do(self, case: str, action: str, facts: Any, capacity: str = "handler", **more: Any) -> dict[str, Any]:
        """An act that this officer signs alone; its place."""
        drafted = self.draft(case, action, facts, f"{capacity}:{self.name}", **more)
        assert drafted.status_code == 201, drafted.text
        signed = self.sign(drafted.json())
        assert signed.status_code == 200, signed.text
        record: dict[str, Any] = signed.json()["record"]
        return record

    def papers(self, case: str, complaint: str | None = None) -> list[dict[str, str]]:
        """What a complaint brings (第二十六条), `complaint` being stored already if given."""
        slots = ("complaint", "proof", "identity")
        stored = [complaint, None, None]
        return [
            {"object": o or self.upload(case).json()["object"], "slot": s} for o, s in zip(stored, slots, strict=True)
        ]

    def intake(self, **changes: Any) -> str:
        """A case with its 签收."""
        case = self.open()
        self.do(case, "intake", {**INTAKE, **changes}, evidence=self.papers(case))
        return case


def client(app: FastAPI, host: str = "127.0.0.1") -> TestClient:
    """A client of this machine, or of `host`, that shows an error of ours as the 500 it becomes."""
    return TestClient(app, base_url=HERE, client=(host, 50000), raise_server_exceptions=False)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path, at="2023-03-01")
    yield made
    made.close()


@pytest.fixture
def app(office: Office) -> Iterator[FastAPI]:
    views = CaseViews(office.path / "views.db", office.archive)
    running = Running(Home(office.path, DirectoryPlace()), office.archive, views, office.log, ExitStack())
    made = create_app(running, evidence_limit=EVIDENCE_LIMIT)
    yield made
    made.state.server.close()
    views.close()


@pytest.fixture
def handler(app: FastAPI, office: Office) -> Desk:
    return Desk(app, office, "陈立")


@pytest.fixture
def reviewer(app: FastAPI, office: Office) -> Desk:
    return Desk(app, office, "李敏")


@pytest.fixture
def head(app: FastAPI, office: Office) -> Desk:
    return Desk(app, office, "王强")


@pytest.fixture
def anyone(app: FastAPI) -> TestClient:
    """A client of this machine without a token."""
    return client(app)
