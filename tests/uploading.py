"""Callers who send files as no good client does, and a server in a process of its own, as `anjuan serve` starts it."""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from api.access.tokens import Tokens
from api.wiring import open_archive
from domain.formats.keys import PrivateKey
from ops.founding import Newcomer, enrol, genesis
from storage.home import Home

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from storage.home import Place

ROOT = Path(__file__).parents[1]
PATIENCE = 30.0  # seconds for a thing to happen that doesn't say so itself


def until(happened: Callable[[], bool]) -> None:
    """Wait for something that the server does after it answered, or without answering."""
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, "it never happened"
        select.select([], [], [], 0.01)


class Caller:
    """One connection, spoken to byte by byte."""

    def __init__(self, url: str, token: str) -> None:
        place = urlsplit(url)
        self._host, self._token = place.netloc, token
        self.socket = socket.create_connection((str(place.hostname), place.port or 80), timeout=PATIENCE)

    def begin(self, method: str, path: str, headers: Mapping[str, str | int]) -> None:
        """Send a request's head."""
        told = {"Host": self._host, "Authorization": f"Bearer {self._token}", **headers}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items())]
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("ascii"))

    def post(self, case: str, length: int, body: bytes = b"", name: str = "x.pdf") -> None:
        """Begin a plain upload, with the first bytes of its body."""
        self.begin("POST", f"/v1/cases/{case}/evidence?name={name}", {"Content-Length": length})
        self.socket.sendall(body)

    def answered(self, within: float) -> bool:
        """Whether an answer, or the end of the connection, has come within so many seconds."""
        return bool(select.select([self.socket], [], [], within)[0])

    def answer(self) -> tuple[int, dict[str, str], bytes]:
        """Status, headers in lower case, body; status 0 where the server just hung up."""
        came = b""
        while b"\r\n\r\n" not in came:
            part = self.socket.recv(1 << 16)
            if not part:
                return 0, {}, b""
            came += part
        head, _, body = came.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines)}
        while len(body) < int(headers.get("content-length", 0)):
            body += self.socket.recv(1 << 16)
        return int(first.split()[1]), headers, body

    def close(self) -> None:
        """Hang up."""
        self.socket.close()


@dataclass(frozen=True)
class Served:
    """An archive served by a process of its own: its home, address, a handler's token, the process."""

    home: Path
    url: str
    token: str
    process: subprocess.Popen[str]

    def memory(self, which: str) -> int:
        """VmRSS, or VmHWM since `forget_peak`, in bytes."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(which)) * 1024

    def forget_peak(self) -> int:
        """Begin the peak anew (proc_pid_clear_refs(5)); memory now."""
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5", encoding="ascii")
        return self.memory("VmRSS")


def founded(path: Path, place: Place | None = None) -> str:
    """A real home with one handler who may register too; that handler's token."""
    Home.create(path, place)
    root, registrar, handler = (PrivateKey.from_seed(bytes([i]) * 32) for i in (7, 8, 9))
    with open_archive(path) as running:
        genesis(running.archive, root, origin="临江市财政局", demonstration=True)
        for name, key, capacities in (("李敏", registrar, ("registrar",)), ("陈立", handler, ("registrar", "handler"))):
            who = Newcomer(name, "临江市财政局", key, capacities)
            enrol(running.archive, who, root=root, registrars=[registrar, handler])
        officer = next(o.case for o in running.archive.register().officers.values() if o.name == "陈立")
        tokens = Tokens(path)
        token = tokens.issue(officer, running.archive.clock.now())
        tokens.close()
        return token


@contextmanager
def process(path: Path, token: str, *options: str, port: int = 0) -> Iterator[Served]:
    """The archive in `path`, served by a process that is ended afterwards."""
    run = "from ops.cli.main import run; run()"
    command = [sys.executable, "-c", run, "serve", "--json", "--port", str(port), "--archive", str(path)]
    started = subprocess.Popen(
        [*command, *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT, env=os.environ
    )
    try:
        assert started.stdout is not None
        yield Served(path, json.loads(started.stdout.readline())["address"].rstrip("/"), token, started)
    finally:
        started.kill()
        started.wait()
        started.stdout.close()
