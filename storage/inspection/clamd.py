"""Malware: ClamAV's daemon, asked over its socket (clamd(8), INSTREAM).

Keeps: only `OK`, said in time and in just these words, lets a file pass; a daemon that is away, slow, full, in error or
hard to understand leaves it waiting with the reason. The file goes through in chunks and is never held.

Cannot see: what the daemon left out. Without `AlertExceedsMax yes` clamd says OK of what it was told to stop looking
into (MaxScanSize, MaxFileSize, MaxRecursion); storage/README.md says how to set it up.
"""

from __future__ import annotations

import re
import socket
import struct
from dataclasses import dataclass
from time import monotonic
from typing import BinaryIO

from domain.errors import Fault
from domain.evidence_port import Finding, State

CHUNK = 1 << 20
ANSWER = 4096  # octets of an answer
_LENGTH = struct.Struct(">I")
_FOUND = re.compile(r"stream: ([\x21-\x7e]{1,200}) FOUND")
_ERROR = re.compile(r"(?:stream: )?[\x20-\x7e]{1,400} ERROR")
_LIMITS = "Heuristics.Limits.Exceeded"
_TOO_LARGE = "INSTREAM size limit exceeded. ERROR"


@dataclass(frozen=True, slots=True)
class Address:
    """Where clamd listens: a path (unix:…) or host and port (tcp:…). `text` as it was written."""

    text: str
    target: str | tuple[str, int]

    @classmethod
    def parse(cls, text: str) -> Address:
        """The address. Fault "scanner-address"."""
        kind, _, rest = text.partition(":")
        host, colon, port = rest.rpartition(":")
        if kind == "unix" and rest.startswith("/") and rest.isprintable():
            return cls(text, rest)
        if kind == "tcp" and colon and host.strip("[]") and re.fullmatch(r"[0-9]{1,5}", port) and int(port) < 1 << 16:
            return cls(text, (host.strip("[]"), int(port)))
        raise Fault(
            "scanner-address",
            f"查毒服务的地址应为 unix:/路径 或 tcp:主机:端口，实为“{text[:60]}”",
            "例如 unix:/run/clamav/clamd.ctl。",
            field="scanner.address",
        )


@dataclass(frozen=True, slots=True)
class Clamd:
    """A daemon at `address`; seconds to connect, without any progress, and for one file as a whole."""

    address: Address
    connecting: float = 5.0
    silence: float = 300.0
    whole: float = 1800.0

    def scan(self, octets: BinaryIO) -> Finding:
        """ADMITTED or REFUSED as the daemon says; WAITING otherwise. Errors of reading `octets` pass through."""
        try:
            with self._connected() as connection:
                return _finding(self._answer(connection, octets))
        except TimeoutError:
            return _waiting("查毒服务没有在限定时间内答复")
        except OSError:
            return _waiting("不能连接查毒服务，或者连接中断")

    def _connected(self) -> socket.socket:
        if not isinstance(self.address.target, str):
            return socket.create_connection(self.address.target, self.connecting)
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(self.connecting)
            connection.connect(self.address.target)
        except BaseException:
            connection.close()
            raise
        return connection

    def _answer(self, connection: socket.socket, octets: BinaryIO) -> bytes:
        until = monotonic() + self.whole
        try:
            self._send(connection, b"zINSTREAM\0", until)
            while chunk := _read(octets):
                self._send(connection, _LENGTH.pack(len(chunk)) + chunk, until)
            self._send(connection, _LENGTH.pack(0), until)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it has said why before it hung up: read below, or the connection is broken there as well
        answer = b""
        while not answer.endswith(b"\0") and len(answer) <= ANSWER:
            part = self._receive(connection, until)
            if not part:
                break
            answer += part
        return answer

    def _send(self, connection: socket.socket, data: bytes, until: float) -> None:
        self._wait(connection, until)
        connection.sendall(data)

    def _receive(self, connection: socket.socket, until: float) -> bytes:
        self._wait(connection, until)
        return connection.recv(ANSWER)

    def _wait(self, connection: socket.socket, until: float) -> None:
        left = min(self.silence, until - monotonic())
        if left <= 0:
            raise TimeoutError
        connection.settimeout(left)


def _read(octets: BinaryIO) -> bytes:
    """A chunk of the file; its errors are not the connection's."""
    try:
        return octets.read(CHUNK)
    except OSError as error:
        raise Fault("vault-refused", "存入的文件读不出来", "请核对存证库。", field="evidence") from error


def _finding(answer: bytes) -> Finding:
    text = answer.removesuffix(b"\0").decode("ascii", errors="replace").rstrip("\n")
    if not answer.endswith(b"\0"):
        return _waiting("查毒服务的应答不完整")
    if text == "stream: OK":
        return Finding(State.ADMITTED, None)
    if text == _TOO_LARGE:
        return _waiting("文件超过查毒服务的大小上限（StreamMaxLength），请管理员调高上限，或分成几份存入")
    if found := _FOUND.fullmatch(text):
        if found.group(1).startswith(_LIMITS):
            return _waiting(f"文件超过查毒服务的检查限度（{found.group(1)}）")
        return Finding(State.REFUSED, None, f"查毒服务发现恶意程序：{found.group(1)}。")
    if _ERROR.fullmatch(text):
        return _waiting("查毒服务报告自身出错")
    return _waiting("查毒服务的应答无法理解")


def _waiting(reason: str) -> Finding:
    return Finding(State.WAITING, None, f"{reason}。")
