"""The range reader against the library that encrypts, and against a naive reading of the specification."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest
from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.case_keys import derived
from storage.evidence.chunked import CHUNK, HEADER, STORED, Opened, Unauthentic, stored_length
from tests.house.tree import ROOT
from tests.reference.naive_cobblestone import decrypt, object_context, object_key

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY, CONTEXT = bytes(range(32)), b"anjuan.blob/1 a case and an object"
LENGTHS = [0, 1, 100, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 77]
PLAIN = os.urandom(70 * CHUNK + 1234)


def encrypted(plain: bytes, key: bytes = KEY, context: bytes = CONTEXT) -> bytes:
    encryptor = Cobblestone256Encryptor(key, context)
    return encryptor.update(plain) + encryptor.finalize()


SEALED = encrypted(PLAIN)


class Store:
    """Octets as stored, in pieces of a given size; notes what is asked for."""

    def __init__(self, data: bytes, piece: int = 1 << 16) -> None:
        self.data, self.piece = data, piece
        self.asked: list[tuple[int, int]] = []

    def __call__(self, offset: int, length: int) -> Iterator[bytes]:
        self.asked.append((offset, length))
        wanted = self.data[offset : offset + length]
        return (wanted[at : at + self.piece] for at in range(0, len(wanted), self.piece))

    def opened(self, key: bytes = KEY, context: bytes = CONTEXT) -> Opened:
        return Opened(self, len(self.data), key, context)


def whole(data: bytes, key: bytes = KEY, context: bytes = CONTEXT) -> bytes:
    opened = Store(data).opened(key, context)
    return b"".join(opened.read(0, opened.length))


def by_the_library(data: bytes, key: bytes = KEY, context: bytes = CONTEXT) -> bytes:
    decryptor = Cobblestone256Decryptor(key, context)
    return decryptor.update(data) + decryptor.finalize()


def refused_by_all(data: bytes, key: bytes = KEY, context: bytes = CONTEXT) -> bool:
    """Whether we, the library and the naive reader all refuse it."""
    with pytest.raises(Unauthentic):
        whole(data, key, context)
    with pytest.raises(ValueError):
        decrypt(data, key, context)
    with pytest.raises((InvalidTag, ValueError)):
        by_the_library(data, key, context)
    return True


@pytest.mark.parametrize("length", LENGTHS)
def test_all_three_read_what_the_library_wrote(length: int) -> None:
    plain = PLAIN[:length]
    sealed = encrypted(plain)
    assert len(sealed) == stored_length(length)
    assert whole(sealed) == decrypt(sealed, KEY, CONTEXT) == by_the_library(sealed) == plain


def test_any_range_is_the_slice() -> None:
    opened = Store(SEALED, piece=12_345).opened()

    @settings(max_examples=150, deadline=None)
    @given(st.integers(0, len(PLAIN)), st.integers(0, len(PLAIN)) | st.integers(0, 40))
    def holds(offset: int, length: int) -> None:
        length = min(length, len(PLAIN) - offset)
        pieces = list(opened.read(offset, length))
        assert b"".join(pieces) == PLAIN[offset : offset + length]
        assert all(0 < len(piece) <= 1 << 20 for piece in pieces)

    holds()


@pytest.mark.parametrize(
    ("offset", "length", "first", "chunks"),
    [(0, 1, 0, 1), (CHUNK - 1, 2, 0, 2), (5 * CHUNK, CHUNK, 5, 1), (20 * CHUNK + 9, 3 * CHUNK, 20, 4)],
)
def test_a_range_asks_for_its_own_chunks_and_the_last_one_once(
    offset: int, length: int, first: int, chunks: int
) -> None:
    store = Store(SEALED)
    opened = store.opened()
    assert sum(count for _, count in store.asked) == HEADER + (len(SEALED) - HEADER) % STORED
    store.asked.clear()
    assert b"".join(opened.read(offset, length)) == PLAIN[offset : offset + length]
    assert store.asked == [(HEADER + first * STORED, chunks * STORED)]


def test_the_whole_is_fetched_once_and_the_last_chunk_not_again() -> None:
    store = Store(SEALED)
    opened = store.opened()
    assert b"".join(opened.read(0, opened.length)) == PLAIN
    assert sum(count for _, count in store.asked) == len(SEALED)


def test_nothing_is_fetched_for_nothing() -> None:
    store = Store(SEALED)
    opened = store.opened()
    store.asked.clear()
    assert list(opened.read(len(PLAIN), 0)) == list(opened.read(7, 0)) == []
    assert store.asked == []


def test_no_flipped_bit_is_ever_read() -> None:
    sealed = encrypted(b"a short complaint" * 3)
    for bit in range(len(sealed) * 8):
        flipped = bytearray(sealed)
        flipped[bit // 8] ^= 1 << bit % 8
        assert refused_by_all(bytes(flipped))


def test_what_is_given_before_a_flipped_bit_is_found_is_right() -> None:
    @settings(max_examples=40, deadline=None)
    @given(st.integers(HEADER, len(SEALED) - 1), st.integers(0, 7))
    def holds(at: int, bit: int) -> None:
        flipped = bytearray(SEALED)
        flipped[at] ^= 1 << bit
        given_so_far = b""

        def read() -> None:
            nonlocal given_so_far
            for piece in Store(bytes(flipped)).opened().read(0, len(PLAIN)):
                given_so_far += piece

        with pytest.raises(Unauthentic):
            read()
        assert PLAIN.startswith(given_so_far)
        assert len(given_so_far) <= (at - HEADER) // STORED * CHUNK

    holds()


def test_no_truncation_and_no_addition_is_ever_read() -> None:
    sealed = encrypted(PLAIN[: 3 * CHUNK + 77])

    @settings(max_examples=120, deadline=None)
    @given(st.integers(0, len(sealed) - 1) | st.sampled_from([HEADER + n * STORED for n in range(4)]))
    def cut(length: int) -> None:
        assert refused_by_all(sealed[:length])

    @settings(max_examples=40, deadline=None)
    @given(st.binary(min_size=1, max_size=40) | st.just(sealed[HEADER : HEADER + STORED]))
    def lengthened(more: bytes) -> None:
        assert refused_by_all(sealed + more)

    cut()
    lengthened()


def test_chunks_keep_their_place() -> None:
    length = 3 * CHUNK + 77
    sealed = encrypted(PLAIN[:length])
    head, chunks = sealed[:HEADER], [sealed[at : at + STORED] for at in range(HEADER, len(sealed), STORED)]
    one, two, three, last = chunks
    other = encrypted(PLAIN[:length])
    for order in ([two, one, three, last], [one, one, three, last], [one, two, last], [one, three, last]):
        assert refused_by_all(head + b"".join(order))
    assert refused_by_all(head + other[HEADER : HEADER + STORED] + two + three + last)
    assert refused_by_all(other[:HEADER] + b"".join(chunks))


@pytest.mark.parametrize(
    ("key", "context"),
    [(KEY[::-1], CONTEXT), (KEY, CONTEXT + b"x"), (KEY, b""), (KEY, CONTEXT[:-1])],
)
def test_another_key_or_context_reads_nothing(key: bytes, context: bytes) -> None:
    assert refused_by_all(SEALED, key, context)


def test_a_store_that_gives_fewer_octets_than_it_said_is_noticed() -> None:
    store = Store(SEALED)
    opened = store.opened()
    store.data = SEALED[: HEADER + 3 * STORED + 5]
    with pytest.raises(Unauthentic):
        list(opened.read(0, 5 * CHUNK))


def test_a_store_that_gives_more_octets_than_asked_is_noticed() -> None:
    opened = Store(SEALED).opened()
    opened._fetch = lambda offset, length: iter([SEALED[offset : offset + length + STORED]])
    with pytest.raises(Unauthentic):
        list(opened.read(0, CHUNK))


def test_the_vector_in_the_readme_opens_by_its_words() -> None:
    text = (ROOT / "storage" / "README.md").read_text(encoding="utf-8")
    vector = text[text.index("A vector:") :]
    case, name = re.findall(r"`([0-9a-f]{8}-[0-9a-f-]{27})`", vector)[:2]
    facts, key, *pieces = (bytes.fromhex(found) for found in re.findall(r"\b[0-9a-f]{40,}\b", vector))
    assert key == object_key(bytes(range(32)), case, name) == derived(bytes(range(32)), "blob", case, name)
    assert facts == derived(bytes(range(32)), "withheld", case)
    sealed = b"".join(pieces[:3])
    assert decrypt(sealed, key, object_context(case, name)) == "案卷".encode()
    assert whole(sealed, key, object_context(case, name)) == "案卷".encode()
