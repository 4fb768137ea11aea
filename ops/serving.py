"""Serving an archive over HTTP on this machine."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import uvicorn

from api.app import create_app
from api.guards import LOOPBACK
from api.wiring import open_archive
from domain.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from api.places import UploadRules

BACKLOG = 128


class _Announcing(uvicorn.Server):
    """A server that tells when it serves, and can be interrupted from then on."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()


def serve_forever(
    path: Path,
    host: str,
    port: int,
    ready: Callable[[str], None] = lambda _address: None,
    uploads: UploadRules | None = None,
) -> None:
    """Serve the archive in `path` until interrupted; `ready(address)` is called once it is served.

    Port 0 takes any free one. Fault "address" if the port can't be had, and those of `open_archive`.
    """
    with open_archive(path) as running, _listening(host, port) as listening:
        running.catch_up()
        name = f"[{host}]" if ":" in host else host
        app = create_app(running, hosts=(*LOOPBACK, name), uploads=uploads)
        address = f"http://{name}:{listening.getsockname()[1]}/"
        config = uvicorn.Config(app, log_level="warning", access_log=False)
        _Announcing(config, lambda: ready(address)).run(sockets=[listening])


def _listening(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        remedy = "请关闭占用该端口的程序，或以 --port 另选端口。"
        raise Fault(
            "address", f"不能在 {host}:{port} 提供服务，端口已被占用或者不可用", remedy, field="port"
        ) from error
