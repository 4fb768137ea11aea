"""`as_of` and `by` of a request: a case as of a moment, for the API and for pages."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from api.context import Server
from domain.errors import Fault
from domain.reading import Past
from domain.rules.moments import by_of
from projections.past import PastView

AsOf = Annotated[
    str | None,
    Query(
        max_length=40,
        description="当时的情形：日期、带时区的时刻，或 before-9（第 9 号记录入卷之前）；不写为现在",
        examples=["2023-03-06"],
    ),
]
ByDays = Annotated[
    str | None,
    Query(max_length=20, description="按入卷时间 received（不写即此）、发生时间 occurred，或收件日期 papers"),
]


def past_of(server: Server, case: str, as_of: str | None, by: str | None) -> Past | None:
    """The case as of the moment asked for, None where none is. Fault "by" for `by` without `as_of`."""
    how = by_of(by)
    if as_of is not None:
        return server.archive.as_of(case, as_of, how)
    if by is not None:
        raise Fault("by", "by 须与 as_of 一同使用", "请用 as_of 写明截至哪一天或者哪一刻。", field="by")
    return None


def viewed(server: Server, past: Past) -> PastView:
    """Its rows."""
    n = server.views().case(past.case.id, server.today())["n"]
    return PastView(server.archive, past, n)
