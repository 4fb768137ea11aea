"""What SQLite in particular must not do to records: change them, lose them, or keep them in memory."""

from __future__ import annotations

import random
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent

from domain.errors import Fault
from domain.formats.record import parse_record
from storage.events.envelope import EnvelopeMapper, RecordStored
from storage.events.sqlite import SqliteEventStore
from tests.contract.records import chain, record, uuid7

if TYPE_CHECKING:
    from collections.abc import Iterator

APPENDER = Path(__file__).with_name("appender.py")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteEventStore]:
    opened = SqliteEventStore(path)
    yield opened
    opened.close()


@pytest.fixture
def sql(store: SqliteEventStore, path: Path) -> Iterator[sqlite3.Connection]:
    """Someone with the file and a plain client, who knows nothing of our set-up."""
    for one in chain(uuid7(), 3):
        store.append(one)
    connection = sqlite3.connect(path, isolation_level=None)
    yield connection
    connection.close()


ALL = "originator_id, originator_version, topic, state, act"


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE stored_events SET state = x'00' WHERE rowid = 2",
        "UPDATE stored_events SET rowid = 9 WHERE rowid = 3",
        "UPDATE OR IGNORE stored_events SET topic = 'x'",
        "DELETE FROM stored_events",
        "DELETE FROM stored_events WHERE rowid = 3",
        "REPLACE INTO stored_events (ALL) SELECT originator_id, 2, 'x', x'00', 'a' FROM stored_events",
        "INSERT OR REPLACE INTO stored_events (ALL) SELECT 'c', 1, 'x', x'00', act FROM stored_events",
        "INSERT OR REPLACE INTO stored_events (ALL, rowid) VALUES ('c', 1, 'x', x'00', 'a', 2)",
        "INSERT INTO stored_events (ALL,rowid) VALUES ('c',1,'x',x'00','a',1) ON CONFLICT DO UPDATE SET act = 'b'",
        "INSERT INTO stored_events (ALL, rowid) VALUES ('c', 1, 'x', x'00', 'a', 5)",
        "INSERT INTO stored_events (ALL, rowid) VALUES ('c', 1, 'x', x'00', 'a', 0)",
        "INSERT INTO stored_events (ALL) VALUES ('c', 2, 'x', x'00', 'a')",
        "INSERT INTO stored_events (ALL) VALUES ('c', 0, 'x', x'00', 'a')",
    ],
)
def test_sql_can_neither_change_nor_remove_a_record(sql: sqlite3.Connection, attack: str) -> None:
    before = sql.execute("SELECT rowid, * FROM stored_events").fetchall()
    with pytest.raises(sqlite3.IntegrityError, match=r"append-only|taken|gap"):
        sql.execute(attack.replace("ALL", ALL))
    assert sql.execute("SELECT rowid, * FROM stored_events").fetchall() == before


def test_positions_survive_vacuum_and_go_on(store: SqliteEventStore, sql: sqlite3.Connection) -> None:
    sql.execute("VACUUM")
    assert [s.position for s in store.after(0, 9)] == [1, 2, 3]
    assert store.append(record(uuid7())) == 4


def test_every_connection_commits_durably(store: SqliteEventStore) -> None:
    assert [tuple(row) for row in store._rows("PRAGMA synchronous")] == [(2,)]  # FULL
    assert [tuple(row) for row in store._rows("PRAGMA journal_mode")] == [("wal",)]


def test_only_its_owner_may_read_the_file(store: SqliteEventStore, path: Path) -> None:
    store.append(record(uuid7()))
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in path.parent.iterdir()}
    assert modes == {"events.db": 0o600, "events.db-wal": 0o600, "events.db-shm": 0o600}


@pytest.mark.parametrize("name", [":memory:", "", "file:x?mode=memory", "file::memory:?cache=shared", "nowhere/x.db"])
def test_memory_and_missing_directories_are_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Fault) as caught:
        SqliteEventStore(Path(name))
    assert caught.value.code == "store-unfit"
    assert not list(tmp_path.iterdir())


def test_a_link_is_refused(tmp_path: Path, path: Path) -> None:
    (tmp_path / "elsewhere.db").touch()
    path.symlink_to(tmp_path / "elsewhere.db")
    with pytest.raises(Fault) as caught:
        SqliteEventStore(path)
    assert caught.value.code == "store-unfit"


