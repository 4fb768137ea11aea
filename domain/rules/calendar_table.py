"""One year's holiday table (节假日安排): the notices of 国务院办公厅 as data, settled day by day.

Keeps: a later notice wins over an earlier one, and only openly: turning a make-up working day into a holiday (or back)
must be listed in its `cancels` (R24).
Leaves: reading and checking the files (calendar_source); counting, and days beyond the tables (calendar).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ..errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..formats.canonical import Json

SATURDAY = 5  # date.weekday()


@dataclass(frozen=True, slots=True)
class Holiday:
    """放假: the days `first` to `last`, both included, as the notice names them (weekends only if it does)."""

    name: str
    first: date
    last: date

    def days(self) -> Iterator[date]:
        """Every civil day of it, in order."""
        return (self.first + timedelta(n) for n in range((self.last - self.first).days + 1))


@dataclass(frozen=True, slots=True)
class Notice:
    """通知: what one notice adds (holidays, make-up working days) and what it cancels of earlier ones."""

    number: str
    issued: date
    title: str
    holidays: tuple[Holiday, ...]
    workdays: tuple[date, ...]
    cancels: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the notices say of one day in the end, and which of them said it last."""

    working: bool
    name: str
    notice: str


@dataclass(frozen=True, slots=True)
class YearTable:
    """The notices of one year, in order of issue. `calendar` is "cn"; days of the December before may be among them."""

    calendar: str
    year: int
    notices: tuple[Notice, ...]

    @property
    def name(self) -> str:
        """As the file is called: "cn-2020"."""
        return f"{self.calendar}-{self.year}"

    def as_json(self) -> dict[str, Json]:
        """Members name, year, notices, days; `days` is what the notices come to, for readers without this program."""
        rulings = settle(self.notices, since=date(self.year, 1, 1))
        return {
            "name": self.name,
            "year": self.year,
            "notices": [_notice_json(notice) for notice in self.notices],
            "days": {
                day.isoformat(): {"working": r.working, "name": r.name, "notice": r.notice}
                for day, r in sorted(rulings.items())
            },
        }


def _notice_json(notice: Notice) -> dict[str, Json]:
    return {
        "number": notice.number,
        "issued": notice.issued.isoformat(),
        "title": notice.title,
        "holidays": [{"name": h.name, "from": h.first.isoformat(), "to": h.last.isoformat()} for h in notice.holidays],
        "workdays": [day.isoformat() for day in notice.workdays],
        "cancels": [day.isoformat() for day in notice.cancels],
    }


def ordinary(day: date) -> tuple[bool, str]:
    """Whether a day that no notice names is a working day, and its name."""
    return (True, "工作日") if day.weekday() < SATURDAY else (False, "周末")


def settle(notices: Iterable[Notice], *, since: date) -> dict[date, Ruling]:
    """Each named day with its last ruling; the later notice wins. Faults as `history`."""
    return {day: said[-1][1] for day, said in history(notices, since=since).items()}


def history(notices: Iterable[Notice], *, since: date) -> dict[date, tuple[tuple[Notice, Ruling], ...]]:
    """Each named day with everything that was ever ruled on it, in order of issue; the last one counts.

    `since` is the first day that the given notices cover: what earlier days were cancelled from is not at hand.
    Faults: calendar-conflict (two notices of one day disagree), calendar-overlap (kind turned without `cancels`),
    calendar-cancel (nothing there to cancel).
    """
    said: dict[date, tuple[tuple[Notice, Ruling], ...]] = {}
    for notice in sorted(notices, key=lambda n: (n.issued, n.number)):
        for day in notice.cancels:
            if day not in said and day >= since:
                raise table_fault(
                    "calendar-cancel", notice.number, f"取消 {day}，但此前的通知没有安排这一天", "请核对 cancels。"
                )
        for day, ruling in rulings(notice):
            if day in said:
                _refuse_clash(day, *said[day][-1], notice, ruling)
            said[day] = (*said.get(day, ()), (notice, ruling))
    return said


def rulings(notice: Notice) -> Iterator[tuple[date, Ruling]]:
    """What one notice says of each day that it names, cancelled days included."""
    named = {day for holiday in notice.holidays for day in holiday.days()} | set(notice.workdays)
    for day in notice.cancels:
        if day not in named:
            yield day, Ruling(*ordinary(day), notice.number)
    for holiday in notice.holidays:
        for day in holiday.days():
            yield day, Ruling(working=False, name=f"{holiday.name}放假", notice=notice.number)
    for day in notice.workdays:
        yield day, Ruling(working=True, name="调休上班", notice=notice.number)


def _refuse_clash(day: date, before: Notice, old: Ruling, notice: Notice, new: Ruling) -> None:
    if before.issued == notice.issued and old.working != new.working:
        raise table_fault(
            "calendar-conflict", notice.number, f"与同日发布的 {before.number} 对 {day} 的安排不同", "请核对。"
        )
    if old.working != new.working and day not in notice.cancels:
        raise table_fault(
            "calendar-overlap",
            notice.number,
            f"{day} 已由 {before.number} 定为“{old.name}”，现定为“{new.name}”",
            "请核对日期；确属调整的，把这一天写入 cancels。",
        )


def table_fault(code: str, at: str, problem: str, remedy: str) -> Fault:
    """A Fault about the place `at` of a table."""
    return Fault(code, f"节假日表 {at}：{problem}。", remedy, field=at)
