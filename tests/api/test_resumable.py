"""Uploads in parts: the protocol's words, whose they are, and that however they are cut the file comes whole, once."""

from __future__ import annotations

import hashlib
import random
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.errors import Fault
from tests.api.conftest import EVIDENCE_LIMIT, Desk
from tests.api.resuming import MEDIA, TUS, ask, begin, begun, checksum, offset, send, told
from tests.real_files import VIDEO

if TYPE_CHECKING:
    from fastapi import FastAPI

    from tests.office import Office

DATA = b"%PDF-1.4 " + random.Random(11).randbytes(200_000)
HEX = hashlib.sha256(DATA).hexdigest()


def stored(desk: Desk) -> list[str]:
    return [name for name, _ in desk.office.archive.vault.objects()]


def test_a_file_in_three_parts_is_evidence_like_any_other(handler: Desk) -> None:
    case = handler.open()
    path = begun(handler, case, len(DATA), "投诉书.pdf")
    for start, end in ((0, 70_000), (70_000, 150_000), (150_000, len(DATA))):
        answer = send(handler, path, start, DATA[start:end], **{"Upload-Checksum": checksum(DATA[start:end])})
        assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(end)), answer.text
    view = handler.get(path).json()
    assert (view["offset"], view["length"], view["name"]) == (len(DATA), len(DATA), "投诉书.pdf")
    evidence = view["evidence"]
    assert (evidence["object"], evidence["sha256"], evidence["media"]) == (view["upload"], HEX, "application/pdf")
    assert handler.get(f"/v1/evidence/{view['upload']}").content == DATA
    assert stored(handler) == [view["upload"]]
    assert not list((handler.office.path / "arrivals/parts").iterdir())


def test_what_is_offered(handler: Desk) -> None:
    answer = handler.http.options(f"/v1/cases/{handler.open()}/uploads")
    assert answer.status_code == 204
    assert answer.headers["tus-resumable"] == answer.headers["tus-version"] == "1.0.0"
    assert answer.headers["tus-extension"] == "creation,checksum,expiration"
    assert answer.headers["tus-max-size"] == str(EVIDENCE_LIMIT)
    assert set(answer.headers["tus-checksum-algorithm"].split(",")) == {"sha256", "sha1"}


