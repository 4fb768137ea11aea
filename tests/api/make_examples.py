"""Writes api/v1/examples.json: one real exchange for every operation. Run by hand after a shape has changed:

    .venv/bin/python -m tests.api.make_examples

A test plays the same exchanges and holds the kept ones against them.
"""

from __future__ import annotations

import json
import tempfile
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.app import create_app
from api.v1.openapi import EXAMPLES
from api.wiring import Running
from projections.views import CaseViews
from storage.home import DirectoryPlace, Home
from tests.api.conftest import Desk, client
from tests.api.resuming import begin, send
from tests.office import DECISION, INTAKE, Office

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI
    from httpx2 import Response

CORRECTION = {"grounds": ["no-fact"], "items": ["补充检测报告原件"], "due": "2023-03-13"}
NO_CONTENT = 204
MOST = 2  # of a list; more would only be more of the same
WHOLE = ("defects", "disclosures", "signatures", "signers")


def shortened(value: Any, name: str = "") -> Any:
    """A body with long lists cut; what stays is as it came."""
    if isinstance(value, dict):
        return {key: shortened(member, key) for key, member in value.items()}
    if isinstance(value, list):
        return [shortened(member) for member in (value if name in WHOLE else value[:MOST])]
    return value


def exchanges(app: FastAPI, office: Office) -> dict[str, Any]:
    """Every operation once, as a handler works: {"answers": {operation: …}, "asked": …, "problems": …, "places": …}."""
    desk, answers, asked = Desk(app, office, "陈立"), {}, {}

    def told(operation: str, answer: Response, body: Any = None) -> Any:
        assert answer.status_code in (200, 201), (operation, answer.text)
        answers[operation] = shortened(answer.json())
        if body is not None:
            asked[operation] = body
        return answer.json()

    opened = {"rulebook": "lu-cai-cai-2018-72"}
    case = told("post /v1/cases", desk.post("/v1/cases", json=opened), opened)["case"]
    paper = told("post /v1/cases/{case}/evidence", desk.upload(case))["object"]
    parts = begin(desk, case, 18)
    told("post /v1/cases/{case}/uploads", parts)
    assert send(desk, parts.headers["location"], 0, b"ftypisom mdat 0001").status_code == NO_CONTENT
    upload = told("get /v1/cases/{case}/uploads/{upload}", desk.get(parts.headers["location"]))["upload"]
    number = {"number": "临财采诉〔2023〕7号"}
    desk.do(case, "intake", {**INTAKE, **number}, evidence=desk.papers(case, paper))
    office.on("2023-03-03")
    body = desk.body(case, "correction-notice", CORRECTION, "handler:陈立")
    body |= {"id": office.archive.ids.uuid7(), "occurred": "2023-03-03"}
    draft = told("post /v1/drafts", desk.post("/v1/drafts", json=body), body)
    told("get /v1/drafts/{name}", desk.get(f"/v1/drafts/{draft['id']}"))
    signed = {"signatures": [desk.signature(draft)]}
    answer = desk.post(f"/v1/drafts/{draft['id']}/signatures", json=signed)
    told("post /v1/drafts/{name}/signatures", answer, signed)
    pinned = desk.get("/v1/rulebooks").json()["rows"][0]["digest"]
    for operation, address in (
        ("/v1/records/{case}/{seq}", f"/v1/records/{case}/2"),
        ("/v1/records/{case}/{seq}/facts", f"/v1/records/{case}/2/facts"),
        ("/v1/cases", "/v1/cases?q=CT"),
        ("/v1/docket", "/v1/docket"),
        ("/v1/deadlines", "/v1/deadlines"),
        ("/v1/cases/{case}", f"/v1/cases/{case}"),
        ("/v1/cases/{case}/evidence", f"/v1/cases/{case}/evidence"),
        ("/v1/cases/{case}/timeline", f"/v1/cases/{case}/timeline?kind=received&limit=1"),
        ("/v1/cases/{case}/deadlines", f"/v1/cases/{case}/deadlines?explain=true"),
        ("/v1/calendars", "/v1/calendars"),
        ("/v1/calendar/changes", "/v1/calendar/changes?since=2023-01-01"),
        ("/v1/cases/{case}/what-if", f"/v1/cases/{case}/what-if?window=suspension&days=20"),
        ("/v1/cases/{case}/compliance", f"/v1/cases/{case}/compliance"),
        ("/v1/cases/{case}/service", f"/v1/cases/{case}/service"),
        ("/v1/rulebooks", "/v1/rulebooks"),
        ("/v1/trust", "/v1/trust"),
        ("/health", "/health"),
    ):
        told(f"get {operation}", desk.get(address))
    places = {"case": case, "seq": 2, "pinned": pinned, "drafts": draft["id"], "evidence": paper}
    places["upload"] = upload
    return {"answers": answers, "asked": asked, "problems": dict(problems(app, desk, case)), "places": places}


def problems(app: FastAPI, desk: Desk, case: str) -> Iterator[tuple[str, Any]]:
    """A refusal of every status that a client can bring about."""
    json_body = {"Content-Type": "application/json"}
    conflict = desk.body(case, "correction-notice", CORRECTION, "handler:陈立")
    conflict["id"] = desk.office.archive.records(case)[0].act.id
    refused = desk.upload(case, "程序.pdf", b"#!/bin/sh\n").json()["evidence"]["object"]
    for answer in (
        desk.get(f"/v1/evidence/{refused}"),
        desk.post("/v1/cases", content=b'{"rulebook": ', headers=json_body),
        client(app).get("/v1/docket"),
        Desk(app, desk.office, "王强").post("/v1/cases", json={"rulebook": "register"}),
        desk.get("/v1/cases/none"),
        desk.post("/v1/drafts", json=conflict),
        desk.post("/v1/drafts", content=bytes((1 << 20) + 1), headers=json_body),
        desk.draft(case, "decision", DECISION, "handler:陈立", "reviewer:李敏", "head:王强"),
    ):
        yield str(answer.status_code), answer.json()


def made() -> dict[str, Any]:
    """The exchanges in an office of their own."""
    with tempfile.TemporaryDirectory() as folder:
        office = Office(Path(folder))
        with closing(CaseViews(office.path / "views.db", office.archive)) as views:
            running = Running(Home(office.path, DirectoryPlace()), office.archive, views, office.log, ExitStack())
            app = create_app(running)
            found = exchanges(app, office)
            app.state.server.close()
        office.close()
    return found


if __name__ == "__main__":
    EXAMPLES.write_text(json.dumps(made(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
