"""The read models (视图): kept in one SQLite file, filled by following the records, read by pages and API.

Keeps: rows and position are committed together, so a crash at any point leaves a whole earlier state and following
goes on from there; rebuilding gives the same rows, in a new set of tables that takes the old one's place in one step.
Leaves: nothing that can't be had again from the records. The file may be deleted at any time.
"""

from __future__ import annotations

import fcntl
import os
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select, update

from domain.formats.encoding import digest
from projections.fold import rows_of
from projections.queries import Queries
from projections.tables import GENERATIONS, OWNER_ONLY, VERSION, engine_for, tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Row

    from domain.archive import Archive
    from projections.tables import Tables

BATCH = 1_000  # records per transaction while following
CASES = 100  # cases per transaction while rebuilding


@dataclass(frozen=True, slots=True)
class Step:
    """Where a follower stands after a batch, and whether there may be more."""

    position: int
    more: bool


class CaseViews(Queries):
    """The read models of `archive` in the file `path`; several threads and processes may use one file."""

    def __init__(self, path: Path, archive: Archive) -> None:
        self._path = path
        self._turn = threading.Lock()
        engine = engine_for(path)
        super().__init__(engine, archive)
        with self._writing() as write:
            GENERATIONS.create(write, checkfirst=True)

    def catch_up(self) -> int:
        """Follow the records to the last one; the position then reached. Rebuilds if the rows don't fit the store."""
        position = self._reached()
        if position is not None:
            return position
        while True:
            with self._turn, self._writing() as write:
                found = self._active(write)
                step = self._follow(write, found) if self._fits(found) else None
            if step is None:
                self._rebuild(only_if_unfit=True)
            elif not step.more:
                return step.position

    def rebuild(self, tick: Callable[[int, int], None] = lambda _done, _all: None) -> int:
        """Fold every case anew into new tables, which then replace the old ones; the position then reached.

        `tick(done, all)` counts cases as they are folded.
        """
        self._rebuild(only_if_unfit=False, tick=tick)
        return self.catch_up()

    def close(self) -> None:
        """Close every connection; nothing may be asked afterwards."""
        self._engine.dispose()

    def _reached(self) -> int | None:
        """The position, if there is nothing to do: a look that keeps no writer waiting."""
        with self._connected() as read:
            found = self._active(read)
        if not self._fits(found) or found.calendars != self._calendars():
            return None
        position: int = found.position
        return position if position == self._archive.events.position() else None

    def _rebuild(self, *, only_if_unfit: bool, tick: Callable[[int, int], None] = lambda _done, _all: None) -> None:
        """One at a time over all processes: whoever waited for another's rebuild looks whether one is still needed."""
        with self._alone():
            with self._connected() as read:
                if only_if_unfit and self._fits(self._active(read)):
                    return
            with self._writing() as write:
                here = self._begin(write)
            cases = [case for case, _ in self._archive.events.cases()]
            for start in range(0, len(cases), CASES):
                with self._writing() as write:
                    self._replace(write, here, cases[start : start + CASES])
                tick(min(start + CASES, len(cases)), len(cases))
            with self._writing() as write:
                self._activate(write)

    def _begin(self, write: Connection) -> Tables:
        """The tables of a new generation, empty, which stands at the store's present position."""
        position = self._archive.events.position()
        generation = (write.execute(select(func.max(GENERATIONS.c.generation))).scalar() or 0) + 1
        here = tables(generation)
        here.metadata.create_all(write)
        stands = {"position": position, "head": self._head(position), "calendars": self._calendars()}
        write.execute(insert(GENERATIONS).values(generation=generation, version=VERSION, active=False, **stands))
        return here

    def _follow(self, write: Connection, found: Row[Any]) -> Step:
        """Enter the next batch."""
        batch = self._archive.events.after(found.position, BATCH)
        calendars = self._calendars()
        touched: Iterable[str] = dict.fromkeys(stored.case for stored in batch)
        here = tables(found.generation)
        if calendars != found.calendars:  # every limit may have moved
            known = write.execute(select(here.cases.c.case).order_by(here.cases.c.n)).scalars()
            touched = dict.fromkeys((*known, *touched))
        elif not batch:
            return Step(found.position, more=False)
        self._replace(write, here, touched)
        position = batch[-1].position if batch else found.position
        head = digest(batch[-1].data) if batch else found.head
        write.execute(
            update(GENERATIONS)
            .where(GENERATIONS.c.generation == found.generation)
            .values(position=position, head=head, calendars=calendars)
        )
        return Step(position, more=len(batch) == BATCH)

    def _replace(self, write: Connection, here: Tables, cases: Iterable[str]) -> None:
        """Put the rows of `cases` in the place of what stands there for them."""
        last = write.execute(select(func.max(here.cases.c.n))).scalar() or 0
        for case in cases:
            rows = rows_of(self._archive, case)
            n = write.execute(select(here.cases.c.n).where(here.cases.c.case == case)).scalar()
            for table in (here.cases, *here.of_a_case()):
                write.execute(delete(table).where(table.c.case == case))
            if n is None:
                n = last = last + 1
            write.execute(insert(here.cases).values(n=n, **rows.case))
            filled = (rows.parties, rows.records, rows.concerned, rows.deadlines)
            for table, lines in zip(here.of_a_case(), filled, strict=True):
                if lines:
                    write.execute(insert(table), lines)

    def _fits(self, found: Row[Any] | None) -> bool:
        """Whether these rows were folded by this program from this store."""
        return found is not None and (found.version, found.head) == (VERSION, self._head(found.position))

    def _head(self, position: int) -> str | None:
        stored = self._archive.events.after(position - 1, 1) if position else ()
        return digest(stored[0].data) if stored else None

    def _calendars(self) -> str:
        return " ".join(sorted(self._archive.register().calendars.values()))

    def _activate(self, write: Connection) -> None:
        """Let readers see the newest generation; drop the others, also what a broken rebuild left."""
        newest = write.execute(select(func.max(GENERATIONS.c.generation))).scalar()
        write.execute(update(GENERATIONS).values(active=GENERATIONS.c.generation == newest))
        others = GENERATIONS.c.generation != newest
        for gone in write.execute(select(GENERATIONS.c.generation).where(others)).scalars().all():
            tables(gone).metadata.drop_all(write)
        write.execute(delete(GENERATIONS).where(others))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        fd = os.open(self._path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, OWNER_ONLY)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            yield
        finally:
            os.close(fd)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._connected() as connection, connection.execution_options(writing=True).begin():
            yield connection
