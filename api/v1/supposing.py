"""Route: what would come of an act (假设推算). It answers and stores nothing."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.context import AskingDep, Server, ServerDep
from domain.rules.case import Case
from domain.rules.what_if import suppose, what_if
from projections.fold import shown
from projections.supposing import as_json

from .asked import CaseId
from .models import DefectView, Given

router = APIRouter()
Code = Annotated[str | None, Query(max_length=64)]
Start = Annotated[
    str | None,
    Query(alias="from", max_length=40, description="哪一天，或者带时区的时刻；不写为今天", examples=["2023-03-06"]),
]
Days = Annotated[int | None, Query(description="多少日之后结束；不写的，尚未结束，有上限的用足余下日数")]


class ReasonItem(DefectView):
    """Why the act could not be entered, or would be marked; `zh` with its article and what to do."""

    zh: str


class ActItem(Given):
    """An action."""

    action: str
    title: str


class PlaceItem(Given):
    """Where a limit stands, before or after."""

    status: str
    start: str | None
    due: str | None
    due_at: str | None
    done: str | None
    left: int | None
    unit: str
    provisional: bool
    zh: str


class MovedItem(Given):
    """A limit that would move; `given`: what has to come first; `later`: calendar days, negative if earlier."""

    limit: str
    title: str
    article: str
    round: int
    of: str | None
    name: str | None
    advisory: bool
    given: str | None
    before: PlaceItem
    after: PlaceItem
    later: int | None
    zh: str


class OutlastingItem(Given):
    """A limit that is still open when a capped window has come to its end."""

    limit: str
    title: str
    of: str | None
    due: str | None


class CapItem(Given):
    """A capped window: used and left before, what the act takes, until when, left then."""

    cap: str
    title: str
    article: str
    max: int
    used: int
    left: int
    days: int
    last: str | None
    left_after: int
    outlasted_by: list[OutlastingItem]
    zh: list[str]


class WhatIfView(Given):
    """What would come of an act: whether it could be entered, every limit that would move, caps it takes from."""

    case: str
    action: str
    title: str
    on: str
    at: str | None
    days: int | None
    closes: list[ActItem]
    zh: str
    answer: str
    answer_zh: str
    defects: list[ReasonItem]
    lacking_zh: str
    lacking: list[DefectView]
    effect_zh: str
    moved: list[MovedItem]
    caps: list[CapItem]


@router.get("/cases/{case}/what-if", response_model=WhatIfView, summary="假设推算")
def what_if_view(
    server: ServerDep,
    asking: AskingDep,
    case: CaseId,
    window: Code = None,
    action: Code = None,
    start: Start = None,
    days: Days = None,
) -> dict[str, Any]:
    """What would come of `action`, or of what opens `window`, `days` long. Nothing is stored."""
    whole = server.archive.case(case)
    found = whole if asking.may_act(case, whole.rulebook) else public(server, whole)
    return supposed(server, found, window=window, action=action, start=start, days=days)


def public(server: Server, case: Case) -> Case:
    """The case as it is shown to those who see nothing withheld."""
    return shown(case, server.archive.records(case.id)[: case.seq])


def supposed(
    server: Server, case: Case, *, window: str | None, action: str | None, start: str | None, days: int | None
) -> dict[str, Any]:
    """The answer for API and page alike."""
    asked = suppose(case.rulebook, start or server.today().isoformat(), window=window, action=action, days=days)
    return {"case": case.id, **as_json(what_if(case, asked, server.today(), server.now()), case)}
