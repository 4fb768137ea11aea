"""假设推算 on the pages: the panel's choices, and what would come of one."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query
from starlette.responses import HTMLResponse

from api.context import ServerDep
from api.v1.supposing import public, supposed
from domain.errors import Fault
from domain.rules.case import Case
from domain.rules.what_if import MOST_DAYS

from .rendering import page, this_machine

router = APIRouter(include_in_schema=False, dependencies=[Depends(this_machine)])
Asked = Annotated[str | None, Query(max_length=64)]
_DIGITS = len(str(MOST_DAYS))


@router.get("/cases/{case}/what-if")
def what_if_page(
    server: ServerDep,
    case: Annotated[str, Path(max_length=64)],
    action: Asked = None,
    start: Annotated[str | None, Query(alias="from", max_length=40)] = None,
    days: Annotated[str | None, Query(max_length=10)] = None,
    hx_request: Annotated[str | None, Header(max_length=10)] = None,
) -> HTMLResponse:
    """假设推算；the answer alone for htmx."""
    row, whole = server.views().case(case, server.today()), server.archive.case(case)
    values: dict[str, Any] = {"case": row, "choices": choices(whole), "chosen": action, "start": start, "days": days}
    number, found = _number(days), None
    if action:
        found = supposed(server, public(server, whole), window=None, action=action, start=start or None, days=number)
    return page(server, "_supposed.html" if hx_request else "what_if.html", found=found, **values)


def choices(case: Case) -> list[tuple[str, list[tuple[str, str]]]]:
    """What can be supposed, under two headings: what opens a window, and what else may be done in the stage."""
    book = case.rulebook
    opening = {window.opens.action for window in book.windows}
    first = [a for a in book.actions if a.code in opening]
    other = [a for a in book.actions if case.stage in a.in_ and a.code not in opening]
    other = [a for a in other if not (a.rectifies or a.serves)]
    named = (("使期限停止或者有累计日数的", first), ("本阶段的其他行为", other))
    return [(title, [(a.code, a.title) for a in actions]) for title, actions in named if actions]


def _number(text: str | None) -> int | None:
    """Days as typed, None where the field was left empty. Fault "days"."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise Fault("days", f"日数应为 1 至 {MOST_DAYS}，实为“{text}”", "请改正日数。", field="days")
    return int(text)
