"""Files that arrive in parts: what is on the disk, what counts after a crash, how much may wait, what is swept."""

from __future__ import annotations

import os
import uuid
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Fault
from storage.arrivals.sealed_parts import PART, Parts, parts, sealed
from storage.arrivals.store import Arrival, ArrivalLimits, Arrivals

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
SECRET = b"the complainant's licence number " * 40
SMALL = ArrivalLimits(total=10_000, each=6_000, count=3, spare=0, life=timedelta(hours=1))


@pytest.fixture
def arrivals(tmp_path: Path) -> Iterator[Arrivals]:
    with closing(Arrivals(tmp_path / "arrivals", SMALL)) as made:
        yield made


def begun(arrivals: Arrivals, length: int = 2000, officer: str = "o1", now: datetime = NOW) -> Arrival:
    return arrivals.begin(Arrival(str(uuid.uuid4()), "c1", officer, "证据.pdf", "filename eA==", length, now), now)


def write(arrivals: Arrivals, name: str, *pieces: bytes, now: datetime = NOW) -> None:
    with closing(arrivals.open(name)) as opened:
        for piece in pieces:
            opened.write(piece)
        opened.commit(now)


def content(arrivals: Arrivals, name: str) -> bytes:
    with closing(arrivals.open(name)) as opened:
        return opened.source().read()


def refused(code: str) -> pytest.RaisesExc[Fault]:
    return pytest.raises(Fault, check=lambda fault: fault.code == code)


def test_what_came_in_parts_is_read_as_one(arrivals: Arrivals) -> None:
    name = begun(arrivals).name
    write(arrivals, name, b"abc", b"defg")
    write(arrivals, name, b"h" * 100)
    assert content(arrivals, name) == b"abcdefg" + b"h" * 100
    found = arrivals.find(name, NOW)
    assert found is not None
    assert (found.offset, found.whole, found.done) == (107, False, False)


def test_nothing_of_it_lies_on_the_disk_in_the_clear(arrivals: Arrivals, tmp_path: Path) -> None:
    name = begun(arrivals).name
    write(arrivals, name, SECRET)
    for path in (path for path in tmp_path.rglob("*") if path.is_file()):
        assert SECRET[:16] not in path.read_bytes(), path
        assert path.stat().st_mode & 0o077 == 0, path


def test_what_was_not_committed_does_not_count_and_is_cut_off(arrivals: Arrivals, tmp_path: Path) -> None:
    name = begun(arrivals).name
    write(arrivals, name, b"first")
    with closing(arrivals.open(name)) as dying:
        dying.write(b"lost with the process")
    arrivals.open(name).close()
    (row,) = arrivals._database.rows("SELECT size FROM uploads")
    assert (tmp_path / "arrivals/parts" / name).stat().st_size == row["size"]
    write(arrivals, name, b"second")
    assert content(arrivals, name) == b"firstsecond"


def test_what_is_discarded_is_gone(arrivals: Arrivals) -> None:
    name = begun(arrivals).name
    with closing(arrivals.open(name)) as opened:
        opened.write(b"good")
        opened.commit(NOW)
        opened.write(b"wrong checksum")
        opened.discard()
        opened.write(b"better")
        assert opened.commit(NOW).offset == 10
    assert content(arrivals, name) == b"goodbetter"


def test_one_writer_at_a_time(arrivals: Arrivals) -> None:
    name = begun(arrivals).name
    with closing(arrivals.open(name)), refused("upload-busy"):
        arrivals.open(name)
    arrivals.open(name).close()


def test_the_key_goes_when_the_file_is_stored(arrivals: Arrivals, tmp_path: Path) -> None:
    name = begun(arrivals, 4).name
    write(arrivals, name, b"full")
    arrivals.settle(name)
    found = arrivals.find(name, NOW)
    assert found is not None
    assert (found.offset, found.done) == (4, True)
    assert arrivals._database.rows("SELECT key FROM uploads")[0]["key"] is None
    assert not list((tmp_path / "arrivals/parts").iterdir())
    with refused("unknown-upload"):
        arrivals.open(name)


