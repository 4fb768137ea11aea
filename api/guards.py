"""What stands before every request: size, name of the host, headers of every answer. Plain ASGI, nothing is buffered.

Keeps: a body that is too large is refused by its declared length, and cut off where it lied or declared none; a name
that isn't one of ours is refused (DNS rebinding makes a page elsewhere ask us under its own name); every answer, also
a refusal, carries the security headers. Leaves: who asks (`access`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders

from domain.errors import Fault

from .problems import problem

if TYPE_CHECKING:
    from collections.abc import Collection

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

JSON_LIMIT = 1 << 20
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_EVIDENCE = re.compile(r"/v1/cases/[^/]+/(?:evidence|uploads/[^/]+)/?")
_PORT = re.compile(r":[0-9]{1,5}$")

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}


class SecurityHeaders:
    """Sets each of HEADERS that an answer doesn't set itself."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with headers on the way back."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, sending)


class KnownHosts:
    """Refuses requests under a name that isn't in `hosts`: 400 "host"."""

    def __init__(self, app: ASGIApp, hosts: Collection[str] = LOOPBACK) -> None:
        self.app, self.hosts = app, frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what came under a known name."""
        if scope["type"] == "http":
            named = Headers(scope=scope).getlist("host")
            if len(named) != 1 or _PORT.sub("", named[0]).lower() not in self.hosts:
                fault = Fault("host", "请求所用的主机名不是本服务的", "请用 127.0.0.1 或 localhost 访问。")
                await problem(fault)(scope, receive, send)
                return
        await self.app(scope, receive, send)


class BodyLimits:
    """Bounds the body of every request: `evidence` octets for an evidence file, JSON_LIMIT for everything else."""

    def __init__(self, app: ASGIApp, evidence: int) -> None:
        self.app, self.evidence = app, evidence

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, counting."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self.evidence if _EVIDENCE.fullmatch(scope["path"]) else JSON_LIMIT
        declared = Headers(scope=scope).get("content-length", "0")
        if not declared.isascii() or not declared.isdigit() or int(declared[:20]) > limit:
            await problem(_too_large(limit))(scope, receive, send)
            return
        came = 0

        async def counting() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > limit:
                raise _too_large(limit)
            return message

        await self.app(scope, counting, send)


def _too_large(limit: int) -> Fault:
    return Fault("body-too-large", f"内容超过上限 {limit} 字节", "请减小后重试；证据文件请用上传接口。")
