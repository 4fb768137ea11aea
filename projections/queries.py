"""Questions to the read models. Each reads one consistent state; what depends on the day is reckoned for `today`."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError

from domain.errors import Fault
from domain.rules.deadline import Status
from projections import standing
from projections.grouping import Group
from projections.lookups import (
    MOST,
    bounded,
    case_row,
    ended,
    first,
    first_due,
    limits_of,
    matching,
    parties_of,
    refuse_troubled,
)
from projections.rows import CaseRow, DeadlineRow, DocketRow, PartyRow, TimelinePage
from projections.tables import GENERATIONS, tables
from projections.worded import officer_name, timeline_row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection, Engine, RowMapping

    from domain.archive import Archive
    from domain.rules.calendar import Calendar
    from projections.tables import Tables

PAGE = 100  # rows given at once where the caller doesn't say


class Queries:
    """Reading what `CaseViews` has folded."""

    def __init__(self, engine: Engine, archive: Archive) -> None:
        self._engine, self._archive = engine, archive

    def position(self) -> int:
        """The position of the last record that is in the rows; 0 before the first."""
        with self._connected() as read:
            found = self._active(read)
            return found.position if found else 0

    def docket(
        self,
        today: date,
        *,
        stage: str | None = None,
        text: str | None = None,
        rulebook: str | None = None,
        final: bool | None = None,
        limit: int = MOST,
        before: int | None = None,
        now: datetime | None = None,
    ) -> list[DocketRow]:
        """Cases other than those of the register, newest first; `text` is looked for in number, title and parties.

        `now`: the moment of `today`, for limits in hours; its end if left open.

        `before`: only those opened before the case with this `n`, so that a page goes on where the last one ended
        whatever has been opened since.
        """
        with self._reading() as (read, here):
            cases = here.cases
            asked = matching(select(cases).where(~cases.c.register), here, stage, text, rulebook, final)
            asked = asked.where(cases.c.n < before) if before is not None else asked
            asked = asked.order_by(cases.c.n.desc()).limit(bounded(limit))
            return self._docket_rows(read, here, read.execute(asked).mappings().all(), today, now)

    def docket_size(
        self,
        *,
        stage: str | None = None,
        text: str | None = None,
        rulebook: str | None = None,
        final: bool | None = None,
    ) -> int:
        """How many cases `docket` would give without `limit`."""
        with self._reading() as (read, here):
            asked = select(func.count()).select_from(here.cases).where(~here.cases.c.register)
            return read.execute(matching(asked, here, stage, text, rulebook, final)).scalar() or 0

    def case(self, case: str, today: date, now: datetime | None = None) -> CaseRow:
        """A case as a whole, as of `today` (`now`, for limits in hours). Fault `unknown-case`."""
        with self._reading() as (read, here):
            row = case_row(read, here, case)
            (docket,) = self._docket_rows(read, here, [row], today, now)
            limits = read.execute(limits_of(here, case)).mappings().all()
            groups = select(here.records.c.group, func.count().label("size")).where(here.records.c.case == case)
            counted = {r.group: r.size for r in read.execute(groups.group_by(here.records.c.group))}
            number = self._archive.rulebooks.rulebook(row["rulebook_digest"]).number if not row["trouble"] else ""
            return CaseRow(
                **docket,
                rulebook_number=number,
                rulebook_digest=row["rulebook_digest"],
                parties=parties_of(read, here, [case])[case],
                deadlines=self._deadline_rows(read, here, limits, today, now),
                groups={group.value: counted.get(group.value, 0) for group in Group},
            )

    def deadlines(
        self,
        today: date,
        *,
        case: str | None = None,
        due_before: date | None = None,
        limit: int = MOST,
        offset: int = 0,
        now: datetime | None = None,
    ) -> list[DeadlineRow]:
        """The limits of one case in the order of its rulebook, or the open ones of all cases, those due first.

        `due_before` leaves out what is due on that day or later; `now` as in `docket`. Periods that ended by themselves
        are open no more. Fault `unknown-case`; a case that can't be read raises the Fault that says why.
        """
        with self._reading() as (read, here):
            if case is not None:
                row = case_row(read, here, case)
                refuse_troubled(row)
                asked = limits_of(here, case)
            else:
                asked = select(here.deadlines).where(here.deadlines.c.status == Status.RUNNING.value)
                asked = asked.where(here.deadlines.c.case.in_(select(here.cases.c.case).where(~here.cases.c.register)))
                asked = asked.where(~ended(here, today, now)).order_by(*first(here))
            if due_before is not None:
                asked = asked.where(here.deadlines.c.due < due_before.isoformat())
            found = read.execute(asked.limit(bounded(limit)).offset(max(offset, 0))).mappings().all()
            return self._deadline_rows(read, here, found, today, now)

    def timeline(
        self,
        case: str,
        *,
        group: str | None = None,
        kind: str | None = None,
        action: str | None = None,
        party: str | None = None,
        since: date | None = None,
        until: date | None = None,
        after: int = 0,
        limit: int = PAGE,
    ) -> TimelinePage:
        """The records of a case in order from behind `after` (a page's `next`); all filters must hold.

        `since` and `until` are civil days, both included, of when things happened as it counts now. Faults
        `unknown-case`, `group`; a case that can't be read raises the Fault that says why.
        """
        if group is not None and group not in set(Group):
            raise Fault("group", f"时间线没有“{group[:40]}”这一类", f"可选：{'、'.join(Group)}。", field="group")
        with self._reading() as (read, here):
            row, records = case_row(read, here, case), here.records
            refuse_troubled(row)
            asked = select(records).where(records.c.case == case, records.c.seq > after)
            wanted = ((records.c.group, group), (records.c.kind, kind), (records.c.action, action))
            for column, value in wanted:
                asked = asked.where(column == value) if value is not None else asked
            if party is not None:
                spoken = select(here.concerned.c.seq)
                spoken = spoken.where(here.concerned.c.case == case, here.concerned.c.party == party)
                asked = asked.where(records.c.seq.in_(spoken))
            asked = asked.where(records.c.day >= since.isoformat()) if since else asked
            asked = asked.where(records.c.day <= until.isoformat()) if until else asked
            size = bounded(limit)
            found = read.execute(asked.order_by(records.c.seq).limit(size + 1)).mappings().all()
            titles = select(records.c.seq, records.c.title).where(records.c.case == case)
            context = timeline_row(
                self._archive.rulebooks.rulebook,
                self._archive.register(),
                {party["id"]: party["name"] for party in parties_of(read, here, [case])[case]},
                {r.seq: r.title for r in read.execute(titles)},
            )
            page = [context(line) for line in found[:size]]
            return TimelinePage(rows=page, next=page[-1]["seq"] if len(found) > size else None)

    def _active(self, connection: Connection) -> Any:
        """The generation that is read, or None before the first rebuild."""
        return connection.execute(select(GENERATIONS).where(GENERATIONS.c.active)).one_or_none()

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """A connection; trouble with the file is a Fault `views-unusable`."""
        try:
            with self._engine.connect() as connection:
                yield connection
        except DatabaseError as error:
            remedy = "可删除视图文件后执行 anjuan rebuild；记录不受影响。"
            raise Fault("views-unusable", f"视图文件无法使用：{error.orig}。", remedy) from error

    @contextmanager
    def _reading(self) -> Iterator[tuple[Connection, Tables]]:
        with self._connected() as read:
            found = self._active(read)
            if found is None:
                raise Fault("views-empty", "视图尚未建立。", "请执行 anjuan rebuild。")
            yield read, tables(found.generation)

    def _docket_rows(
        self, read: Connection, here: Tables, rows: Sequence[RowMapping], today: date, now: datetime | None
    ) -> list[DocketRow]:
        cases = [row["case"] for row in rows]
        books = {row["case"]: row["rulebook_digest"] for row in rows}

        def idle(row: RowMapping) -> bool:
            return standing.idle(row, self._archive.rulebooks.rulebook(books[row["case"]]), today, now)

        parties, due = parties_of(read, here, cases), first_due(read, here, cases, idle)
        calendar = self._archive.calendar() if due else None
        return [self._docket_row(row, parties[row["case"]], due.get(row["case"]), today, now, calendar) for row in rows]

    def _docket_row(
        self,
        row: RowMapping,
        parties: list[PartyRow],
        due: RowMapping | None,
        today: date,
        now: datetime | None,
        calendar: Calendar | None,
    ) -> DocketRow:
        book = self._archive.rulebooks.rulebook(row["rulebook_digest"]) if row["rulebook_digest"] else None
        named = {**row, "in_charge": officer_name(self._archive.register(), row["in_charge"])}
        return standing.docket(named, parties, due, book, today, now, calendar)

    def _deadline_rows(
        self, read: Connection, here: Tables, rows: Sequence[RowMapping], today: date, now: datetime | None
    ) -> list[DeadlineRow]:
        cases = list(dict.fromkeys(row["case"] for row in rows))
        parties, calendar = parties_of(read, here, cases), self._archive.calendar()
        asked = select(here.cases.c.case, here.cases.c.number, here.cases.c.rulebook_digest)
        known = {r.case: r for r in read.execute(asked.where(here.cases.c.case.in_(cases)))}
        out = []
        for row in rows:
            of = known[row["case"]]
            names = {party["id"]: party["name"] for party in parties[of.case]}
            book = self._archive.rulebooks.rulebook(of.rulebook_digest)
            out.append(standing.deadline(row, book, of.number, names, today, now, calendar))
        return out
