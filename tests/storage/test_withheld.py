"""What lies on the disk where facts are withheld, and what can be done to it."""

from __future__ import annotations

import sqlite3
import traceback
from typing import TYPE_CHECKING

import pytest

from domain.errors import Fault
from storage.withheld import SqliteWithheldFacts
from tests.contract.records import uuid7
from tests.office import case_keys

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRET = ("ZGlzY2xvc3VyZS1vZi1hLWJ1c2luZXNzLXNlY3JldA",)
CASES = (uuid7(), uuid7())
ACTS = (uuid7(), uuid7())


@pytest.fixture
def withheld(tmp_path: Path) -> Iterator[SqliteWithheldFacts]:
    keys = case_keys(tmp_path)
    store = SqliteWithheldFacts(tmp_path / "withheld.db", keys)
    for case in CASES:
        for act in ACTS:
            store.put(case, act, SECRET)
    yield store
    store.close()
    keys.close()


def sql(path: Path, statement: str, *values: bytes | str) -> list[tuple[bytes, ...]]:
    connection = sqlite3.connect(path)
    with connection:
        rows = connection.execute(statement, values).fetchall()
    connection.close()
    return rows


def on_disk(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(directory.iterdir()))


def refused(withheld: SqliteWithheldFacts, case: str, act: str) -> Fault:
    with pytest.raises(Fault) as caught:
        withheld.get(case, act)
    return caught.value


def test_no_file_holds_a_disclosure_in_clear(withheld: SqliteWithheldFacts, tmp_path: Path) -> None:
    lying_there = on_disk(tmp_path)
    assert withheld.get(CASES[0], ACTS[0]) == SECRET
    assert SECRET[0].encode() not in lying_there
    assert b"disclosure-of-a-business-secret" not in lying_there


def test_the_same_facts_look_different_each_time(withheld: SqliteWithheldFacts, tmp_path: Path) -> None:
    assert withheld.get(*CASES[:1], ACTS[0]) == SECRET
    sealed = [row[0] for row in sql(tmp_path / "withheld.db", "SELECT sealed FROM withheld")]
    assert len(set(sealed)) == len(CASES) * len(ACTS)


@pytest.mark.parametrize(
    ("where", "moved"),
    [
        ("another act", 'SELECT sealed FROM withheld WHERE "case" = ?1 AND act <> ?2'),
        ("another case", 'SELECT sealed FROM withheld WHERE "case" <> ?1 AND act = ?2'),
    ],
)
def test_a_row_cannot_be_read_elsewhere(withheld: SqliteWithheldFacts, tmp_path: Path, where: str, moved: str) -> None:
    sql(
        tmp_path / "withheld.db",
        f'UPDATE withheld SET sealed = ({moved}) WHERE "case" = ?1 AND act = ?2',  # noqa: S608  # texts above
        CASES[0],
        ACTS[0],
    )
    assert refused(withheld, CASES[0], ACTS[0]).code == "withheld-damaged", where
    assert withheld.get(CASES[0], ACTS[1]) == SECRET


def test_no_flipped_octet_is_accepted(withheld: SqliteWithheldFacts, tmp_path: Path) -> None:
    path, where = tmp_path / "withheld.db", (CASES[0], ACTS[0])
    ((sealed,),) = sql(path, 'SELECT sealed FROM withheld WHERE "case" = ? AND act = ?', *where)
    for index in range(len(sealed)):
        flipped = sealed[:index] + bytes([sealed[index] ^ 1]) + sealed[index + 1 :]
        sql(path, 'UPDATE withheld SET sealed = ? WHERE "case" = ? AND act = ?', flipped, *where)
        assert refused(withheld, *where).code == "withheld-damaged"


@pytest.mark.parametrize("short", [b"", b"\0" * 11, b"\0" * 27])
def test_a_row_that_is_cut_short_is_named_as_damaged(
    withheld: SqliteWithheldFacts, tmp_path: Path, short: bytes
) -> None:
    sql(tmp_path / "withheld.db", "UPDATE withheld SET sealed = ?", short)
    assert refused(withheld, CASES[0], ACTS[0]).code == "withheld-damaged"


def test_facts_whose_key_is_gone_and_not_destroyed_are_no_silence(
    withheld: SqliteWithheldFacts, tmp_path: Path
) -> None:
    sql(tmp_path / "case-keys.db", "DELETE FROM secrets")
    assert refused(withheld, CASES[0], ACTS[0]).code == "case-key-missing"


def test_errors_say_nothing_of_what_is_withheld(withheld: SqliteWithheldFacts) -> None:
    other = ("YW5vdGhlci1zZWNyZXQ",)
    with pytest.raises(Fault) as caught:
        withheld.put(CASES[0], ACTS[0], other)
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value.defects)
    assert SECRET[0] not in told
    assert other[0] not in told
