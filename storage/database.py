"""SQLite files as this archive keeps them: durable on commit, for their owner only, never in memory.

Keeps: synchronous=FULL on every connection (a commit is on the device before it is answered); WAL with a write-ahead
file, or a rollback journal where old pages must not linger; foreign, damaged and in-memory databases are refused, each
by name; a file's schema is made once, by whoever comes first, and its name in the directory is synced.
Leaves: what stands in the tables.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.errors import Fault
from storage.evidence.durable import sync_directory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BUSY_SECONDS = 30
_SCHEMA_VERSION = 1
_OWNER_ONLY = 0o600


@dataclass(frozen=True, slots=True)
class Schema:
    """What a file holds: `mark` tells our kinds of file apart (SQLite's application_id), `statements` make its tables.

    `journal` is "WAL", or "DELETE" where a deleted row must leave no copy behind (secure_delete is on for both).
    """

    mark: int
    statements: tuple[str, ...]
    journal: str = "WAL"


def unknown(path: Path, error: Exception) -> Fault:
    """`store-unknown`: whether the write happened can't be said."""
    return Fault(
        "store-unknown",
        f"数据库 {path.name} 没有给出结果（{error}），本次写入是否成功未知。",
        "请检查磁盘后原样重试；重试不会重复存入。",
    )


def damaged(path: Path, error: Exception) -> Fault:
    """`store-damaged`: what lies there is no database any more."""
    return Fault("store-damaged", f"数据库 {path.name} 已损坏或不是数据库文件（{error}）。", "请从备份恢复。")


def unfit(path: Path | str, what: str) -> Fault:
    """`store-unfit`: this can't be where an archive keeps its rows."""
    return Fault("store-unfit", f"不能用 {str(path)[:200]!r} 存放数据：{what}。", "请指定磁盘上的文件路径。")


def trouble(path: Path, error: Exception) -> Fault:
    """The fault for an error of SQLite that isn't a broken constraint."""
    return unknown(path, error) if "Operational" in type(error).__name__ else damaged(path, error)


def located(path: Path) -> Path:
    """The absolute path of a database file; Fault `store-unfit` for names that mean memory or another place."""
    text = str(path)
    if text in {"", "."} or ":memory:" in text or "mode=memory" in text or text.startswith("file:"):
        raise unfit(text, "内存数据库或网址形式的名称会丢失数据")
    found = path.absolute()
    if not found.parent.is_dir():
        raise unfit(found, "所在目录不存在")
    if found.is_symlink() or (found.exists() and not found.is_file()):
        raise unfit(found, "应为普通文件")
    return found


def connect(path: Path, journal: str = "WAL") -> sqlite3.Connection:
    """A connection to an existing file that commits durably; rows are `sqlite3.Row`; no transaction is begun."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_SECONDS, check_same_thread=False)
    try:
        connection.row_factory = sqlite3.Row
        _journal(connection, path, journal)
        for pragma in ("synchronous=FULL", "secure_delete=ON", "recursive_triggers=ON", "trusted_schema=OFF"):
            connection.execute(f"PRAGMA {pragma}").fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


def _journal(connection: sqlite3.Connection, path: Path, journal: str) -> None:
    mode = connection.execute(f"PRAGMA journal_mode={journal}").fetchone()[0]
    if mode.upper() != journal:
        raise unfit(path, f"文件系统不支持 {journal} 日志方式")


def prepare(path: Path, schema: Schema) -> None:
    """Make the file and its tables if they are missing; Fault unless it is this kind of file."""
    with _alone(path.parent):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, _OWNER_ONLY))
        try:
            connection = connect(path, schema.journal)
            try:
                _make(connection, path, schema)
            finally:
                connection.close()
        except sqlite3.Error as error:
            raise trouble(path, error) from error
        sync_directory(path.parent)


def _make(connection: sqlite3.Connection, path: Path, schema: Schema) -> None:
    mark, version, tables = (
        connection.execute(question).fetchone()[0]
        for question in ("PRAGMA application_id", "PRAGMA user_version", "SELECT count(*) FROM sqlite_schema")
    )
    if (mark, version, tables) == (0, 0, 0):
        connection.execute("BEGIN IMMEDIATE")
        for statement in schema.statements:
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id={schema.mark}")
        connection.execute(f"PRAGMA user_version={_SCHEMA_VERSION}")
        connection.execute("COMMIT")
    elif (mark, version) != (schema.mark, _SCHEMA_VERSION):
        raise unfit(path, "这是另一种数据库，或由另一版本的软件建立")


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """One opener at a time: switching to WAL and making tables don't wait for each other by themselves."""
    fd = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


class Database:
    """One small database with one connection, which threads take in turn; several processes may open the same file."""

    def __init__(self, path: Path, schema: Schema) -> None:
        self.path = located(path)
        prepare(self.path, schema)
        self._connection = connect(self.path, schema.journal)
        self._turn = threading.Lock()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A write transaction, committed at the end; Fault `store-unknown`, `store-damaged`; IntegrityError passes."""
        with self._turn:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    yield self._connection
                    self._connection.execute("COMMIT")
                except BaseException:
                    if self._connection.in_transaction:
                        self._connection.execute("ROLLBACK")
                    raise
            except sqlite3.IntegrityError:
                raise
            except sqlite3.Error as error:
                raise trouble(self.path, error) from error

    def rows(self, question: str, *values: str | int) -> list[sqlite3.Row]:
        """The answer to one SELECT."""
        with self._turn:
            try:
                return self._connection.execute(question, values).fetchall()
            except sqlite3.Error as error:
                raise trouble(self.path, error) from error

    def close(self) -> None:
        """Close the connection; nothing may be asked afterwards."""
        self._connection.close()
