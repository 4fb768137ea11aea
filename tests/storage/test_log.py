from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from domain.errors import Fault
from domain.formats import merkle, tiles
from domain.formats.census import counted
from domain.formats.checkpoint import Checkpoint, judged
from domain.formats.encoding import b64u
from domain.formats.keys import PrivateKey
from domain.formats.note import Note
from storage.log.reader import LogView
from tests.reference import naive_merkle as naive
from tests.storage.log_parts import LOG, ORIGIN, OWN, Parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE = Path(__file__).parent


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    made = Parts(tmp_path)
    yield made
    made.close()


def refused(code: str, action: Callable[[], object]) -> None:
    with pytest.raises(Fault) as caught:
        action()
    assert caught.value.code == code


def published(parts: Parts) -> Checkpoint:
    """The newest checkpoint, held against the definition: its entries, its root, every tile, both signatures."""
    data = parts.files.checkpoint()
    assert data is not None
    note = Note.parse(data)
    found, entries = Checkpoint.parse(note.text), parts.digests()
    assert [line.key for line in judged(found, note, [LOG, OWN])] == [LOG, OWN]
    assert found == Checkpoint(ORIGIN, len(entries), naive.mth(entries))
    for tile in tiles.tiles_of(found.size):
        start, span = tile.n * tiles.WIDTH, tiles.WIDTH ** max(tile.level, 0)
        pieces = [entries[(start + i) * span : (start + i + 1) * span] for i in range(tile.width)]
        if tile.level == tiles.ENTRIES:
            assert tiles.parse_bundle(parts.files.tile(tile) or b"", tile.width) == [piece[0] for piece in pieces]
        else:
            assert parts.files.tile(tile) == b"".join(naive.mth(piece) for piece in pieces)
    return found


def test_the_log_follows_the_store_step_by_step(parts: Parts) -> None:
    writer = parts.writer()
    roots = []
    for more in (1, 2, 252, 1, 1, 300):
        parts.grow(more)
        assert writer.follow() == published(parts) == writer.last
        roots.append(writer.last)
    assert parts.files.sizes() == [1, 3, 255, 256, 257, 557]
    read = tiles.subtrees_in(557, lambda tile: parts.files.tile(tile) or b"")
    for old in roots[:-1]:
        path = merkle.consistency(old.size, 557, read)
        assert merkle.joined(old.size, 557, old.root, path) == (old.root, roots[-1].root)


def test_nothing_new_is_signed_once_only(parts: Parts) -> None:
    parts.grow(5)
    writer = parts.writer()
    writer.follow()
    before = parts.files.checkpoint()
    parts.clock.set(parts.clock.now() + timedelta(minutes=1))
    writer.follow()
    assert parts.files.checkpoint() == before


def test_the_empty_log_has_a_checkpoint_too(parts: Parts) -> None:
    assert parts.writer().follow() == Checkpoint(ORIGIN, 0, merkle.EMPTY)


def test_each_record_is_found_by_its_index(parts: Parts) -> None:
    parts.grow(30)
    parts.writer().follow()
    for position, row in enumerate(parts.events.after(0, 100)):
        assert parts.index.find(row.case, row.seq) == position
    assert parts.index.find(row.case, 31) is None


def test_one_writes_at_a_time_and_the_next_goes_on(parts: Parts) -> None:
    """Many threads follow while records come in: each waits for its turn and looks anew."""
    parts.grow(3)

    def follow(count: int) -> None:
        for _ in range(5):
            parts.grow(count)
            with parts.writer() as writer:
                writer.follow()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(follow, [1, 7, 40, 20]))
    with parts.writer() as writer:
        assert writer.follow() == published(parts)
    assert published(parts).size == 3 + 5 * 68


def test_a_census_speaks_of_every_case_and_is_an_entry_itself(parts: Parts) -> None:
    for count in (3, 1, 5):
        parts.grow(count)
    with parts.writer() as writer:
        assert writer.take_census().size == 10
        assert writer.take_census().size == 10  # nothing came since: the last entry is a census already
        parts.grow(2)
        assert writer.take_census().size == 13
    view = LogView(parts.index, parts.files)
    found = view.census()
    assert found is not None
    census, proof = found
    assert (census.size, census.cases, proof.index) == (12, 4, 12)
    assert proof.holds(census.entry)
    lines = parts.index.lines(12)
    assert counted(census, lines, earlier=1) is None
    for case, seq in parts.events.cases():
        path = view.census_paths([case])[case]
        assert path.shortcoming(census) is None
        last = sha256(parts.events.case(case)[-1]).digest()
        assert (path.shown.line.seq, path.shown.line.head) == (seq, b64u(last))
    assert view.census_paths(["01890a5d-ac96-774b-bcce-b302099a8057"]) == {}


