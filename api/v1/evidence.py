"""Routes: evidence up and down, streamed; and the dossier package."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from http import HTTPStatus
from typing import Annotated, Any, BinaryIO, cast
from urllib.parse import quote

import orjson
from anyio import to_thread
from fastapi import APIRouter, Path, Query, Request, Response
from starlette.responses import StreamingResponse

from api.context import AskingDep, Server, ServerDep, stamp
from api.files import PartDep, paper, sent
from api.problems import problem
from domain.errors import Fault
from domain.evidence_check import refuse_unadmitted
from domain.evidence_port import Attached, State

from .asked import CaseId
from .drafting import rulebook_of
from .models import EvidencePage, EvidenceView, RefusedFile
from .uploads import Body, BodyStream

router = APIRouter()
CHUNK = 1 << 20
SPOOLED = 8 << 20  # octets of a package kept in memory before it goes to a temporary file


def _octets(media: str) -> dict[str, Any]:
    """The OpenAPI words for an answer that is a file."""
    return {"description": "文件", "content": {media: {"schema": {"type": "string", "format": "binary"}}}}


@router.post(
    "/cases/{case}/evidence",
    status_code=HTTPStatus.CREATED,
    response_model=EvidenceView,
    responses={
        202: {"description": "已存入，尚在隔离待查", "model": EvidenceView},
        422: {"description": "已存入，但被拒收", "model": RefusedFile},
    },
    summary="存入证据文件",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def attach(
    request: Request,
    server: ServerDep,
    asking: AskingDep,
    case: CaseId,
    name: Annotated[str, Query(min_length=1, max_length=400, description="文件名", examples=["投诉书.pdf"])],
) -> Response:
    """The request's body is the file. It is stored under retention, read back and inspected before this answers.

    201: it may be named by an act. 202: it waits in quarantine, `reason` says why. 422 "file-refused": it was stored
    and refused, which is remembered under its digest. Answers 503 at once while as many files stream in as may.
    """

    def store() -> Attached:
        asking.must_act(case, rulebook_of(server, case))
        source = cast("BinaryIO", BodyStream(Body(request.stream(), server.uploads.rules.stalled)))
        length = _declared(request)
        return server.archive.attaching.attach(case=case, source=source, name=name, length=length)

    with server.uploads.one():
        return _told(await to_thread.run_sync(store, limiter=server.uploads.workers))


@router.get("/cases/{case}/evidence", response_model=EvidencePage, summary="一件案件存入的证据文件")
def listed(server: ServerDep, asking: AskingDep, case: CaseId) -> dict[str, Any]:
    """Every file that was stored for the case, with where it stands; for those who may act in the case."""
    asking.must_act(case, rulebook_of(server, case))
    return {"rows": [evidence_view(attached) for attached in server.archive.attachments.of_case(case)]}


@router.head("/evidence/{name}", include_in_schema=False, response_class=Response)
@router.get(
    "/evidence/{name}",
    summary="取出证据文件",
    response_class=Response,
    responses={200: _octets("application/octet-stream"), 206: _octets("application/octet-stream")},
)
def fetch(
    server: ServerDep,
    asking: AskingDep,
    part: PartDep,
    name: Annotated[str, Path(max_length=64, description="存证编号")],
) -> Response:
    """The file, or the part that Range names; always as a download."""
    found = paper(server.archive, name)
    if found.withheld:
        asking.must_act(found.case, rulebook_of(server, found.case))
    refuse_unadmitted(found.attached, "object")
    return sent(server.archive, found, part, inline=False)


@router.get(
    "/cases/{case}/export",
    summary="导出案卷",
    response_class=Response,
    responses={200: _octets("application/zip")},
)
def export(
    server: ServerDep,
    asking: AskingDep,
    case: CaseId,
    recipient: Annotated[str, Query(min_length=1, max_length=200, description="接收单位")] = "本部门",
    redacted: Annotated[bool, Query(description="不公开事项一律不披露")] = False,
) -> Response:
    """The dossier package (FORMAT.md §8); withheld facts for those who may act in the case, unless redacted."""
    may = asking.may_act(case, server.archive.case(case).rulebook)
    if not may and not redacted:
        raise Fault("not-permitted", "不能导出含有不公开事项的案卷", "请加 redacted=true 导出公开的案卷。")
    number = server.archive.case(case).heading()[0]
    body = _packaged(server, case, recipient, disclose=not redacted)
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(f'案卷-{number}.zip', safe='')}"}
    return StreamingResponse(body, headers=headers, media_type="application/zip")


def _packaged(server: Server, case: str, recipient: str, *, disclose: bool) -> Iterator[bytes]:
    from projections.dossier.package import export as write  # noqa: PLC0415  # typesetting is loaded when it is needed

    file = tempfile.SpooledTemporaryFile(SPOOLED)  # noqa: SIM115  # closed when the last chunk has been sent
    try:
        made = server.archive, case, recipient, cast("BinaryIO", file)
        write(*made, disclose=disclose, exported=stamp(server.now()), log=server.running.log)
    except BaseException:
        file.close()
        raise
    return _chunks(file)


def _chunks(file: Any) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while chunk := file.read(CHUNK):
            yield chunk


def _declared(request: Request) -> int | None:
    declared = request.headers.get("content-length")
    return int(declared) if declared is not None else None


def _told(attached: Attached) -> Response:
    view = evidence_view(attached)
    if attached.state is State.REFUSED:
        fault = Fault("file-refused", f"文件已被拒收：{attached.reason.rstrip('。')}", field="evidence")
        return problem(fault, evidence=view)
    status = HTTPStatus.CREATED if attached.state is State.ADMITTED else HTTPStatus.ACCEPTED
    return Response(orjson.dumps(view), status, media_type="application/json")


def evidence_view(attached: Attached) -> dict[str, Any]:
    """An evidence file as the API tells of it."""
    stored = attached.stored
    return {
        "object": stored.object,
        "case": attached.case,
        "name": attached.name,
        "media": attached.media,
        "sha256": stored.sha256,
        "length": stored.length,
        "blob": stored.blob,
        "size": stored.size,
        "version": stored.version,
        "state": attached.state.value,
        "reason": attached.reason,
    }
