"""Malware: a real clamd with a signature of our own, and servers that misbehave."""

from __future__ import annotations

import io
import select
import socket
import subprocess
import threading
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import TYPE_CHECKING

import pytest

from domain.errors import Fault
from domain.evidence_port import State
from storage.inspection import EvidenceInspection
from storage.inspection.clamd import Address, Clamd
from storage.inspection.content import judged

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGN = b"anjuan-test-signature"
CONF = """LocalSocket {0}/s
DatabaseDirectory {0}/db
Foreground yes
StreamMaxLength 1M
MaxFileSize 1M
AlertExceedsMax yes
"""


@pytest.fixture(scope="module")
def clamd() -> Iterator[Clamd]:
    with TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "db").mkdir()
        (home / "db/test.ndb").write_text(f"Anjuan.Test:0:*:{SIGN.hex()}\n")
        (home / "clamd.conf").write_text(CONF.format(folder))
        home.chmod(0o755)
        with (home / "log").open("w") as log:
            server = subprocess.Popen(["/usr/sbin/clamd", "-c", home / "clamd.conf"], stdout=log, stderr=log)
        found, end = Clamd(Address.parse(f"unix:{folder}/s")), monotonic() + 30
        while found.scan(io.BytesIO(b"x")).state is State.WAITING:
            assert monotonic() < end, (home / "log").read_text()
            assert server.poll() is None, (home / "log").read_text()
            select.select([], [], [], 0.05)
        yield found
        server.terminate()
        server.wait()


def test_a_clean_file_passes_and_an_infected_one_is_refused(clamd: Clamd) -> None:
    assert clamd.scan(io.BytesIO(b"harmless")).state is State.ADMITTED
    found = clamd.scan(io.BytesIO(b"so " + SIGN))
    assert (found.state, "Anjuan.Test" in found.reason) == (State.REFUSED, True)


def test_a_file_that_is_too_large_for_the_scanner_waits(clamd: Clamd) -> None:
    found = clamd.scan(io.BytesIO(bytes(8 << 20)))
    assert found.state is State.WAITING


def test_only_what_passed_the_other_checks_is_scanned_and_keeps_its_type(clamd: Clamd) -> None:
    inspection = EvidenceInspection(judged, clamd)
    clean = inspection.inspect("a.pdf", io.BytesIO(b"%PDF-1.4"))
    assert (clean.state, clean.media) == (State.ADMITTED, "application/pdf")
    bad = inspection.inspect("a.pdf", io.BytesIO(b"%PDF-1.4 " + SIGN))
    assert (bad.state, bad.media) == (State.REFUSED, "application/pdf")


def answered(answer: bytes | None) -> Clamd:
    """A server that takes one connection, reads what comes, and says `answer`; nothing for None."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with listening, listening.accept()[0] as connection:
            data = b""
            while not data.endswith(bytes(4)) and (part := connection.recv(65536)):
                data += part
            if answer is not None:
                connection.sendall(answer)
            else:
                connection.recv(1)

    threading.Thread(target=serve, daemon=True).start()
    return Clamd(Address.parse(f"tcp:127.0.0.1:{listening.getsockname()[1]}"), silence=0.5)


@pytest.mark.parametrize(
    "answer",
    [None, b"", b"stream: OK", b"stream: ok\0", b"OK\0", b"stream: OK\0stream: OK\0", b"\xff" * 9000, b"stream: \0",
     b"INSTREAM size limit exceeded. ERROR\0", b"stream: Can't allocate memory ERROR\0",
     b"stream: Heuristics.Limits.Exceeded.MaxScanSize FOUND\0"],
)  # fmt: skip
def test_whatever_else_a_scanner_says_the_file_waits_with_a_reason(answer: bytes | None) -> None:
    found = answered(answer).scan(io.BytesIO(b"some file"))
    assert found.state is State.WAITING
    assert found.reason.endswith("。")


def test_a_scanner_that_is_away_leaves_the_file_waiting(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    for address in (f"unix:{tmp_path}/none", f"tcp:127.0.0.1:{port}"):
        assert Clamd(Address.parse(address)).scan(io.BytesIO(b"x")).state is State.WAITING


@pytest.mark.parametrize("text", ["", "unix:x", "tcp:host", "tcp:host:99999", "http://x", "tcp::1"])
def test_an_address_in_another_form_is_refused(text: str) -> None:
    with pytest.raises(Fault) as caught:
        Address.parse(text)
    assert caught.value.code == "scanner-address"
