"""Serving an archive over HTTP on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import uvicorn

from api.app import create_app
from api.wiring import open_archive

if TYPE_CHECKING:
    from pathlib import Path


def serve_forever(path: Path, host: str, port: int) -> None:
    """Serve the archive in `path` until interrupted."""
    with open_archive(path) as running:
        running.catch_up()
        uvicorn.run(create_app(running), host=host, port=port, log_level="warning", access_log=False)
