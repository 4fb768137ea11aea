"""Where a time limit stands today: what its stored row, which knows no day, comes to on one.

The same days as domain.rules.time_limits reckons for the folded case; the tests hold the two together.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from domain.rules.reckoning import Interval, late_by, used
from domain.rules.time_limits import STATUS_TITLES, Status, titled
from domain.rules.vocabulary import Unit
from projections.rows import DeadlineRow, DocketRow, NextDue, PartyRow, Stored

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.rules.calendar import Calendar
    from domain.rules.rulebook import Rulebook


def on(row: Stored, today: date, calendar: Calendar) -> dict[str, Any]:
    """`status`, `used`, `left` and `late` of a stored row on `today`; the others' stay as stored."""
    status = Status(row["status"])
    standing = {"status": status, "used": row["used"], "left": row["left"], "late": row["late"]}
    if status not in (Status.RUNNING, Status.STOPPED):
        return standing
    start, unit = date.fromisoformat(row["start"]), Unit(row["unit"])
    excluded = tuple(
        Interval(window, date.fromisoformat(after), date.fromisoformat(until) if until else None)
        for window, after, until in row["excluded"]
    )
    standing["used"] = used(calendar, start, today, unit, excluded) if today > start else 0
    if status is Status.STOPPED:
        return standing
    due = date.fromisoformat(row["due"])
    if today <= due:
        return {**standing, "left": used(calendar, max(today, start), due, unit, excluded)}
    return {**standing, "status": Status.OVERDUE, "left": None, "late": late_by(calendar, due, today, unit, excluded)}


def next_due(row: Stored, rulebook: Rulebook, names: Mapping[str, str], today: date, calendar: Calendar) -> NextDue:
    """The open limit of a stored row, for the docket."""
    now = on(row, today, calendar)
    return NextDue(
        limit=row["limit"],
        title=titled(rulebook.by_limit[row["limit"]], row["round"]),
        of=row["of"],
        of_name=names.get(row["of"]),
        due=row["due"],
        status=now["status"].value,
        provisional=row["provisional"],
        left=now["left"],
        late=now["late"],
        unit=row["unit"],
    )


def docket(
    row: Stored,
    parties: list[PartyRow],
    due: Stored | None,
    rulebook: Rulebook | None,
    today: date,
    calendar: Calendar | None,
) -> DocketRow:
    """A stored case for the docket; `due` is its open limit that ends first, with its rulebook and calendar."""
    names = {party["id"]: party["name"] for party in parties}
    return DocketRow(
        n=row["n"],
        case=row["case"],
        number=row["number"],
        title=row["title"],
        rulebook=row["rulebook"],
        rulebook_title=row["rulebook_title"],
        stage=row["stage"],
        stage_title=row["stage_title"],
        final=row["final"],
        complainant="、".join(party["name"] for party in parties if party["role"] == "complainant"),
        respondents=[party["name"] for party in parties if party["role"] == "respondent"],
        opened_on=row["opened_on"],
        seq=row["seq"],
        head=row["head"],
        irregular=row["irregular"],
        next_due=next_due(due, rulebook, names, today, calendar) if due and rulebook and calendar else None,
        trouble=row["trouble"],
    )


def idle(row: Stored, rulebook: Rulebook, today: date) -> bool:
    """A party's own limit that has run out: nobody waits for it any more, its outcome is deemed."""
    limit = rulebook.by_limit.get(row["limit"])
    return limit is not None and limit.missed is not None and row["due"] < today.isoformat()


def deadline(
    row: Stored, rulebook: Rulebook, number: str, names: Mapping[str, str], today: date, calendar: Calendar
) -> DeadlineRow:
    """A stored row in full."""
    now, limit = on(row, today, calendar), rulebook.by_limit[row["limit"]]
    return DeadlineRow(
        case=row["case"],
        number=number,
        limit=limit.code,
        title=titled(limit, row["round"]),
        article=limit.article,
        note=limit.note,
        of=row["of"],
        of_name=names.get(row["of"]),
        status=now["status"].value,
        status_title=STATUS_TITLES[now["status"]],
        start=row["start"],
        due=row["due"],
        provisional=row["provisional"],
        done=row["done"],
        used=now["used"],
        left=now["left"],
        late=now["late"],
        unit=row["unit"],
        advisory=row["advisory"],
        round=row["round"],
        mooted_by=row["mooted_by"],
    )
