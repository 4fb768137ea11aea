"""An officer's uploads in parts, header by header."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from httpx2 import Response

    from tests.api.conftest import Desk

TUS = {"Tus-Resumable": "1.0.0"}
MEDIA = "application/offset+octet-stream"


def told(name: str) -> str:
    return f"filename {base64.b64encode(name.encode()).decode()}"


def checksum(data: bytes, algorithm: str = "sha256") -> str:
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, data).digest()).decode()}"


def begin(desk: Desk, case: str, length: Any, name: str = "录像.mp4", **more: str) -> Response:
    headers = {**TUS, "Upload-Length": str(length), "Upload-Metadata": told(name), **more}
    return desk.http.post(f"/v1/cases/{case}/uploads", headers=headers)


def begun(desk: Desk, case: str, length: int, name: str = "录像.mp4") -> str:
    """The path of a new upload."""
    answer = begin(desk, case, length, name)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"])


def send(desk: Desk, path: str, offset: Any, data: Any, **more: str) -> Response:
    headers = {**TUS, "Content-Type": MEDIA, "Upload-Offset": str(offset), **more}
    return desk.http.patch(path, headers=headers, content=data)


def ask(desk: Desk, path: str) -> Response:
    return desk.http.head(path, headers=TUS)


def offset(desk: Desk, path: str) -> int:
    answer = ask(desk, path)
    assert answer.status_code == 204, answer.status_code
    return int(answer.headers["upload-offset"])
