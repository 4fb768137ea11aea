"""Where a time limit stands today: what its stored row, which knows no day, comes to on one.

The same days as domain.rules.time_limits reckons for the folded case; the tests hold the two together.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from domain.rules.civil import day_end
from domain.rules.deadline import STATUS_TITLES, Status, titled
from domain.rules.lengths import hours_between, hours_used
from domain.rules.reckoning import Interval, late_by, used
from domain.rules.sources import named
from domain.rules.vocabulary import Unit
from projections.rows import DeadlineRow, DocketRow, NextDue, PartyRow, Stored

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.rules.calendar import Calendar
    from domain.rules.rulebook import Rulebook


def run_out(row: Stored, today: date, now: datetime | None) -> bool:
    """Whether a stored row's end has passed."""
    if row["due_at"] is not None:
        return (now or day_end(today)) > datetime.fromisoformat(row["due_at"])
    return bool(row["due"] < today.isoformat())


def on(row: Stored, today: date, now: datetime | None, calendar: Calendar) -> dict[str, Any]:
    """`status`, `used`, `left` and `late` of a stored row on `today` (at `now`); the others' stay as stored."""
    status = Status(row["status"])
    standing = {"status": status, "used": row["used"], "left": row["left"], "late": row["late"]}
    if status not in (Status.RUNNING, Status.STOPPED):
        return standing
    if row["due_at"] is not None:
        return {**standing, **_at(row, now or day_end(today))}
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
    if row["lapses"]:
        return {**standing, "status": Status.ENDED, "left": None}
    return {**standing, "status": Status.OVERDUE, "left": None, "late": late_by(calendar, due, today, unit, excluded)}


def _at(row: Stored, now: datetime) -> dict[str, Any]:
    """As `on`, of a limit in hours, whose moments the row has."""
    start, due = datetime.fromisoformat(row["start_at"]), datetime.fromisoformat(row["due_at"])
    standing: dict[str, Any] = {"used": hours_used(start, now)}
    if now <= due:
        return {**standing, "left": hours_between(max(now, start), due)}
    if row["lapses"]:
        return {**standing, "status": Status.ENDED, "left": None}
    return {**standing, "status": Status.OVERDUE, "left": None, "late": hours_between(due, now)}


def next_due(
    row: Stored, rulebook: Rulebook, names: Mapping[str, str], today: date, now: datetime | None, calendar: Calendar
) -> NextDue:
    """The open limit of a stored row, for the docket."""
    stands = on(row, today, now, calendar)
    return NextDue(
        limit=row["limit"],
        title=titled(rulebook.by_limit[row["limit"]], row["round"]),
        of=row["of"],
        of_name=named(row["of"], names),
        due=row["due"],
        due_at=row["due_at"],
        status=stands["status"].value,
        provisional=row["provisional"],
        left=stands["left"],
        late=stands["late"],
        unit=row["unit"],
    )


def docket(
    row: Stored,
    parties: list[PartyRow],
    due: Stored | None,
    rulebook: Rulebook | None,
    today: date,
    now: datetime | None,
    calendar: Calendar | None,
) -> DocketRow:
    """A stored case for the docket, `in_charge` being a name; `due` is its open limit that ends first."""
    names = {party["id"]: party["name"] for party in parties}
    bringing, against = rulebook.sides if rulebook else ("", ())
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
        complainant="、".join(party["name"] for party in parties if party["role"] == bringing),
        respondents=[party["name"] for party in parties if party["role"] in against],
        opened_on=row["opened_on"],
        seq=row["seq"],
        head=row["head"],
        irregular=row["irregular"],
        in_charge=row["in_charge"],
        in_charge_title=row["in_charge_title"],
        next_due=next_due(due, rulebook, names, today, now, calendar) if due and rulebook and calendar else None,
        trouble=row["trouble"],
    )


def idle(row: Stored, rulebook: Rulebook, today: date, now: datetime | None) -> bool:
    """One that has run out and that nobody waits for: it lapses, or is a party's own and its outcome deemed."""
    limit = rulebook.by_limit.get(row["limit"])
    return limit is not None and (limit.lapses or limit.missed is not None) and run_out(row, today, now)


def deadline(
    row: Stored,
    rulebook: Rulebook,
    number: str,
    names: Mapping[str, str],
    today: date,
    now: datetime | None,
    calendar: Calendar,
) -> DeadlineRow:
    """A stored row in full."""
    stands, limit = on(row, today, now, calendar), rulebook.by_limit[row["limit"]]
    asks = row["escalates"] if stands["status"] is Status.OVERDUE else None
    return DeadlineRow(
        case=row["case"],
        number=number,
        limit=limit.code,
        title=titled(limit, row["round"]),
        article=limit.article,
        note=limit.note,
        of=row["of"],
        of_name=named(row["of"], names),
        status=stands["status"].value,
        status_title=STATUS_TITLES[stands["status"]],
        start=row["start"],
        start_at=row["start_at"],
        due=row["due"],
        due_at=row["due_at"],
        provisional=row["provisional"],
        done=row["done"],
        done_at=row["done_at"],
        used=stands["used"],
        left=stands["left"],
        late=stands["late"],
        unit=row["unit"],
        advisory=row["advisory"],
        round=row["round"],
        mooted_by=row["mooted_by"],
        moot_because=row["moot_because"],
        asks=asks,
        asks_title=rulebook.action(asks).title if asks else None,
    )
