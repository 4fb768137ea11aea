"""Hostile files are looked into at arm's length: whatever happens there, the answer here is a finding."""

from __future__ import annotations

import io
import os
import signal
import socket
import threading
from time import monotonic
from typing import TYPE_CHECKING

import psutil
import pytest

from domain.errors import Fault
from domain.evidence_port import Finding, State
from storage.inspection import confined, limits
from storage.inspection.confined import Broken, Confined, _finding
from storage.inspection.content import judged
from tests.real_files import real, zipped

if TYPE_CHECKING:
    from collections.abc import Iterator

PDF = real("a.pdf")
KINDS = (psutil.RLIMIT_AS, psutil.RLIMIT_CPU, psutil.RLIMIT_FSIZE, psutil.RLIMIT_NOFILE, psutil.RLIMIT_NPROC)


@pytest.fixture
def look() -> Iterator[Confined]:
    with Confined() as made:
        yield made


def test_it_finds_what_is_found_here(look: Confined) -> None:
    for name, data in (
        ("a.pdf", PDF),
        ("a.exe", PDF),
        ("材料.zip", zipped({"投诉书.pdf": PDF, "b.txt": "说明"})),
        ("a", b""),
    ):
        assert look.inspect(name, io.BytesIO(data)) == judged(name, io.BytesIO(data))


def test_several_files_at_once_get_each_its_own_answer(look: Confined) -> None:
    names = [f"{n}.{'pdf' if n % 2 else 'png'}" for n in range(8)]
    found: dict[str, Finding] = {}

    def one(name: str) -> None:
        found[name] = look.inspect(name, io.BytesIO(PDF))

    threads = [threading.Thread(target=one, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {name: f.state for name, f in found.items()} == {
        name: State.ADMITTED if name.endswith("pdf") else State.REFUSED for name in names
    }


def test_no_process_stays_when_it_is_closed() -> None:
    with Confined() as look:
        look.inspect("a.pdf", io.BytesIO(PDF))
        assert look._server is not None
        server = psutil.Process(look._server.pid)
        assert server.environ().keys() == {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "LANG"}
    assert not server.is_running()


def test_a_server_that_was_killed_is_started_anew(look: Confined) -> None:
    assert look.inspect("a.pdf", io.BytesIO(PDF)).state is State.ADMITTED
    assert look._server is not None
    look._server.kill()
    look._server.wait()
    assert look.inspect("a.pdf", io.BytesIO(PDF)).state is State.ADMITTED


class Assassin(io.BytesIO):
    """A file that ends the process which reads it."""

    def __init__(self, data: bytes, look: Confined, how: signal.Signals) -> None:
        super().__init__(data)
        self._look, self._how = look, how

    def read(self, size: int | None = -1) -> bytes:
        assert self._look._server is not None
        for child in psutil.Process(self._look._server.pid).children():
            os.kill(child.pid, self._how)
        return super().read(size)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSEGV, signal.SIGXCPU, signal.SIGALRM])
def test_a_file_whose_inspection_dies_waits_and_the_next_is_inspected(look: Confined, how: signal.Signals) -> None:
    found = look.inspect("a.pdf", Assassin(PDF, look, how))
    assert (found.state, found.media) == (State.WAITING, None)
    assert "检查程序中断" in found.reason
    assert look.inspect("a.pdf", io.BytesIO(PDF)).state is State.ADMITTED


def test_an_inspection_that_takes_too_long_is_given_up() -> None:
    with Confined(seconds=0.0) as look:
        assert look.inspect("a.pdf", io.BytesIO(PDF)).state is State.WAITING


def test_an_error_of_reading_passes_through(look: Confined) -> None:
    class Away(io.BytesIO):
        def read(self, _size: int | None = -1) -> bytes:
            raise Fault("vault-unreachable", "存证库没有应答")

    with pytest.raises(Fault) as caught:
        look.inspect("a.pdf", Away(PDF))
    assert caught.value.code == "vault-unreachable"
    assert look.inspect("a.pdf", io.BytesIO(PDF)).state is State.ADMITTED


def test_memory_and_time_of_the_fork_are_limited(look: Confined) -> None:
    seen: list[dict[int, tuple[int, int]]] = []

    class Curious(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            assert look._server is not None
            (child,) = psutil.Process(look._server.pid).children()
            kinds = (
                psutil.RLIMIT_AS,
                psutil.RLIMIT_CPU,
                psutil.RLIMIT_FSIZE,
                psutil.RLIMIT_NOFILE,
                psutil.RLIMIT_NPROC,
            )
            seen.append({kind: child.rlimit(kind) for kind in kinds})
            return super().read(size)

    look.inspect("a.pdf", Curious(PDF))
    wanted = (limits.MEMORY, limits.CPU, limits.TEMPORARY, 16, 0)
    assert tuple(seen[0].values()) == tuple((limit, limit) for limit in wanted)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{", b"[]", b"null", b'{"state":"admitted"}', b'{"state":"safe","media":"a","reason":""}',
        b'{"state":"admitted","media":1,"reason":""}', b'{"state":"refused","media":"a","reason":"\\u202e"}',
        b'{"state":"refused","media":"a\\n","reason":""}',
    ],
)  # fmt: skip
def test_an_answer_in_another_form_is_none(data: bytes) -> None:
    with pytest.raises(Broken):
        _finding(data)


@pytest.mark.parametrize(
    "said",
    [
        b"x",
        b"r" + confined.RANGE_HEAD.pack(0, confined.MOST + 1),
        b"r" + confined.RANGE_HEAD.pack(1, len(PDF)),
        b"f" + confined.LENGTH.pack(confined.ANSWER + 1),
        b"f" + confined.LENGTH.pack(2) + b"[]",
    ],
)
def test_who_speaks_otherwise_than_agreed_is_not_listened_to(said: bytes) -> None:
    here, there = socket.socketpair()
    with here, there:
        there.sendall(said)
        with pytest.raises(Broken):
            confined._answered(here, "a.pdf", io.BytesIO(PDF), monotonic() + 60)


def test_a_socket_that_stays_silent_ends_with_its_time() -> None:
    here, there = socket.socketpair()
    with here, there, pytest.raises(TimeoutError):
        confined._answered(here, "a.pdf", io.BytesIO(PDF), 0.0)
