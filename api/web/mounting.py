"""The pages put into the application: their routes, their static files, and the page of a refusal."""

from __future__ import annotations

from fastapi import FastAPI, Request
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api.context import Server
from api.problems import status_of, title_of
from domain.errors import Fault

from . import complying, pages, supposing, uploading, verifying
from .rendering import HERE, page

KEEP = "public, max-age=31536000, immutable"


def page_of_fault(request: Request, fault: Fault) -> HTMLResponse:
    """The page of a refusal."""
    status = status_of(fault)
    server: Server = request.app.state.server
    return page(server, "error.html", "", status, title=title_of(status), defects=fault.defects)


class _Kept(StaticFiles):
    """Static files with a long life where they are asked for under their digest."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if scope["query_string"].startswith(b"v="):
            response.headers["Cache-Control"] = KEEP
        return response


def mount(app: FastAPI) -> None:
    """Add the pages and their static files."""
    app.include_router(uploading.router)  # first: "new" is no evidence file's name
    app.include_router(pages.router)
    app.include_router(supposing.router)
    app.include_router(complying.router)
    app.include_router(verifying.router)
    app.mount("/static", _Kept(directory=HERE / "static"), name="static")
