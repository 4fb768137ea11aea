"""The server: `create_app` puts guards, API and pages over an opened archive."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response

from domain.errors import Fault
from storage.arrivals.store import ArrivalLimits, Arrivals

from . import log, logfiles
from .access.tokens import Tokens
from .context import Server
from .following import following
from .guards import LOOPBACK, BodyLimits, KnownHosts, SecurityHeaders
from .places import Places, UploadRules
from .problems import fault_of_http, fault_of_validation, problem
from .turns import Turns
from .v1 import openapi
from .v1.draft_store import DraftStore
from .v1.router import router as v1
from .v1.tus import TusGate
from .web import mounting
from .wiring import Running

VERSION = "1.0.0"
EVIDENCE_LIMIT = 8 << 30  # octets of one evidence file
NOTHING_MORE = 499  # the client has gone; nobody reads this


def create_app(
    running: Running,
    *,
    hosts: Collection[str] = LOOPBACK,
    evidence_limit: int = EVIDENCE_LIMIT,
    uploads: UploadRules | None = None,
    limits: ArrivalLimits | None = None,
) -> FastAPI:
    """The application over `running`, which stays the caller's to close.

    `hosts` are the names under which it may be asked; `evidence_limit` in octets; `limits` are those of files that
    arrive in parts. Makes tokens.db, drafts.db and arrivals/ in the archive's home; closed when the server stops.
    """
    log.configure()
    home = running.home.path
    places, arrivals = Places(uploads or UploadRules()), Arrivals(running.home.arrivals, limits)
    server = Server(running, Tokens(home), DraftStore(home), evidence_limit, places, arrivals, Turns())
    arrivals.sweep(server.now())

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with following(running.log):
            yield
        server.close()

    app = FastAPI(version=VERSION, docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    app.state.server = server
    app.add_middleware(TusGate)
    app.add_middleware(BodyLimits, evidence=evidence_limit)
    app.add_middleware(KnownHosts, hosts=hosts)
    app.add_middleware(log.RequestLog)
    app.add_middleware(SecurityHeaders)
    app.include_router(v1)
    app.include_router(logfiles.router)
    app.add_api_route("/health", _health, summary="存活", include_in_schema=True)
    mounting.mount(app)
    _answer_errors(app)
    app.openapi = _describe(app)  # type: ignore[method-assign]  # FastAPI's own way of changing the document
    return app


def _health() -> dict[str, str]:
    """Whether the server answers; nothing about the archive."""
    return {"status": "ok"}


def _describe(app: FastAPI) -> Any:
    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            server: Server = app.state.server
            app.openapi_schema = openapi.described(app, server.archive.reader.books().values())
        return app.openapi_schema

    return describe


def _answer_errors(app: FastAPI) -> None:
    def told(request: Request, fault: Fault) -> Response:
        return problem(fault) if request.url.path.startswith("/v1/") else mounting.page_of_fault(request, fault)

    @app.exception_handler(Fault)
    async def fault(request: Request, error: Fault) -> Response:
        return told(request, error)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        return told(request, fault_of_http(error))

    @app.exception_handler(RequestValidationError)
    async def shape(request: Request, error: RequestValidationError) -> Response:
        return told(request, fault_of_validation(list(error.errors()), located=True))

    @app.exception_handler(ClientDisconnect)
    async def gone(_request: Request, _error: ClientDisconnect) -> Response:
        return JSONResponse(None, NOTHING_MORE)
