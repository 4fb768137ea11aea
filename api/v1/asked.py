"""Query parameters that several routes take."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Path, Query

from domain.errors import Fault
from domain.formats.shapes import FIRST_YEAR, LAST_YEAR

CaseId = Annotated[str, Path(max_length=64, description="案件编号")]
Limit = Annotated[int, Query(ge=1, le=1000, description="一页多少条")]
Cursor = Annotated[int, Query(ge=0, le=1_000_000_000, description="上一页给出的 next")]
Text = Annotated[str | None, Query(max_length=100)]
DayText = Annotated[str | None, Query(max_length=10, examples=["2023-03-06"])]


def day(text: str | None, field: str) -> date | None:
    """A civil day as asked for. Fault "date"."""
    if text is None:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.isoformat() != text or not FIRST_YEAR <= found.year <= LAST_YEAR:
        message = f"日期应写作 2023-03-06，在 {FIRST_YEAR} 至 {LAST_YEAR} 年间"
        raise Fault("date", message, "请改正日期。", field=field)
    return found
