"""Routes: evidence files that arrive in parts (tus 1.0.0), as far as `tus` says.

Keeps: an upload belongs to the officer who began it and to its case, and the right to act there is asked at every
request; an offset is answered only for bytes that are durable; with the last byte the file goes the way of every other
one, under the name that the upload had from its beginning, so that doing it again never makes two of it.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from contextlib import closing
from http import HTTPStatus
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Path, Request, Response
from starlette.requests import ClientDisconnect

from api.context import AskingDep, Server, ServerDep, stamp
from api.problems import problem
from api.turns import Turn
from domain.admission import admitted_name
from domain.errors import Fault
from domain.evidence_port import Attached
from storage.arrivals.sealed_parts import PART
from storage.arrivals.store import Arrival, Opened, unknown

from . import tus
from .asked import CaseId
from .drafting import rulebook_of
from .evidence import evidence_view
from .models import UploadView
from .uploads import Body

router = APIRouter()
UploadName = Annotated[str, Path(max_length=64, description="上传编号，即存证编号")]
COUNTED = 16 * PART  # octets after which what came is made to count, where no checksum is awaited
ALONE = {204: {"description": "见响应头 Upload-Offset、Upload-Length、Upload-Expires"}}


@router.options("/cases/{case}/uploads", summary="断点续传的约定", status_code=204, response_class=Response)
def offered(server: ServerDep, case: CaseId) -> Response:  # noqa: ARG001  # the same for every case
    """What is offered (tus 1.0.0): version, extensions, largest file, checksums."""
    return Response(
        status_code=204,
        headers={
            "Tus-Version": tus.VERSION,
            "Tus-Extension": tus.EXTENSIONS,
            "Tus-Max-Size": str(server.evidence_limit),
            "Tus-Checksum-Algorithm": ",".join(tus.ALGORITHMS),
        },
    )


@router.post("/cases/{case}/uploads", summary="开始断点续传", status_code=HTTPStatus.CREATED, response_model=UploadView)
def begin(request: Request, response: Response, server: ServerDep, asking: AskingDep, case: CaseId) -> dict[str, Any]:
    """Headers Upload-Length and Upload-Metadata (filename); the size is judged now. Location is where the parts go."""
    asking.must_act(case, rulebook_of(server, case))
    length = tus.length(request.headers)
    raw, told = tus.metadata(request.headers)
    file = admitted_name(told.get("filename", ""))
    if length == 0:
        raise Fault("empty", "证据文件是空的（0 字节）", "请检查所选的文件。", field="Upload-Length")
    if length > server.evidence_limit:
        message = f"文件超过单个证据文件的上限（{server.evidence_limit} 字节）"
        raise Fault("too-large", message, "请拆分后分别上传，或请管理员调高上限。", field="Upload-Length")
    server.archive.attaching.room(case, length)
    wanted = Arrival(server.archive.ids.uuid7(), case, asking.officer.case, file, raw, length, server.now())
    arrival = server.arrivals.begin(wanted, server.now())
    response.headers["Location"] = f"/v1/cases/{case}/uploads/{arrival.name}"
    response.headers["Upload-Expires"] = tus.moment(arrival.expires)
    return _view(arrival, None)


@router.get("/cases/{case}/uploads/{upload}", summary="查看断点续传", response_model=UploadView)
def look(server: ServerDep, asking: AskingDep, case: CaseId, upload: UploadName) -> dict[str, Any]:
    """How far it is, and the evidence file once it is stored."""
    arrival = _own(server, asking, case, upload)
    return _view(arrival, server.archive.attachments.get(upload) if arrival.whole else None)


@router.head("/cases/{case}/uploads/{upload}", summary="断点续传已收到多少", status_code=204, response_class=Response)
async def ask(server: ServerDep, asking: AskingDep, case: CaseId, upload: UploadName) -> Response:
    """Upload-Offset. A whole file that isn't stored yet (the server died just then) is stored now."""
    await _worker(server)(_own, server, asking, case, upload)
    async with server.turns.of(upload):
        arrival = await _worker(server)(_own, server, asking, case, upload)
        if arrival.whole and not arrival.done:
            with server.uploads.one():
                await _worker(server)(_resumed, server, arrival)
    more = {"Upload-Metadata": arrival.metadata} if arrival.metadata else {}
    return _told(arrival, {"Upload-Length": str(arrival.length), **more})


@router.patch(
    "/cases/{case}/uploads/{upload}",
    summary="续传一段",
    status_code=204,
    response_class=Response,
    openapi_extra={"requestBody": {"required": True, "content": {tus.MEDIA: {"schema": {"type": "string"}}}}},
)
async def append(request: Request, server: ServerDep, asking: AskingDep, case: CaseId, upload: UploadName) -> Response:
    """The part that begins at Upload-Offset; with Upload-Checksum only if it hashes to that (460). The last stores."""
    tus.media(request.headers)
    offset = tus.number(request.headers, "Upload-Offset")
    wanted = tus.checksum(request.headers, required=server.uploads.rules.checksums)
    run = _worker(server)
    await run(_own, server, asking, case, upload)
    with server.uploads.one():
        async with server.turns.of(upload) as turn:
            arrival = await run(_own, server, asking, case, upload)
            declared = tus.number(request.headers, "Content-Length") if "content-length" in request.headers else 0
            if arrival.offset != offset:
                message = f"应从第 {arrival.offset} 字节继续，请求从第 {offset} 字节开始"
                raise Fault("upload-offset", message, "请先查询已收到多少，再继续。")
            if offset + declared > arrival.length:
                raise _beyond(arrival.length)
            body = Body(request.stream(), server.uploads.rules.stalled)
            if arrival.done:
                return await _nothing_more(turn, body, wanted, arrival)
            with closing(await run(server.arrivals.open, upload)) as opened:
                if not await _Coming(server, opened, turn, run).received(body, wanted):
                    return _mismatch()
                arrival = await run(opened.commit, server.now())
                if arrival.whole:
                    await run(_stored, server, opened)
    return _told(arrival)


