"""A year's working days in the terminal: month grids, two side by side, with holidays and make-up days marked."""

from __future__ import annotations

from datetime import date
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from rich.text import Text

from api.web.months import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.web.months import Cell
    from domain.rules.calendar import Calendar

MARKS = {"holiday": ("休", "red"), "moved": ("班", "bold"), "idle": ("  ", "dim"), "working": ("  ", "")}
WIDTH, BETWEEN = 7 * 5, "   "


def overview(known: Calendar, year: int) -> dict[str, Any]:
    """`working`, `provisional`, `notices` and the `days` of a year that are not what their weekday says."""
    found = shown(known, year, (), date(year, 1, 1))
    cells = [(month, cell) for month, weeks in found["months"] for week in weeks for cell in week if cell]
    return {
        "year": year,
        "workdays": found["working"],
        "provisional": found["provisional"],
        "notices": found["notices"],
        "months": {str(month): sum(c.working for m, c in cells if m == month) for month, _ in found["months"]},
        "days": [
            {
                "date": date(year, month, cell.number).isoformat(),
                "working": cell.working,
                "name": cell.title.split(" ", 1)[1],
                "notice": cell.notice,
            }
            for month, cell in cells
            if cell.notice
        ],
    }


def grid(known: Calendar, year: int) -> Iterator[Text]:
    """The lines of the year: a month's days in columns from Monday to Sunday."""
    months = shown(known, year, (), date(year, 1, 1))["months"]
    for left, right in zip(months[::2], months[1::2], strict=True):
        for first, second in zip_longest(_month(left), _month(right), fillvalue=Text(" " * WIDTH)):
            line = Text.assemble(first, BETWEEN, second)
            line.rstrip()
            yield line
        yield Text()


def _month(month: tuple[int, list[list[Cell | None]]]) -> Iterator[Text]:
    number, weeks = month
    yield Text(_filled(f"{number} 月", len(f"{number} 月") + 1), "bold")
    yield Text(_filled("".join(f"{day}   " for day in "一二三四五六日"), WIDTH), "dim")
    for week in weeks:
        yield Text.assemble(*(_cell(cell) for cell in week))


def _filled(text: str, columns: int) -> str:
    """`text`, which takes up `columns`, up to the width of a month."""
    return text + " " * (WIDTH - columns)


def _cell(cell: Cell | None) -> tuple[str, str]:
    if cell is None:
        return " " * 5, ""
    mark, style = MARKS[cell.kind]
    return f"{cell.number:>2}{mark} ", style
