"""A year's working days as month tables, for the calendar page."""

from __future__ import annotations

import calendar as weeks
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

    from domain.rules.calendar import Calendar

_SATURDAY = 5
_MONTHS = range(1, 13)


@dataclass(frozen=True, slots=True)
class Cell:
    """One day: its number, its class, what it is, whether a time limit ends on it, whether it is today."""

    number: int
    kind: str
    title: str
    said: str
    due: bool
    today: bool
    working: bool
    provisional: bool
    notice: str | None


def shown(known: Calendar, year: int, due: Collection[str], today: date) -> dict[str, Any]:
    """What the calendar's template needs: `months` of weeks of cells (None outside), notices, working days."""
    table = weeks.Calendar(firstweekday=0)
    months = [
        (month, [[_cell(known, date(year, month, d), due, today) if d else None for d in week] for week in found])
        for month in _MONTHS
        for found in [table.monthdayscalendar(year, month)]
    ]
    cells = [cell for _, month in months for week in month for cell in week if cell is not None]
    return {
        "months": months,
        "working": sum(cell.working for cell in cells),
        "provisional": any(cell.provisional for cell in cells),
        "notices": list(dict.fromkeys(cell.notice for cell in cells if cell.notice)),
    }


def _cell(known: Calendar, day: date, due: Collection[str], today: date) -> Cell:
    found = known.day(day)
    weekend = day.weekday() >= _SATURDAY
    free = "holiday" if found.notice else "idle"
    kind = free if not found.working else "moved" if weekend else "working"
    ends = day.isoformat() in due
    special = found.name if kind in ("moved", "holiday") else ""
    return Cell(
        number=day.day,
        kind=kind,
        title=f"{day.isoformat()} {found.name}" + ("，有期限届满" if ends else ""),
        said="，".join(word for word in (special, "有期限届满" if ends else "") if word),
        due=ends,
        today=day == today,
        working=found.working,
        provisional=found.provisional,
        notice=found.notice,
    )
