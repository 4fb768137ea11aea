"""The log for everybody under /log, and the proof of a record."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import urllib3

from domain.formats import merkle, tiles
from domain.formats.checkpoint import Checkpoint, judged
from domain.formats.encoding import b64u_decode
from domain.formats.log_proof import LogProof
from domain.formats.note import Note
from tests.api.conftest import client
from tests.served import serving

if TYPE_CHECKING:
    from fastapi import FastAPI

    from tests.api.conftest import Desk
    from tests.office import Office


def test_the_checkpoint_and_every_tile_are_anybody_s(app: FastAPI, handler: Desk, office: Office) -> None:
    handler.intake()
    office.log.follow()
    anybody = client(app)
    answer = anybody.get("/log/checkpoint")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    note = Note.parse(answer.content)
    checkpoint = Checkpoint.parse(note.text)
    assert len(judged(checkpoint, note, office.log.keys())) == 2
    assert checkpoint.size == office.archive.events.position()
    read = dict[tiles.Tile, bytes]()
    for tile in tiles.tiles_of(checkpoint.size):
        found = anybody.get(f"/log/{tile.path}")
        assert (found.status_code, found.headers["content-type"]) == (200, "application/octet-stream")
        assert "immutable" in found.headers["cache-control"]
        read[tile] = found.content
    assert merkle.root(checkpoint.size, tiles.subtrees_in(checkpoint.size, read.__getitem__)) == checkpoint.root


def test_other_names_under_the_log_are_nothing(app: FastAPI, handler: Desk, office: Office) -> None:
    handler.intake()
    anybody = client(app)
    assert anybody.get("/log/checkpoint").status_code == 404
    office.log.follow()
    for path in (
        "tile/0/001",
        "tile/0/../../archive.json",
        "tile/0/%2e%2e/x",
        "tile/9/9",
        "checkpoints/3",
        "tile/",
        "",
    ):
        assert anybody.get(f"/log/{path}").status_code == 404
    assert anybody.post("/log/checkpoint").status_code == 405


def test_a_record_s_proof_holds_and_needs_a_token(app: FastAPI, handler: Desk, office: Office) -> None:
    case = handler.intake()
    path = f"/v1/cases/{case}/records/1/proof"
    assert handler.get(path).json()["code"] == "log-empty"
    office.log.follow()
    proof = LogProof.parse(handler.get(path).content)
    assert proof.holds(b64u_decode(office.archive.records(case)[0].digest))
    assert client(app).get(path).status_code == 401
    assert handler.get(f"/v1/cases/{case}/records/9/proof").status_code == 404
    assert handler.get(f"/v1/cases/{case[:-1]}0/records/1/proof").status_code == 404


def test_the_page_of_a_record_leads_to_its_proof(app: FastAPI, handler: Desk, office: Office) -> None:
    case, here = handler.intake(), client(app)
    assert "尚未进入日志" in here.get(f"/cases/{case}/records/1").text
    office.log.follow()
    assert f'href="/cases/{case}/records/1/proof"' in here.get(f"/cases/{case}/records/1").text
    answer = here.get(f"/cases/{case}/records/1/proof")
    assert LogProof.parse(answer.content).index == office.log.view().place(case, 1)
    assert answer.headers["content-disposition"].endswith('.tlog-proof"')


def test_while_a_server_runs_the_log_follows(app: FastAPI, handler: Desk, office: Office) -> None:
    handler.intake()
    with serving(app) as address, urllib3.PoolManager(retries=False, timeout=10) as http:
        answer = http.request("GET", f"{address}/log/checkpoint")
        deadline = time.monotonic() + 60
        while answer.status != 200 and time.monotonic() < deadline:
            answer = http.request("GET", f"{address}/log/checkpoint")
    assert Checkpoint.parse(Note.parse(answer.data).text).size == office.archive.events.position()
