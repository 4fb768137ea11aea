"""Files that arrive in parts, until they are whole and in the vault.

    arrivals/uploads.db     one row for each: whose, of which case, how far, its key (rollback journal, secure_delete)
    arrivals/parts/<name>   what has come of it, sealed under that key; nothing in the clear

Keeps: an offset is answered only after the bytes before it are on the device, and then its row; whatever stands in the
file beyond the row's word is cut off by the next opening, so a writer may die at any step; one writer at a time, also
of other processes (flock). The key dies with the row: what a file system remembers of the parts can't be read then.
Bounded: each upload by its length, told before its first byte; each officer's and all together by the sum of these,
and by what the disk has left. What isn't finished in time is swept.
Leaves: who may (api), what becomes of a whole file (domain.attaching).
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, BinaryIO, cast

from domain.errors import Fault, reason
from storage.database import Database, Schema
from storage.evidence.durable import sync_directory

from .sealed_parts import KEY, MOST_PARTS, PART, Parts, parts, sealed

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

SCHEMA = Schema(
    mark=0x616E6A31,
    statements=(
        """CREATE TABLE uploads (name TEXT NOT NULL PRIMARY KEY, "case" TEXT NOT NULL, officer TEXT NOT NULL,
            file TEXT NOT NULL, metadata TEXT NOT NULL, length INTEGER NOT NULL, offset INTEGER NOT NULL,
            size INTEGER NOT NULL, parts INTEGER NOT NULL, expires TEXT NOT NULL, key BLOB) WITHOUT ROWID""",
    ),
    journal="DELETE",
)
_ROW = 'SELECT name, "case", officer, file, metadata, length, offset, size, parts, expires, key FROM uploads'
_UNFINISHED = f"{_ROW} WHERE name = ? AND key IS NOT NULL"


@dataclass(frozen=True, slots=True)
class ArrivalLimits:
    """What may wait here, in octets of plaintext; `each` officer may have `count` unfinished; `life` of each upload."""

    total: int = 64 << 30
    each: int = 16 << 30
    count: int = 100
    spare: int = 256 << 20  # octets of the disk that stay free
    life: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Arrival:
    """One upload: `name` is the evidence file's name in the vault; `offset` octets of `length` have come.

    `file` is the file's own name, `metadata` the client's word for word. `done` once it is in the vault.
    """

    name: str
    case: str
    officer: str
    file: str
    metadata: str
    length: int
    expires: datetime
    offset: int = 0
    done: bool = False

    @property
    def whole(self) -> bool:
        """Whether the last byte has come."""
        return self.offset == self.length


class Arrivals:
    """The uploads of one archive, in `folder` (0700), made if it is missing."""

    def __init__(self, folder: Path, limits: ArrivalLimits | None = None) -> None:
        self.limits = limits or ArrivalLimits()
        self._parts = folder / "parts"
        with disk():
            self._parts.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
            sync_directory(folder.parent)
        self._database = Database(folder / "uploads.db", SCHEMA)

    def begin(self, arrival: Arrival, now: datetime) -> Arrival:
        """Make room for a file of `arrival.length` octets. Faults "upload-quota" (this officer's), "arrivals-full"."""
        kept = replace(arrival, expires=now + self.limits.life)
        with disk(), self._database.transaction() as write:
            gone = _expired(write, now)
            self._check_room(write, kept)
            row = (kept.name, kept.case, kept.officer, kept.file, kept.metadata, kept.length, _text(kept.expires))
            write.execute("INSERT INTO uploads VALUES (?,?,?,?,?,?,0,0,0,?,?)", (*row, secrets.token_bytes(KEY)))
            fd = os.open(self._parts / kept.name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            os.close(fd)
            sync_directory(self._parts)
        self._unlink(gone)
        return kept

    def find(self, name: str, now: datetime) -> Arrival | None:
        """The upload with this name, unless there is none or its time is over."""
        rows = self._database.rows(f"{_ROW} WHERE name = ?", name)
        found = _arrival(rows[0]) if rows else None
        return found if found and found.expires > now else None

    def open(self, name: str) -> Opened:
        """An upload to write to, or to read; close it. Faults "unknown-upload", "upload-busy" (some process has it)."""
        with disk():
            self._row(name)
            fd = os.open(self._parts / name, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
            try:
                _lock(fd)
                return Opened(self, fd, self._row(name))  # read only now that nobody else moves it on
            except BaseException:
                os.close(fd)
                raise

    def commit(self, opened: Opened, now: datetime) -> None:
        """Let count what was synced; the upload's time begins anew. Fault "unknown-upload" if it was swept."""
        row = (opened.arrival.offset, opened.size, opened.parts, _text(now + self.limits.life), opened.arrival.name)
        statement = "UPDATE uploads SET offset = ?, size = ?, parts = ?, expires = ? WHERE name = ? AND key IS NOT NULL"
        with self._database.transaction() as write:
            if write.execute(statement, row).rowcount == 0:
                raise unknown()

    def settle(self, name: str) -> None:
        """The file is in the vault: its key and its parts go; that it was uploaded is told until its time is over."""
        with self._database.transaction() as write:
            write.execute("UPDATE uploads SET key = NULL, size = 0, offset = length WHERE name = ?", (name,))
        self._unlink([name])

    def sweep(self, now: datetime) -> None:
        """Remove what is past its time, and parts that no row speaks of: a sweep or a beginning that was cut short."""
        with disk(), self._database.transaction() as write:
            gone = _expired(write, now)
            known = {row["name"] for row in write.execute("SELECT name FROM uploads WHERE key IS NOT NULL")}
            gone += [path.name for path in self._parts.iterdir() if path.name not in known]
        self._unlink(gone)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _row(self, name: str) -> sqlite3.Row:
        rows = self._database.rows(_UNFINISHED, name)
        if not rows:
            raise unknown()
        return rows[0]

    def _check_room(self, write: sqlite3.Connection, wanted: Arrival) -> None:
        ours = "SELECT count(*), coalesce(sum(length), 0), coalesce(sum(length - offset), 0) FROM uploads"
        _, taken, coming = write.execute(f"{ours} WHERE key IS NOT NULL").fetchone()
        count, own, _ = write.execute(f"{ours} WHERE key IS NOT NULL AND officer = ?", (wanted.officer,)).fetchone()
        if count >= self.limits.count or own + wanted.length > self.limits.each:
            raise Fault(
                "upload-quota",
                f"您尚未完成的上传已有 {count} 个、{own} 字节，加上这个文件超过上限",
                "请先完成已有的上传；不再继续的，到期后自动清除。",
            )
        free = shutil.disk_usage(self._parts).free - self.limits.spare - coming
        if taken + wanted.length > self.limits.total or wanted.length > free:
            raise Fault("arrivals-full", "暂存空间不足，不能开始新的上传", "请稍后重试，或请管理员清理磁盘。")

    def _unlink(self, names: list[str]) -> None:
        with disk():
            for name in names:
                (self._parts / name).unlink(missing_ok=True)


class Opened:
    """An upload that only its holder writes to; what isn't committed is cut off by the next opening."""

    def __init__(self, store: Arrivals, fd: int, row: sqlite3.Row) -> None:
        self._store, self._fd, self._key = store, fd, bytes(row["key"])
        self.arrival, self.size, self.parts = _arrival(row), int(row["size"]), int(row["parts"])
        self._counted = (self.arrival, self.size, self.parts)
        os.ftruncate(fd, self.size)

    def close(self) -> None:
        """Let others have it."""
        os.close(self._fd)

    @property
    def pending(self) -> int:
        """Octets written and not committed yet."""
        return self.arrival.offset - self._counted[0].offset

    def write(self, data: bytes) -> None:
        """Append. Fault "upload-parts" for more parts than a key is good for, "arrivals-disk"."""
        with disk():
            for start in range(0, len(data), PART):
                piece = data[start : start + PART]
                if self.parts >= MOST_PARTS:
                    raise Fault("upload-parts", "这个文件分成的段太多", "请用大一些的段重新上传。")
                self._append(sealed(self._key, self.arrival.name, self.arrival.offset, piece))
                self.arrival = replace(self.arrival, offset=self.arrival.offset + len(piece))
                self.parts += 1

    def commit(self, now: datetime) -> Arrival:
        """Make what was written durable, then let it count; how far the upload is."""
        if self.pending:
            with disk():
                os.fsync(self._fd)
            self._store.commit(self, now)
            self.arrival = replace(self.arrival, expires=now + self._store.limits.life)
            self._counted = (self.arrival, self.size, self.parts)
        return self.arrival

    def discard(self) -> None:
        """Forget what isn't committed."""
        self.arrival, self.size, self.parts = self._counted
        with disk():
            os.ftruncate(self._fd, self.size)

    def source(self) -> BinaryIO:
        """The plaintext, from its beginning."""
        return cast("BinaryIO", Parts(parts(self._fd, self._key, self.arrival.name, self.size)))

    def _append(self, data: bytes) -> None:
        view, at = memoryview(data), self.size
        while view:
            done = os.pwrite(self._fd, view, at)
            view, at = view[done:], at + done
        self.size = at


@contextmanager
def disk() -> Iterator[None]:
    """Fault "arrivals-disk" for what the file system refuses."""
    try:
        yield
    except OSError as error:
        raise Fault("arrivals-disk", f"暂存区不能读写：{reason(error)}", "请检查磁盘空间和权限后重试。") from error


def unknown() -> Fault:
    """`unknown-upload`: never begun, past its time, or somebody else's."""
    return Fault("unknown-upload", "没有这个上传，或者已经过期清除", "请重新上传这个文件。")


def _lock(fd: int) -> None:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Fault("upload-busy", "这个上传正由另一请求办理", "请稍候再试。") from error


def _expired(write: sqlite3.Connection, now: datetime) -> list[str]:
    rows = write.execute("DELETE FROM uploads WHERE expires <= ? RETURNING name", (_text(now),)).fetchall()
    return [str(row["name"]) for row in rows]


def _arrival(row: sqlite3.Row) -> Arrival:
    name, case, officer, file, metadata, length, offset, _, _, expires, key = row
    moment = datetime.fromisoformat(expires)
    return Arrival(name, case, officer, file, metadata, length, moment, offset, done=key is None)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
