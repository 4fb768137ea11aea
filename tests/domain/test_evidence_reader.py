"""A stored file as a file object: every reading gives what lies there, range by range."""

from __future__ import annotations

import io
import random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import evidence_reader
from domain.errors import Fault
from domain.evidence_port import StoredBlob
from domain.evidence_reader import EvidenceReader, reading

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = random.Random(3).randbytes(5000)


class Shelf:
    """What the reader needs of a vault; it notes what it is asked for."""

    def __init__(self, data: bytes = DATA, step: int = 700) -> None:
        self.data, self.step, self.asked = data, step, list[tuple[int, int]]()

    def read(self, _object: str, _version: str | None, *, offset: int, length: int) -> Iterator[bytes]:
        self.asked.append((offset, length))
        end = min(offset + length, len(self.data))
        return (self.data[at : min(at + self.step, end)] for at in range(offset, end, self.step))


def reader(shelf: Shelf, length: int = len(DATA)) -> EvidenceReader:
    stored = StoredBlob("01890a5d-ac96-774b-bcce-b302099a8057", "b" * 43, length, None, "a" * 64, length)
    vault: Any = shelf
    return EvidenceReader(vault, stored)


@pytest.fixture(autouse=True)
def _small_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence_reader, "FIRST", 1000)
    monkeypatch.setattr(evidence_reader, "LARGEST", 2000)
    monkeypatch.setattr(evidence_reader, "GAP", 300)


def test_reading_on_asks_for_ever_longer_ranges_up_to_a_limit() -> None:
    shelf = Shelf()
    assert reader(shelf).readall() == DATA
    assert shelf.asked == [(0, 1000), (1000, 2000), (3000, 2000)]


def test_a_small_gap_is_read_over_and_a_jump_asked_for_anew() -> None:
    shelf = Shelf()
    file = reader(shelf)
    assert file.read(100) == DATA[:100]
    file.seek(350)
    assert file.read(100) == DATA[350:450]
    file.seek(4000)
    assert file.read(100) == DATA[4000:4100]
    file.seek(0)
    assert file.read(100) == DATA[:100]
    assert shelf.asked == [(0, 1000), (4000, 1000), (0, 1000)]


@given(st.lists(st.tuples(st.integers(0, 6000), st.integers(0, 3000)), max_size=20), st.integers(1, 900))
def test_any_reading_is_that_of_a_file(steps: list[tuple[int, int]], step: int) -> None:
    mine, file = io.BufferedReader(reader(Shelf(step=step)), 512), io.BytesIO(DATA)
    for offset, size in steps:
        assert mine.seek(offset) == file.seek(offset)
        assert mine.read(size) == file.read(size)
        assert mine.tell() == file.tell()


def test_its_end_is_that_of_what_was_stored() -> None:
    file = reader(Shelf())
    assert file.seek(0, io.SEEK_END) == len(DATA)
    assert file.read(1) == b""
    assert file.seek(-5, io.SEEK_END) == len(DATA) - 5
    assert file.read() == DATA[-5:]
    with pytest.raises(ValueError, match="negative"):
        file.seek(-1)


def test_a_vault_that_gives_less_than_was_stored_is_told() -> None:
    file = reader(Shelf(DATA[:3000]))
    with pytest.raises(Fault) as caught:
        file.readall()
    assert caught.value.code == "blob-damaged"


def test_it_is_buffered_for_small_readings() -> None:
    shelf = Shelf()
    vault: Any = shelf
    stored = StoredBlob("01890a5d-ac96-774b-bcce-b302099a8057", "b" * 43, 5000, None, "a" * 64, 5000)
    with reading(vault, stored) as file:
        assert b"".join(iter(lambda: file.read(1), b"")) == DATA
    assert len(shelf.asked) == 3
