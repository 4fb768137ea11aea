"""Reading a year's holiday table, from its TOML file or its compiled JSON, strictly.

Keeps: every limit is checked; a make-up working day is a Saturday or Sunday; a notice and its days stay near its year;
a day is said once by one notice; unknown keys are refused. Bad input ends in a Fault that names the place.
Leaves: whether the text is what 国务院办公厅 published (the tests compare it with two libraries).
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from ..formats.canonical import dump
from .calendar_table import SATURDAY, Holiday, Notice, YearTable, settle, table_fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TABLE_LIMIT = 1 << 16  # octets of one TOML file
LIST_LIMIT = 64  # notices of a year; holidays, make-up days, cancelled days of a notice
SPAN_LIMIT = 31  # days of one holiday
TEXT_LIMIT = 200  # characters of a name, number or title

_NAME = re.compile(r"([a-z]+(?:-[a-z]+)*)-((?:19|20|21)[0-9]{2})")
_NUMBER = re.compile(r"[^\s〔〕]+〔([0-9]{4})〕[0-9]+号")


def read_toml(name: str, toml: bytes) -> YearTable:
    """The table in the TOML file called `name` ("cn-2020"). Fault calendar-… names the place in the file."""
    calendar, year = _split(name)
    if len(toml) > TABLE_LIMIT:
        raise table_fault("calendar-syntax", name, f"超过 {TABLE_LIMIT} 字节（实际 {len(toml)} 字节）", "请核对文件。")
    try:
        tree = tomllib.loads(toml.decode("utf-8"))
    except (ValueError, RecursionError) as error:  # ValueError: not UTF-8, not TOML, thousands of digits
        raise table_fault("calendar-syntax", name, f"不是有效的 TOML（{error}）", "请核对文件。") from error
    _members(name, tree, {"year", "notice"}, set())
    if tree["year"] != year or isinstance(tree["year"], bool):
        raise table_fault("calendar-year", f"{name}:year", f"应为 {year}", "文件名与年份应一致。")
    return _table(calendar, year, tree["notice"], f"{name}:notice")


def read_json(table: Mapping[str, Any]) -> YearTable:
    """The inverse of `YearTable.as_json`. Fault calendar-days if `days` is not what the notices come to."""
    _members("table", table, {"name", "year", "notices", "days"}, set())
    name = _text(table["name"], "table.name")
    calendar, year = _split(name)
    read = _table(calendar, year, table["notices"], f"{name}:notices")
    if dump(read.as_json()) != dump(dict(table)):
        raise table_fault("calendar-days", f"{name}:days", "逐日安排与通知内容不符", "请由原始 TOML 重新编译。")
    return read


def _split(name: str) -> tuple[str, int]:
    match = _NAME.fullmatch(name)
    if match is None:
        raise table_fault("calendar-name", _shown(name), "日历名应形如 cn-2020", "请改正名称。")
    return match[1], int(match[2])


def _table(calendar: str, year: int, notices: object, at: str) -> YearTable:
    read = [_notice(item, year, f"{at}[{n}]") for n, item in enumerate(_list(notices, at), 1)]
    if not read:
        raise table_fault("calendar-empty", at, "没有任何通知", "至少写明一个通知。")
    numbers = [notice.number for notice in read]
    if len(set(numbers)) != len(numbers):
        raise table_fault("calendar-conflict", at, "同一文号出现两次", "一个通知只写一次。")
    table = YearTable(calendar, year, tuple(sorted(read, key=lambda n: (n.issued, n.number))))
    settle(table.notices, since=date(year, 1, 1))
    return table


def _notice(item: Any, year: int, at: str) -> Notice:
    _members(at, item, {"number", "issued", "title"}, {"holidays", "workdays", "cancels"})
    number, issued = _text(item["number"], f"{at}.number"), _date(item["issued"], f"{at}.issued")
    match = _NUMBER.fullmatch(number)
    if match is None or int(match[1]) != issued.year:
        raise table_fault(
            "calendar-value", f"{at}.number", f"文号应形如“…〔{issued.year}〕3号”，实为“{number}”", "请核对。"
        )
    if issued.year not in (year - 1, year):
        raise table_fault("calendar-year", f"{at}.issued", f"{year} 年的通知不会在 {issued} 发布", "请核对日期和文件。")
    notice = Notice(
        number,
        issued,
        _text(item["title"], f"{at}.title"),
        tuple(_holiday(h, f"{at}.holidays[{n}]") for n, h in _items(item, "holidays", at)),
        tuple(_date(d, f"{at}.workdays[{n}]") for n, d in _items(item, "workdays", at)),
        tuple(_date(d, f"{at}.cancels[{n}]") for n, d in _items(item, "cancels", at)),
    )
    _check_days(notice, year, at)
    return notice


def _holiday(item: Any, at: str) -> Holiday:
    _members(at, item, {"name", "from", "to"}, set())
    first, last = _date(item["from"], f"{at}.from"), _date(item["to"], f"{at}.to")
    if not 0 <= (last - first).days < SPAN_LIMIT:
        raise table_fault(
            "calendar-value", at, f"起止日期 {first} 至 {last} 应为 1 至 {SPAN_LIMIT} 天", "请核对起止日期。"
        )
    return Holiday(_text(item["name"], f"{at}.name"), first, last)


def _check_days(notice: Notice, year: int, at: str) -> None:
    holidays = [day for holiday in notice.holidays for day in holiday.days()]
    for days in (holidays + list(notice.workdays), list(notice.cancels)):
        twice = sorted(day for day in set(days) if days.count(day) > 1)
        if twice:
            raise table_fault("calendar-overlap", at, f"{twice[0]} 出现两次", "一天只能放假一次或上班一次。")
    for day in (*holidays, *notice.workdays, *notice.cancels):
        if not date(year - 1, 12, 1) <= day <= date(year, 12, 31):
            raise table_fault("calendar-year", at, f"{day} 不在 {year} 年及上年 12 月之内", "请核对日期和文件。")
    for day in notice.workdays:
        if day.weekday() < SATURDAY:
            raise table_fault("calendar-weekday", at, f"调休上班日 {day} 不是周六或周日", "请核对日期。")
    if not holidays and not notice.workdays and not notice.cancels:
        raise table_fault("calendar-empty", at, "通知没有安排任何一天", "请写明 holidays、workdays 或 cancels。")


def _members(at: str, item: Any, needed: set[str], allowed: set[str]) -> None:
    if not isinstance(item, dict):
        raise table_fault("calendar-value", at, "应为键值表", "请核对格式。")
    unknown, missing = sorted(set(item) - needed - allowed), sorted(needed - set(item))
    if unknown:
        raise table_fault("calendar-key", f"{at}.{_shown(unknown[0])}", "没有这个键", "请改正或删去。")
    if missing:
        raise table_fault("calendar-key", f"{at}.{missing[0]}", "缺少这个键", "请补上。")


def _shown(text: str) -> str:
    """Foreign text, short and printable, for a message."""
    return text[:60] if text[:60].isprintable() else ascii(text[:60])


def _items(item: Mapping[str, Any], key: str, at: str) -> Iterator[tuple[int, Any]]:
    return enumerate(_list(item.get(key, []), f"{at}.{key}"), 1)


def _list(value: object, at: str) -> list[Any]:
    if not isinstance(value, list) or len(value) > LIST_LIMIT:
        raise table_fault("calendar-value", at, f"应为不超过 {LIST_LIMIT} 项的列表", "请核对格式。")
    return value


def _text(value: object, at: str) -> str:
    fits = isinstance(value, str) and 0 < len(value) <= TEXT_LIMIT and value.isprintable()
    if not isinstance(value, str) or not fits or not unicodedata.is_normalized("NFC", value):
        raise table_fault("calendar-value", at, f"应为 1 至 {TEXT_LIMIT} 个可见字符的文字", "请核对格式。")
    return value


def _date(value: object, at: str) -> date:
    """A TOML local date, or the same as text in compiled tables."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    elif isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise table_fault("calendar-value", at, "应为日期，形如 2020-02-01", "请核对日期。")
