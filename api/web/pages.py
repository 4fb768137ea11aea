"""The pages: docket, case, record, evidence, time limits, calendar. Read-only; withheld facts are shown as 不公开."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Header, Path, Query
from starlette.responses import HTMLResponse, Response

from api.context import Server, ServerDep
from api.files import INLINE, Paper, PartDep, paper, sent
from api.logfiles import proof_of
from api.looking_back import AsOf, ByDays
from domain.errors import Fault
from domain.evidence_port import Attached, State
from domain.rules.binding import told
from domain.rules.calendar_notices import behind
from domain.rules.deadline import Status
from domain.rules.service_table import service_table
from domain.rules.sources import named
from domain.rules.time_limits import reckoned
from domain.rules.vocabulary import Kind
from projections.grouping import TITLES, Group
from projections.rows import CaseRow, TimelineRow

from . import months
from .complying import summary
from .looks import Look, looked
from .moved import with_changes
from .rendering import page, this_machine
from .supposing import choices

router = APIRouter(include_in_schema=False, dependencies=[Depends(this_machine)])
PAGE = 50
MOST = 1000
FRAMED = ("application/pdf", "text/plain", "text/csv")
CaseId = Annotated[str, Path(max_length=64)]
Seq = Annotated[int, Path(ge=1, le=1_000_000)]
After = Annotated[int, Query(ge=0, le=1_000_000)]
Before = Annotated[int | None, Query(ge=1, le=1_000_000_000)]
GroupCode = Annotated[str | None, Query(max_length=20)]
_CLOSED = (Status.KEPT, Status.MISSED, Status.MOOT, Status.INDETERMINATE, Status.ENDED)


@router.get("/")
def docket(
    server: ServerDep, q: Annotated[str | None, Query(max_length=100)] = None, before: Before = None
) -> HTMLResponse:
    """案件列表."""
    search = (q or "").strip() or None
    rows = server.views().docket(server.today(), text=search, limit=PAGE + 1, before=before, now=server.now())
    further = {**({"q": search} if search else {}), "before": rows[PAGE - 1]["n"]} if len(rows) > PAGE else None
    more = urlencode(further) if further else None
    return page(server, "docket.html", rows=rows[:PAGE], more=more, search=search or "")


@router.get("/cases/{case}")
def case_page(
    server: ServerDep,
    case: CaseId,
    group: GroupCode = None,
    after: After = 0,
    as_of: AsOf = None,
    by: ByDays = None,
) -> HTMLResponse:
    """一件案件，现在的或者当时的."""
    look = looked(server, case, as_of, by)
    row, shown = _timeline(look, group, after)
    found = [d for d in row["deadlines"] if d["status"] != Status.NOT_BEGUN]
    limits = with_changes(server, case, found) if look.past is None else [{**d, "changes": ()} for d in found]
    return page(
        server,
        "case.html",
        **shown,
        versions=told(look.folded()) if not row["trouble"] else (),
        roles=_roles(row),
        open_limits=sorted(
            (d for d in limits if d["status"] not in _CLOSED), key=lambda d: (d["advisory"], d["due"] or "9")
        ),
        closed_limits=[d for d in limits if d["status"] in _CLOSED],
        papers=_papers(look),
        custody=look.custody() if not row["trouble"] else (),
        choices=choices(look.folded()) if look.past is None and not row["trouble"] else (),
        chosen=None,
        start=None,
        days=None,
        destroyed=server.archive.keys.destroyed(case),
        unadmitted=_unadmitted(server, case) if look.past is None else (),
        **_service(look, row),
        **(summary(look) if not row["trouble"] else {"conclusion": "", "conclusion_tone": ""}),
    )


@router.get("/cases/{case}/timeline")
def timeline(
    server: ServerDep,
    case: CaseId,
    group: GroupCode = None,
    after: After = 0,
    as_of: AsOf = None,
    by: ByDays = None,
) -> HTMLResponse:
    """The timeline alone, for htmx."""
    _, shown = _timeline(looked(server, case, as_of, by), group, after)
    return page(server, "_timeline.html", **shown)


@router.get("/cases/{case}/records/{seq}")
def record(server: ServerDep, case: CaseId, seq: Seq) -> HTMLResponse:
    """一条记录."""
    row, found = server.views().case(case, server.today(), server.now()), _row(server, case, seq)
    stored = server.archive.records(case)[seq - 1]
    rulebook = server.archive.rulebooks.rulebook(stored.act.rulebook_digest)
    action = rulebook.by_action.get(found["action"])
    return page(
        server,
        "record.html",
        case=row,
        row=found,
        articles=action.article if action else (),
        seen=stored.act.seen.seq,
        prev=stored.receipt.prev,
        archive_kid=stored.receipt.kid,
        rulebook_digest=rulebook.digest,
        does=action is not None and action.kind is Kind.DOES,
        log_index=server.running.log.place(case, seq),
    )


@router.get("/cases/{case}/records/{seq}/proof")
def proof(server: ServerDep, case: CaseId, seq: Seq) -> Response:
    """日志证明."""
    return proof_of(server, case, seq)


@router.get("/cases/{case}/evidence/{name}")
def evidence(server: ServerDep, case: CaseId, name: CaseId) -> HTMLResponse:
    """一个文件，在页面中打开."""
    row, found = server.views().case(case, server.today(), server.now()), _open(server, case, name)
    named = _row(server, case, found.seq or 0)
    told = next(item for item in named["evidence"] if item["object"] == name)
    destroyed = server.archive.keys.destroyed(case)
    show = "" if destroyed or found.media not in INLINE else _shown_by(found.media)
    values: dict[str, Any] = {
        "paper": told,
        "seq": found.seq,
        "length": found.length,
        "sha256": found.sha256,
        "show": show,
        "destroyed": destroyed,
    }
    return page(server, "evidence.html", case=row, **values)


@router.head("/cases/{case}/evidence/{name}/content")
@router.get("/cases/{case}/evidence/{name}/content")
def content(
    server: ServerDep,
    case: CaseId,
    name: CaseId,
    part: PartDep,
) -> Response:
    """The file for the page's frame."""
    return sent(server.archive, _open(server, case, name), part, inline=True)


