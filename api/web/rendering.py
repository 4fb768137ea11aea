"""A page made of its template, with what every page shows, for whoever sits at this machine.

Keeps: pages answer this machine only, whatever the server listens on, for nobody proves there who they are; a static
file is asked for under its digest, so that it may be kept for ever.
"""

from __future__ import annotations

import ipaddress
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse

from api.context import Server
from domain.errors import Fault
from domain.formats.encoding import digest

from .words import FILTERS

HERE = Path(__file__).parent
_TAG = 10  # characters of a static file's digest in its address


@cache
def static(name: str) -> str:
    """The address of a static file."""
    return f"/static/{name}?v={digest((HERE / 'static' / name).read_bytes())[:_TAG]}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(FILTERS)
    environment.globals["static"] = static
    return environment


def page(server: Server, template: str, section: str = "cases", status: int = 200, **values: Any) -> HTMLResponse:
    """A page from a template, with what every page shows."""
    register = server.archive.register()
    shown = {
        "origin": register.origin or "尚未建档",
        "demonstration": register.demonstration,
        "position": server.archive.events.position(),
        "today": server.today(),
        "section": section,
        **values,
    }
    return HTMLResponse(_environment().get_template(template).render(shown), status)


def this_machine(request: Request) -> None:
    """Fault "loopback-only" for a request from another machine."""
    host = request.client.host if request.client else ""
    try:
        near = ipaddress.ip_address(host).is_loopback
    except ValueError:
        near = False
    if not near:
        raise Fault("loopback-only", "页面只在本机查看", "请在运行本服务的机器上打开，或者使用接口。")