def test_an_officer_may_not_fill_the_place_and_neither_may_all_together(arrivals: Arrivals) -> None:
    begun(arrivals, 4000)
    with refused("upload-quota"):
        begun(arrivals, 2001)
    begun(arrivals, 2000)
    with refused("arrivals-full"):
        begun(arrivals, 4001, "o2")
    first = begun(arrivals, 4000, "o2")
    arrivals.settle(first.name)
    for _ in range(3):
        begun(arrivals, 1, "o3")
    with refused("upload-quota"):
        begun(arrivals, 1, "o3")


def test_a_disk_that_has_no_room_is_told_before_the_first_byte(tmp_path: Path) -> None:
    free = os.statvfs(tmp_path).f_bavail * os.statvfs(tmp_path).f_frsize
    limits = ArrivalLimits(total=1 << 62, each=1 << 62)
    with closing(Arrivals(tmp_path / "arrivals", limits)) as made, refused("arrivals-full"):
        begun(made, free * 2)


def test_what_is_past_its_time_is_gone_and_every_part_gives_new_time(arrivals: Arrivals, tmp_path: Path) -> None:
    idle, busy = begun(arrivals).name, begun(arrivals).name
    later = NOW + timedelta(minutes=50)
    write(arrivals, busy, b"x", now=later)
    end = NOW + SMALL.life
    assert arrivals.find(idle, end) is None
    assert arrivals.find(busy, end) is not None
    arrivals.sweep(end)
    assert [path.name for path in (tmp_path / "arrivals/parts").iterdir()] == [busy]
    with closing(arrivals.open(busy)) as opened:
        arrivals.sweep(later + SMALL.life)
        opened.write(b"too late")
        with refused("unknown-upload"):
            opened.commit(later)


def test_parts_that_no_row_speaks_of_are_swept(arrivals: Arrivals, tmp_path: Path) -> None:
    kept = begun(arrivals).name
    orphan = tmp_path / "arrivals/parts" / str(uuid.uuid4())
    orphan.write_bytes(b"begun, and then the power went")
    arrivals.sweep(NOW)
    assert not orphan.exists()
    write(arrivals, kept, b"goes on")


@pytest.mark.parametrize("at", [0, 5, 20, -1])
def test_parts_that_were_altered_are_found(arrivals: Arrivals, tmp_path: Path, at: int) -> None:
    name = begun(arrivals).name
    write(arrivals, name, b"evidence")
    path = tmp_path / "arrivals/parts" / name
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)
    with refused("arrival-damaged"):
        content(arrivals, name)


def test_parts_that_were_exchanged_or_cut_off_are_found(tmp_path: Path) -> None:
    key, path = bytes(32), tmp_path / "f"
    one, two = sealed(key, "n", 0, b"one"), sealed(key, "n", 3, b"two")
    for wrong in (two + one, one + one, sealed(key, "m", 0, b"one") + two, one + two[:-1]):
        path.write_bytes(wrong)
        with path.open("rb") as file, refused("arrival-damaged"):
            list(parts(file.fileno(), key, "n", len(one) + len(two)))


def test_a_name_that_is_not_there_never_leads_to_a_file(arrivals: Arrivals) -> None:
    for name in ("../uploads.db", "", "x", str(uuid.uuid4())):
        assert arrivals.find(name, NOW) is None
        with refused("unknown-upload"):
            arrivals.open(name)


@given(pieces=st.lists(st.binary(min_size=1, max_size=50), max_size=8), sizes=st.lists(st.integers(1, 40), min_size=1))
def test_reading_gives_the_same_whatever_is_asked_at_a_time(pieces: list[bytes], sizes: list[int]) -> None:
    source, came = Parts(iter(pieces)), b""
    while part := source.read(sizes[len(came) % len(sizes)]):
        came += part
    assert came == b"".join(pieces)


def test_a_long_piece_becomes_several_parts(tmp_path: Path) -> None:
    with closing(Arrivals(tmp_path / "arrivals")) as made:
        name, data = begun(made, 3 * PART).name, os.urandom(2 * PART + 7)
        write(made, name, data)
        assert content(made, name) == data
