"""The log for everybody: checkpoint and tiles as static files under /log (c2sp.org/tlog-tiles).

It leaks nothing: entries are digests. Tiles never change and may be kept for ever; the checkpoint may not.
"""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter
from starlette.responses import PlainTextResponse, Response

from domain.errors import Fault
from domain.formats.tiles import Tile

from .context import Server, ServerDep

router = APIRouter(prefix="/log", include_in_schema=False)
MEDIA = "text/plain; charset=utf-8"
FOR_EVER = "public, max-age=31536000, immutable"
CHECKPOINT_SECONDS = 1


@router.get("/checkpoint")
def checkpoint(server: ServerDep) -> Response:
    """The newest signed checkpoint (c2sp.org/tlog-checkpoint)."""
    data = server.running.log.files.checkpoint()
    if data is None:
        raise Fault("log-empty", "日志还没有检查点", "请稍候再试。")
    return Response(data, media_type=MEDIA, headers={"Cache-Control": f"max-age={CHECKPOINT_SECONDS}"})


@router.get("/tile/{name:path}")
def tile(server: ServerDep, name: str) -> Response:
    """A tile of hashes or a bundle of entries."""
    try:
        data = server.running.log.files.tile(Tile.parse(f"tile/{name}"))
    except Fault as fault:
        if fault.code != "tile-path":
            raise
        data = None
    if data is None:
        return PlainTextResponse("没有这个分块\n", HTTPStatus.NOT_FOUND)
    return Response(data, media_type="application/octet-stream", headers={"Cache-Control": FOR_EVER})


def proof_of(server: Server, case: str, seq: int) -> Response:
    """The proof as a file to keep. Fault "not-logged"."""
    text = server.running.log.view().proof(case, seq).dump()
    name = f"{case}-{seq:04}.tlog-proof"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(text, media_type=MEDIA, headers=headers)
