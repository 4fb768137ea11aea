"""Uploads in parts over a real socket: broken off, overtaken, the server killed; and an outside client (tuspy)."""

from __future__ import annotations

import hashlib
import io
import random
import socket
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING

import httpx2
import pytest
from tusclient.client import TusClient
from tusclient.exceptions import TusUploadFailed

from api.app import create_app
from api.places import UploadRules
from api.wiring import open_archive
from tests.api.conftest import Desk
from tests.api.resuming import MEDIA, TUS, begin, begun, checksum, offset, send, told
from tests.real_files import VIDEO
from tests.served import serving
from tests.uploading import Caller, founded, process, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI

    from tests.office import Office

UNIT = 1 << 19
DATA = VIDEO + random.Random(5).randbytes(5 * UNIT - len(VIDEO))


@pytest.fixture
def desk(app: FastAPI, office: Office) -> Iterator[Desk]:
    with serving(app) as url:
        made = Desk(app, office, "陈立")
        made.app = app  # type: ignore[attr-defined]  # looked at below
        with httpx2.Client(base_url=url, headers=made.http.headers, timeout=60) as http:
            made.http = http  # type: ignore[assignment]  # its parent
            yield made


def token(desk: Desk) -> str:
    return str(desk.http.headers["authorization"]).removeprefix("Bearer ")


def half(desk: Desk, path: str, data: bytes, total: int, **more: str) -> Caller:
    """A caller who has sent `data` of a part of `total` octets, all of it taken in, and says nothing more."""
    caller = Caller(str(desk.http.base_url), token(desk))
    headers = {**TUS, "Content-Type": MEDIA, "Upload-Offset": "0", "Content-Length": str(total), **more}
    caller.begin("PATCH", path, headers)
    caller.socket.sendall(data)
    return caller


def taken(desk: Desk) -> int:
    return int(desk.app.state.server.uploads.taken)  # type: ignore[attr-defined]  # set by the fixture


def test_what_came_before_the_line_broke_counts(desk: Desk) -> None:
    path = begun(desk, desk.open(), len(DATA))
    caller = half(desk, path, DATA[: 2 * UNIT], len(DATA))
    until(lambda: taken(desk) == 1)
    caller.socket.shutdown(socket.SHUT_WR)
    until(lambda: taken(desk) == 0)
    came = offset(desk, path)
    assert UNIT < came <= 2 * UNIT
    assert send(desk, path, came, DATA[came:]).status_code == 204
    assert desk.get(f"/v1/evidence/{Path(path).name}").content == DATA
    caller.close()


def test_what_was_to_be_checked_counts_only_whole(desk: Desk) -> None:
    path = begun(desk, desk.open(), len(DATA))
    caller = half(desk, path, DATA[: 2 * UNIT], len(DATA), **{"Upload-Checksum": checksum(DATA)})
    until(lambda: taken(desk) == 1)
    caller.close()
    until(lambda: taken(desk) == 0)
    assert offset(desk, path) == 0
    assert send(desk, path, 0, DATA, **{"Upload-Checksum": checksum(DATA)}).status_code == 204


def test_a_client_that_comes_back_does_not_wait_for_its_own_dead_connection(desk: Desk) -> None:
    path = begun(desk, desk.open(), len(DATA))
    dead = half(desk, path, DATA[: 2 * UNIT], len(DATA))
    until(lambda: taken(desk) == 1)
    came = offset(desk, path)
    status, _, body = dead.answer()
    assert (status, b"upload-overtaken" in body) == (409, True)
    dead.close()
    assert send(desk, path, came, DATA[came:]).status_code == 204
    assert desk.get(path).json()["evidence"]["sha256"] == hashlib.sha256(DATA).hexdigest()


