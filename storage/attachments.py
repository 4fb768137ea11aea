"""Evidence files that were stored and may be named by drafts; a convenience that can be lost, never proof."""
# ruff: noqa: A002  # `object` is the port's word

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.errors import Fault
from domain.evidence_port import Attached, State, StoredBlob
from storage.database import Database, Schema

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

SCHEMA = Schema(
    mark=0x616E6A06,
    statements=(
        """CREATE TABLE attached (
            object TEXT NOT NULL PRIMARY KEY, blob TEXT NOT NULL, size INTEGER NOT NULL, version TEXT,
            sha256 TEXT NOT NULL, length INTEGER NOT NULL, "case" TEXT NOT NULL, name TEXT NOT NULL,
            media TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL
        ) WITHOUT ROWID""",
    ),
)
_ALL = 'SELECT object, blob, size, version, sha256, length, "case", name, media, state, reason FROM attached'
_FIND = f"{_ALL} WHERE object = ?"
_SAME = f"""{_ALL} WHERE "case" = ? AND sha256 = ? AND name = ? AND state <> '{State.REFUSED}'
    ORDER BY object DESC LIMIT 1"""
_OF_CASE = f'{_ALL} WHERE "case" = ? ORDER BY object'
_IN_STATE = f"{_ALL} WHERE state = ? ORDER BY object"


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
                said = (attached.case, attached.name, attached.media, attached.state, attached.reason)
                write.execute("INSERT INTO attached VALUES (?,?,?,?,?,?,?,?,?,?,?)", (*row, *said))
            elif _attached(there) != attached:
                raise Fault(
                    "attachment-exists",
                    f"证据编号 {blob.object} 已登记为另一份文件。",
                    "请为这份文件取一个新的编号。",
                    field="evidence",
                )

    def settle(self, object: str, state: State, reason: str, media: str) -> Attached:
        """Change a waiting file's state, once it is known; a waiting one may go on waiting for another reason."""
        with self._database.transaction() as write:
            done = write.execute(
                "UPDATE attached SET state = ?, reason = ?, media = ? WHERE object = ? AND state = ?",
                (state, reason, media, object, State.WAITING),
            )
            if done.rowcount == 0:
                raise Fault(
                    "not-waiting", f"证据 {object[:40]} 不在待查文件之列。", "请核对存证编号。", field="evidence"
                )
            return _attached(write.execute(_FIND, (object,)).fetchone())

    def get(self, object: str) -> Attached | None:
        """The file that was stored under this name, or None."""
        rows = self._database.rows(_FIND, object)
        return _attached(rows[0]) if rows else None

    def same(self, case: str, sha256: str, name: str) -> Attached | None:
        """The file stored last for `case` with these octets under this name and not refused, or None."""
        rows = self._database.rows(_SAME, case, sha256, name)
        return _attached(rows[0]) if rows else None

    def of_case(self, case: str) -> tuple[Attached, ...]:
        """Every file stored for a case."""
        return tuple(_attached(row) for row in self._database.rows(_OF_CASE, case))

    def in_state(self, state: State) -> tuple[Attached, ...]:
        """Every file in this state."""
        return tuple(_attached(row) for row in self._database.rows(_IN_STATE, state))

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def _attached(row: sqlite3.Row) -> Attached:
    *blob, case, name, media, state, reason = row
    return Attached(StoredBlob(*blob), case, name, media, State(state), reason)
