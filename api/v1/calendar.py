"""Routes: the adopted calendars, and what each of them changed."""

from __future__ import annotations

from datetime import datetime, time
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.context import AskingDep, ServerDep
from domain.archive import receipt_moment
from domain.changes import changes
from domain.rules.adoptions import calendars_adopted
from domain.rules.civil import SHANGHAI

from .asked import Cursor, DayText, Limit, day
from .rows import CalendarList, ChangePage

router = APIRouter()


@router.get("/calendars", response_model=CalendarList, summary="已启用的年度日历")
def calendars(server: ServerDep, asking: AskingDep) -> dict[str, Any]:
    """The year tables that the archive has adopted, superseded ones too, each since when."""
    home = asking.register.archive
    found = calendars_adopted(server.archive.case(home)) if home else ()
    return {
        "rows": [
            {"name": a.name, "digest": a.digest, "record": a.seq, "since": a.received, "until": a.until, "by": a.by}
            for a in found
        ]
    }


@router.get("/calendar/changes", response_model=ChangePage, summary="日历启用后变动的期限")
def calendar_changes(
    server: ServerDep,
    since: DayText = None,
    case: Annotated[str | None, Query(max_length=64, description="只看一件案件")] = None,
    cursor: Cursor = 0,
    limit: Limit = 100,
) -> dict[str, Any]:
    """Time limits that calendars adopted since then moved or made certain; `limit` cases a page, oldest case first."""
    first = day(since, "since")
    known = [case] if case is not None else [name for name, _ in server.archive.events.cases()]
    following = cursor + limit
    moment = receipt_moment(datetime.combine(first, time.min, SHANGHAI)) if first else ""
    found = changes(server.archive.reader, known[cursor:following], moment)
    return {"rows": [change.as_json() for change in found], "next": following if following < len(known) else None}
