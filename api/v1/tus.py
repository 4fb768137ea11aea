"""The words of tus 1.0.0 (https://tus.io/protocols/resumable-upload): its headers, read strictly.

Offered: core, creation, checksum, expiration. Not offered: termination (evidence that has begun to arrive is not for
its sender to take back; what isn't finished is swept), deferred length (the size is judged before the first byte),
concatenation (one hash over one stream), creation with content. Own and small: what there is for Python takes a file
of any size, ignores checksums, lets anyone delete, and keeps what arrives in the clear.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from starlette.datastructures import Headers, MutableHeaders

from api.problems import problem
from domain.errors import Fault

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

VERSION = "1.0.0"
EXTENSIONS = "creation,checksum,expiration"
ALGORITHMS = {
    "sha256": hashlib.sha256,
    "sha1": hashlib.sha1,
}  # the protocol demands sha1, which finds a slip of the line
MEDIA = "application/offset+octet-stream"
CHECKSUM_MISMATCH = 460
PATHS = re.compile(r"/v1/cases/[^/]+/uploads(/[^/]+)?/?")
_NUMBER = re.compile(r"[0-9]{1,18}")
_KEY = re.compile(r"[!-+\--~]{1,64}")
_MOST_METADATA = 4096


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the octets of one request must hash to."""

    algorithm: str
    digest: bytes

    def begun(self) -> Any:
        """A hash to be updated."""
        return ALGORITHMS[self.algorithm]()


class TusGate:
    """Speaks the protocol's version on every answer, and refuses any other: 412, with nothing done."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is no upload in parts, or speaks our version; GET is no part of the protocol."""
        if scope["type"] != "http" or not PATHS.fullmatch(scope["path"]):
            await self.app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Tus-Resumable"] = VERSION
            await send(message)

        headers = Headers(scope=scope)
        override = headers.get("x-http-method-override", "").upper()
        if scope["method"] == "POST" and override in ("PATCH", "HEAD", "DELETE"):
            scope["method"] = override
        if scope["method"] not in ("GET", "OPTIONS") and headers.get("tus-resumable") != VERSION:
            fault = Fault("tus-version", f"请求头 Tus-Resumable 应为 {VERSION}", "请使用支持 tus 1.0.0 的客户端。")
            await problem(fault, {"Tus-Version": VERSION})(scope, receive, sending)
            return
        await self.app(scope, receive, sending)


def one(headers: Headers, name: str) -> str | None:
    """A header that stands at most once. Fault "upload-header"."""
    found = headers.getlist(name)
    if len(found) > 1:
        raise _header(name, "只能有一个")
    return found[0].strip() if found else None


def number(headers: Headers, name: str) -> int:
    """A header that must be there and be a number of octets. Fault "upload-header"."""
    text = one(headers, name)
    if text is None or not text.isascii() or not _NUMBER.fullmatch(text):
        raise _header(name, "应为字节数")
    return int(text)


def length(headers: Headers) -> int:
    """The length of the whole file. Fault "upload-header", also for one that is to be told later."""
    if one(headers, "Upload-Defer-Length") is not None:
        raise _header("Upload-Defer-Length", "不能使用，文件大小须在开始时写明")
    return number(headers, "Upload-Length")


def metadata(headers: Headers) -> tuple[str, dict[str, str]]:
    """Upload-Metadata as it came, and what it says. Fault "upload-header"."""
    text = one(headers, "Upload-Metadata") or ""
    if len(text) > _MOST_METADATA:
        raise _header("Upload-Metadata", f"超过 {_MOST_METADATA} 字节")
    found: dict[str, str] = {}
    for pair in text.split(",") if text else ():
        key, _, value = pair.strip(" ").partition(" ")
        if not _KEY.fullmatch(key) or key in found:
            raise _header("Upload-Metadata", "应为“键 Base64 值”，以逗号分隔，键不得重复")
        try:
            found[key] = base64.b64decode(value, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError, ValueError) as error:
            raise _header("Upload-Metadata", f"的 {key} 应为 UTF-8 文字的 Base64") from error
    return text, found


def checksum(headers: Headers, *, required: bool) -> Checksum | None:
    """What the body must hash to. Faults "upload-header", "upload-algorithm"."""
    text = one(headers, "Upload-Checksum")
    if text is None:
        if required:
            raise _header("Upload-Checksum", "须附上，例如 sha256 和空格之后的 Base64 摘要")
        return None
    algorithm, _, value = text.partition(" ")
    if algorithm not in ALGORITHMS:
        raise Fault("upload-algorithm", f"不支持这种校验和，可用 {'、'.join(ALGORITHMS)}", "请改用其中一种。")
    try:
        digest = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    if len(digest) != ALGORITHMS[algorithm]().digest_size:
        raise _header("Upload-Checksum", "应为算法、空格和 Base64 的摘要")
    return Checksum(algorithm, digest)


def media(headers: Headers) -> None:
    """Fault "media" unless the body says that it is part of an upload."""
    told = one(headers, "Content-Type")
    if told is None or told.partition(";")[0].strip().lower() != MEDIA:
        raise Fault("media", f"内容类型应为 {MEDIA}", "请写明内容类型。")


def moment(when: datetime) -> str:
    """A time as RFC 9110 §5.6.7 writes it."""
    return format_datetime(when, usegmt=True)


def _header(name: str, what: str) -> Fault:
    return Fault("upload-header", f"请求头 {name} {what}", "请按 tus 1.0.0 改正。", field=name)
