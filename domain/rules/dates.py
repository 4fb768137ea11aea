"""Dates of a case: what a rulebook's references ("answer-notice.served_on") stand for.

Keeps: the date the article's verb means (R18, R26, R27); per recipient where one is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from .civil import civil_day, instant
from .sources import applies, keyed
from .vocabulary import Moment, Pick, Ref

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .case import Case, Entry
    from .vocabulary import If

_UNTOLD = datetime.min.replace(tzinfo=UTC)
SERVICE_FIELDS = ("sent_on", "served_on", "all_sent_on", "all_served_on")


@dataclass(frozen=True, slots=True)
class Dated:
    """A day and the record that gives it; `at` the moment, where the record states one."""

    day: date
    seq: int
    at: datetime | None = None

    @property
    def order(self) -> tuple[date, datetime, int]:
        """In which order dates stand; of one day, what states no moment comes first."""
        return self.day, self.at or _UNTOLD, self.seq


@dataclass(frozen=True, slots=True)
class Delivery:
    """The service (送达) of one paper upon one recipient; days None until they have happened."""

    recipient: str
    sent: Dated | None = None
    served: Dated | None = None
    way: str | None = None


def day_of(value: Any) -> date | None:
    """A date fact as a day; None where there is none or it is withheld or malformed."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _earlier(a: Dated | None, b: Dated | None) -> Dated | None:
    return min((d for d in (a, b) if d), key=lambda d: d.order, default=None)


def deliveries(case: Case, paper: int) -> dict[str, Delivery]:
    """Service of record `paper`, by recipient: the earliest sending and the earliest service reported."""
    out: dict[str, Delivery] = {}
    for action in case.rulebook.actions:
        for entry in case.valid(action.code) if action.serves else ():
            if entry.facts.get("paper") == paper:
                for row in _rows(entry.facts.get("deliveries")):
                    _deliver(out, entry.seq, row)
    return out


def _deliver(out: dict[str, Delivery], seq: int, row: dict[str, Any]) -> None:
    recipient = row.get("recipient")
    if not isinstance(recipient, str):
        return
    sent, served = day_of(row.get("sent_on")), day_of(row.get("served_on"))
    old = out.get(recipient, Delivery(recipient))
    out[recipient] = Delivery(
        recipient,
        _earlier(old.sent, Dated(sent, seq) if sent else None),
        _earlier(old.served, Dated(served, seq) if served else None),
        old.way or row.get("way"),
    )


def _rows(value: Any) -> Iterator[dict[str, Any]]:
    for row in value if isinstance(value, list) else ():
        if isinstance(row, dict):
            yield row


def recipients(case: Case, action: str) -> tuple[str, ...]:
    """Everyone upon whom papers of `action` are to be served, in order, each once."""
    return tuple(dict.fromkeys(r for e in case.valid(action) for r in e.facts.get("recipients") or ()))


def _service_date(case: Case, entry: Entry, field: str, of: str | None) -> Dated | None:
    served = deliveries(case, entry.seq)
    wanted = [of] if of is not None else list(entry.facts.get("recipients") or ())
    side = "sent" if field.endswith("sent_on") else "served"
    found: list[Dated] = [d for r in wanted if r in served and (d := getattr(served[r], side)) is not None]
    if field.startswith("all_"):
        complete = bool(found) and len(found) == len(wanted)
        return max(found, key=lambda d: d.order) if complete else None
    return min(found, key=lambda d: d.order, default=None)


def date_of(case: Case, entry: Entry, field: str, of: str | None = None) -> Dated | None:
    """The date `field` of one record, for recipient or party `of` if given."""
    action = case.rulebook.by_action.get(entry.action)
    if action is None:
        return None
    if action.serve is not None and field in SERVICE_FIELDS:
        return _service_date(case, entry, field, of)
    if of is not None and action.party is not None and entry.facts.get(action.party) != of:
        return None
    if field == "occurred_on":
        return Dated(entry.occurred_on, entry.seq)
    if field == "handed_in_on":
        day = day_of(entry.facts.get("postmarked_on")) or day_of(entry.facts.get("received_on"))
        return Dated(day, entry.seq) if day else None
    return _stated(entry.facts.get(field), entry.seq)


def _stated(value: Any, seq: int) -> Dated | None:
    """A date or time fact as the day, and the moment, that it states."""
    try:
        return Dated(civil_day(value), seq, instant(value)) if isinstance(value, str) else None
    except ValueError:
        return None


def dates(
    case: Case, ref: Ref, of: str | None = None, complete: str | None = None, where: If | None = None
) -> list[Dated]:
    """Every date that `ref` stands for, in order of record.

    Only of records whose fact `complete` is true, and for which `where` holds, if given.
    """
    entries = [e for e in case.valid(ref.action) if complete is None or e.facts.get(complete) is True]
    entries = [e for e in entries if applies(where, e.facts)]
    if ref.col is not None:
        return [d for e in entries for d in _in_rows(e, ref, of)]
    return [d for e in entries if (d := date_of(case, e, ref.field, of)) is not None]


def _in_rows(entry: Entry, ref: Ref, of: str | None) -> Iterator[Dated]:
    """The dates in a column of rows, of the row with the key `of` if given."""
    for key, row in keyed(entry.facts.get(ref.field)):
        day = day_of(row.get(ref.col)) if isinstance(row, dict) and of in (None, key) else None
        if day is not None:
            yield Dated(day, entry.seq)


def picked(
    case: Case, moment: Moment, of: str | None = None, complete: str | None = None, where: If | None = None
) -> Dated | None:
    """The date that `moment` picks, or None while there is none; `complete` and `where` as in `dates`."""
    found = (dates(case, ref, of, complete, where) for ref in moment.refs)
    if moment.pick is Pick.PREFER:
        return _latest(next((ds for ds in found if ds), []))
    flat = [d for ds in found for d in ds]
    return _latest(flat) if moment.pick is Pick.LATEST else min(flat, key=lambda d: d.order, default=None)


def _latest(found: Iterable[Dated]) -> Dated | None:
    return max(found, key=lambda d: d.order, default=None)
