"""The server's log: one line per request, nothing confidential.

Keeps: method, the route's pattern (never the path or the query, which hold ids and names), status, milliseconds; of
an error its class and the places it came through, never its message or values. Leaves: access logs of the server.
"""

from __future__ import annotations

import sys
import time
import traceback
from typing import TYPE_CHECKING, Any

import structlog

from .problems import problem, unexpected

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_FRAMES = 12


def configure() -> None:
    """Lines of JSON on standard error."""
    structlog.configure(
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.add_log_level,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # today's standard error, not the first one's
    )


class RequestLog:
    """Logs every request; an error that isn't a Fault becomes a 500 that says nothing, and a line that says where."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and log when it is answered."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        log = structlog.get_logger("anjuan.api")
        begun, status = time.perf_counter(), 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noting)
        except Exception as error:  # the last place where an error of ours can be told from a crash
            log.error(  # noqa: TRY400  # an exception's message may hold what nobody should read in a log
                "error", kind=type(error).__name__, places=places(error), **_request(scope)
            )
            if status:
                raise
            await problem(unexpected())(scope, receive, noting)
        log.info("request", status=status, ms=round((time.perf_counter() - begun) * 1000, 1), **_request(scope))


def places(error: BaseException) -> list[str]:
    """Where an error came through, innermost last: file name, line, function."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]


def _request(scope: Scope) -> dict[str, Any]:
    route = scope.get("route")
    return {"method": str(scope.get("method"))[:10], "route": getattr(route, "path", None)}
