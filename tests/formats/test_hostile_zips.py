"""Zips whose directory lies: whatever it says, the reader answers with a listing or a Fault, and reads little."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Fault
from domain.formats import zipform
from domain.formats.package import bag_findings, open_package
from domain.formats.zipform import Member
from tests.formats import samples, zips

if TYPE_CHECKING:
    from collections.abc import Callable

    Refused = Callable[[str, Callable[[], object]], Fault]

SMALL = samples.small_package()
DIRECTORY = SMALL.index(zipform.CENTRAL_MAGIC)


def judged(data: bytes) -> bool:
    """Whether a zip opens and is a whole bag in exact form; no other error than a Fault may come."""
    try:
        return all(finding.verdict == "PASSED" for finding in bag_findings(open_package(io.BytesIO(data))))
    except Fault as fault:
        return fault.code == "passed"


def with_extra(extra: bytes, size: int = zipform.ALL_ONES) -> bytes:
    """One empty member whose directory entry has `size` and this extra field."""
    member = Member(b"b/data/a", 0, 0, 0)
    body = zipform.local_header(member)
    entry = bytearray(zipform.central_header(member))
    struct.pack_into("<2L", entry, 20, size, size)
    struct.pack_into("<H", entry, 30, len(extra))
    central = bytes(entry) + extra
    return body + central + zipform.end_records(1, len(central), len(body))


@given(st.lists(st.tuples(st.integers(0, len(SMALL) - DIRECTORY - 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_a_lying_directory_never_passes(changes: list[tuple[int, int]]) -> None:
    data = bytearray(SMALL)
    for place, value in changes:
        data[DIRECTORY + place] = value
    assert judged(bytes(data)) == (bytes(data) == SMALL)


@given(st.binary(max_size=40))
def test_any_extra_field_is_read_or_refused(extra: bytes) -> None:
    for size in (0, zipform.ALL_ONES):
        assert not judged(with_extra(extra, size))


def test_sizes_in_an_extra_field_are_found_behind_others() -> None:
    zip64 = struct.pack("<2H2Q", 1, 16, 0, 0)
    other = struct.pack("<2H5s", 0x5455, 5, b"12345")
    for extra in (zip64, other + zip64, zip64 + other):
        assert open_package(io.BytesIO(with_extra(extra))).sizes == {"data/a": 0}


@pytest.mark.parametrize(
    "extra",
    [
        b"",
        b"\1",
        struct.pack("<2H", 1, 16),
        struct.pack("<2HQ", 1, 8, 0),
        struct.pack("<2HQ", 1, 16, 0),
        struct.pack("<2H2Q", 2, 16, 0, 0),
        struct.pack("<2H2Q", 1, 15, 0, 0),
        struct.pack("<2H2Q", 0x5455, 17, 0, 0),
    ],
)
def test_an_extra_field_without_the_sizes_is_refused(extra: bytes, refused: Refused) -> None:
    refused("not-a-package", lambda: open_package(io.BytesIO(with_extra(extra))))


def test_sixty_four_bit_ends_that_lie_are_refused(refused: Refused) -> None:
    content = zips.members(SMALL)
    good = zips.built(content)
    central = good[good.index(zipform.CENTRAL_MAGIC) : -zipform.END.size]
    body = good[: -len(central) - zipform.END.size]
    asks = zipform.END.pack(zipform.END_MAGIC, 0, 0, 65535, 65535, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    parts = (zipform.END64_MAGIC, 44, zipform.MADE_BY, 45, 0, 0, len(content), len(content), len(central), len(body))
    end64 = zipform.END64.pack(*parts)
    place = len(body) + len(central)
    locator = zipform.LOCATOR64.pack(zipform.LOCATOR64_MAGIC, 0, place, 1)
    whole = open_package(io.BytesIO(body + central + end64 + locator + asks))
    assert whole.deviation == "zip-directory"  # zip64 where nothing asks for it
    for bad in (
        asks,
        b"\0" * 75 + asks,
        body + central + asks,
        body + central + end64 + locator[:-1] + asks,
        body + central + end64 + zipform.LOCATOR64.pack(zipform.LOCATOR64_MAGIC, 0, place + 1, 1) + asks,
        body + central + end64 + zipform.LOCATOR64.pack(b"PK\0\0", 0, place, 1) + asks,
        body + central + zipform.END64.pack(b"PK\0\0", *parts[1:]) + locator + asks,
        body + central + zipform.END64.pack(*parts[:-1], 1 << 63) + locator + asks,
        body + central + zipform.END64.pack(*parts[:-2], 1 << 63, len(body)) + locator + asks,
        body + central + zipform.END64.pack(*parts[:6], 0, 0, *parts[8:]) + locator + asks,
        body + central + zipform.END64.pack(*parts[:6], 1 << 60, 1 << 60, *parts[8:]) + locator + asks,
    ):
        refused("not-a-package", lambda bad=bad: open_package(io.BytesIO(bad)))


def test_an_empty_zip_is_no_package(refused: Refused) -> None:
    refused("not-a-package", lambda: open_package(io.BytesIO(zipform.end_records(0, 0, 0))))
