"""How pages say things: template filters. Times are Beijing time; nothing here knows a regime."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from domain.rules.citing import cited
from domain.rules.civil import DATE_LENGTH, SHANGHAI, civil_day
from domain.rules.deadline import STATUS_TITLES, Status
from domain.rules.reckoning import Unit
from domain.rules.vocabulary import Class
from projections.dossier.phrasing import octets
from projections.grouping import TITLES as GROUPS
from projections.grouping import Group

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

UNITS = {Unit.WORKDAYS: "个工作日", Unit.DAYS: "日", Unit.HOURS: "小时"}
URGENT, SOON = 2, 5  # days left up to which a time limit is shown in red, in amber
_ID_LENGTH, _SHOWN = 36, 8
_CASE = re.compile(r"(?<=案件 )([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})")
_WEEKDAYS = "一二三四五六日"


def moment(text: str) -> str:
    """A date, or an instant to the minute: 2023-03-06 09:30."""
    if len(text) == DATE_LENGTH:
        return text
    return f"{datetime.fromisoformat(text).astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def second(text: str) -> str:
    """An instant to the second."""
    return f"{datetime.fromisoformat(text).astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def weekday(day: date | str) -> str:
    """A day with its day of the week: 2023-03-06 周一."""
    found = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{found.isoformat()} 周{_WEEKDAYS[found.weekday()]}"


def ends(due: Mapping[str, Any]) -> str:
    """When a time limit ends: its day, or its moment to the minute."""
    return moment(due["due_at"] or due["due"])


def standing(due: Mapping[str, Any]) -> str:
    """Where a time limit stands: 余 3 个工作日, 今日届满, 逾期 2 个工作日, 按期."""
    status, unit = Status(due["status"]), UNITS[Unit(due["unit"])]
    if status is Status.RUNNING:
        last = "不足 1 小时" if due["unit"] == Unit.HOURS else "今日届满"
        return f"余 {due['left']} {unit}" if due["left"] else last
    if status is Status.STOPPED:
        return f"停止计算，余 {due['left']} {unit}" if due["left"] is not None else STATUS_TITLES[status]
    if status is Status.OVERDUE:
        return f"逾期 {due['late']} {unit}" if due["late"] else "已逾期"
    if status is Status.MISSED:
        return f"逾期 {due['late']} {unit}完成" if due["late"] else STATUS_TITLES[status]
    return STATUS_TITLES[status]


def tone(due: Mapping[str, Any]) -> str:
    """The class of a time limit's mark."""
    status = Status(due["status"])
    if status is Status.RUNNING:
        left = due["left"] or 0
        return "urgent" if left <= URGENT else "soon" if left <= SOON else "open"
    return {Status.OVERDUE: "late", Status.MISSED: "late", Status.KEPT: "kept", Status.STOPPED: "soon"}.get(
        status, "off"
    )


def reckoning_at(due: Mapping[str, Any], carry: str) -> str:
    """The address of a time limit's reckoning, from the standpoint that the query `carry` leads to."""
    named = ({"of": due["of"]} if due["of"] else {}) | ({"round": due["round"]} if due["round"] > 1 else {})
    query = "&".join(part for part in (urlencode(named), carry) if part)
    return f"/cases/{due['case']}/deadlines/{due['limit']}" + (f"?{query}" if query else "")


def by_case(text: str) -> list[str]:
    """Words, cut where they name another case: every second piece is the id of one."""
    return _CASE.split(text)


def shortened(number: str, case: str) -> str:
    """A case's number; of one that has only its id, the beginning of it."""
    return f"{number[:_SHOWN]}…" if number == case and len(number) == _ID_LENGTH else number


def open_to_all(paper: Mapping[str, Any]) -> bool:
    """Whether a file's class lets it be shown on pages."""
    return not Class(paper["class"]).withheld


def group_title(group: str) -> str:
    """The title of a timeline group."""
    return GROUPS[Group(group)] if group else "其他"


def bare(text: str) -> str:
    """A sentence without its final stop."""
    return text.rstrip("。")


FILTERS: dict[str, Callable[..., Any]] = {
    "moment": moment,
    "second": second,
    "weekday": weekday,
    "ends": ends,
    "standing": standing,
    "tone": tone,
    "reckoning_at": reckoning_at,
    "shortened": shortened,
    "by_case": by_case,
    "open_to_all": open_to_all,
    "group_title": group_title,
    "bare": bare,
    "cited": cited,
    "octets": octets,
    "civil": lambda text: civil_day(text).isoformat(),
    "day": lambda day: day.isoformat(),
}
