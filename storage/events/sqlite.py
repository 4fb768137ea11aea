"""Records in one SQLite file: the embedded default (WAL, synchronous=FULL, `eventsourcing` 9.5 behind a thin seam).

Keeps: one row per record, whose state is the record's octets; (case, seq) and act id unique; seq without gap within a
case, position without gap in the archive and in the order of commitment; no row is ever updated, deleted or replaced,
whoever asks through SQL. A commit that is answered is on the device. A write whose answer was lost is healed by the
same call again: the same octets count as success.
Cannot promise: that nobody with write access to the file drops the triggers. What they did then shows in signatures
and chain; that the tail was cut off shows only where the log was seen (checkpoints).
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from eventsourcing.persistence import IntegrityError, PersistenceError

from domain.errors import Fault
from domain.ports import Stored
from storage.database import located, prepare, trouble
from storage.events.envelope import RecordStored
from storage.events.recorder import SCHEMA, Records

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from domain.formats.record import Record


class SqliteEventStore:
    """An EventStore in the file `path`, made if it is missing. Several threads and processes may use one file.

    See domain.ports.EventStore for every method's contract. Beyond it: Fault `seq-gap` (the record before it isn't
    there), `store-unfit`, `store-damaged`.
    """

    def __init__(self, path: Path) -> None:
        self._path = located(path)
        prepare(self._path, SCHEMA)
        self._records = Records(self._path)

    def append(self, record: Record) -> int:
        """Commit durably; the same record again gives its position."""
        try:
            (recording,) = self._records.save(RecordStored(record))
        except IntegrityError as error:
            return self._position_of_same(record, error)
        except (PersistenceError, sqlite3.Error) as error:
            raise trouble(self._path, error) from error
        return recording.notification.id

    def case(self, case: str) -> tuple[bytes, ...]:
        """Octets only: nothing is parsed, so that a damaged record can still be looked at."""
        return self.since(case, 0)

    def since(self, case: str, seq: int) -> tuple[bytes, ...]:
        """As `case`."""
        clause = "WHERE originator_id = ? AND originator_version > ? ORDER BY originator_version"
        rows = self._rows(f"SELECT state FROM stored_events {clause}", case, seq)  # noqa: S608  # a constant
        return tuple(bytes(row["state"]) for row in rows)

    def until(self, case: str, position: int) -> tuple[bytes, ...]:
        """As `case`, of the rows up to `position`: what was there when an audit began."""
        clause = "WHERE originator_id = ? AND rowid <= ? ORDER BY originator_version"
        rows = self._rows(f"SELECT state FROM stored_events {clause}", case, position)  # noqa: S608  # a constant
        return tuple(bytes(row["state"]) for row in rows)

    def find_act(self, act: str) -> Stored | None:
        """By the act's id."""
        return next(iter(self._stored("WHERE act = ?", act)), None)

    def after(self, position: int, limit: int, actions: Collection[str] = ()) -> tuple[Stored, ...]:
        """In order of position."""
        only = f"AND topic IN ({','.join('?' * len(actions))}) " if actions else ""
        return self._stored(f"WHERE rowid > ? {only}ORDER BY rowid LIMIT ?", position, *actions, max(limit, 0))

    def cases(self) -> tuple[tuple[str, int], ...]:
        """By order of first commitment."""
        rows = self._rows(
            "SELECT originator_id, count(*) AS n FROM stored_events GROUP BY originator_id ORDER BY min(rowid)"
        )
        return tuple((row["originator_id"], row["n"]) for row in rows)

    def cases_until(self, position: int) -> tuple[str, ...]:
        """The cases of `cases` that have a row up to `position`, without their numbers."""
        question = "SELECT originator_id FROM stored_events WHERE rowid <= ? GROUP BY originator_id ORDER BY min(rowid)"
        return tuple(row["originator_id"] for row in self._rows(question, position))

    def position(self) -> int:
        """The last position, 0 if there is none."""
        (row,) = self._rows("SELECT coalesce(max(rowid), 0) AS last FROM stored_events")
        last: int = row["last"]
        return last

    def index(self, position: int, limit: int) -> tuple[tuple[int, str, int, str, str], ...]:
        """What up to `limit` rows after `position` are found by: position, case, seq, act id, action; for audits."""
        columns = "rowid, originator_id, originator_version, act, topic"
        question = f"SELECT {columns} FROM stored_events WHERE rowid > ? ORDER BY rowid LIMIT ?"  # noqa: S608  # constants
        return tuple(tuple(row) for row in self._rows(question, position, max(limit, 0)))

    def close(self) -> None:
        """Close every connection; nothing may be asked afterwards."""
        self._records.close()

    def _position_of_same(self, record: Record, error: IntegrityError) -> int:
        """A broken constraint after a lost answer is success; otherwise say which one it was."""
        there = self._stored("WHERE originator_id = ? AND originator_version = ?", record.case, record.seq)
        if there and there[0].data == record.data:
            return there[0].position
        if self.find_act(record.act.id) is not None:
            raise Fault(
                "act-taken", f"行为编号 {record.act.id} 已经入卷。", "同一行为不必再交；另一行为请另取编号。"
            ) from error
        if there:
            raise Fault(
                "seq-taken", f"本案第 {record.seq} 号记录已经存在。", "请重新读取案件后再交。", record=record.seq
            ) from error
        raise Fault(
            "seq-gap", f"本案没有第 {record.seq - 1} 号记录。", "请重新读取案件后再交。", record=record.seq
        ) from error

    def _stored(self, where: str, *values: str | int) -> tuple[Stored, ...]:
        columns = "rowid AS position, originator_id, originator_version, state"
        rows = self._rows(f"SELECT {columns} FROM stored_events {where}", *values)  # noqa: S608  # constants of this module
        return tuple(
            Stored(row["position"], row["originator_id"], row["originator_version"], bytes(row["state"]))
            for row in rows
        )

    def _rows(self, question: str, *values: str | int) -> list[sqlite3.Row]:
        try:
            return self._records.rows(question, *values)
        except (PersistenceError, sqlite3.Error) as error:
            raise trouble(self._path, error) from error
