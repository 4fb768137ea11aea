"""The tables of the read models, one set per generation: a rebuild fills a new set while the old one is being read.

Keeps: rows and the position they stand at are committed together; a file can be deleted at any time and made anew.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    URL,
    Boolean,
    Column,
    Engine,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    event,
)
from sqlalchemy.pool import QueuePool

if TYPE_CHECKING:
    from pathlib import Path
    from sqlite3 import Connection as SqliteConnection

    from sqlalchemy import Connection

VERSION = 2  # of the tables' shape and of how they are filled: another one makes a rebuild
BUSY_SECONDS = 30
OWNER_ONLY = 0o600

# One row per generation; the active one is read. `head` is the digest of the record at `position`, so that another
# store, or one put back to an earlier state, is noticed; `calendars` says by which year tables limits were reckoned.
GENERATIONS = Table(
    "generations",
    MetaData(),
    Column("generation", Integer, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("position", Integer, nullable=False),
    Column("head", String),
    Column("calendars", String, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of one generation."""

    metadata: MetaData
    cases: Table
    parties: Table
    records: Table
    concerned: Table
    deadlines: Table

    def of_a_case(self) -> tuple[Table, ...]:
        """Those whose rows are replaced together when a case has a new record."""
        return (self.parties, self.records, self.concerned, self.deadlines)


@cache
def tables(generation: int) -> Tables:
    """The tables of a generation; they may not exist yet."""
    metadata = MetaData()
    columns = {
        "cases": _cases(),
        "parties": _parties(),
        "records": _records(),
        "concerned": _concerned(),
        "deadlines": _deadlines(),
    }
    made = {name: Table(f"{name}_{generation}", metadata, *found) for name, found in columns.items()}
    deadlines = made["deadlines"]
    Index(f"{deadlines.name}_open", deadlines.c.status, deadlines.c.due)
    return Tables(metadata, **made)


def _cases() -> tuple[Column[Any], ...]:
    return (
        Column("case", String, primary_key=True),
        Column("n", Integer, nullable=False, unique=True),  # order of the cases' first records
        Column("register", Boolean, nullable=False),
        Column("rulebook", String, nullable=False),
        Column("rulebook_digest", String, nullable=False),
        Column("rulebook_title", String, nullable=False),
        Column("number", String, nullable=False),
        Column("title", String, nullable=False),
        Column("stage", String, nullable=False),
        Column("stage_title", String, nullable=False),
        Column("final", Boolean, nullable=False),
        Column("opened_on", String, nullable=False),
        Column("seq", Integer, nullable=False),
        Column("head", String, nullable=False),
        Column("irregular", Integer, nullable=False),
        Column("in_charge", String),
        Column("in_charge_title", String, nullable=False),
        Column("search", String, nullable=False),
        Column("trouble", JSON),
    )


def _parties() -> tuple[Column[Any], ...]:
    return (
        Column("case", String, primary_key=True),
        Column("id", String, primary_key=True),
        Column("n", Integer, nullable=False),
        Column("role", String, nullable=False),
        Column("role_title", String, nullable=False),
        Column("name", String, nullable=False),
    )


def _records() -> tuple[Column[Any], ...]:
    return (
        Column("case", String, primary_key=True),
        Column("seq", Integer, primary_key=True),
        Column("act", String, nullable=False),
        Column("digest", String, nullable=False),
        Column("rulebook", String, nullable=False),  # digest of the version that bound it
        Column("action", String, nullable=False),
        Column("title", String, nullable=False),
        Column("kind", String, nullable=False),
        Column("group", String, nullable=False),
        Column("occurred", String, nullable=False),
        Column("day", String, nullable=False),
        Column("received", String, nullable=False),
        Column("facts", JSON, nullable=False),
        Column("evidence", JSON, nullable=False),
        Column("signers", JSON, nullable=False),
        Column("irregular", JSON, nullable=False),
        Column("voided_by", Integer),
        Column("rectified_by", JSON, nullable=False),
        Column("undone", JSON),
        Column("backfilled", Boolean, nullable=False),
        Column("parties", JSON, nullable=False),
    )


def _concerned() -> tuple[Column[Any], ...]:
    return (
        Column("case", String, primary_key=True),
        Column("party", String, primary_key=True),
        Column("seq", Integer, primary_key=True),
    )


def _deadlines() -> tuple[Column[Any], ...]:
    return (
        Column("case", String, primary_key=True),
        Column("n", Integer, primary_key=True),
        Column("limit", String, nullable=False),
        Column("of", String),
        Column("round", Integer, nullable=False),
        Column("status", String, nullable=False),  # never overdue: that depends on the day
        Column("start", String),
        Column("due", String),
        Column("provisional", Boolean, nullable=False),
        Column("done", String),
        Column("used", Integer),
        Column("left", Integer),
        Column("late", Integer),
        Column("start_at", String),
        Column("due_at", String),
        Column("done_at", String),
        Column("lapses", Boolean, nullable=False),
        Column("escalates", String),
        Column("unit", String, nullable=False),
        Column("excluded", JSON, nullable=False),
        Column("advisory", Boolean, nullable=False),
        Column("mooted_by", Integer),
        Column("moot_because", String),
    )


def engine_for(path: Path) -> Engine:
    """An engine over the file `path`, made for its owner only if it is missing.

    A connection's transactions read a snapshot; those of `writing` take their turn before they read anything.
    """
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, OWNER_ONLY))
    url = URL.create("sqlite", database=str(path))
    arguments = {"timeout": BUSY_SECONDS, "check_same_thread": False}
    engine = create_engine(url, connect_args=arguments, poolclass=QueuePool)

    @event.listens_for(engine, "connect")
    def set_up(connection: SqliteConnection, _: object) -> None:
        connection.isolation_level = None  # SQLAlchemy's transactions are begun below, not by the driver
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")  # the tail may be lost: it is folded again

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        mode = "IMMEDIATE" if connection.get_execution_options().get("writing") else "DEFERRED"
        connection.exec_driver_sql(f"BEGIN {mode}")

    return engine
