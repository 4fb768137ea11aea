"""What lies on the disk where facts are withheld, and what can be done to it."""

from __future__ import annotations

import sqlite3
import traceback
from typing import TYPE_CHECKING

import pytest

from domain.errors import Fault
from storage.withheld import SqliteWithheldFacts, new_archive_key
from tests.contract.records import uuid7

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRET = ("ZGlzY2xvc3VyZS1vZi1hLWJ1c2luZXNzLXNlY3JldA",)
CASES = (uuid7(), uuid7())
ACTS = (uuid7(), uuid7())


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    new_archive_key(tmp_path / "withheld.key")
    return tmp_path / "withheld.key"


@pytest.fixture
def withheld(tmp_path: Path, key_file: Path) -> Iterator[SqliteWithheldFacts]:
    store = SqliteWithheldFacts(tmp_path / "withheld.db", key_file)
    for case in CASES:
        for act in ACTS:
            store.put(case, act, SECRET)
    yield store
    store.close()


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


def test_a_case_key_does_not_serve_another_case(withheld: SqliteWithheldFacts, tmp_path: Path) -> None:
    moved = 'UPDATE keys SET wrapped = (SELECT wrapped FROM keys WHERE "case" = ?) WHERE "case" = ?'
    sql(tmp_path / "withheld-keys.db", moved, CASES[1], CASES[0])
    assert refused(withheld, CASES[0], ACTS[0]).code == "withheld-damaged"


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


def test_a_destroyed_key_leaves_no_copy_on_the_disk(withheld: SqliteWithheldFacts, tmp_path: Path) -> None:
    ((wrapped,),) = sql(tmp_path / "withheld-keys.db", 'SELECT wrapped FROM keys WHERE "case" = ?', CASES[0])
    assert wrapped in on_disk(tmp_path)
    withheld.destroy(CASES[0])
    assert wrapped not in on_disk(tmp_path)
    assert wrapped[12:28] not in on_disk(tmp_path)


def test_another_archives_key_opens_nothing(withheld: SqliteWithheldFacts, tmp_path: Path) -> None:
    new_archive_key(tmp_path / "other.key")
    stranger = SqliteWithheldFacts(tmp_path / "withheld.db", tmp_path / "other.key")
    fault = refused(stranger, CASES[0], ACTS[0])
    assert fault.code == "withheld-damaged"
    stranger.close()


def test_errors_say_nothing_of_what_is_withheld(withheld: SqliteWithheldFacts) -> None:
    other = ("YW5vdGhlci1zZWNyZXQ",)
    with pytest.raises(Fault) as caught:
        withheld.put(CASES[0], ACTS[0], other)
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value.defects)
    assert SECRET[0] not in told
    assert other[0] not in told


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o601, 0o666])
def test_a_key_file_that_others_may_reach_is_refused(tmp_path: Path, key_file: Path, mode: int) -> None:
    key_file.chmod(mode)
    with pytest.raises(Fault) as caught:
        SqliteWithheldFacts(tmp_path / "withheld.db", key_file)
    assert caught.value.code == "key-exposed"
    assert not (tmp_path / "withheld.db").exists()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "key-missing"),
        (b"", "key-file"),
        (b"AAAA\n", "key-file"),
        ("钥匙".encode(), "key-file"),
        (b"\0", "key-file"),
    ],
)
def test_a_key_file_that_is_none_is_refused(tmp_path: Path, key_file: Path, content: bytes | None, code: str) -> None:
    key_file.unlink()
    if content is not None:
        key_file.touch(0o600)
        key_file.write_bytes(content)
    with pytest.raises(Fault) as caught:
        SqliteWithheldFacts(tmp_path / "withheld.db", key_file)
    assert caught.value.code == code
