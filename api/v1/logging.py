"""Routes: the log proof of a record."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.responses import Response

from api.context import ServerDep
from api.logfiles import proof_of

from .asked import CaseId

router = APIRouter()
_TEXT: dict[str, Any] = {
    "description": "日志证明（c2sp.org/tlog-proof@v1），可离线核验",
    "content": {"text/plain": {"schema": {"type": "string"}}},
}


@router.get(
    "/cases/{case}/records/{seq}/proof",
    summary="记录的日志证明",
    response_class=Response,
    responses={200: _TEXT},
)
def proof(server: ServerDep, case: CaseId, seq: Annotated[int, Path(ge=1, le=1_000_000_000)]) -> Response:
    """That the record stands in the archive's transparency log, under its newest checkpoint."""
    server.archive.records(case)  # an unknown case is said to be one
    return proof_of(server, case, seq)
