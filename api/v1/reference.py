"""Routes: rulebooks, the trust file, the API's own description."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from api.context import AskingDep, ServerDep
from domain.formats.shapes import digest as digest_shape
from domain.formats.trust import Trust

router = APIRouter()


@router.get("/rulebooks", summary="规则手册")
def rulebooks(server: ServerDep, asking: AskingDep) -> dict[str, list[dict[str, Any]]]:
    """Every version adopted or installed; `adopted`: it counts here; `current`: new cases are opened by it."""
    adopted = asking.register.rulebooks
    books = {book.digest: book for book in server.archive.rulebooks.current().values()}
    books |= {pinned: server.archive.rulebooks.rulebook(pinned) for known in adopted.values() for pinned in known}
    return {
        "rows": [
            {
                "id": book.id,
                "title": book.title,
                "number": book.number,
                "digest": book.digest,
                "adopted": book.digest in adopted.get(book.id, ()),
                "current": book.digest == next(iter(adopted.get(book.id, ())[::-1]), None),
                "actions": [{"action": a.code, "title": a.title, "opens": a.opens} for a in book.actions],
                "capacities": {c.code: c.title for c in book.capacities},
            }
            for book in sorted(books.values(), key=lambda book: (book.id, book.digest))
        ]
    }


@router.get(
    "/rulebooks/{pinned}",
    summary="规则手册全文",
    response_class=Response,
    responses={200: {"description": "规则手册", "content": {"application/json": {"schema": {"type": "object"}}}}},
)
def rulebook(server: ServerDep, pinned: Annotated[str, Path(max_length=64)]) -> Response:
    """The compiled rulebook with this digest, byte for byte as cases pin it."""
    book = server.archive.rulebooks.rulebook(digest_shape(pinned, "digest"))
    return Response(book.data, media_type="application/json", headers={"ETag": f'"{book.digest}"'})


@router.get("/trust", summary="信任文件", response_class=Response)
def trust(server: ServerDep) -> Response:
    """The trust file to hand to outsiders; its fingerprint, to be compared aloud, stands in Trust-Fingerprint."""
    found: Trust = server.archive.trust()
    return Response(found.dump(), media_type="application/json", headers={"Trust-Fingerprint": found.fingerprint})


@router.get("/openapi.json", include_in_schema=False)
def openapi(request: Request) -> dict[str, Any]:
    """The description of this API."""
    schema: dict[str, Any] = request.app.openapi()
    return schema
