"""`anjuan calendar`: working days by the published notices.

Counted by the tables that the archive has adopted; by those that come with the program where there is no archive.
"""

from __future__ import annotations

from datetime import date, datetime, time
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Annotated, Any

import typer

from domain.archive import receipt_moment
from domain.errors import Fault
from domain.formats.canonical import parse_object
from domain.rules.adoptions import calendars_adopted
from domain.rules.calendar import Calendar, calendar_from
from domain.rules.calendar_source import read_json
from domain.rules.civil import SHANGHAI, chinese, civil_day
from storage.home import CONFIG
from storage.rulebooks import calendars as installed

from .adopted import changed, lines
from .adopting import calendar_adopt
from .console import DEFAULT_ARCHIVE, ArchiveDir, AsJson, emit, out
from .session import open_session
from .year import grid, overview

if TYPE_CHECKING:
    from pathlib import Path

app = typer.Typer(help="工作日历：加减工作日、某日是否工作日、年度安排", no_args_is_help=True)

Day = Annotated[str, typer.Argument(help="日期，例如 2026-01-20", metavar="日期")]


def calendar_at(archive: Path) -> Calendar:
    """The calendar that the archive at `archive` has adopted; of the installed tables where there is none."""
    if (archive / CONFIG).is_file():
        with open_session(archive) as session:
            return session.archive.calendar()
    return calendar_from(parse_object(data) for data in installed().values())


def a_day(text: str) -> date:
    """A day from the command line; Fault "date"."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise Fault("date", f"应为日期，实为“{text[:40]}”", "请按 2026-01-20 的格式填写", field="日期")
    return day


@app.command()
def add(
    day: Day,
    workdays: Annotated[int, typer.Argument(help="工作日数", min=1, max=2000, metavar="工作日数")],
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    as_json: AsJson = False,
) -> None:
    """从某日起第 N 个工作日是哪一天（起算之日不计，第四十一条）。"""
    due, provisional = calendar_at(archive).add(a_day(day), workdays)
    if as_json:
        emit({"date": due.isoformat(), "provisional": provisional})
    else:
        out.print(f"{chinese(due)}（{due}）" + ("  暂定：节假日安排尚未公布" if provisional else ""))


@app.command("day")
def day_(day: Day, archive: ArchiveDir = DEFAULT_ARCHIVE, as_json: AsJson = False) -> None:
    """某日是否工作日，依据哪一份通知；先后有几份通知的，逐一列出。"""
    known, asked = calendar_at(archive), a_day(day)
    kind, said = known.day(asked), known.rulings(asked)
    if as_json:
        emit(
            {
                "date": kind.day.isoformat(),
                "working": kind.working,
                "name": kind.name,
                "notice": kind.notice,
                "provisional": kind.provisional,
                "rulings": [
                    {"notice": n.number, "since": n.issued.isoformat(), "working": r.working, "name": r.name}
                    for n, r in said
                ],
            }
        )
        return
    out.print(f"{chinese(kind.day)}：{'工作日' if kind.working else '非工作日'}（{kind.name}）")
    if kind.notice:
        out.print(f"依据：{kind.notice}")
    for (notice, ruling), (later, _) in pairwise(said):
        out.print(f"{notice.issued} 至 {later.issued}：{ruling.name}（{notice.number}），其后由 {later.number} 取代")
    if kind.provisional:
        out.print("暂定：该年节假日安排尚未公布")


@app.command()
def count(after: Day, until: Day, archive: ArchiveDir = DEFAULT_ARCHIVE, as_json: AsJson = False) -> None:
    """两日之间有几个工作日（不计前一日，计后一日）。"""
    first, last = a_day(after), a_day(until)
    number = calendar_at(archive).count(first, last)
    if as_json:
        emit({"after": first.isoformat(), "until": last.isoformat(), "workdays": number})
    else:
        out.print(f"{number} 个工作日")


@app.command()
def show(
    year: Annotated[int, typer.Argument(help="年份", min=1990, max=2199, metavar="年份")],
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    as_json: AsJson = False,
) -> None:
    """一年的工作日历：每月的工作日、节假日、调休上班日，以及依据的通知。"""
    known = calendar_at(archive)
    told = overview(known, year)
    if as_json:
        emit(told)
        return
    pending = "  暂定：节假日安排尚未公布" if told["provisional"] else ""
    out.print(f"{year} 年  {told['workdays']} 个工作日{pending}\n", style="bold")
    for line in grid(known, year):
        out.print(line)
    out.print("休：节假日   班：调休上班")
    for notice in told["notices"]:
        out.print(f"依据：{notice}")


@app.command("list")
def list_(archive: ArchiveDir = DEFAULT_ARCHIVE, as_json: AsJson = False) -> None:
    """本档案库启用的年度日历：各依据的通知、摘要、自何时起；被取代的也列出。"""
    with open_session(archive) as session:
        register = session.register
        found = calendars_adopted(session.archive.case(register.archive)) if register.archive else ()
        rows: list[dict[str, Any]] = [
            {
                "name": a.name,
                "digest": a.digest,
                "record": a.seq,
                "since": a.received,
                "until": a.until,
                "notices": [
                    {"number": n.number, "issued": n.issued.isoformat(), "title": n.title}
                    for n in read_json(parse_object(session.archive.rulebooks.calendar(a.digest))).notices
                ],
            }
            for a in sorted(found, key=lambda a: (a.name, a.seq))
        ]
    if as_json:
        emit(rows)
        return
    for row in rows:
        since = f"自 {civil_day(row['since'])} 起启用（第 {row['record']} 号记录）"
        ended = f"，{civil_day(row['until'])} 由新的安排取代" if row["until"] else ""
        out.print(f"[bold]{row['name']}[/]  {since}{ended}  摘要 {row['digest'][:12]}…", markup=True)
        for notice in row["notices"]:
            out.print(f"    {notice['number']}（{notice['issued']}）{notice['title']}")


@app.command("changes")
def changes_(
    since: Annotated[str | None, typer.Option("--since", help="自哪一天起启用的日历；不写为全部")] = None,
    case: Annotated[str | None, typer.Option("--case", "-c", help="只看一件案件；不写为全部")] = None,
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    as_json: AsJson = False,
) -> None:
    """日历启用后变动的期限：哪一案的哪一期限，由哪一天改为哪一天，依据哪一份通知。"""
    with open_session(archive) as session:
        first = receipt_moment(datetime.combine(a_day(since), time.min, SHANGHAI)) if since else ""
        chosen = [session.case_id(case)] if case else None
        found = changed(session, cases=chosen, since=first)
    if as_json:
        emit([change.as_json() for change in found])
        return
    for turn, group in groupby(found, key=lambda change: change.turn):
        out.print(f"{civil_day(turn.received)}  {'、'.join(turn.tables)}（第 {turn.seq} 号登记记录）", style="bold")
        for line in lines(group):
            out.print(line)
    if not found:
        out.print("没有变动的期限。")


app.command("adopt")(calendar_adopt)
