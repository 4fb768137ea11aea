"""Looking: timeline, deadlines, docket, actions."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from domain.reading import REGISTER
from domain.rules.binding import told
from domain.rules.calendar_notices import behind, notice_json
from domain.rules.civil import SHANGHAI, civil_day
from domain.rules.deadline import STATUS_TITLES, Deadline, Status
from domain.rules.in_charge import charge_title, in_charge
from domain.rules.late import is_late
from domain.rules.links import links
from domain.rules.moments import MEANING
from domain.rules.reckoning import Unit
from domain.rules.retention import custody_told
from domain.rules.rounds import set_aside
from domain.rules.sources import named
from domain.rules.time_limits import deadlines as deadlines_of
from domain.rules.wording import Names, worded
from projections.past import docket as past_docket

from .calendars import a_day
from .console import DEFAULT_ARCHIVE, ArchiveDir, AsJson, CaseName, emit, out, progress
from .session import Seen, Session, asked_by, open_session

if TYPE_CHECKING:
    from domain.rules.case import Case, Entry

On = Annotated[str | None, typer.Option("--on", help="截至哪一天；不写为今天")]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", help="当时的情形：日期、带时区的时刻，或 before-9（第 9 号记录入卷之前）", metavar="时刻"),
]
ByDays = Annotated[
    str | None,
    typer.Option(
        "--by",
        help="按入卷时间（received）、发生时间（occurred）还是收件日期（papers）",
        metavar="received|occurred|papers",
        show_default="received",
    ),
]

SHOWN = ("object", "slot", "name", "title", "sha256", "length")  # of an evidence file
UNITS = {Unit.WORKDAYS: "个工作日", Unit.DAYS: "日", Unit.HOURS: "小时"}
STEPS = {Unit.WORKDAYS: "日", Unit.DAYS: "日", Unit.HOURS: "小时", Unit.MONTHS: "月", Unit.YEARS: "年"}
WHY = {"counted": "计入", "non-working": "不计", "excluded": "扣除", "first-day": "起算日", "rolled": "顺延"}


def _now(session: Session, on: str | None) -> tuple[date, datetime | None]:
    """The day asked for, as of its end; else today, as of now."""
    if on:
        return a_day(on), None
    now = session.archive.clock.now().astimezone(SHANGHAI)
    return now.date(), now


def timeline(
    case: CaseName = None,
    full: Annotated[bool, typer.Option("--full", help="显示每项事实")] = False,
    as_of: AsOf = None,
    by: ByDays = None,
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    as_json: AsJson = False,
) -> None:
    """办案时间线：每条记录、签署人、附件，以及不合规定、更正、作废的标记；--as-of 看当时的情形。"""
    with open_session(archive) as session:
        seen = session.seen(case, as_of, by)
        folded, names = seen.case, session.names(seen.case, seen.register)
        shown = [entry for entry in folded.entries if not entry.later]
        if as_json:
            emit([_entry_json(names, folded, e) for e in shown])
            return
        print_standpoint(seen)
        number, title = folded.heading()
        stage = folded.rulebook.by_stage[folded.stage].title
        out.print(title, style="bold")
        officer = in_charge(folded)
        who = f"  {charge_title(folded)}：{names.officers.get(officer, officer)}" if officer else ""
        out.print(f"{number}  {folded.rulebook.number}  现处于“{stage}”阶段{who}")
        _print_versions(folded)
        _print_custody(session, seen)
        out.print()
        for entry in shown:
            _print_entry(names, folded, entry, full=full)


def print_standpoint(seen: Seen) -> None:
    """Say as of when the case is shown, unless as of now."""
    if seen.at is not None:
        out.print(f"{seen.at.told()}：{MEANING[seen.at.by]}", style="yellow")


def _print_versions(case: Case) -> None:
    for line in told(case):
        out.print(line, style="dim")


def _print_custody(session: Session, seen: Seen) -> None:
    """How long the evidence is kept, and whether it is held; a register case has none."""
    if seen.case.rulebook.id == REGISTER:
        return
    today = seen.at.day if seen.at is not None else session.running.today
    for line in custody_told(seen.case, seen.register.custody, today):
        out.print(line, style="dim")


def _who(known: Names, case: Case, entry: Entry) -> list[tuple[str, str]]:
    names = known.officers
    titles = {code: capacity.title for code, capacity in case.book_of(entry.seq).by_capacity.items()}
    return [
        (names.get(s.officer, "档案" if s.capacity == "root" else s.officer), titles.get(s.capacity, s.capacity))
        for s in entry.signers
    ]


def _entry_json(names: Names, case: Case, entry: Entry) -> dict[str, Any]:
    lines = worded(case.book_of(entry.seq), entry.action, entry.facts, names)
    aside = set_aside(case, entry.seq)
    return {
        "seq": entry.seq,
        "action": entry.action,
        "title": case.book_of(entry.seq).action(entry.action).title,
        "occurred": entry.occurred,
        "received": entry.received,
        "digest": entry.digest,
        "signers": [{"name": n, "capacity": c} for n, c in _who(names, case, entry)],
        "facts": [{"label": line.label, "value": line.value, "depth": line.depth} for line in lines],
        "evidence": [
            {k: e.get(k) for k in ("object", "slot", "name", "title", "sha256", "length")} for e in entry.evidence
        ],
        "irregular": [d.as_json() for d in entry.defects],
        "voided_by": entry.voided_by,
        "rectified_by": list(entry.rectified_by),
        "backfilled": is_late(case.rulebook, entry),
        "undone": {"by": aside.by, "how": aside.how} if aside else None,
    }


def _print_entry(names: Names, case: Case, entry: Entry, *, full: bool) -> None:
    title = case.book_of(entry.seq).action(entry.action).title
    marks = [f"[red]已被第 {entry.voided_by} 号记录作废[/]"] if entry.voided_by else []
    aside = set_aside(case, entry.seq)
    late = is_late(case.rulebook, entry) and entry.received is not None
    marks += [f"[cyan]补录，{civil_day(entry.received or '')} 入卷[/]"] if late else []
    marks += [f"[red]已被第 {aside.by} 号记录{escape(aside.how)}[/]"] if aside else []
    marks += [f"[yellow]已由第 {n} 号记录更正[/]" for n in entry.rectified_by]
    who = "、".join(f"{n}（{c}）" for n, c in _who(names, case, entry))
    when = f"{entry.seq:>3}  {entry.occurred_on}"
    out.print(f"{when}  [bold]{escape(title)}[/]  {escape(who)}  {' '.join(marks)}".rstrip(), markup=True)
    for defect in entry.defects:
        article = f"（第 {defect.article} 条）" if defect.article else ""
        out.print(f"       不合规定：{defect.message}{article}", style="red")
    if full:
        for line in worded(case.book_of(entry.seq), entry.action, entry.facts, names):
            out.print(f"       {'  ' * line.depth}{line.label}：{line.value}")
    for link in links(case.book_of(entry.seq).action(entry.action), entry.facts):
        out.print(f"       {link.fact.title}：anjuan timeline --case {link.case}", style="dim")
    for item in entry.evidence:
        out.print(f"       附：{item.get('title', '不公开')}  {item.get('name', '')}", style="dim")


def deadlines(
    case: CaseName = None,
    on: On = None,
    explain: Annotated[bool, typer.Option("--explain", help="逐日说明")] = False,
    as_of: AsOf = None,
    by: ByDays = None,
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    as_json: AsJson = False,
) -> None:
    """本案各项期间：届满日、状态、余几个工作日；--explain 逐日说明，--as-of 看当时的情形。"""
    with open_session(archive) as session:
        seen = session.seen(case, as_of, by)
        folded = seen.case
        today, now = (seen.at.day, seen.at.instant) if seen.at is not None and on is None else _now(session, on)
        found = deadlines_of(folded, today, now)
        if as_json:
            emit([deadline_json(folded, d) for d in found])
            return
        print_standpoint(seen)
        _print_versions(folded)
        for deadline in found:
            if deadline.status is not Status.NOT_BEGUN:
                _print_deadline(folded, deadline, explain=explain)


def deadline_json(case: Case, d: Deadline) -> dict[str, Any]:
    """A deadline for machines; days ISO, counts in the limit's unit; `notices`: which applied to its days when."""
    steps = d.reckoning.steps if d.reckoning else ()
    notices = behind(case.calendar, d.reckoning) if d.reckoning else ()
    return {
        "limit": d.limit.code,
        "title": d.title,
        "article": d.article,
        "of": d.of,
        "round": d.round,
        "mooted_by": d.mooted_by,
        "moot_because": d.moot_because,
        "status": d.status.value,
        "start": d.start.day.isoformat() if d.start else None,
        "due": d.due.isoformat() if d.due else None,
        "due_at": d.due_at.isoformat() if d.due_at else None,
        "provisional": d.provisional,
        "done": d.done.isoformat() if d.done else None,
        "used": d.used,
        "left": d.left,
        "late": d.late,
        "unit": d.unit.value,
        "advisory": d.limit.advisory,
        "asks": d.asks,
        "days": [{"day": s.day.isoformat(), "n": s.n, "why": s.why, "note": s.note} for s in steps],
        "notices": [notice_json(n) for n in notices],
    }


