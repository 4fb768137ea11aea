"""A real server, many callers at once, one of whom breaks off."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx2
import pytest

from api.places import Places, UploadRules
from tests.api.conftest import Desk
from tests.office import INTAKE, STAFF
from tests.served import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI

    from tests.office import Office

CALLERS, ROUNDS = 6, 4


@pytest.fixture
def desks(app: FastAPI, office: Office) -> Iterator[list[Desk]]:
    """Officers who call a server over its socket, with a place for each one's files."""
    app.state.server = replace(app.state.server, uploads=Places(UploadRules(at_once=CALLERS)))
    with serving(app) as url:
        made = []
        for i in range(CALLERS):
            desk = Desk(app, office, list(STAFF)[i % 2])
            desk.http = httpx2.Client(base_url=url, headers=desk.http.headers, timeout=60)  # type: ignore[assignment]  # its parent
            made.append(desk)
        yield made
        for desk in made:
            desk.http.close()


def work(desk: Desk) -> list[str]:
    """Open cases, enter their 签收, and look around meanwhile."""
    cases = []
    for _ in range(ROUNDS):
        case = desk.open()
        papers = desk.papers(case)
        draft = desk.draft(case, "intake", INTAKE, f"handler:{desk.name}", evidence=papers)
        assert draft.status_code in (201, 422), draft.text
        if draft.status_code == 201:
            assert desk.sign(draft.json()).json()["record"]["seq"] == 1
            cases.append(case)
        assert desk.get("/v1/docket").status_code == 200
        assert desk.get("/").status_code == 200
    return cases


def test_many_work_at_once(desks: list[Desk], office: Office) -> None:
    handlers = [desk for desk in desks if desk.name == "陈立"]
    before = office.archive.events.position()
    with ThreadPoolExecutor(CALLERS) as pool:
        cases = [case for found in pool.map(work, desks) for case in found]
    assert len(set(cases)) == len(handlers) * ROUNDS
    assert office.archive.events.position() == before + len(cases)
    listed = desks[0].get("/v1/cases").json()
    assert {row["case"] for row in listed["rows"]} == set(cases)


def test_the_last_signatures_at_once_make_one_record(desks: list[Desk], office: Office) -> None:
    desk = desks[0]
    case = work(desk)[0]
    draft = desk.draft(case, "acceptance", {}, "handler:陈立").json()
    with ThreadPoolExecutor(CALLERS) as pool:
        answers = list(pool.map(lambda _: desk.sign(draft), range(CALLERS)))
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.json()["record"]["seq"] for answer in answers} == {2}
    assert len(office.archive.records(case)) == 2


def test_a_sender_who_breaks_off_leaves_nothing(desks: list[Desk], office: Office) -> None:
    desk = desks[0]
    case, place = desk.open(), urlsplit(str(desk.http.base_url))
    with socket.create_connection((place.hostname, place.port)) as caller:
        token = desk.http.headers["authorization"]
        head = (
            f"POST /v1/cases/{case}/evidence?name=x.pdf HTTP/1.1\r\nHost: {place.netloc}\r\nAuthorization: {token}\r\n"
        )
        caller.sendall(f"{head}Content-Length: 100000\r\n\r\n".encode() + b"x" * 70_000)
    assert desk.upload(case).status_code == 201
    assert len(list(office.archive.vault.objects())) == 1
    assert desk.get("/health").status_code == 200