def test_proofs_hold_under_the_newest_checkpoint(parts: Parts) -> None:
    parts.grow(300)
    with parts.writer() as writer:
        writer.follow()
        view = LogView(parts.index, parts.files)
        parts.grow(1)
        writer.follow()
    for position, row in enumerate(parts.events.after(0, 300)):
        proof = view.proof(row.case, row.seq)
        assert proof.index == position
        assert proof.holds(sha256(row.data).digest())
        assert proof.checkpoint.size == 300
    last = parts.events.after(300, 1)[0]
    refused("not-logged", lambda: view.proof(last.case, last.seq))  # this view stands where it stood
    assert merkle.joined(7, 300, naive.mth(parts.digests()[:7]), view.consistency(7))[1] == view.checkpoint.root


def test_there_is_nothing_to_see_before_the_first_checkpoint(parts: Parts) -> None:
    refused("log-empty", lambda: LogView(parts.index, parts.files))


def test_a_writer_killed_at_any_sync_is_followed_by_one_that_goes_on(tmp_path: Path) -> None:
    fatal, died = 1, True
    while died:
        folder = tmp_path / str(fatal)
        folder.mkdir()
        parts = Parts(folder)
        parts.grow(3)
        writer = parts.writer()
        writer.follow()
        writer.close()
        parts.grow(258)
        done = subprocess.run([sys.executable, HERE / "log_killed.py", folder, str(fatal)], check=False)
        died = done.returncode == -signal.SIGKILL
        assert died or done.returncode == 0
        newest = Checkpoint.parse(Note.parse(parts.files.checkpoint() or b"").text)
        assert newest.size in (3, 261)
        parts.grow(1)
        parts.writer().follow()
        assert published(parts).size == 262
        parts.close()
        fatal += 1 if fatal < 4 else 3
    assert fatal > 10


def test_a_log_under_another_key_or_name_is_not_continued(parts: Parts) -> None:
    parts.grow(3)
    first = parts.writer()
    first.follow()
    first.close()
    refused("log-altered", lambda: parts.writer(signer=PrivateKey.from_seed(b"x" * 32)))
    refused("log-altered", lambda: parts.writer(origin="example.org/other"))
    assert parts.writer().last is not None  # a refused writer let go of the log


@pytest.mark.parametrize("path", ["tile/0/001.p/5", "tile/1/000.p/1", "checkpoints/261"])
def test_an_altered_file_is_never_signed_over(parts: Parts, path: str) -> None:
    parts.grow(5)
    writer = parts.writer()
    writer.follow()
    parts.grow(256)
    writer.follow()
    writer.close()
    file = parts.folder / "log" / path
    octets = bytearray(file.read_bytes())
    octets[-5] ^= 1
    file.write_bytes(octets)
    parts.grow(600)
    refused("log-altered", lambda: parts.writer().follow())
    assert parts.files.sizes() == [5, 261]


def test_an_order_that_was_rolled_back_is_never_signed(parts: Parts) -> None:
    parts.grow(3)
    parts.writer().follow()
    parts.index.close()
    (parts.folder / "log.db").unlink()
    again = Parts(parts.folder)
    refused("log-altered", again.writer)
    again.close()


def test_a_newest_checkpoint_that_went_back_is_put_right(parts: Parts) -> None:
    parts.grow(3)
    writer = parts.writer()
    writer.follow()
    old = parts.files.checkpoint()
    parts.grow(3)
    writer.follow()
    writer.close()
    (parts.folder / "log/checkpoint").write_bytes(old or b"")
    assert parts.writer().last == published(parts)


def test_tiles_are_never_written_over(parts: Parts) -> None:
    tile = tiles.Tile(0, 0, 3)
    parts.files.add_tile(tile, b"a" * 96)
    parts.files.add_tile(tile, b"a" * 96)
    refused("log-altered", lambda: parts.files.add_tile(tile, b"b" * 96))


def test_the_order_refuses_what_sql_from_outside_may_try(parts: Parts) -> None:
    parts.grow(3)
    parts.writer().follow()
    outside = sqlite3.connect(parts.folder / "log.db")
    for statement in (
        "UPDATE entries SET data = zeroblob(32)",
        "DELETE FROM entries WHERE idx = 2",
        "INSERT OR REPLACE INTO entries VALUES (2, zeroblob(32), 3, 'c', 1, NULL)",
        "INSERT INTO entries VALUES (4, zeroblob(32), 4, 'c', 1, NULL)",
        "INSERT INTO entries VALUES (3, zeroblob(32), 5, 'c', 1, NULL)",
        "INSERT INTO entries VALUES (3, zeroblob(31), 4, 'c', 1, NULL)",
    ):
        with pytest.raises(sqlite3.Error):
            outside.execute(statement)
    outside.close()