def _print_deadline(case: Case, d: Deadline, *, explain: bool) -> None:
    who = named(d.of, {party.id: party.name for party in case.parties.values()})
    of = f"（{who}）" if who else ""
    because = f"（{d.moot_because}）" if d.moot_because else ""
    rest = f"因第 {d.mooted_by} 号记录{because}" if d.mooted_by is not None else ""
    if d.left is not None:
        rest = f"余 {_counted(d.left, d.unit)}"
        rest += f"（不扣除的，至 {d.reckoning.strict_due} 届满）" if d.reckoning and d.due is None else ""  # R29
    elif d.late is not None:
        rest = f"逾期 {_counted(d.late, d.unit)}"
    due = f"{_due(d)}{'（暂定）' if d.provisional else ''}" if d.due else "——"
    if d.asks is not None:
        rest = f"{rest}，应作“{case.rulebook.action(d.asks).title}”"
    what = escape(f"{d.title}{of}  第 {d.article} 条  届满 {due}")
    out.print(f"{what}  [bold]{STATUS_TITLES[d.status]}[/]  {rest}".rstrip(), markup=True)
    if explain and d.reckoning:
        for step in d.reckoning.steps:
            n = f"第 {step.n} {STEPS[d.reckoning.unit]}" if step.n is not None else ""
            out.print(f"    {step.day}  {WHY.get(step.why, step.why)}  {n}  {step.note}")
        for notice in behind(case.calendar, d.reckoning):
            out.print(f"    依据 {notice.words}")


