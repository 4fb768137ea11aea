"""Working days (工作日) by the published holiday tables: 第四十一条, R4, R21, R24, R34.

Keeps: the first day never counts; make-up days count, holidays and weekends do not; a day in a year without a table
is reckoned by weekends alone and says so (暂定); a day before the first table is a CalendarGap, never a guess.
Leaves: exclusions and the moving of a period's end (reckoning); which files there are (whoever reads them).

Days are civil days in Asia/Shanghai (R23). Counting is a binary search over the working days that the tables cover.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from ..errors import Fault
from .calendar_source import read_json, read_toml
from .calendar_table import Holiday, Notice, Ruling, YearTable, history, ordinary

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from ..formats.canonical import Json

__all__ = [
    "Calendar", "CalendarGap", "DayKind", "Holiday", "Notice", "Ruling", "YearTable", "calendar_from", "compile_year",
]  # fmt: skip

WORKDAYS_LIMIT = 10_000  # of one period: about forty years


class CalendarGap(Fault):
    """A counted day precedes the first published table; code "calendar-gap"."""


@dataclass(frozen=True, slots=True)
class DayKind:
    """What a day is. `name` says why ("国庆节放假", "调休上班", "周末", "工作日"); `notice` by which one, if any."""

    day: date
    working: bool
    provisional: bool
    name: str
    notice: str | None


@dataclass(frozen=True, slots=True)
class Calendar:
    """日历: year tables under one name ("cn"). Built by `calendar_from`; immutable, equal by its tables."""

    name: str
    years: Mapping[int, YearTable]
    _history: dict[date, tuple[tuple[Notice, Ruling], ...]] = field(init=False, repr=False, compare=False)
    _workdays: list[int] = field(init=False, repr=False, compare=False)  # ordinals, ascending, _first.._last
    _first: int = field(init=False, repr=False, compare=False)
    _last: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.years:
            raise Fault("calendar-empty", "日历中没有任何年度的节假日安排。", "请先登记节假日表。")
        first, last = date(min(self.years), 1, 1), date(max(self.years), 12, 31)
        said = history((n for table in self.years.values() for n in table.notices), since=first)
        put = object.__setattr__
        put(self, "_history", said)
        put(self, "_first", first.toordinal())
        put(self, "_last", last.toordinal())
        days = (date.fromordinal(n) for n in range(self._first, self._last + 1))
        put(self, "_workdays", [d.toordinal() for d in days if self._kind(d)[0]])

    def known_on(self, as_of: date) -> Calendar:
        """The calendar as it stood at the end of `as_of`: only the notices issued by then.

        A year whose notices all came later has no table (暂定). Fault calendar-empty if nothing was out yet.
        """
        kept = {
            year: replace(table, notices=tuple(n for n in table.notices if n.issued <= as_of))
            for year, table in self.years.items()
        }
        return Calendar(self.name, {year: table for year, table in kept.items() if table.notices})

    def day(self, day: date, *, as_of: date | None = None) -> DayKind:
        """Kind, name and deciding notice of `day`; with `as_of`, by the notices issued on or before that day."""
        if as_of is not None:
            return self.known_on(as_of).day(day)
        self._refuse_gap(day.toordinal())
        working, name, notice = self._kind(day)
        return DayKind(day, working, day.year not in self.years, name, notice)

    def working(self, day: date) -> bool:
        """Whether `day` is a working day. CalendarGap before the first table."""
        self._refuse_gap(day.toordinal())
        return self._kind(day)[0]

    def next_working(self, day: date) -> date:
        """`day` itself if it is a working day, else the first one after it (第四十一条)."""
        return day if self.working(day) else self.add(day, 1)[0]

    def add(self, start: date, workdays: int) -> tuple[date, bool]:
        """The last day of a period of `workdays` working days from `start`, which is not counted (第四十一条).

        Second, whether it is provisional: a day in (start, result] lies in a year without a table (R34).
        0 working days end on `start`. Faults: calendar-length (negative, or over WORKDAYS_LIMIT), calendar-range.
        """
        if not 0 <= workdays <= WORKDAYS_LIMIT:
            raise Fault("calendar-length", f"工作日数应为 0 至 {WORKDAYS_LIMIT}，实为 {workdays}。", "请核对期限长度。")
        if workdays == 0:
            return start, False
        ordinal = start.toordinal()
        self._refuse_gap(ordinal + 1)
        index = bisect_right(self._workdays, ordinal) + workdays - 1
        beyond = index - len(self._workdays) + 1
        if beyond <= 0:
            due = date.fromordinal(self._workdays[index])
        else:
            due = _weekday_after(max(ordinal, self._last), beyond)
        return due, self.provisional(start, due)

    def count(self, after: date, until: date) -> int:
        """The working days in (after, until]; 0 if `until` is not later. CalendarGap if one precedes the tables."""
        if until <= after:
            return 0
        self._refuse_gap(after.toordinal() + 1)
        return self._rank(until.toordinal()) - self._rank(after.toordinal())

    def provisional(self, after: date, until: date) -> bool:
        """Whether a day in (after, until] lies in a year without a table (R34)."""
        if until <= after:
            return False
        first = date.fromordinal(after.toordinal() + 1)
        return any(year not in self.years for year in range(first.year, until.year + 1))

    def rulings(self, day: date) -> tuple[tuple[Notice, Ruling], ...]:
        """What the notices ever said of `day`, in order of issue; the last one counts, the others are superseded."""
        return self._history.get(day, ())

    def _kind(self, day: date) -> tuple[bool, str, str | None]:
        said = self._history.get(day)
        return (*ordinary(day), None) if said is None else (said[-1][1].working, said[-1][1].name, said[-1][1].notice)

    def _rank(self, ordinal: int) -> int:
        beyond = _weekdays_upto(ordinal) - _weekdays_upto(self._last)
        return bisect_right(self._workdays, ordinal) + max(0, beyond)

    def _refuse_gap(self, ordinal: int) -> None:
        if ordinal < self._first:
            first = date.fromordinal(self._first)
            raise CalendarGap(
                "calendar-gap",
                f"日历“{self.name}”自 {first} 起有节假日安排，不能计算此前的日子。",
                f"请先登记 {first.year - 1} 年或更早的节假日表。",
            )


def _weekdays_upto(ordinal: int) -> int:
    """Mondays to Fridays among the ordinals 1..ordinal; ordinal 1 (0001-01-01) is a Monday."""
    weeks, rest = divmod(ordinal, 7)
    return weeks * 5 + min(rest, 5)


def _weekday_after(ordinal: int, nth: int) -> date:
    """The nth Monday-to-Friday after the day `ordinal`."""
    weeks, rest = divmod(_weekdays_upto(ordinal) + nth - 1, 5)
    result = weeks * 7 + rest + 1
    if result > date.max.toordinal():
        raise Fault("calendar-range", "期限超出公历 9999 年。", "请核对起算日。")
    return date.fromordinal(result)


def compile_year(name: str, toml: bytes) -> dict[str, Json]:
    """One year's table as canonical JSON: name, year, notices, days (YearTable.as_json). A case pins its digest.

    `name` is the file's name without suffix, "cn-2020". Faults: calendar-syntax, -name, -key, -value, -year, -weekday,
    -overlap, -cancel, -conflict, -empty, each naming the place in the file.
    """
    return read_toml(name, toml).as_json()


def calendar_from(tables: Iterable[Mapping[str, Any]]) -> Calendar:
    """The calendar of compiled tables. Of several versions of a year all notices count, the later issued winning.

    Faults: as for a file; calendar-days if `days` is not what the notices come to; calendar-conflict if one number
    stands for two texts; calendar-name if tables of different calendars are mixed; calendar-empty if there is none.
    """
    notices: dict[int, dict[str, Notice]] = {}
    names: set[str] = set()
    for table in map(read_json, tables):
        names.add(table.calendar)
        known = notices.setdefault(table.year, {})
        for notice in table.notices:
            if known.setdefault(notice.number, notice) != notice:
                raise Fault(
                    "calendar-conflict",
                    f"节假日表 {table.name}：{notice.number} 有两种内容。",
                    "请只使用核对无误的版本。",
                )
    if len(names) > 1:
        raise Fault("calendar-name", f"不能混用不同的日历：{'、'.join(sorted(names))}。", "请分别使用。")
    name = names.pop() if names else "cn"
    return Calendar(
        name,
        {
            year: YearTable(name, year, tuple(sorted(known.values(), key=lambda n: (n.issued, n.number))))
            for year, known in sorted(notices.items())
        },
    )
