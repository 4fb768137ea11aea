from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from domain.errors import Fault
from storage.database import Database, Schema, connect, prepare
from storage.events.sqlite import SqliteEventStore
from tests.contract.records import chain, record, uuid7

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SCHEMA = Schema(mark=1, statements=("CREATE TABLE t (x INTEGER UNIQUE)",))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(tmp_path / "t.db", SCHEMA)
    yield made
    made.close()


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(Fault) as caught:
        call()
    return caught.value.code


def insert(database: Database, *values: int, then: Exception | None = None) -> None:
    with database.transaction() as write:
        for value in values:
            write.execute("INSERT INTO t VALUES (?)", (value,))
        if then is not None:
            raise then


def test_a_transaction_is_whole_or_not_at_all(database: Database) -> None:
    insert(database, 1)
    with pytest.raises(KeyError):
        insert(database, 2, then=KeyError())
    with pytest.raises(sqlite3.IntegrityError):
        insert(database, 3, 1)
    assert [row["x"] for row in database.rows("SELECT x FROM t")] == [1]


def test_what_the_database_cannot_do_is_a_fault(database: Database) -> None:
    assert refused(lambda: database.rows("SELECT x FROM nowhere")) == "store-unknown"
    database.rows("PRAGMA query_only=ON")
    assert refused(lambda: insert(database, 1)) == "store-unknown"


def test_a_schema_of_another_mark_or_version_is_refused(database: Database, tmp_path: Path) -> None:
    assert refused(lambda: prepare(tmp_path / "t.db", Schema(mark=2, statements=()))) == "store-unfit"
    database.rows("PRAGMA user_version=2")
    assert refused(lambda: prepare(tmp_path / "t.db", SCHEMA)) == "store-unfit"


def test_a_way_of_journalling_that_is_not_to_be_had_is_refused(database: Database, tmp_path: Path) -> None:
    assert refused(lambda: connect(tmp_path / "t.db", "NONSENSE")) == "store-unfit"


def test_a_damaged_page_is_named_and_not_mended(tmp_path: Path) -> None:
    path, case = tmp_path / "events.db", uuid7()
    store = SqliteEventStore(path)
    for one in chain(case, 40):
        store.append(one)
    store.close()
    data = bytearray(path.read_bytes())
    data[8 * 4096 :] = b"\xff" * (len(data) - 8 * 4096)
    path.write_bytes(data)
    damaged = SqliteEventStore(path)
    assert refused(lambda: damaged.after(0, 100)) == "store-damaged"
    assert refused(lambda: damaged.append(record(uuid7()))) == "store-damaged"
    damaged.close()
