"""What the server writes down, and what it never does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient

from api import log
from tests.api.conftest import HERE
from tests.office import INTAKE

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from tests.api.conftest import Desk

WRITTEN = "0531-5550101"


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]


def broken(*, begun: bool) -> ASGIApp:
    """An application with an error of ours, before or after its answer has begun."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if begun:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError(WRITTEN)

    return app


def test_an_error_of_ours_says_nothing_outside_and_only_its_place_inside(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure()
    answer = TestClient(log.RequestLog(broken(begun=False)), base_url=HERE).get("/x?phone=" + WRITTEN)
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert WRITTEN not in answer.text
    error, request = lines(capsys)
    assert (error["event"], error["kind"], request["status"]) == ("error", "RuntimeError", 500)
    assert error["places"][-1].startswith("test_log.py:")
    assert WRITTEN not in json.dumps([error, request])


def test_an_answer_that_has_begun_is_broken_off() -> None:
    with pytest.raises(RuntimeError):
        TestClient(log.RequestLog(broken(begun=True)), base_url=HERE).get("/")


def test_nothing_confidential_is_logged(handler: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    case = handler.intake()
    handler.get("/v1/cases", params={"q": "江北恒信"})
    handler.draft(case, "intake", INTAKE, "handler:陈立")
    logged = lines(capsys)
    assert {line["event"] for line in logged} == {"request"}
    text = json.dumps(logged, ensure_ascii=False)
    for word in (case, "江北恒信", WRITTEN, "建设路", "anjuan_", "投诉书"):
        assert word not in text
    assert all(line["route"] for line in logged)
