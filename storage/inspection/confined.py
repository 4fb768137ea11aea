"""Looking into files in a process of its own, so that a hostile file can take nothing down and little with it.

One server process waits for work and forks for each file (worker.py); the fork has limits of memory, time at work and
time until its answer, no environment and no file but a socket. Through that it asks for ranges of the file, and says at
last what it found. Whatever happens to it, the answer here is a finding: then the file waits.

Cannot promise: the fork runs as the same user, without a sandbox of the kernel's. Who takes it over by a defect of
libmagic or zlib can say "admitted", and can open what this user can.
"""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import sys
import threading
from time import monotonic
from typing import TYPE_CHECKING, BinaryIO

import orjson

from domain.evidence_port import Finding, State

from . import limits

if TYPE_CHECKING:
    from typing import Self

RANGE, FOUND = b"r", b"f"
RANGE_HEAD = struct.Struct(">QI")
LENGTH = struct.Struct(">I")
MOST = 1 << 20  # octets of a range
ANSWER = 16 << 10  # octets of a finding
_GONE = "检查程序中断（文件可能损坏，或者耗用的内存、时间超出限度）。请管理员重新检查。"


class Broken(Exception):  # noqa: N818  # what became of the other side
    """The process that inspects ended, kept silent or spoke otherwise than agreed."""


class Confined:
    """`content.judged` at arm's length; thread-safe. Close it when done."""

    def __init__(self, *, seconds: float = limits.SECONDS) -> None:
        self._seconds, self._lock = seconds, threading.Lock()
        self._server: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def inspect(self, name: str, octets: BinaryIO) -> Finding:
        """The finding; WAITING where the process broke. Errors of reading `octets` pass through."""
        here, there = socket.socketpair()
        with here:
            try:
                with there:
                    self._hand_over(there)
                return _answered(here, name, octets, monotonic() + self._seconds)
            except (Broken, OSError):
                return Finding(State.WAITING, None, _GONE)

    def close(self) -> None:
        """End the server process; what it has forked ends with its file."""
        with self._lock:
            self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _hand_over(self, there: socket.socket) -> None:
        with self._lock:
            control = self._control or self._start()
            try:
                socket.send_fds(control, [b"+"], [there.fileno()])
            except OSError:  # somebody killed the server
                self._end()
                socket.send_fds(self._start(), [b"+"], [there.fileno()])

    def _start(self) -> socket.socket:
        control, theirs = socket.socketpair()
        with theirs:
            path = os.pathsep.join(os.path.abspath(step) for step in sys.path)  # noqa: PTH100  # as Python itself reads it
            self._server = subprocess.Popen(  # noqa: S603  # our own program
                [sys.executable, "-m", "storage.inspection.worker", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                env={"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "LANG": "C.UTF-8"},
                cwd="/",
                start_new_session=True,  # a terminal's ^C is for the one who reads the file
            )
        self._control = control
        return control

    def _end(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._server is not None:
            self._server.wait()
        self._control = self._server = None


def _answered(here: socket.socket, name: str, octets: BinaryIO, until: float) -> Finding:
    """Serve ranges of `octets` until the finding comes."""
    told = name.encode()
    length = octets.seek(0, os.SEEK_END)
    _send(here, RANGE_HEAD.pack(length, len(told)) + told, until)
    while (kind := receive(here, 1, until)) == RANGE:
        offset, size = RANGE_HEAD.unpack(receive(here, RANGE_HEAD.size, until))
        if size > MOST or offset + size > length:
            raise Broken
        octets.seek(offset)
        _send(here, octets.read(size), until)
    if kind != FOUND:
        raise Broken
    (size,) = LENGTH.unpack(receive(here, LENGTH.size, until))
    if size > ANSWER:
        raise Broken
    return _finding(receive(here, size, until))


def receive(connection: socket.socket, size: int, until: float | None = None) -> bytes:
    """Exactly `size` octets, by the moment `until`. Broken, TimeoutError."""
    parts, left = [], size
    while left:
        if until is not None:
            connection.settimeout(max(until - monotonic(), 0.001))
        part = connection.recv(left)
        if not part:
            raise Broken
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _send(connection: socket.socket, data: bytes, until: float) -> None:
    connection.settimeout(max(until - monotonic(), 0.001))
    connection.sendall(data)


def _finding(data: bytes) -> Finding:
    """A finding from its JSON; a process that had a hostile file in its hands must at least speak in the right form."""
    try:
        told = orjson.loads(data)
        finding = Finding(State(told["state"]), told["media"], told["reason"])
    except (ValueError, KeyError, TypeError) as error:
        raise Broken from error
    if not all(isinstance(text, str) and text.isprintable() for text in (told["media"], told["reason"])):
        raise Broken
    return finding
