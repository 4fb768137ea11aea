"""Plain uploads over a real server's socket: too many at once, broken off, stalled, of another length than declared."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import httpx2
import pytest

from api.app import create_app
from api.places import UploadRules
from api.wiring import Running
from projections.views import CaseViews
from storage.evidence.s3 import S3Vault
from storage.evidence.sealed import SealedVault
from storage.home import DirectoryPlace, Home
from tests.api.conftest import Desk
from tests.contract.servers import BUCKET
from tests.served import serving
from tests.uploading import Caller, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.context import Server
    from tests.contract.seaweed import Seaweed
    from tests.office import Office

AT_ONCE, STALLED = 2, 1.0
MIB = 1 << 20
BEGUN = bytes(range(256)) * (18 * MIB // 256)  # more than one part of a multipart upload


@dataclass
class Door:
    """A served archive, one officer's client and case."""

    desk: Desk
    server: Server
    url: str
    case: str
    seaweed: Seaweed | None

    def caller(self) -> Caller:
        return Caller(self.url, str(self.desk.http.headers["authorization"]).removeprefix("Bearer "))

    def stalling(self) -> Caller:
        """A caller who has begun to send, and says nothing more."""
        caller, before = self.caller(), self.server.uploads.taken
        caller.post(self.case, 40 * MIB, b"%PDF-1.4".ljust(100))
        until(lambda: self.server.uploads.taken == before + 1)
        return caller

    def left(self) -> list[str]:
        """Whatever a file that didn't come through left anywhere."""
        archive, home = self.desk.office.archive, self.desk.office.path
        incoming = [path.name for path in (home / "vault/incoming").iterdir()]
        found = [*(name for name, _ in archive.attaching.vault.objects() if name not in self.before), *incoming]
        found += [attached.name for attached in archive.attachments.of_case(self.case)]
        if self.seaweed is not None:
            listed = self.seaweed.client("admin")._list_multipart_uploads(bucket_name=BUCKET)
            found += [upload.object_name for upload in listed.uploads]
        return [*found, *["thread"] * self.server.uploads.workers.borrowed_tokens]

    def impatient(self) -> None:
        """Give up whoever is silent for a second: too short for tests that want to be heard on a busy machine."""
        self.server.uploads.rules = UploadRules(at_once=AT_ONCE, stalled=STALLED)

    def __post_init__(self) -> None:
        self.before = {name for name, _ in self.desk.office.archive.attaching.vault.objects()}


@pytest.fixture(params=["directory", "bucket"])
def door(request: pytest.FixtureRequest, office: Office) -> Iterator[Door]:
    seaweed = None
    if request.param == "bucket":
        seaweed = request.getfixturevalue("seaweed")
        vault = SealedVault(S3Vault(seaweed.place()), office.content_keys)
        office.archive.attaching = replace(office.archive.attaching, vault=vault)
    views = CaseViews(office.path / "views.db", office.archive)
    running = Running(Home(office.path, DirectoryPlace()), office.archive, views, office.log, ExitStack())
    app = create_app(running, uploads=UploadRules(at_once=AT_ONCE))
    with serving(app) as url:
        desk = Desk(app, office, "陈立")
        with httpx2.Client(base_url=url, headers=desk.http.headers, timeout=60) as http:
            desk.http = http  # type: ignore[assignment]  # its parent
            yield Door(desk, app.state.server, url, desk.open(), seaweed)
    views.close()


def test_one_too_many_is_told_within_a_second_and_those_before_are_not_disturbed(door: Door) -> None:
    first, second = door.stalling(), door.stalling()
    begun = time.monotonic()
    refused = door.desk.upload(door.case)
    assert time.monotonic() - begun < 1
    assert (refused.status_code, refused.json()["code"]) == (503, "uploads-full")
    assert int(refused.headers["retry-after"]) > 0
    for caller in (first, second):
        caller.socket.sendall(bytes(40 * MIB - 100))
        assert caller.answer()[0] == 201
        caller.close()
    assert door.desk.upload(door.case).status_code == 201


def test_a_refused_sender_hears_of_it_while_still_sending(door: Door) -> None:
    holding = [door.stalling() for _ in range(AT_ONCE)]
    caller = door.caller()
    begun = time.monotonic()
    caller.post(door.case, 40 * MIB, BEGUN)
    status, headers, _ = caller.answer()
    assert time.monotonic() - begun < 1
    assert (status, "retry-after" in headers) == (503, True)
    for one in (*holding, caller):
        one.close()
    until(lambda: door.server.uploads.taken == 0)


def test_a_sender_who_breaks_off_leaves_nothing_behind(door: Door) -> None:
    caller = door.stalling()
    caller.socket.sendall(BEGUN)
    caller.close()
    until(lambda: door.server.uploads.taken == 0)
    assert door.left() == []
    assert door.desk.upload(door.case).status_code == 201


def test_a_sender_who_falls_silent_is_given_up_and_gives_back_the_place(door: Door) -> None:
    door.impatient()
    caller = door.stalling()
    caller.socket.sendall(BEGUN)
    status, _, body = caller.answer()
    assert (status, b"upload-stalled" in body) == (408, True)
    caller.close()
    until(lambda: door.server.uploads.taken == 0)
    assert door.left() == []


def test_a_sender_who_trickles_to_keep_the_place_is_given_up_too(door: Door) -> None:
    door.impatient()
    caller, begun = door.stalling(), time.monotonic()
    while not caller.answered(STALLED / 20):
        caller.socket.sendall(b"x")
        assert time.monotonic() - begun < 10 * STALLED
    assert caller.answer()[0] == 408
    caller.close()
    until(lambda: door.server.uploads.taken == 0)
    assert door.left() == []


def test_fewer_bytes_than_declared_are_no_file(door: Door) -> None:
    caller = door.caller()
    caller.post(door.case, 1000, b"x" * 999)
    until(lambda: door.server.uploads.taken == 1)
    caller.socket.shutdown(1)
    assert caller.answer()[0] in (0, 400)
    caller.close()
    until(lambda: door.server.uploads.taken == 0)
    assert door.left() == []


@pytest.mark.parametrize("declared", ["-1", "+5", "5, 6", "0x5", "５"])
def test_a_length_that_is_no_number_is_refused(door: Door, declared: str) -> None:
    caller = door.caller()
    path = f"/v1/cases/{door.case}/evidence?name=x.pdf"
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {declared}\r\n\r\nxxxxx"
    caller.socket.sendall(head.encode())
    assert caller.answer()[0] in (400, 413)
    caller.close()
    assert door.left() == []


def test_what_follows_the_declared_end_is_no_part_of_the_file(door: Door) -> None:
    caller = door.caller()
    caller.post(door.case, 8, b"%PDF-1.4TRAILING")
    status, _, body = caller.answer()
    assert (status, b'"length":8' in body) == (201, True)
    caller.close()
