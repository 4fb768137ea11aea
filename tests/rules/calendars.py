"""The calendar under test, compiled from the files that the project ships."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from domain.rules.calendar import Calendar, calendar_from, compile_year

FOLDER = Path(__file__).parents[2] / "domain" / "calendars"


def tables() -> list[dict]:
    return [compile_year(path.stem, path.read_bytes()) for path in sorted(FOLDER.glob("cn-*.toml"))]


@cache
def cn() -> Calendar:
    return calendar_from(tables())
