"""One file to the server, part by part, until it is evidence there.

Keeps: each part with its checksum; after a lost line the server is asked how far it came, never guessed; killed, the
next run goes on from the note; at the end the server's digest of the whole file is compared with our own.
Leaves: who may (the server says), what is told of it (the command).
"""

from __future__ import annotations

import base64
import hashlib
import time
from typing import TYPE_CHECKING, Any

from domain.errors import Fault

from .notes import Note
from .remote import Lost

if TYPE_CHECKING:
    from collections.abc import Callable
    from io import BufferedReader
    from pathlib import Path

    from .remote import Answer, Remote

PART = 8 << 20
ATTEMPTS = 12  # in a row without a byte gained; with the pauses between them, some five minutes
_FIRST, _LONGEST = 0.25, 30.0  # seconds to wait after a loss
_MEDIA = "application/offset+octet-stream"
_GONE = {"unknown-upload", "not-found"}


class Sending:
    """The upload of one file; `tell(done, all)` hears of its progress, `wait(seconds)` passes the time."""

    def __init__(
        self,
        remote: Remote,
        case: str,
        path: Path,
        file: BufferedReader,
        tell: Callable[[int, int], None],
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._remote, self._case, self._file, self._name = remote, case, file, path.name
        self._tell, self._wait = tell, wait
        self._note = Note.of(remote.url, case, path)
        self._length = file.seek(0, 2)

    def evidence(self) -> dict[str, Any]:
        """The file as it was stored. Faults of the server; "upload-interrupted", "upload-changed"."""
        where, offset, lost, best = self._note.read(), None, 0, 0
        while True:
            try:
                where = where or self._begun()
                offset = self._asked(where) if offset is None else offset
                if offset == self._length:
                    return self._ended(where)
                offset = self._sent(where, offset)
            except Lost as error:
                lost, offset = lost + 1, None
                if lost > ATTEMPTS:
                    raise _interrupted() from error
                self._wait(max(error.after, min(_FIRST * 2 ** (lost - 1), _LONGEST)))
            except Fault as fault:
                if fault.code not in _GONE or where is None or lost > ATTEMPTS:
                    raise  # the note stays: with a new token, say, it goes on from there
                lost, where, offset = lost + 1, None, None
                self._note.forget()
            else:
                lost = 0 if offset > best else lost
                best = max(best, offset)
                self._tell(offset, self._length)

    def _begun(self) -> str:
        name = base64.b64encode(self._name.encode("utf-8")).decode("ascii")
        headers = {"Upload-Length": str(self._length), "Upload-Metadata": f"filename {name}"}
        where = self._remote.ask("POST", f"/v1/cases/{self._case}/uploads", headers).headers.get("Location", "")
        if not where.startswith("/v1/"):
            raise Fault("server", "服务器没有说明上传到何处", "请核对服务器地址和版本。")
        self._note.write(where)
        return where

    def _asked(self, where: str) -> int:
        """How far the server has it. A refusal of the whole file has no words in a HEAD: a part without bytes has."""
        try:
            return self._offset(self._remote.ask("HEAD", where))
        except Fault as fault:
            if fault.code in _GONE:
                raise
            return self._patch(where, self._length, b"")

    def _sent(self, where: str, offset: int) -> int:
        self._file.seek(offset)
        return self._patch(where, offset, self._file.read(PART))

    def _patch(self, where: str, offset: int, part: bytes) -> int:
        checksum = base64.b64encode(hashlib.sha256(part).digest()).decode("ascii")
        headers = {"Content-Type": _MEDIA, "Upload-Offset": str(offset), "Upload-Checksum": f"sha256 {checksum}"}
        return self._offset(self._remote.ask("PATCH", where, headers, part))

    def _offset(self, answer: Answer) -> int:
        text = answer.headers.get("Upload-Offset", "")
        if not text.isdigit() or int(text) > self._length:
            raise Fault("server", "服务器没有说明收到了多少", "请核对服务器地址和版本。")
        return int(text)

    def _ended(self, where: str) -> dict[str, Any]:
        evidence: dict[str, Any] | None = self._remote.ask("GET", where).body["evidence"]
        if evidence is None:
            raise Lost("not stored yet")
        self._file.seek(0)
        ours = hashlib.file_digest(self._file, "sha256").hexdigest()
        self._note.forget()
        if evidence["sha256"] != ours:
            raise Fault(
                "upload-changed",
                f"{self._name} 在上传期间有改动，存入的与现在的不同（存证编号 {evidence['object']}）",
                "请不要引用这一存证编号；文件不再改动后重新上传。",
            )
        return evidence


def _interrupted() -> Fault:
    return Fault(
        "upload-interrupted",
        "服务器多次没有应答，上传中断；已收到的部分保留一天",
        "请稍后再次执行同一命令，会接着上传。",
    )