def test_another_database_is_refused_and_left_alone(path: Path) -> None:
    with sqlite3.connect(path) as foreign:
        foreign.execute("CREATE TABLE other (x)")
    foreign.close()
    with pytest.raises(Fault) as caught:
        SqliteEventStore(path)
    assert caught.value.code == "store-unfit"


def test_a_file_that_is_no_database_is_refused(path: Path) -> None:
    path.write_bytes(b"not a database, but long enough to be looked at" * 100)
    with pytest.raises(Fault) as caught:
        SqliteEventStore(path)
    assert caught.value.code == "store-damaged"


def test_the_environment_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERSISTENCE_MODULE", "eventsourcing.popo")
    monkeypatch.setenv("COMPRESSOR_TOPIC", "zlib")
    monkeypatch.setenv("IS_SNAPSHOTTING_ENABLED", "y")
    one, store = record(uuid7()), SqliteEventStore(path)
    store.append(one)
    store.close()
    with sqlite3.connect(path) as connection:
        found = connection.execute("SELECT topic, state FROM stored_events").fetchall()
    connection.close()
    assert found == [("note", one.data)]


def test_a_row_whose_keys_are_not_its_records_is_no_event() -> None:
    one = record(uuid7())
    mapper = EnvelopeMapper()
    row = mapper.to_stored_event(RecordStored(one))
    assert mapper.to_domain_event(row) == RecordStored(one)
    with pytest.raises(IntegrityError):
        mapper.to_domain_event(StoredEvent(row.originator_id, 2, row.topic, row.state))


def test_a_store_that_went_read_only_says_that_the_outcome_is_unknown(store: SqliteEventStore) -> None:
    with store._records.recorder.datastore.get_connection(commit=True) as connection:
        connection._sqlite_conn.execute("PRAGMA query_only=ON")
    one = record(uuid7())
    with pytest.raises(Fault) as caught:
        store.append(one)
    assert caught.value.code == "store-unknown"
    with store._records.recorder.datastore.get_connection(commit=True) as connection:
        connection._sqlite_conn.execute("PRAGMA query_only=OFF")
    assert store.append(one) == 1


def test_processes_that_race_for_each_seq_share_them_out(path: Path) -> None:
    case, seqs = uuid7(), 40
    racers = [
        subprocess.Popen(
            [sys.executable, str(APPENDER), str(path), case, str(seqs)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("\n")
        racer.stdin.flush()
    lines = [line.split() for racer in racers for line in racer.communicate(timeout=60)[0].splitlines()]
    assert sorted(int(seq) for answer, seq in lines if answer == "won") == list(range(1, seqs + 1))
    assert sum(answer == "seq-taken" for answer, _ in lines) == seqs
    store = SqliteEventStore(path)
    assert [s.position for s in store.after(0, 100)] == list(range(1, seqs + 1))
    store.close()


def test_a_full_disk_leaves_what_was_answered_and_lets_the_same_record_come_again(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(APPENDER), str(path), "full"], capture_output=True, text=True, check=True, timeout=60
    )
    ready, refusal, again = done.stdout.splitlines()
    code, answered = refusal.split()
    assert (ready, code) == ("ready", "store-unknown")
    assert again == f"{int(answered) + 1} {int(answered) + 1}"
    store = SqliteEventStore(path)
    assert [s.position for s in store.after(0, 1000)] == list(range(1, int(answered) + 2))
    store.close()


@pytest.mark.parametrize("seed", range(6))
def test_what_was_answered_before_a_kill_is_there(path: Path, seed: int) -> None:
    """SIGKILL at a random point, several times over one file; the last line may be answered but unread."""
    chance, answered = random.Random(seed), []
    for _ in range(3):
        child = subprocess.Popen([sys.executable, str(APPENDER), str(path), "-"], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        heard = [child.stdout.readline() for _ in range(chance.randint(2, 120))]
        child.kill()
        heard += child.stdout.read().splitlines(keepends=True)
        child.wait()
        child.stdout.close()
        answered += [line.split() for line in heard if line.endswith("\n") and line != "ready\n"]
    store = SqliteEventStore(path)
    stored = {s.position: parse_record(s.data) for s in store.after(0, 10_000)}
    store.close()
    assert list(stored) == list(range(1, len(stored) + 1))
    for case, seq, digest, position in answered:
        there = stored[int(position)]
        assert (there.case, there.seq, there.digest) == (case, int(seq), digest)
    heads: dict[str, str] = {}
    for one in stored.values():
        assert one.receipt.prev == heads.get(one.case)
        heads[one.case] = one.digest
    assert len(answered) <= len(stored) <= len(answered) + 3
