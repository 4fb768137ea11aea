"""The page for putting evidence into a case.

It stores nothing itself: its script speaks to the API with the officer's own token, which stays in the page's memory.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.responses import HTMLResponse

from api.context import ServerDep

from .rendering import page, this_machine

router = APIRouter(include_in_schema=False, dependencies=[Depends(this_machine)])


@router.get("/cases/{case}/evidence/new")
def new(server: ServerDep, case: Annotated[str, Path(max_length=64)]) -> HTMLResponse:
    """存入证据."""
    row = server.views().case(case, server.today(), server.now())
    return page(server, "upload.html", case=row, limit=server.evidence_limit)