def _counted(number: int, unit: Unit) -> str:
    """A number of days or hours; of less than one hour, that."""
    return f"{number} {UNITS[unit]}" if number or unit is not Unit.HOURS else "不足 1 小时"


def _due(d: Deadline) -> str:
    return f"{d.due_at:%Y-%m-%d %H:%M}" if d.due_at else str(d.due)


def docket(
    as_of: AsOf = None, by: ByDays = None, archive: ArchiveDir = DEFAULT_ARCHIVE, as_json: AsJson = False
) -> None:
    """全部案件：案号、案由、阶段、最近的期限；--as-of 看当时的情形。"""
    with open_session(archive) as session:
        how = asked_by(as_of, by)
        if as_of is not None:
            with progress("逐案推算") as tick:
                rows = list(past_docket(session.archive, as_of, how, tick))
        else:
            session.running.catch_up()
            today, now = _now(session, None)
            rows = session.running.views.docket(today, now=now)
    if as_json:
        emit(rows)
        return
    table = Table()
    for heading in ("案号", "案由", "阶段", "承办", "最近期限", "届满", "余"):
        table.add_column(heading, overflow="fold")  # a case number is never cut
    for row in rows:
        due = row["next_due"]
        ends = due and (f"{datetime.fromisoformat(due['due_at']):%Y-%m-%d %H:%M}" if due["due_at"] else due["due"])
        next_due = (due["title"], ends, due["left"]) if due else ()
        cells = [row["number"], row["title"], row["stage_title"], row["in_charge"], *next_due]
        table.add_row(*("" if cell is None else Text(str(cell)) for cell in cells))
    out.print(table)


def actions(
    rulebook: Annotated[str, typer.Argument(help="规则手册代号")] = "lu-cai-cai-2018-72",
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    as_json: AsJson = False,
) -> None:
    """规则手册的全部行为：代码、条款、由谁签署、须填事实。"""
    with open_session(archive) as session:
        book = session.archive.rulebook(rulebook[:60])
    if as_json:
        emit([{"code": a.code, "title": a.title, "facts": [f.name for f in a.facts]} for a in book.actions])
        return
    titles = {code: capacity.title for code, capacity in book.by_capacity.items()}
    for action in book.actions:
        by = " 或 ".join("、".join(f"{titles[s.capacity]}{s.count}人" for s in way) for way in action.by)
        articles = f"第 {'、'.join(action.article)} 条"
        out.print(f"[bold]{action.code}[/]  {escape(f'{action.title}  {articles}  {by}')}", markup=True)
