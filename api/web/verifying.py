"""核验: the page that verifies a package in the browser, the one that is enclosed in every package.

It holds nothing of this archive, so whoever reaches the server may have it.
"""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from projections.dossier.verifier_page import policy, verifier_page

router = APIRouter(include_in_schema=False)


@router.get("/verify")
def verify_page() -> Response:
    """核验案卷包."""
    headers = {"Content-Security-Policy": f"{policy()}; frame-ancestors 'none'"}
    return Response(verifier_page(), media_type="text/html; charset=utf-8", headers=headers)
