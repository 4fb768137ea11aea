"""Which notice (通知) applied when: the notices behind the days of a reckoning (R24).

Keeps: a superseded notice is named beside the one that took its place, with the days concerned and the span in which
each was in force; a day that no notice names rests on the notice that arranges its year.
Leaves: since when an archive has adopted them (register).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .reckoning import Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from ..formats.canonical import Json
    from .calendar import Calendar
    from .calendar_table import Notice
    from .reckoning import Reckoning


@dataclass(frozen=True, slots=True)
class Applied:
    """One notice over some days: in force from `since` (its issue) until `until`, when the notice `by` replaced it.

    `days` are those of the asked days that it names, in order; none where it leaves them as weekdays and weekends.
    `until` and `by` are None while it holds.
    """

    number: str
    title: str
    since: date
    until: date | None
    by: str | None
    days: tuple[date, ...]

    @property
    def words(self) -> str:
        """The span, the days and the successor, for people."""
        what = f"安排 {spans(self.days)}" if self.days else "未另行安排的日子，按周一至周五上班"
        if self.until is None:
            return f"{self.number}（{self.since} 起适用）：{what}"
        return f"{self.number}（{self.since} 至 {self.until} 适用，其后由 {self.by} 取代）：{what}"


def spans(days: Iterable[date]) -> str:
    """Days, ascending, with each run of consecutive ones as 首日至末日."""
    runs: list[list[date]] = []
    for day in days:
        if runs and (day - runs[-1][-1]).days == 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return "、".join(f"{run[0]}" if len(run) == 1 else f"{run[0]} 至 {run[-1]}" for run in runs)


def behind(calendar: Calendar, reckoning: Reckoning) -> tuple[Applied, ...]:
    """The notices by which a reckoned period was judged, its first day left out (第四十一条).

    Hours, months and years are counted without a table; only the moving of their end off a 节假日 goes by one.
    """
    if reckoning.unit in (Unit.DAYS, Unit.WORKDAYS):
        return applied(calendar, (step.day for step in reckoning.steps[1:]))
    moved = reckoning.steps[-2:] if reckoning.steps[-1].why == "rolled" else ()
    return applied(calendar, (step.day for step in moved))


def applied(calendar: Calendar, days: Iterable[date]) -> tuple[Applied, ...]:
    """The notices by which `days` are, or once were, judged; in order of issue, the superseded before their successors.

    A year without a table has none: its days are provisional (R34).
    """
    found: dict[tuple[Notice, Notice | None], list[date]] = {}
    for day in sorted(set(days)):
        for notice, successor in _spans(calendar, day):
            found.setdefault((notice, successor), []).append(day)
        if not calendar.rulings(day) and (yearly := _yearly(calendar, day)) is not None:
            found.setdefault((yearly, None), [])
    order = sorted(found.items(), key=lambda f: (f[0][0].issued, f[0][0].number, f[0][1] is None))
    return tuple(
        Applied(n.number, n.title, n.issued, by.issued if by else None, by.number if by else None, tuple(named))
        for (n, by), named in order
    )


def _spans(calendar: Calendar, day: date) -> Iterator[tuple[Notice, Notice | None]]:
    """Every notice that named `day`, each with the one that replaced it."""
    said = [notice for notice, _ in calendar.rulings(day)]
    yield from zip(said, [*said[1:], None][: len(said)], strict=True)


def _yearly(calendar: Calendar, day: date) -> Notice | None:
    """The first notice of the day's year, which leaves every day it doesn't name as it is."""
    table = calendar.years.get(day.year)
    return table.notices[0] if table is not None and table.notices else None


def notice_json(notice: Applied) -> dict[str, Json]:
    """An applied notice for machines; days ISO."""
    return {
        "number": notice.number,
        "title": notice.title,
        "since": notice.since.isoformat(),
        "until": notice.until.isoformat() if notice.until else None,
        "by": notice.by,
        "days": [day.isoformat() for day in notice.days],
    }
