"""May a year table be adopted (启用)? What of the adopted ones it may add to, and what it may not touch.

Keeps: a notice that stands adopted is never changed or left out without a word: such a table is refused and the day
named. What a later notice changes openly (`cancels`) is lawful. Leaves: a table that was copied wrongly is put right by
a rectification of its adoption, with its reason (register).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import Defect
from .calendar_table import rulings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .calendar_table import Notice, YearTable

REMEDY = "已启用的通知应原样保留；后来的通知另写一段，所取消的日子列入 cancels；原表录入有误的，请更正当时的启用记录。"


def silent_changes(old: YearTable, new: YearTable) -> Iterator[Defect]:
    """What `new` takes back of the adopted `old` without saying so, each with its notice and the first day."""
    after = {notice.number: notice for notice in new.notices}
    for notice in old.notices:
        kept = after.get(notice.number)
        if kept is None:
            day = min(day for day, _ in rulings(notice))
            message = f"节假日表 {new.name} 缺少已启用的通知 {notice.number}（自 {day} 起的安排）"
            yield Defect("calendar-changed", message, REMEDY, field=notice.number)
        elif kept != notice:
            yield Defect("calendar-changed", _difference(new.name, notice, kept), REMEDY, field=notice.number)


def _difference(name: str, old: Notice, new: Notice) -> str:
    before, after = dict(rulings(old)), dict(rulings(new))
    for day in sorted(before.keys() | after.keys()):
        was, now = before.get(day), after.get(day)
        if was != now:
            told = f"已启用的是“{was.name if was else '未作安排'}”，现为“{now.name if now else '未作安排'}”"
            return f"节假日表 {name} 改动了已启用的通知 {old.number}：{day} {told}"
    for day in sorted(set(old.cancels) ^ set(new.cancels)):
        return f"节假日表 {name} 改动了已启用的通知 {old.number}：{day} 是否取消原安排前后不一"
    return f"节假日表 {name} 改动了已启用的通知 {old.number}（{old.issued}《{old.title}》）的发布日期或标题"


def added(old: YearTable | None, new: YearTable) -> tuple[Notice, ...]:
    """The notices of `new` that `old` does not have."""
    known = {notice.number for notice in old.notices} if old is not None else set()
    return tuple(notice for notice in new.notices if notice.number not in known)
