"""The library's parts, set up for one SQLite file: schema, connections, recorder, application.

Keeps: what `storage.database` says of a connection; one transaction per record; nothing is taken from the process's
environment, so that no variable can put records in memory, compress or encipher them.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from eventsourcing.application import Application
from eventsourcing.sqlite import (
    SQLiteApplicationRecorder,
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteDatastore,
    SQLiteFactory,
)
from eventsourcing.utils import Environment

from storage.database import BUSY_SECONDS, Schema, connect
from storage.events.envelope import EnvelopeMapper

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from eventsourcing.persistence import ApplicationRecorder, InfrastructureFactory, Mapper, StoredEvent
    from eventsourcing.sqlite import SQLiteCursor
    from eventsourcing.utils import EnvType

    from storage.events.envelope import StoredRecord

_POOLED, _MOST = 8, 72  # connections: kept open, and at most at one time

# `rowid` is the library's word for the position; declared, so that no number is given twice or changed by a dump.
SCHEMA = Schema(
    mark=0x616E6A01,
    statements=(
        """CREATE TABLE stored_events (
            originator_id TEXT NOT NULL,
            originator_version INTEGER NOT NULL,
            topic TEXT NOT NULL,
            state BLOB NOT NULL,
            act TEXT NOT NULL UNIQUE,
            rowid INTEGER PRIMARY KEY AUTOINCREMENT,
            UNIQUE (originator_id, originator_version))""",
        "CREATE INDEX stored_events_topic ON stored_events (topic)",
        # INSERT OR REPLACE deletes without asking the DELETE trigger, so it is met here.
        """CREATE TRIGGER no_replace BEFORE INSERT ON stored_events
            WHEN EXISTS (SELECT 1 FROM stored_events WHERE act = NEW.act OR rowid = NEW.rowid
                OR (originator_id = NEW.originator_id AND originator_version = NEW.originator_version))
            BEGIN SELECT RAISE(ABORT, 'taken'); END""",
        """CREATE TRIGGER no_gap AFTER INSERT ON stored_events
            WHEN NEW.originator_version <> 1 + (SELECT coalesce(max(originator_version), 0) FROM stored_events
                WHERE originator_id = NEW.originator_id AND originator_version < NEW.originator_version)
            OR NEW.rowid <> 1 + (SELECT coalesce(max(rowid), 0) FROM stored_events WHERE rowid < NEW.rowid)
            BEGIN SELECT RAISE(ABORT, 'gap'); END""",
        "CREATE TRIGGER no_update BEFORE UPDATE ON stored_events BEGIN SELECT RAISE(ABORT, 'append-only'); END",
        "CREATE TRIGGER no_delete BEFORE DELETE ON stored_events BEGIN SELECT RAISE(ABORT, 'append-only'); END",
    ),
)


class _Pool(SQLiteConnectionPool):
    """Connections set up as `storage.database` does."""

    def __init__(self, path: Path) -> None:
        super().__init__(db_name=str(path), pool_size=_POOLED, max_overflow=_MOST - _POOLED, pool_timeout=BUSY_SECONDS)
        self._path = path

    def _create_connection(self) -> SQLiteConnection:
        return SQLiteConnection(sqlite_conn=connect(self._path), max_age=None)


class _Datastore(SQLiteDatastore):
    """One writer of this process at a time; a connection whose transaction didn't end is not used again.

    The library's own writer lock stays locked for ever once a connection can't be opened, hence this one.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(db_name=str(path), originator_id_type="text")
        self.pool.close()
        self.pool = _Pool(path)
        self._writing = threading.Lock()

    @contextmanager
    def get_connection(self, *, commit: bool) -> Iterator[SQLiteConnection]:
        """A connection for reading, or for writing (`commit`)."""
        if not commit:
            with self._lent() as connection:
                yield connection
        else:
            with self._writing, self._lent() as connection:
                yield connection

    @contextmanager
    def _lent(self) -> Iterator[SQLiteConnection]:
        connection = self.pool.get_connection()
        try:
            yield connection
        finally:
            if connection._sqlite_conn.in_transaction:  # noqa: SLF001  # the library has no public way to ask
                connection.close()
            self.pool.put_connection(connection)


class _Recorder(SQLiteApplicationRecorder):
    """Rows with the act's id, and the questions of the EventStore port."""

    def __init__(self, datastore: SQLiteDatastore) -> None:
        super().__init__(datastore)
        self.insert_events_statement = (
            "INSERT INTO stored_events (originator_id, originator_version, topic, state, act) VALUES (?,?,?,?,?)"
        )

    def _insert_events(self, c: SQLiteCursor, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int] | None:
        positions = []
        for event in cast("Sequence[StoredRecord]", stored_events):
            row = (event.originator_id, event.originator_version, event.topic, event.state, event.act)
            c.execute(self.insert_events_statement, row)
            positions.append(c.lastrowid)
        return positions

    def rows(self, question: str, *values: str | int) -> list[sqlite3.Row]:
        """The answer to one SELECT."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(question, values)
            rows: list[sqlite3.Row] = cursor.fetchall()
            return rows


class Records(Application[str]):
    """The library's application over one file; it takes nothing from the process's environment."""

    name = "records"

    def __init__(self, path: Path) -> None:
        self._path = path
        super().__init__({"SQLITE_DBNAME": str(path), "CREATE_TABLE": "n"})

    def construct_env(self, name: str, env: EnvType | None = None) -> Environment:
        """Only what is given here."""
        return Environment(name, env)

    def construct_factory(self, env: Environment) -> InfrastructureFactory[Any]:
        """The library's, over our connections."""
        factory = SQLiteFactory(env)
        factory.datastore.close()
        factory.datastore = _Datastore(self._path)
        return factory

    def construct_mapper(self) -> Mapper[str]:
        """Octets in, octets out."""
        return EnvelopeMapper()

    def construct_recorder(self) -> ApplicationRecorder:
        """The recorder of our rows."""
        return _Recorder(cast("SQLiteFactory", self.factory).datastore)

    def rows(self, question: str, *values: str | int) -> list[sqlite3.Row]:
        """The answer to one SELECT."""
        return cast("_Recorder", self.recorder).rows(question, *values)