def test_how_far_it_is_may_always_be_asked_and_is_never_kept(handler: Desk) -> None:
    path = begun(handler, handler.open(), 10)
    send(handler, path, 0, b"four")
    answer = ask(handler, path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert (answer.headers["upload-offset"], answer.headers["upload-length"]) == ("4", "10")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["upload-metadata"] == told("录像.mp4")
    ahead = parsedate_to_datetime(answer.headers["upload-expires"]) - handler.office.clock.now()
    assert 23 * 3600 < ahead.total_seconds() <= 24 * 3600


@pytest.mark.parametrize("version", [None, "0.2.2", "1.0.1", ""])
def test_another_version_of_the_protocol_is_refused_with_nothing_done(handler: Desk, version: str | None) -> None:
    case = handler.open()
    path = begun(handler, case, 10)
    headers = {"Content-Type": MEDIA, "Upload-Offset": "0", "Upload-Length": "5"}
    headers |= {"Tus-Resumable": version} if version is not None else {}
    for method, where in (("POST", f"/v1/cases/{case}/uploads"), ("PATCH", path), ("HEAD", path)):
        answer = handler.http.request(method, where, headers=headers, content=b"12345")
        assert (answer.status_code, answer.headers["tus-version"]) == (412, "1.0.0")
        assert answer.headers["tus-resumable"] == "1.0.0"
    assert offset(handler, path) == 0


@pytest.mark.parametrize("method", ["DELETE", "POST"])
def test_nobody_takes_an_upload_away(handler: Desk, method: str) -> None:
    path = begun(handler, handler.open(), 10)
    override = {"X-HTTP-Method-Override": "DELETE"} if method == "POST" else {}
    assert handler.http.request(method, path, headers={**TUS, **override}).status_code == 405
    assert offset(handler, path) == 0


def test_the_method_may_be_told_in_a_header(handler: Desk) -> None:
    path = begun(handler, handler.open(), 10)
    headers = {**TUS, "X-HTTP-Method-Override": "PATCH", "Content-Type": MEDIA, "Upload-Offset": "0"}
    assert handler.http.post(path, headers=headers, content=b"abc").status_code == 204
    assert offset(handler, path) == 3


@pytest.mark.parametrize("place", [0, 3, 5, 10, 11])
def test_a_part_for_another_place_is_refused(handler: Desk, place: int) -> None:
    path = begun(handler, handler.open(), 10)
    send(handler, path, 0, b"four")
    answer = send(handler, path, place, b"x")
    assert (answer.status_code, answer.json()["code"]) == (409, "upload-offset")
    assert offset(handler, path) == 4


@pytest.mark.parametrize("media", ["application/octet-stream", "text/plain", ""])
def test_a_part_must_say_that_it_is_one(handler: Desk, media: str) -> None:
    path = begun(handler, handler.open(), 10)
    assert send(handler, path, 0, b"x", **{"Content-Type": media}).status_code == 415
    assert offset(handler, path) == 0


@pytest.mark.parametrize(
    ("length", "more", "status", "code"),
    [
        (EVIDENCE_LIMIT + 1, {}, 413, "too-large"),
        (0, {}, 422, "empty"),
        ("-1", {}, 400, "upload-header"),
        ("1e3", {}, 400, "upload-header"),
        ("9" * 30, {}, 400, "upload-header"),
        (10, {"Upload-Defer-Length": "1"}, 400, "upload-header"),
        (10, {"Upload-Metadata": ""}, 422, "file-name"),
        (10, {"Upload-Metadata": told("../x.pdf")}, 422, "file-name"),
        (10, {"Upload-Metadata": told("\u202egpj.exe")}, 422, "file-name"),
        (10, {"Upload-Metadata": "filename ***"}, 400, "upload-header"),
        (10, {"Upload-Metadata": "filename /w=="}, 400, "upload-header"),
        (10, {"Upload-Metadata": f"{told('a.pdf')},{told('b.pdf')}"}, 400, "upload-header"),
        (10, {"Upload-Metadata": "filename " + "a" * 5000}, 400, "upload-header"),
    ],
)
def test_what_cannot_become_evidence_is_refused_before_its_first_byte(
    handler: Desk, length: Any, more: dict[str, str], status: int, code: str
) -> None:
    answer = begin(handler, handler.open(), length, **more)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not list((handler.office.path / "arrivals/parts").iterdir())


@pytest.mark.parametrize("algorithm", ["sha256", "sha1"])
def test_a_part_that_is_not_what_it_should_be_is_not_taken(handler: Desk, algorithm: str) -> None:
    path = begun(handler, handler.open(), 20)
    send(handler, path, 0, b"four")
    answer = send(handler, path, 4, b"altered", **{"Upload-Checksum": checksum(b"on its way", algorithm)})
    assert (answer.status_code, answer.json()["code"]) == (460, "upload-checksum")
    assert answer.headers["tus-resumable"] == "1.0.0"
    assert offset(handler, path) == 4
    assert send(handler, path, 4, b"right", **{"Upload-Checksum": checksum(b"right", algorithm)}).status_code == 204


@pytest.mark.parametrize(
    "given_", ["md5 1B2M2Y8AsgTpgAmY7PhCfg==", "sha256", "sha256 !!", "sha256 YWJj", "SHA256 YWJj"]
)
def test_a_checksum_that_cannot_be_held_against_is_refused(handler: Desk, given_: str) -> None:
    path = begun(handler, handler.open(), 20)
    assert send(handler, path, 0, b"abc", **{"Upload-Checksum": given_}).status_code == 400
    assert offset(handler, path) == 0


def test_more_than_was_announced_is_refused_whether_it_says_so_or_not(handler: Desk) -> None:
    path = begun(handler, handler.open(), 10)
    assert send(handler, path, 0, b"x" * 11).status_code == 413
    assert send(handler, path, 0, iter([b"x" * 6, b"x" * 6])).status_code == 413
    assert offset(handler, path) == 0


def test_an_upload_is_its_officers_alone_and_of_its_case(handler: Desk, reviewer: Desk, app: FastAPI) -> None:
    case = handler.intake()
    path = begun(handler, case, 10)
    elsewhere = path.replace(case, handler.open())
    for desk, where in ((reviewer, path), (handler, elsewhere)):
        assert ask(desk, where).status_code == 404
        assert send(desk, where, 0, b"x").status_code == 404
        assert desk.get(where).json()["code"] == "unknown-upload"
    nobody = Desk(app, handler.office, "陈立")
    nobody.http.headers["Authorization"] = "Bearer anjuan_x"
    assert ask(nobody, path).status_code == send(nobody, path, 0, b"x").status_code == 401
    assert begin(nobody, case, 10).status_code == 401
    assert offset(handler, path) == 0


def test_an_upload_that_nobody_goes_on_with_is_over_after_a_day(handler: Desk, office: Office) -> None:
    path = begun(handler, handler.open(), 10)
    office.on("2023-03-03")
    handler.http.headers["Authorization"] = handler.http.headers["Authorization"]
    assert ask(handler, path).status_code == 404
    assert send(handler, path, 0, b"x").status_code == 404
    begun(handler, handler.open(), 10)
    assert len(list((office.path / "arrivals/parts").iterdir())) == 1


def test_a_server_that_dies_before_the_file_is_in_the_vault_is_healed_by_asking(
    handler: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it dies before the vault has it, before it is remembered, or before the upload is settled."""
    archive = handler.office.archive
    arrivals = handler.http.app.state.server.arrivals  # type: ignore[attr-defined]  # the application behind the client
    for place, broken in ((archive.vault, "put"), (archive.attachments, "put"), (arrivals, "settle")):
        path = begun(handler, handler.open(), len(DATA))
        before = len(stored(handler))
        with monkeypatch.context() as patched:

            def dies(*_: object, **__: object) -> None:
                raise Fault("vault-unreachable", "no answer")

            patched.setattr(type(place), broken, dies)
            assert send(handler, path, 0, DATA).status_code == 503
            assert ask(handler, path).status_code == 503
            assert handler.get(path).json()["offset"] == len(DATA)
        answer = send(handler, path, len(DATA), b"") if broken == "settle" else ask(handler, path)
        assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(len(DATA)))
        assert handler.get(path).json()["evidence"]["sha256"] == HEX
        assert len(stored(handler)) == before + 1


def test_the_answers_stay_the_same_after_the_end(handler: Desk) -> None:
    path = begun(handler, handler.open(), len(DATA))
    assert send(handler, path, 0, DATA).status_code == 204
    assert send(handler, path, len(DATA), b"").status_code == 204
    assert send(handler, path, 0, DATA).status_code == 409
    assert send(handler, path, len(DATA), b"x").status_code == 413
    assert send(handler, path, len(DATA), iter([b"x"])).status_code == 413
    assert send(handler, path, len(DATA), b"", **{"Upload-Checksum": checksum(b"x")}).status_code == 460
    assert offset(handler, path) == len(DATA)
    assert len(stored(handler)) == 1


STEP = st.tuples(st.integers(0, 4000), st.booleans(), st.sampled_from(["go on", "again", "ahead", "wrong", "long"]))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(steps=st.lists(STEP, max_size=12), seed=st.integers(0, 9))
def test_however_it_is_cut_repeated_or_disordered_the_file_comes_whole_once(
    handler: Desk, steps: list[tuple[int, bool, str]], seed: int
) -> None:
    data = VIDEO + random.Random(seed).randbytes(9_000)
    path, at, before = begun(handler, handler.open(), len(data)), 0, set(stored(handler))
    for size, checked, how in [*steps, (len(data), True, "go on")]:
        start = {"again": max(at - size, 0), "ahead": at + size}.get(how, at)
        part = data[start : start + size] + (b"more" * len(data) if how == "long" else b"")
        said = checksum(b"other" if how == "wrong" else part)
        answer = send(handler, path, start, part, **({"Upload-Checksum": said} if checked or how == "wrong" else {}))
        expected = 409 if start != at else 413 if how == "long" else 460 if how == "wrong" else 204
        assert answer.status_code == expected, (how, answer.text)
        at = start + len(part) if expected == 204 else at
        assert offset(handler, path) == at
    name = Path(path).name
    assert handler.get(f"/v1/evidence/{name}").content == data
    assert set(stored(handler)) == before | {name}
