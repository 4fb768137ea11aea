"""Routes: from a new case's number through drafts and signatures to the record."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Response

from api.bodies import described, json_body
from api.context import AskingDep, ServerDep, stamp
from domain.archive import DRAFT_LIFE
from domain.errors import Fault
from domain.formats.record import parse_record
from domain.formats.withheld import facts_view

from . import drafting
from .models import CaseOpened, CaseRequest, DraftRequest, DraftView, SignaturesRequest

router = APIRouter()
Name = Annotated[str, Path(max_length=64)]
Seq = Annotated[int, Path(ge=1, le=1_000_000)]


@router.post(
    "/cases",
    status_code=HTTPStatus.CREATED,
    response_model=CaseOpened,
    summary="领取新案编号",
    openapi_extra=described(CaseRequest),
)
def open_case(
    server: ServerDep, asking: AskingDep, body: Annotated[CaseRequest, Depends(json_body(CaseRequest))]
) -> dict[str, Any]:
    """A number for a new case. Nothing is recorded: the case begins with its first act (签收)."""
    book = server.archive.rulebook(body.rulebook)
    case = server.archive.ids.uuid7()
    asking.must_act(case, book)
    server.drafts.open(case, body.rulebook, asking.officer.case, stamp(asking.now + DRAFT_LIFE))
    return {"case": case, "rulebook": body.rulebook}


@router.post(
    "/drafts",
    status_code=HTTPStatus.CREATED,
    response_model=DraftView,
    summary="起草",
    openapi_extra=described(DraftRequest),
)
def draft(
    server: ServerDep, asking: AskingDep, body: Annotated[DraftRequest, Depends(json_body(DraftRequest))]
) -> dict[str, Any]:
    """The exact bytes to sign, or a refusal that cites the article. Repeating with the same `id` is safe."""
    return drafting.view(server, asking, drafting.drafted(server, asking, body))


@router.get("/drafts/{name}", response_model=DraftView, summary="查看草稿")
def get_draft(server: ServerDep, asking: AskingDep, name: Name) -> dict[str, Any]:
    """A draft with the signatures that have come."""
    return drafting.view(server, asking, drafting.found(server, asking, name))


@router.post(
    "/drafts/{name}/signatures",
    response_model=DraftView,
    summary="提交签名",
    openapi_extra=described(SignaturesRequest),
)
def sign(
    server: ServerDep,
    asking: AskingDep,
    name: Name,
    body: Annotated[SignaturesRequest, Depends(json_body(SignaturesRequest))],
) -> dict[str, Any]:
    """Signatures of the draft; with the last one the act is entered and `record` says where. Repeating is safe."""
    return drafting.view(server, asking, drafting.signed(server, asking, name, body.signatures))


@router.get("/records/{case}/{seq}", summary="记录原文", response_class=Response)
def record(server: ServerDep, case: Name, seq: Seq) -> Response:
    """The record's bytes as stored (FORMAT.md §3); withheld facts stand in it as digests only."""
    data = _record(server, case, seq)
    return Response(data, media_type="application/json", headers={"ETag": f'"{parse_record(data).digest}"'})


@router.get("/records/{case}/{seq}/facts", summary="记录的事项")
def record_facts(server: ServerDep, asking: AskingDep, case: Name, seq: Seq) -> dict[str, Any]:
    """Facts and evidence of a record, and the disclosures of what is withheld, for those who may see them."""
    found = parse_record(_record(server, case, seq))
    may = asking.may_act(case, server.archive.case(case).rulebook)
    disclosures = server.archive.disclosures(found) if may else ()
    facts, evidence = facts_view(found.act, disclosures)
    return {"facts": facts, "evidence": list(evidence), "disclosures": list(disclosures)}


def _record(server: ServerDep, case: str, seq: int) -> bytes:
    stored = server.archive.events.case(case)
    if not stored:
        raise Fault("unknown-case", f"没有案件 {case}", "请核对案件编号。", field="case")
    if seq > len(stored):
        raise Fault("unknown-record", f"本案没有第 {seq} 号记录", f"本案共 {len(stored)} 条记录。", field="seq")
    return stored[seq - 1]
