"""`anjuan calendar`: working days by the published notices, for anyone, without an archive."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from domain.errors import Fault
from domain.formats.canonical import parse_object
from domain.rules.calendar import Calendar, calendar_from
from domain.rules.civil import chinese
from storage.rulebooks import calendars as installed

from .console import AsJson, emit, out

app = typer.Typer(help="工作日历：加减工作日、查某日是否工作日", no_args_is_help=True)

Day = Annotated[str, typer.Argument(help="日期，例如 2026-01-20", metavar="日期")]


def calendar() -> Calendar:
    """The calendar of the installed tables."""
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
    as_json: AsJson = False,
) -> None:
    """从某日起第 N 个工作日是哪一天（起算之日不计，第四十一条）。"""
    due, provisional = calendar().add(a_day(day), workdays)
    if as_json:
        emit({"date": due.isoformat(), "provisional": provisional})
    else:
        out.print(f"{chinese(due)}（{due}）" + ("  暂定：节假日安排尚未公布" if provisional else ""))


@app.command("day")
def day_(day: Day, as_json: AsJson = False) -> None:
    """某日是否工作日，依据哪一份通知。"""
    kind = calendar().day(a_day(day))
    if as_json:
        emit(
            {
                "date": kind.day.isoformat(),
                "working": kind.working,
                "name": kind.name,
                "notice": kind.notice,
                "provisional": kind.provisional,
            }
        )
        return
    out.print(f"{chinese(kind.day)}：{'工作日' if kind.working else '非工作日'}（{kind.name}）")
    if kind.notice:
        out.print(f"依据：{kind.notice}")
    if kind.provisional:
        out.print("暂定：该年节假日安排尚未公布")


@app.command()
def count(after: Day, until: Day, as_json: AsJson = False) -> None:
    """两日之间有几个工作日（不计前一日，计后一日）。"""
    first, last = a_day(after), a_day(until)
    table = calendar()
    number = table.count(first, last)
    if as_json:
        emit({"after": first.isoformat(), "until": last.isoformat(), "workdays": number})
    else:
        out.print(f"{number} 个工作日")
