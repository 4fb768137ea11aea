"""Windows of a case: spans that stop a clock (R5, R29) or are themselves capped (R4).

A span holds the days in (opened, closed]. A window that `lasts` a number of calendar days lapses by itself. What
closes a window closes every span of it that stands open: 恢复采购 ends each suspension under which it then stood.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from .dates import Dated, date_of

if TYPE_CHECKING:
    from .case import Case, Entry
    from .vocabulary import Cap, Window


@dataclass(frozen=True, slots=True)
class Span:
    """One span of a window.

    `opening` is the record that opened it; `opened` None until it has begun (service); `closed` the day it ended or
    will lapse, None while nothing ends it; `closing` the record that ended it; `ordered` its ordered calendar days.
    """

    window: str
    opening: int
    opened: date | None
    closed: date | None
    closing: int | None
    ordered: int | None = None

    def running(self, day: date) -> bool:
        """Whether on `day` it has begun (by service, R4) and has neither been ended nor lapsed (R28)."""
        begun = self.opened is not None and self.opened <= day
        return begun and self.closing is None and (self.closed is None or day <= self.closed)

    def days(self) -> int:
        """Calendar days it takes: to its end; as ordered while it has not begun."""
        if self.opened is not None and self.closed is not None:
            return max(0, (self.closed - self.opened).days)
        return self.ordered or 0


def spans(case: Case, window: Window) -> tuple[Span, ...]:
    """The spans of `window`, in order of their opening records."""
    openings = case.valid(window.opens.action)
    closings = [e for e in case.valid(window.closes.action) if _complete(window, e)]
    out: list[Span] = []
    for opening in openings:
        opened = date_of(case, opening, window.opens.field)
        out.append(_span(window, opening, opened, _closing(case, window, opening, closings)))
    return tuple(out)


def _complete(window: Window, entry: Entry) -> bool:
    return window.complete is None or entry.facts.get(window.complete) is True


def _closing(case: Case, window: Window, opening: Entry, closings: list[Entry]) -> Dated | None:
    for entry in closings:
        fits = entry.facts.get("answers") == opening.seq if window.per_record else entry.seq > opening.seq
        if fits and (day := date_of(case, entry, window.closes.field)) is not None:
            return day
        if fits and window.lasts is not None:  # ordered to end, its sending not yet reported
            return Dated(entry.occurred_on, entry.seq)
    return None


def _span(window: Window, opening: Entry, opened: Dated | None, closing: Dated | None) -> Span:
    ordered = opening.facts.get(window.lasts) if window.lasts else None
    days = ordered if isinstance(ordered, int) else None
    lapse = opened.day + timedelta(days=days) if opened and days is not None else None
    if closing is not None and (lapse is None or closing.day <= lapse):
        return Span(window.code, opening.seq, opened.day if opened else None, closing.day, closing.seq, days)
    return Span(window.code, opening.seq, opened.day if opened else None, lapse, None, days)


def running(case: Case, window: Window, day: date) -> bool:
    """Whether any span of `window` is running on `day` (R28)."""
    return any(span.running(day) for span in spans(case, window))


def capped_days(case: Case, cap: Cap) -> int:
    """Calendar days taken by the cap's window so far, a day under two spans counted once; unbegun ones as ordered."""
    days: set[date] = set()
    pending = 0
    for span in spans(case, case.rulebook.by_window[cap.window]):
        if span.opened is None:
            pending += span.days() if span.closing is None else 0
        elif span.closed is not None:
            days.update(span.opened + timedelta(days=n) for n in range(1, (span.closed - span.opened).days + 1))
    return len(days) + pending