def test_parts_and_whole_files_share_the_places(desk: Desk) -> None:
    case = desk.open()
    holding = [half(desk, begun(desk, case, 100), b"x", 100) for _ in range(4)]
    until(lambda: taken(desk) == 4)
    path = begun(desk, case, 10)
    for refused in (desk.upload(case), send(desk, path, 0, b"x")):
        assert (refused.status_code, "retry-after" in refused.headers) == (503, True)
    for caller in holding:
        caller.close()
    until(lambda: taken(desk) == 0)
    assert send(desk, path, 0, b"x").status_code == 204


def test_where_checksums_are_demanded_no_part_comes_without(office: Office, app: FastAPI) -> None:
    app.state.server.close()
    strict = create_app(app.state.server.running, uploads=UploadRules(checksums=True))
    app.state.server = strict.state.server
    desk = Desk(strict, office, "陈立")
    path = begun(desk, desk.open(), 5)
    assert send(desk, path, 0, b"12345").json()["code"] == "upload-header"
    assert send(desk, path, 0, b"12345", **{"Upload-Checksum": checksum(b"12345")}).status_code == 204


def test_another_client_uploads_resumes_and_is_refused(desk: Desk) -> None:
    """tuspy 1.1: with checksums (sha1) and without; resumed by its URL; too large at creation."""
    case = desk.open()
    headers = {"Authorization": f"Bearer {token(desk)}"}
    client = TusClient(f"{desk.http.base_url}/v1/cases/{case}/uploads".replace("//v1", "/v1"), headers=headers)
    for checked in (True, False):
        about = {"metadata": {"filename": "录像.mp4"}, "chunk_size": UNIT, "upload_checksum": checked}
        first = client.uploader(file_stream=io.BytesIO(DATA), **about)
        first.upload(stop_at=2 * UNIT)
        assert first.offset == 2 * UNIT
        second = client.uploader(file_stream=io.BytesIO(DATA), url=first.url, **about)
        assert second.offset == 2 * UNIT
        second.upload()
        assert desk.get(f"/v1/evidence/{Path(first.url).name}").content == DATA
    wrong = client.uploader(file_stream=io.BytesIO(DATA), url=first.url, **about)
    wrong.offset = 7
    with pytest.raises(TusUploadFailed) as caught:
        wrong.upload()
    assert caught.value.status_code == 409
    assert begin(desk, case, 1 << 40).status_code == 413


def test_a_server_killed_again_and_again_loses_nothing_it_answered_and_stores_the_file_once(tmp_path: Path) -> None:
    home, chance = tmp_path / "home", random.Random(3)
    key = founded(home)
    headers, path, answered = {"Authorization": f"Bearer {key}"}, "", 0
    for kill_after in (*(chance.uniform(0, 0.08) for _ in range(8)), None):
        with process(home, key) as served, httpx2.Client(base_url=served.url, headers=headers, timeout=60) as http:
            if not path:
                case = http.post("/v1/cases", json={"rulebook": "lu-cai-cai-2018-72"}).json()["case"]
                head = {**TUS, "Upload-Length": str(len(DATA)), "Upload-Metadata": told("录像.mp4")}
                path = str(http.post(f"/v1/cases/{case}/uploads", headers=head).headers["location"])
            at = int(http.head(path, headers=TUS).headers["upload-offset"])
            assert at >= answered
            killer = Timer(kill_after or 0, served.process.kill)
            if kill_after is not None:
                killer.start()
            try:
                while at < len(DATA):
                    part = DATA[at : at + UNIT // 2]
                    head = {**TUS, "Content-Type": MEDIA, "Upload-Offset": str(at), "Upload-Checksum": checksum(part)}
                    answer = http.patch(path, headers=head, content=part)
                    assert answer.status_code == 204, answer.text
                    at = answered = int(answer.headers["upload-offset"])
            except httpx2.TransportError:
                assert kill_after is not None
            if kill_after is not None:
                killer.join()
            else:
                assert http.get(path).json()["evidence"]["sha256"] == hashlib.sha256(DATA).hexdigest()
    with open_archive(home) as running:
        assert [name for name, _ in running.archive.vault.objects()] == [Path(path).name]
        assert b"".join(running.archive.vault.read(Path(path).name, None)) == DATA
