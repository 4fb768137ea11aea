"""The order of the log: every entry with its index, and what it stands for, in one SQLite file.

    idx        dense, from 0: the place in the log
    data       the entry: 32 octets, digest of a record or of a census
    position   of the record in the store; NULL for a census
    case, seq  of the record; NULL for a census

Keeps: an index is given once and never changes; records come in the order of the store, without a gap. A follower can
stop anywhere: what is committed here is the log's order, published or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.errors import Fault
from domain.formats.census import CensusLine
from domain.formats.encoding import b64u
from storage.database import Database, Schema

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from pathlib import Path

SCHEMA = Schema(
    mark=0x616E6A07,
    statements=(
        """CREATE TABLE entries (
            idx INTEGER PRIMARY KEY, data BLOB NOT NULL CHECK (length(data) = 32),
            position INTEGER UNIQUE, "case" TEXT, seq INTEGER, document BLOB, UNIQUE ("case", seq),
            CHECK ((position IS NULL) = (document IS NOT NULL)))""",
        """CREATE TRIGGER no_replace BEFORE INSERT ON entries
            WHEN EXISTS (SELECT 1 FROM entries WHERE idx = NEW.idx) BEGIN SELECT RAISE(ABORT, 'taken'); END""",
        """CREATE TRIGGER no_gap AFTER INSERT ON entries
            WHEN NEW.idx <> (SELECT count(*) FROM (SELECT 1 FROM entries WHERE idx = NEW.idx - 1)) * NEW.idx
            OR NEW.position <> 1 + (SELECT coalesce(max(position), 0) FROM entries WHERE position < NEW.position)
            BEGIN SELECT RAISE(ABORT, 'gap'); END""",
        "CREATE TRIGGER no_update BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'append-only'); END",
        "CREATE TRIGGER no_delete BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'append-only'); END",
    ),
)
_INSERT = "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class RecordEntry:
    """A record's entry on its way in: its digest (32 octets), and its place in the store."""

    data: bytes
    position: int
    case: str
    seq: int


class LogIndex:
    """The order of the log in the file `path`, made if it is missing. One process writes, any may read."""

    def __init__(self, path: Path) -> None:
        self._database = Database(path, SCHEMA)

    def size(self) -> int:
        """How many entries the log has, published or not."""
        size: int = self._database.rows("SELECT coalesce(max(idx) + 1, 0) AS size FROM entries")[0]["size"]
        return size

    def position(self) -> int:
        """The position in the store of the last record that has an index; 0 if none has."""
        question = "SELECT coalesce(max(position), 0) AS position FROM entries"
        position: int = self._database.rows(question)[0]["position"]
        return position

    def add_records(self, entries: Sequence[RecordEntry]) -> int:
        """Give records the next indexes, in one transaction; the size then."""
        with self._database.transaction() as write:
            size = _size(write)
            rows = [(size + i, e.data, e.position, e.case, e.seq, None) for i, e in enumerate(entries)]
            write.executemany(_INSERT, rows)
            return size + len(rows)

    def add_census(self, data: bytes, document: bytes, size: int) -> None:
        """Give a census document the index `size`, which its text names. Fault "log-moved" if that is taken."""
        with self._database.transaction() as write:
            if _size(write) != size:
                raise Fault("log-moved", f"日志已多于 {size} 项，普查须重新制作。", "请重试。")
            write.execute(_INSERT, (size, data, None, None, None, document))

    def entries(self, start: int, end: int) -> list[bytes]:
        """The data of entries [start, end)."""
        question = "SELECT data FROM entries WHERE idx >= ? AND idx < ? ORDER BY idx"
        return [bytes(row["data"]) for row in self._database.rows(question, start, end)]

    def find(self, case: str, seq: int) -> int | None:
        """The index of a record, None while it has none."""
        rows = self._database.rows('SELECT idx FROM entries WHERE "case" = ? AND seq = ?', case, seq)
        return rows[0]["idx"] if rows else None

    def censuses(self, below: int) -> list[tuple[int, bytes]]:
        """(index, document) of every census with an index under `below`, the newest first."""
        question = "SELECT idx, document FROM entries WHERE position IS NULL AND idx < ? ORDER BY idx DESC"
        return [(row["idx"], bytes(row["document"])) for row in self._database.rows(question, below)]

    def lines(self, below: int) -> list[CensusLine]:
        """Every case with its last record among the entries below `below`, ascending by case."""
        # Of the other columns, SQLite answers those of the row with the maximum.
        question = """SELECT "case", max(seq) AS seq, data FROM entries WHERE idx < ? AND position IS NOT NULL
            GROUP BY "case" ORDER BY "case" """
        rows = self._database.rows(question, below)
        return [CensusLine(row["case"], row["seq"], b64u(bytes(row["data"]))) for row in rows]

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def _size(write: sqlite3.Connection) -> int:
    size: int = write.execute("SELECT coalesce(max(idx) + 1, 0) FROM entries").fetchone()[0]
    return size
