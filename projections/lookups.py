"""Pieces of the questions in `queries`: conditions, and what is looked up for several cases at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select

from domain.errors import Fault
from domain.rules.civil import SHANGHAI, day_end
from domain.rules.deadline import Status
from projections.rows import PartyRow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Connection, RowMapping, Select

    from projections.tables import Tables

MOST = 1_000
LAST = "~"  # behind every moment: of limits due the same day, those due at its end come last


def bounded(limit: int) -> int:
    """A page size that can be asked for."""
    return min(max(limit, 1), MOST)


def matching(
    asked: Select[Any], here: Tables, stage: str | None, text: str | None, rulebook: str | None, final: bool | None
) -> Select[Any]:
    """Narrowed to the cases for which all that is given holds; each word of `text` must occur."""
    cases = here.cases.c
    for column, value in ((cases.stage, stage), (cases.rulebook, rulebook), (cases.final, final)):
        asked = asked.where(column == value) if value is not None else asked
    for word in (text or "").casefold().split():
        asked = asked.where(cases.search.contains(word, autoescape=True))
    return asked


def limits_of(here: Tables, case: str) -> Select[Any]:
    """The limits of a case, in order of its rulebook."""
    return select(here.deadlines).where(here.deadlines.c.case == case).order_by(here.deadlines.c.n)


def first(here: Tables) -> tuple[ColumnElement[Any], ...]:
    """The order in which limits end."""
    due = here.deadlines.c
    return due.due, func.coalesce(due.due_at, LAST), due.case, due.n


def ended(here: Tables, today: date, now: datetime | None) -> ColumnElement[bool]:
    """Whether a running limit is a period that has ended by itself."""
    due, moment = here.deadlines.c, (now or day_end(today)).astimezone(SHANGHAI).isoformat()
    timed, whole = and_(due.due_at.is_not(None), due.due_at < moment), due.due_at.is_(None)
    return and_(due.lapses, or_(timed, and_(whole, due.due < today.isoformat())))


def case_row(read: Connection, here: Tables, case: str) -> RowMapping:
    """The row of a case. Fault `unknown-case`."""
    row = read.execute(select(here.cases).where(here.cases.c.case == case)).mappings().one_or_none()
    if row is None:
        raise Fault("unknown-case", f"没有案件 {case[:60]}", "请核对案件编号。", field="case")
    return row


def refuse_troubled(row: RowMapping) -> None:
    """Raise the Fault that says why a case can't be shown, if so."""
    if row["trouble"]:
        raise Fault(row["trouble"]["code"], row["trouble"]["message"])


def parties_of(read: Connection, here: Tables, cases: Sequence[str]) -> dict[str, list[PartyRow]]:
    """The parties of each of `cases`, in order of entry."""
    found: dict[str, list[PartyRow]] = {case: [] for case in cases}
    asked = select(here.parties).where(here.parties.c.case.in_(cases)).order_by(here.parties.c.n)
    for row in read.execute(asked).mappings():
        party = PartyRow(id=row["id"], role=row["role"], role_title=row["role_title"], name=row["name"])
        found[row["case"]].append(party)
    return found


def first_due(
    read: Connection, here: Tables, cases: Sequence[str], idle: Callable[[RowMapping], bool]
) -> dict[str, RowMapping]:
    """The open limit of each of `cases` that ends first, one that lapses by itself only where there is no other.

    Left out: those the law doesn't state, and `idle` ones.
    """
    due = here.deadlines.c
    asked = select(here.deadlines).where(due.case.in_(cases), due.status == Status.RUNNING.value, ~due.advisory)
    found = (
        read.execute(
            asked.order_by(due.lapses.desc(), due.due.desc(), func.coalesce(due.due_at, LAST).desc(), due.n.desc())
        )
        .mappings()
        .all()
    )
    return {row["case"]: row for row in found if not idle(row)}