@router.head("/cases/{case}/evidence/{name}/download")
@router.get("/cases/{case}/evidence/{name}/download")
def download(
    server: ServerDep,
    case: CaseId,
    name: CaseId,
    part: PartDep,
) -> Response:
    """The file to keep."""
    return sent(server.archive, _open(server, case, name), part, inline=False)


@router.get("/cases/{case}/deadlines/{limit}")
def limit_page(
    server: ServerDep,
    case: CaseId,
    limit: Annotated[str, Path(max_length=64)],
    of: Annotated[str | None, Query(max_length=40)] = None,
    number: Annotated[int, Query(alias="round", ge=1)] = 1,
    as_of: AsOf = None,
    by: ByDays = None,
    hx_request: Annotated[str | None, Header(max_length=10)] = None,
) -> HTMLResponse:
    """逐日推算, of one round; the table alone for htmx."""
    look = looked(server, case, as_of, by)
    row, whole = look.row(), look.folded()
    spec = whole.rulebook.by_limit.get(limit)
    found = [d for d in reckoned(whole, spec, look.today, look.now) if (d.of, d.round) == (of, number)] if spec else []
    if not found or spec is None:
        raise Fault("not-found", "本案没有这一期限", "请从案件页面打开。")
    reckoning = found[0].reckoning
    return page(
        server,
        "_steps.html" if hx_request else "limit.html",
        **look.shown(),
        case=row,
        title=spec.title,
        article=spec.article,
        note=spec.note,
        readings=[whole.rulebook.by_reading[code] for code in spec.readings],
        of_name=named(of, {party["id"]: party["name"] for party in row["parties"]}),
        steps=reckoning.steps if reckoning else (),
        notices=behind(whole.calendar, reckoning) if reckoning else (),
        strict=reckoning.strict_due if reckoning and reckoning.strict_due != reckoning.due else None,
    )


