"""Evidence files that were stored and may be named by drafts; a convenience that can be lost, never proof."""
# ruff: noqa: A002  # `object` is the port's word

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.errors import Fault
from domain.ports import Attached, StoredBlob
from storage.database import Database, Schema

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

SCHEMA = Schema(
    mark=0x616E6A02,
    statements=(
        """CREATE TABLE attached (
            object TEXT NOT NULL PRIMARY KEY, blob TEXT NOT NULL, size INTEGER NOT NULL, version TEXT,
            sha256 TEXT NOT NULL, length INTEGER NOT NULL, "case" TEXT NOT NULL, name TEXT NOT NULL, media TEXT NOT NULL
        ) WITHOUT ROWID""",
    ),
)
_ALL = 'SELECT object, blob, size, version, sha256, length, "case", name, media FROM attached'
_FIND = f"{_ALL} WHERE object = ?"
_SAME = f'{_ALL} WHERE "case" = ? AND sha256 = ? AND name = ? ORDER BY object DESC LIMIT 1'


class SqliteAttachments:
    """Attachments in the file `path`, made if it is missing."""

    def __init__(self, path: Path) -> None:
        self._database = Database(path, SCHEMA)

    def put(self, attached: Attached) -> None:
        """Remember; the same again is no change. Fault `attachment-exists` for another file under this name."""
        blob = attached.stored
        row = (blob.object, blob.blob, blob.size, blob.version, blob.sha256, blob.length)
        with self._database.transaction() as write:
            there = write.execute(_FIND, (blob.object,)).fetchone()
            if there is None:
                said = (attached.case, attached.name, attached.media)
                write.execute("INSERT INTO attached VALUES (?,?,?,?,?,?,?,?,?)", (*row, *said))
            elif _attached(there) != attached:
                raise Fault(
                    "attachment-exists",
                    f"证据编号 {blob.object} 已登记为另一份文件。",
                    "请为这份文件取一个新的编号。",
                    field="evidence",
                )

    def get(self, object: str) -> Attached | None:
        """The file that was stored under this name, or None."""
        rows = self._database.rows(_FIND, object)
        return _attached(rows[0]) if rows else None

    def same(self, case: str, sha256: str, name: str) -> Attached | None:
        """The file stored last for `case` with these octets under this file name, or None."""
        rows = self._database.rows(_SAME, case, sha256, name)
        return _attached(rows[0]) if rows else None

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def _attached(row: sqlite3.Row) -> Attached:
    *blob, case, name, media = row
    return Attached(StoredBlob(*blob), case, name, media)
