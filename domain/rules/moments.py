"""A case as of a moment (截至某时): what the archive held, what had been done, which papers had come in.

Three different questions (`By`). By receipt, the records that the archive held then count, as they stood then, by the
calendars adopted by then: what was known when something was decided. By the day of the act, or of the paper that it
reports, everything is looked at with today's knowledge: what counts is whatever had happened, or come in, by then, as
corrected since, and by the notices issued by then. Keeps: a record keeps its number; as time goes on, what counts only
grows; what is entered later changes nothing of what was known before. Leaves: the register of then (`reading`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from ..errors import Fault
from .admissible import replay
from .case import Case, enter
from .civil import DATE_LENGTH, SHANGHAI, chinese, day_end, day_or_moment
from .dates import date_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .calendar import Calendar
    from .case import Entry

BEFORE = "before-"  # "before-9": just before record 9 was entered
NUMBER_LENGTH = 6


class By(StrEnum):
    """By which of its days a record counts."""

    RECEIVED = "received"  # 入卷: its receipt
    OCCURRED = "occurred"  # 发生: its act
    PAPERS = "papers"  # 收件: the paper it reports, where it states when that came in; else its act


MEANING = {
    By.RECEIVED: "只计当时已经入卷的记录和当时采用的节假日安排，其后的更正不计。",
    By.OCCURRED: "只计当时已经发生的行为，依今日所知，包括其后所作的更正。",
    By.PAPERS: "只计当时已经收到的文书和已经发生的行为，依今日所知，包括其后所作的更正。",
}
TITLES = {By.RECEIVED: "按入卷时间", By.OCCURRED: "按发生时间", By.PAPERS: "按收件日期"}


@dataclass(frozen=True, slots=True)
class Standpoint:
    """From where a case is looked at: up to and including `instant`, by `by`; `day` is its civil day.

    `exact`: an instant was asked for, not a day as a whole. `before`: the record just before which it is.
    """

    by: By
    day: date
    instant: datetime
    exact: bool = False
    before: int | None = None

    def reached(self, case: Case, entry: Entry) -> bool:
        """Whether `entry` counts from here."""
        if self.before is not None and entry.seq >= self.before:
            return False
        if self.by is By.RECEIVED:
            return entry.received is not None and datetime.fromisoformat(entry.received) <= self.instant
        came = date_of(case, entry, "received_on") if self.by is By.PAPERS else None
        if came is not None and came.at is not None:
            return came.at <= self.instant
        if came is None and len(entry.occurred) > DATE_LENGTH:
            return datetime.fromisoformat(entry.occurred) <= self.instant
        return (came.day if came is not None else entry.occurred_on) <= self.day

    @property
    def text(self) -> str:
        """As it is asked for."""
        if self.before is not None:
            return f"{BEFORE}{self.before}"
        return self.instant.isoformat() if self.exact else self.day.isoformat()

    def told(self) -> str:
        """In words: 截至2023年3月10日（按入卷时间）."""
        if self.before is not None:
            return f"{chinese(self.day)}第 {self.before} 号记录入卷之前（{TITLES[self.by]}）"
        at = f" {self.instant.astimezone(SHANGHAI):%H:%M:%S}" if self.exact else ""
        return f"截至{chinese(self.day)}{at}（{TITLES[self.by]}）"


def by_of(text: str | None) -> By:
    """By which days, as asked for; by receipts where that is left open. Fault "by"."""
    try:
        return By(text) if text is not None else By.RECEIVED
    except ValueError:
        options = "、".join(f"{by}（{title}）" for by, title in TITLES.items())
        raise Fault("by", f"没有“{text[:20] if text else ''}”这种算法", f"可选：{options}。", field="by") from None


def standpoint(text: str, by: By, entries: Sequence[Entry] = ()) -> Standpoint:
    """The standpoint asked for: a day (all of it), a time with offset, "before-9" (just before record 9 of `entries`).

    Faults "as-of" (none of these), "unknown-record".
    """
    if text.startswith(BEFORE):
        return _before(text.removeprefix(BEFORE), by, entries)
    try:
        named = day_or_moment(text)
    except ValueError:
        remedy = "请写作 2023-03-10、2023-03-10T09:30:00+08:00 或 before-9（第 9 号记录入卷之前）。"
        raise Fault("as-of", f"“{text[:40]}”不是日期、带时区的时刻或记录", remedy, field="as_of") from None
    if isinstance(named, datetime):
        return Standpoint(by, named.date(), named, exact=True)
    return Standpoint(by, named, day_end(named))


def _before(number: str, by: By, entries: Sequence[Entry]) -> Standpoint:
    if by is not By.RECEIVED:
        raise Fault("as-of", "某号记录入卷之前的情形只能按入卷时间查看", "请选择按入卷时间，或改填日期。", field="by")
    known = number.isascii() and number.isdigit() and len(number) <= NUMBER_LENGTH
    seq = int(number) if known else 0
    moment = entries[seq - 1].received if 1 <= seq <= len(entries) else None
    if moment is None:
        raise Fault("unknown-record", f"没有第 {number[:NUMBER_LENGTH]} 号记录", "请核对记录号。", field="as_of")
    instant = datetime.fromisoformat(moment)
    return Standpoint(by, instant.astimezone(SHANGHAI).date(), instant, exact=True, before=seq)


def as_of(case: Case, entered: Sequence[Entry], calendar: Calendar, at: Standpoint) -> Case:
    """The case as it stood; without entries if there was none yet.

    `case` is the present one, `entered` its records before any rectification, `calendar` that of the tables adopted
    by then. Fault calendar-empty: by the day of act or paper, before the first notice of any table.
    """
    if at.by is By.RECEIVED:
        reached = [entry for entry in entered if at.reached(case, entry)]
        return replay(case.id, case.opened_by, calendar, reached, case.books)
    counting = [at.reached(case, entry) for entry in case.entries]
    if not any(counting):
        return Case(case.id, case.opened_by, calendar)
    past = Case(case.id, case.opened_by, case.calendar.known_on(at.day), books=case.books)
    for entry, counts in zip(case.entries, counting, strict=True):
        past = enter(past, entry if counts else replace(entry, later=True))
    return past