@router.get("/deadlines")
def deadlines(
    server: ServerDep, case: Annotated[str | None, Query(max_length=64)] = None, as_of: AsOf = None, by: ByDays = None
) -> HTMLResponse:
    """期限: the open ones of all cases, or all of one, now or at a moment."""
    if case is None:
        rows = server.views().deadlines(server.today(), limit=MOST, now=server.now())
        return page(server, "deadlines.html", "deadlines", rows=rows, case=None, at=None, carry="")
    look = looked(server, case, as_of, by)
    return page(server, "deadlines.html", "deadlines", **look.shown(), rows=look.deadlines(MOST), case=look.row())


@router.get("/calendar")
def calendar(server: ServerDep, year: Annotated[int | None, Query(ge=1900, le=2300)] = None) -> HTMLResponse:
    """工作日历 of a year, with the open time limits that end in it."""
    today, known = server.today(), server.archive.calendar()
    first, last = min(known.years), max(*known.years, today.year) + 1
    chosen = min(max(year if year is not None else today.year, first), last)
    begin, end = date(chosen, 1, 1), date(chosen + 1, 1, 1)
    due = [d for d in server.views().deadlines(today, due_before=end) if d["due"] and d["due"] >= begin.isoformat()]
    shown = months.shown(known, chosen, {str(d["due"]) for d in due}, today)
    return page(server, "calendar.html", "calendar", year=chosen, first=first, last=last, due=due, **shown)


def _timeline(look: Look, group: str | None, after: int) -> tuple[CaseRow, dict[str, Any]]:
    """The case's row, and what the timeline's template needs; filters are code, title, how many, and their query."""
    row, found = look.row(), look.timeline(group=group or None, after=after, limit=PAGE)
    counts = row["groups"]
    kinds = [("", "全部", sum(counts.values())), *((g.value, TITLES[g], counts[g.value]) for g in Group)]
    return row, {
        **look.shown(),
        "case": row,
        "rows": found["rows"],
        "more": look.query(group=group, after=found["next"]) if found["next"] else None,
        "filters": [(code, title, count, look.query(group=code)) for code, title, count in kinds],
        "group": group or "",
        "fresh": {action.code for action in look.folded().rulebook.actions if action.fresh} if found["rows"] else (),
    }


def _row(server: Server, case: str, seq: int) -> TimelineRow:
    rows = server.views().timeline(case, after=seq - 1, limit=1)["rows"]
    if not rows:
        raise Fault("unknown-record", f"本案没有第 {seq} 号记录", "请从案件页面打开。", field="seq")
    return rows[0]


def _roles(row: CaseRow) -> list[tuple[str, list[str]]]:
    """The first two roles of the case's parties, with their names."""
    roles: dict[str, list[str]] = {}
    for party in row["parties"]:
        roles.setdefault(party["role_title"], []).append(party["name"])
    return list(roles.items())[:2]


def _service(look: Look, row: CaseRow) -> dict[str, Any]:
    """Papers not yet served and papers served, each with its recipient, named as anyone may know them."""
    names = {party["id"]: party["name"] for party in row["parties"]}
    found = [] if row["trouble"] else [item.as_json() for item in service_table(look.folded())]
    rows = [{**item, "name": names.get(item["recipient"], item["recipient"])} for item in found]
    return {"unserved": [r for r in rows if not r["served_on"]], "served": [r for r in rows if r["served_on"]]}


def _unadmitted(server: Server, case: str) -> list[Attached]:
    """The files that wait in quarantine or were refused, without their names: those may be confidential."""
    return [found for found in server.archive.attachments.of_case(case) if found.state is not State.ADMITTED]


def _papers(look: Look) -> list[tuple[int, Any]]:
    """Every file of the case with the record that names it, as far as anyone may see it."""
    return [(row["seq"], item) for row in look.timeline(limit=MOST)["rows"] for item in row["evidence"]]


def _shown_by(media: str) -> str:
    """Which element shows a file: frame, image, audio, video."""
    return "frame" if media in FRAMED else media.partition("/")[0]


def _open(server: Server, case: str, name: str) -> Paper:
    """A file that pages may show. Fault "unknown-object", also for one that is withheld."""
    found = paper(server.archive, name, case)
    if found.withheld:
        raise Fault("unknown-object", "没有这个文件，或者该文件不公开", "不公开的文件请由本案人员通过接口取出。")
    return found