class _Coming:
    """The body of one request on its way into an upload."""

    def __init__(self, server: Server, opened: Opened, turn: Turn, run: Callable[..., Awaitable[Any]]) -> None:
        self._server, self._opened, self._turn, self._run = server, opened, turn, run

    async def received(self, body: Body, wanted: tus.Checksum | None) -> bool:
        """Write it, uncommitted at its end; False, and nothing of it kept, if it isn't what was wanted.

        If the sender breaks off, what came counts, unless it was to be checked.
        """
        try:
            hashed = await self._written(body, wanted)
        except (Fault, ClientDisconnect) as error:
            if wanted is None and getattr(error, "code", None) != "upload-beyond":
                await self._run(self._opened.commit, self._server.now())
            raise
        if wanted is not None and not hmac.compare_digest(hashed, wanted.digest):
            await self._run(self._opened.discard)
            return False
        return True

    async def _written(self, body: Body, wanted: tus.Checksum | None) -> bytes:
        held, check = bytearray(), wanted.begun() if wanted else None
        length = self._opened.arrival.length
        try:
            while (chunk := await self._turn.next(body)) is not None:
                held += chunk
                if check is not None:
                    check.update(chunk)
                if self._opened.arrival.offset + len(held) > length:
                    held.clear()
                    raise _beyond(length)
                if len(held) >= PART:
                    await self._write(held)
                    if check is None and self._opened.pending >= COUNTED:
                        await self._run(self._opened.commit, self._server.now())
        finally:
            await self._write(held)
        return check.digest() if check is not None else b""

    async def _write(self, held: bytearray) -> None:
        data = bytes(held)
        held.clear()
        if data:
            await self._run(self._opened.write, data)


async def _nothing_more(turn: Turn, body: Body, wanted: tus.Checksum | None, arrival: Arrival) -> Response:
    """The answer to a part, which must be empty, after the last one."""
    while (chunk := await turn.next(body)) is not None:
        if chunk:
            raise _beyond(arrival.length)
    return _told(arrival) if wanted is None or wanted.digest == wanted.begun().digest() else _mismatch()


def _mismatch() -> Response:
    fault = Fault("upload-checksum", "这一段与其校验和不符，没有收下", "请重新发送这一段。")
    return problem(fault, status=tus.CHECKSUM_MISMATCH)


def _own(server: Server, asking: AskingDep, case: str, name: str) -> Arrival:
    """The asker's own upload of this case. Faults "not-permitted", "unknown-upload"."""
    asking.must_act(case, rulebook_of(server, case))
    found = server.arrivals.find(name, server.now())
    if found is None or (found.case, found.officer) != (case, asking.officer.case):
        raise unknown()
    return found


def _resumed(server: Server, arrival: Arrival) -> None:
    with closing(server.arrivals.open(arrival.name)) as opened:
        _stored(server, opened)


def _stored(server: Server, opened: Opened) -> None:
    """Put a whole file into the vault under the upload's name, unless an earlier attempt came so far already."""
    arrival = opened.arrival
    if server.archive.attachments.get(arrival.name) is None:
        server.archive.attaching.attach(
            object=arrival.name,
            case=arrival.case,
            source=opened.source(),
            name=arrival.file,
            length=arrival.length,
        )
    server.arrivals.settle(arrival.name)


def _worker(server: Server) -> Callable[..., Awaitable[Any]]:
    async def run(work: Callable[..., Any], *given: Any) -> Any:
        return await to_thread.run_sync(work, *given, limiter=server.uploads.workers)

    return run


def _told(arrival: Arrival, more: dict[str, str] | None = None) -> Response:
    told = {"Upload-Offset": str(arrival.offset), "Upload-Expires": tus.moment(arrival.expires)}
    return Response(status_code=204, headers={**told, "Cache-Control": "no-store", **(more or {})})


def _view(arrival: Arrival, attached: Attached | None) -> dict[str, Any]:
    return {
        "upload": arrival.name,
        "case": arrival.case,
        "name": arrival.file,
        "length": arrival.length,
        "offset": arrival.offset,
        "expires": stamp(arrival.expires),
        "evidence": evidence_view(attached) if attached else None,
    }


def _beyond(length: int) -> Fault:
    return Fault(
        "upload-beyond", f"超出开始时写明的长度（{length} 字节），没有收下", "请核对文件是否改动过，重新上传。"
    )
