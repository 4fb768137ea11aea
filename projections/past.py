"""Cases as of a moment (截至某时), in the rows that pages and API show of the present; folded when asked for.

Keeps: the same rows as the read models give, from the case as it stood, on the day of the moment; names of officers
are those of the register as it then was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.errors import Fault
from domain.rules.binding import bindings
from domain.rules.deadline import Status
from domain.rules.moments import BEFORE
from projections import standing
from projections.fold import REGISTER, CaseRows, Row, folded
from projections.grouping import Group
from projections.lookups import LAST
from projections.rows import CaseRow, DeadlineRow, DocketRow, PartyRow, TimelinePage
from projections.worded import officer_name, timeline_row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from domain.archive import Archive
    from domain.reading import Past
    from domain.rules.moments import By


class PastView:
    """One case as of a moment."""

    def __init__(self, archive: Archive, past: Past, n: int = 0) -> None:
        """Fold the rows of `past`; `n` is the case's number among the archive's cases."""
        self.past = past
        self._rows: CaseRows = folded(past.case, archive.records(past.case.id)[: past.case.seq])
        in_charge = officer_name(past.register, self._rows.case["in_charge"])
        self._case = {**self._rows.case, "n": n, "in_charge": in_charge}
        self._parties = [
            PartyRow(id=row["id"], role=row["role"], role_title=row["role_title"], name=row["name"])
            for row in self._rows.parties
        ]
        self._names = {party["id"]: party["name"] for party in self._parties}

    def docket(self) -> DocketRow:
        """The case in a list."""
        past, day, now = self.past.case, self.past.at.day, self.past.at.instant
        waiting = [row for row in self._rows.deadlines if row["status"] == Status.RUNNING and not row["advisory"]]
        waiting = [row for row in waiting if not standing.idle(row, past.rulebook, day, now)]
        first = min(waiting, key=lambda row: (row["lapses"], row["due"], row["due_at"] or LAST, row["n"]), default=None)
        return standing.docket(self._case, self._parties, first, past.rulebook, day, now, past.calendar)

    def case(self) -> CaseRow:
        """The case as a whole."""
        sizes = [row["group"] for row in self._rows.records]
        return CaseRow(
            **self.docket(),
            rulebook_number=self.past.case.rulebook.number,
            rulebook_digest=self.past.case.rulebook.digest,
            parties=self._parties,
            deadlines=self.deadlines(),
            groups={group.value: sizes.count(group.value) for group in Group},
        )

    def deadlines(self) -> list[DeadlineRow]:
        """The limits in order of the rulebook."""
        past, at, number = self.past.case, self.past.at, self._case["number"]
        return [
            standing.deadline(row, past.rulebook, number, self._names, at.day, at.instant, past.calendar)
            for row in self._rows.deadlines
        ]

    def timeline(
        self,
        *,
        group: str | None = None,
        kind: str | None = None,
        action: str | None = None,
        party: str | None = None,
        since: date | None = None,
        until: date | None = None,
        after: int = 0,
        limit: int,
    ) -> TimelinePage:
        """Records in order from behind `after`; filters as those of `Queries.timeline`."""
        wanted = {"group": group, "kind": kind, "action": action}

        def asked(row: Row) -> bool:
            fits = all(value is None or row[name] == value for name, value in wanted.items())
            named = party is None or party in row["parties"]
            begun = since is None or row["day"] >= since.isoformat()
            return (
                row["seq"] > after and fits and named and begun and (until is None or row["day"] <= until.isoformat())
            )

        found = [row for row in self._rows.records if row["seq"] > after and asked(row)]
        titles = {row["seq"]: row["title"] for row in self._rows.records}
        books = {binding.book.digest: binding.book for binding in bindings(self.past.case)}
        worded = timeline_row(books.__getitem__, self.past.register, self._names, titles)
        page = [worded(row) for row in found[:limit]]
        return TimelinePage(rows=page, next=page[-1]["seq"] if len(found) > limit else None)


def docket(archive: Archive, text: str, by: By, tick: Callable[[int, int], None]) -> Iterator[DocketRow]:
    """Every case that then had a record, newest first; `tick(done, all)` counts them. Faults as `Archive.as_of`."""
    if text.startswith(BEFORE):
        raise Fault("as-of", "案件列表没有“某号记录之前”", "请写日期或者时刻。", field="as_of")
    cases = [case for case, _ in archive.events.cases()]
    for done, case in enumerate(reversed(cases)):
        try:
            past = archive.as_of(case, text, by)
        except Fault as fault:
            if fault.code != "nothing-yet":
                raise
        else:
            if past.case.rulebook.id != REGISTER:
                yield PastView(archive, past, len(cases) - done).docket()
        tick(done + 1, len(cases))
