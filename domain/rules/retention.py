"""How long the evidence of a case is kept (保管期限): the rulebook's table, the archive's own, acts of extension.

Keeps: every line counts and the longest wins; where a line's start isn't known yet (the case isn't closed, a date not
stated) it is counted from today, so that no end is ever too early. Permanent is `FOREVER` years from today, again and
again. Leaves: what lies in the store (`keeping`), and holds, which know no end (`custody`).
"""

from __future__ import annotations

from calendar import isleap
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from .civil import day_end, moment_of
from .dates import Dated, dates
from .vocabulary_keeping import PERMANENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .case import Case
    from .custody import Custody
    from .vocabulary_dates import Ref

FOREVER = 100
SECOND = timedelta(seconds=1)
_FEBRUARY, _LEAP_DAY = 2, 29


@dataclass(frozen=True, slots=True)
class Line:
    """One reason to keep: which rule, by which article, for how long, from which day, and the last day of it.

    `seq` is the record of the case that gives the start, or, of an extension, that of the archive's case; None where
    the start isn't known and `since` is today.
    """

    title: str
    article: str
    period: str
    since: date
    seq: int | None
    end: date

    def told(self) -> str:
        """In words, with its reason."""
        if self.period == EXTENSION:
            return f"{self.title}（{self.article}）：至 {self.end}"
        if self.period == PERMANENT:
            return f"{self.title}（{self.article}）：永久，现至 {self.end}，到期之前顺延"
        start = f"自 {self.since}（第 {self.seq} 号记录）起算" if self.seq is not None else "起算日未到，暂自今日起算"
        return f"{self.title}（{self.article}）：{period_words(self.period)}，{start}，至 {self.end}"


EXTENSION = "extension"  # the period of a line that an act of extension made


@dataclass(frozen=True, slots=True)
class Retained:
    """The last day on which the evidence must be kept, and every line that was asked; the first one wins."""

    end: date
    lines: tuple[Line, ...]

    @property
    def until(self) -> datetime:
        """The instant (UTC, whole seconds) up to which the store must refuse to let go."""
        return day_end(self.end).replace(microsecond=0).astimezone(UTC) + SECOND


def period_words(period: str) -> str:
    """The period as retention tables write it: 永久, 30年."""
    return "永久" if period == PERMANENT else f"{period.removesuffix(' years')}年"


def longest(case: Case, custody: Custody) -> str:
    """The longest period of any table, in words, as it stands on covers; extensions aside."""
    periods = [line.period for line in _lines(case, custody, date.min) if line.period != EXTENSION]
    return period_words(max(periods, key=lambda p: (p == PERMANENT, len(p), p))) if periods else ""


def retention(case: Case, custody: Custody, today: date) -> Retained:
    """Until when the evidence of `case` must be kept, as its records and the archive's say on the day `today`."""
    lines = sorted(_lines(case, custody, today), key=lambda line: (line.end, line.title), reverse=True)
    return Retained(max((line.end for line in lines), default=today), tuple(lines))


def custody_told(case: Case, custody: Custody, today: date) -> tuple[str, ...]:
    """Retention and holds of a case's evidence in sentences, the reason that wins first."""
    if (gone := custody.destroyed.get(case.id)) is not None:
        return (f"证据和不公开事项已由档案案件第 {gone.seq} 号记录销毁",)
    kept = retention(case, custody, today)
    winning = f"：{kept.lines[0].told()}" if kept.lines else ""
    holds = (f"证据冻结中：{hold.told()}" for hold in custody.held(case.id))
    return (f"证据保管至 {kept.end}{winning}", *holds)


def _lines(case: Case, custody: Custody, today: date) -> Iterator[Line]:
    books = (case.rulebook, *(book for _, book in reversed(case.earlier)))
    for row in dict.fromkeys(row for book in books for row in book.retention):
        found = _latest(case, row.from_) if row.from_ is not None else closed(case)
        yield _counted(row.title, row.article, row.period, found, today)
    tables = custody.tables_for(moment_of(None, case.entries[0].received)) if case.entries else custody.tables[-1:]
    for table in tables:
        article = f"档案案件第 {table.seq} 号记录"
        yield _counted("本档案库的保管期限", article, table.period, closed(case), today)
    for extension in custody.extensions.get(case.id, ()):
        article = f"档案案件第 {extension.seq} 号记录"
        yield Line("延长保管期限", article, EXTENSION, extension.until, extension.seq, extension.until)


def closed(case: Case) -> Dated | None:
    """The day on which the case was closed (结案), and the record that did so; None while it is open."""
    stage = case.rulebook.by_stage.get(case.stage)
    if stage is None or not stage.final or not case.moves:
        return None
    entry = case.entry(case.moves[-1][1])
    return Dated(entry.occurred_on, entry.seq) if entry is not None else None


def _latest(case: Case, ref: Ref) -> Dated | None:
    return max(dates(case, ref), key=lambda dated: dated.order, default=None)


def _counted(title: str, article: str, period: str, start: Dated | None, today: date) -> Line:
    if period == PERMANENT:
        return Line(title, article, period, today, None, years_after(today, FOREVER))
    since, seq = (start.day, start.seq) if start is not None else (today, None)
    return Line(title, article, period, since, seq, years_after(since, int(period.removesuffix(" years"))))


def years_after(day: date, years: int) -> date:
    """The corresponding day so many years later, the last of the month where there is none (民法典第二百零二条)."""
    year = min(day.year + years, MAXYEAR)
    missing = (day.month, day.day) == (_FEBRUARY, _LEAP_DAY) and not isleap(year)
    return day.replace(year=year, day=28 if missing else day.day)
