"""Routes: cases, their timelines and time limits, the docket."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.context import AskingDep, ServerDep
from api.looking_back import AsOf, ByDays, past_of, viewed
from domain.errors import Fault
from domain.rules.calendar_notices import behind, notice_json
from domain.rules.case import Case
from domain.rules.deadline import Deadline
from domain.rules.moments import Standpoint
from domain.rules.time_limits import reckoned
from domain.rules.vocabulary import Kind
from projections.grouping import Group
from projections.rows import DeadlineRow, DocketRow

from .asked import CaseId, Cursor, DayText, Limit, Text, day
from .disclosing import opened
from .rows import CasePage, CaseView, DeadlinePage, DocketPage, TimelineView

router = APIRouter()


@router.get("/cases", response_model=CasePage, summary="案件")
def cases(
    server: ServerDep,
    q: Text = None,
    stage: Text = None,
    rulebook: Text = None,
    final: bool | None = None,
    cursor: Cursor = 0,
    limit: Limit = 100,
) -> dict[str, Any]:
    """Cases, newest first; `q` is looked for in number, title and parties."""
    views, today = server.views(), server.today()
    chosen: dict[str, Any] = {"stage": stage, "text": q, "rulebook": rulebook, "final": final}
    rows = views.docket(today, **chosen, limit=limit, before=cursor or None, now=server.now())
    more = rows and views.docket(today, **chosen, limit=1, before=rows[-1]["n"])
    return {"rows": rows, "total": views.docket_size(**chosen), "next": rows[-1]["n"] if more else None}


@router.get("/docket", response_model=DocketPage, summary="在办案件，先到期的在前")
def docket(server: ServerDep, cursor: Cursor = 0, limit: Limit = 1000) -> dict[str, Any]:
    """Cases that are not closed, by the time limit that ends first; those without an open one last."""
    views, today, rows = server.views(), server.today(), list[DocketRow]()
    while batch := views.docket(today, final=False, before=rows[-1]["n"] if rows else None, now=server.now()):
        rows += batch
    rows.sort(key=lambda row: (*_due(row), row["n"]))
    following = cursor + limit
    return {"rows": rows[cursor:following], "total": len(rows), "next": following if following < len(rows) else None}


def _due(row: DocketRow) -> tuple[bool, str, str]:
    """Where a case stands in the docket: by day, those due at a moment of it before those due at its end."""
    due = row["next_due"]
    return due is None, due["due"] if due else "", (due["due_at"] if due else None) or "~"


@router.get("/deadlines", response_model=DeadlinePage, summary="待办期限")
def open_deadlines(server: ServerDep, before: DayText = None, cursor: Cursor = 0, limit: Limit = 100) -> dict[str, Any]:
    """Open time limits of all cases, those due first; `before` leaves out what is due on that day or later."""
    due_before, views, following = day(before, "before"), server.views(), cursor + limit
    rows = views.deadlines(server.today(), due_before=due_before, limit=limit, offset=cursor, now=server.now())
    more = views.deadlines(server.today(), due_before=due_before, limit=1, offset=following, now=server.now())
    return {"rows": rows, "next": following if more else None}


@router.get("/cases/{case}", response_model=CaseView, summary="一件案件")
def case_view(
    server: ServerDep, asking: AskingDep, case: CaseId, as_of: AsOf = None, by: ByDays = None
) -> dict[str, Any]:
    """The case as it stands, or stood, what may be done in its stage, and whether the asker is shown withheld facts."""
    past = past_of(server, case, as_of, by)
    row = viewed(server, past).case() if past else server.views().case(case, server.today(), server.now())
    found = past.case if past else server.archive.case(case)
    return {
        **row,
        "as_of": as_of_item(past.at) if past else None,
        "discloses": asking.may_act(case, found.rulebook),
        "actions": [
            {"action": a.code, "title": a.title, "article": list(a.article), "does": a.kind is Kind.DOES}
            for a in found.rulebook.actions
            if found.stage in a.in_ and not (a.once and found.valid(a.code))
        ],
    }


def as_of_item(at: Standpoint) -> dict[str, str]:
    """From where a case is looked at."""
    return {"as_of": at.text, "by": at.by.value, "day": at.day.isoformat(), "told": at.told()}


@router.get("/cases/{case}/timeline", response_model=TimelineView, summary="办案时间线")
def timeline(
    server: ServerDep,
    asking: AskingDep,
    case: CaseId,
    kind: Annotated[
        str | None, Query(max_length=20, description="received、papers、limits、steps；或 does、reports")
    ] = None,
    action: Text = None,
    party: Annotated[str | None, Query(max_length=40, description="当事人代号")] = None,
    from_: Annotated[str | None, Query(alias="from", max_length=10, examples=["2023-03-01"])] = None,
    to: DayText = None,
    as_of: AsOf = None,
    by: ByDays = None,
    cursor: Cursor = 0,
    limit: Limit = 100,
) -> dict[str, Any]:
    """Records in order; all filters must hold. Withheld facts are shown to those who may act in the case."""
    whole = kind if kind in set(Kind) else None
    if kind is not None and whole is None and kind not in set(Group):
        raise Fault("kind", "时间线没有这一类", f"可选：{'、'.join([*Group, *Kind])}。", field="kind")
    past = past_of(server, case, as_of, by)
    asked: dict[str, Any] = {
        "group": None if whole else kind,
        "kind": whole,
        "action": action,
        "party": party,
        "since": day(from_, "from"),
        "until": day(to, "to"),
        "after": cursor,
        "limit": limit,
    }
    page = viewed(server, past).timeline(**asked) if past else server.views().timeline(case, **asked)
    rows, found = page["rows"], past.case if past else server.archive.case(case)
    if asking.may_act(case, found.rulebook):
        rows = opened(server.archive, found, rows)
    return {"rows": rows, "next": page["next"], "as_of": as_of_item(past.at) if past else None}


@router.get(
    "/cases/{case}/deadlines",
    response_model=DeadlinePage,
    response_model_exclude_unset=True,
    summary="一件案件的期限",
)
def case_deadlines(
    server: ServerDep,
    case: CaseId,
    explain: Annotated[bool, Query(description="附逐日推算")] = False,
    as_of: AsOf = None,
    by: ByDays = None,
) -> dict[str, Any]:
    """Every time limit of the case in the rulebook's order, with its day-by-day reckoning if asked for."""
    past = past_of(server, case, as_of, by)
    today, now = (past.at.day, past.at.instant) if past else (server.today(), server.now())
    rows: list[Any] = list(
        viewed(server, past).deadlines() if past else server.views().deadlines(today, case=case, now=now)
    )
    if explain:
        found = past.case if past else server.archive.case(case)
        rows = [{**row, **explained(found, row, today, now)} for row in rows]
    return {"rows": rows, **({"as_of": as_of_item(past.at)} if past else {})}


def explained(case: Case, row: DeadlineRow, today: date, now: datetime) -> dict[str, Any]:
    """The reckoning of a row's time limit: its `steps` day by day, and the `notices` by which the days were judged."""
    found: tuple[Deadline, ...] = reckoned(case, case.rulebook.by_limit[row["limit"]], today, now)
    made = [d.reckoning for d in found if d.reckoning and (d.of, d.round) == (row["of"], row["round"])]
    return {
        "steps": [
            {"day": s.day.isoformat(), "n": s.n, "why": s.why, "provisional": s.provisional, "note": s.note}
            for reckoning in made
            for s in reckoning.steps
        ],
        "notices": [notice_json(n) for reckoning in made for n in behind(case.calendar, reckoning)],
    }
