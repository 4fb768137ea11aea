"""The contract of domain.evidence_port.EvidenceVault, held against every back-end."""

from __future__ import annotations

import hashlib
import io
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.errors import Fault
from domain.formats.encoding import digest
from tests.contract.conftest import CASE, ahead, new_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.contract.conftest import Bench

PART = 16 << 20
SMALL = "检测报告".encode() * 100
SIZES = [1, len(SMALL), PART - 1, PART, PART + 1, 2 * PART + 5]


def content(size: int, seed: int = 1) -> bytes:
    block = hashlib.shake_256(seed.to_bytes(4, "big")).digest(1 << 16)
    return (block * (size // len(block) + 1))[:size]


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Dribble(io.RawIOBase):
    """A source that gives little at a time, as a network does."""

    def __init__(self, data: bytes, step: int) -> None:
        self._data, self._step = io.BytesIO(data), step

    def read(self, size: int = -1) -> bytes:
        return self._data.read(min(size, self._step) if size >= 0 else self._step)


class Broken(io.RawIOBase):
    """A source whose client goes away after `after` bytes."""

    def __init__(self, after: int) -> None:
        self._left = after

    def read(self, size: int = -1) -> bytes:
        if self._left == 0:
            raise ConnectionResetError("the client went away")
        part = bytes(min(size, self._left))
        self._left -= len(part)
        return part


def refused(code: str, action: Callable[[], object]) -> Fault:
    with pytest.raises(Fault) as caught:
        action()
    assert caught.value.code == code
    assert caught.value.defects[0].message
    return caught.value


# Storing and reading


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("declared", [True, False])
def test_what_is_put_can_be_read(bench: Bench, size: int, declared: bool) -> None:
    data, name = content(size), new_name()
    stored = bench.put(data, name, length=size if declared else None)
    assert (stored.object, stored.size, stored.length) == (name, bench.stored_length(size), size)
    assert stored.sha256 == sha256(data)
    assert stored.blob == bench.vault.digest(name, stored.version)
    assert (stored.blob == digest(data)) != bench.sealed
    assert b"".join(bench.vault.read(name, stored.version)) == data


def test_versions_are_given_by_the_bucket_only(bench: Bench) -> None:
    assert (bench.put(SMALL).version is not None) == (bench.kind == "s3")


def test_a_source_that_dribbles_is_read_whole(bench: Bench) -> None:
    data = content(PART + 77_777)
    stored = bench.put(Dribble(data, 7_919))
    assert stored.sha256 == sha256(data)


def test_reading_begins_where_the_source_stands(bench: Bench) -> None:
    source = io.BytesIO(b"skipped" + SMALL)
    source.seek(7)
    assert bench.put(source).sha256 == sha256(SMALL)


def test_the_latest_version_is_read_without_a_version_id(bench: Bench) -> None:
    name = new_name()
    stored = bench.put(SMALL, name)
    assert b"".join(bench.vault.read(name, None)) == SMALL
    assert bench.vault.digest(name, None) == stored.blob


def test_ranges_read_as_slices_do(bench: Bench) -> None:
    data, name = content(PART + 3_000_000), new_name()
    version = bench.put(data, name).version

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, len(data) + 10), st.none() | st.integers(0, len(data) + 10) | st.integers(0, 40))
    def holds(offset: int, length: int | None) -> None:
        end = None if length is None else offset + length
        got = b"".join(bench.vault.read(name, version, offset=offset, length=length))
        assert got == data[offset:end]

    holds()


def test_chunks_are_bounded_and_not_empty(bench: Bench) -> None:
    name = new_name()
    bench.put(content(5_000_000), name)
    sizes = [len(chunk) for chunk in bench.vault.read(name, None, offset=1)]
    assert sum(sizes) == 4_999_999
    assert 0 < min(sizes) <= max(sizes) <= 1 << 20


def test_reading_may_stop_early(bench: Bench) -> None:
    name = new_name()
    stored = bench.put(content(5_000_000), name)
    for _ in range(40):
        assert len(next(iter(bench.vault.read(name, None)))) > 0
    assert bench.vault.digest(name, None) == stored.blob


@pytest.mark.parametrize(("offset", "length"), [(-1, None), (0, -1), (-5, 3)])
def test_negative_ranges_are_refused(bench: Bench, offset: int, length: int | None) -> None:
    name = new_name()
    bench.put(SMALL, name)
    refused("range", lambda: bench.vault.read(name, None, offset=offset, length=length))


def test_state_is_what_was_asked_for(bench: Bench) -> None:
    name, until = new_name(), ahead(days=3)
    stored = bench.put(SMALL, name, until=until)
    state = bench.vault.stat(name, stored.version)
    assert (state.size, state.version, state.retain_until, state.hold) == (stored.size, stored.version, until, False)
    assert state.blob in {None, stored.blob}
    assert bench.vault.stat(name, None) == state


def test_retention_is_kept_in_utc_and_never_rounded_down(bench: Bench) -> None:
    name = new_name()
    shanghai = timezone(timedelta(hours=8))
    until = ahead(days=3).astimezone(shanghai) + timedelta(microseconds=1)
    bench.put(SMALL, name, until=until)
    kept = bench.vault.stat(name, None).retain_until
    assert kept is not None
    assert kept.utcoffset() == timedelta(0)
    assert until <= kept < until + timedelta(seconds=1)


def test_everything_stored_is_listed(bench: Bench) -> None:
    stored = {bench.put(SMALL) for _ in range(5)}
    assert {(one.object, one.version) for one in stored} <= set(bench.vault.objects())


def test_another_vault_on_the_same_store_finds_everything(bench: Bench) -> None:
    name = new_name()
    stored = bench.put(SMALL, name)
    again = bench.reopen()
    assert again.digest(name, stored.version) == stored.blob
    assert again.stat(name, stored.version) == bench.vault.stat(name, stored.version)


# Once only


def test_the_same_bytes_again_give_the_same_answer(bench: Bench) -> None:
    name = new_name()
    first = bench.put(SMALL, name)
    assert bench.put(SMALL, name) == first
    assert bench.put(Dribble(SMALL, 3), name, length=len(SMALL)) == first
    assert [pair for pair in bench.vault.objects() if pair[0] == name] == [(name, first.version)]


def test_repeating_lengthens_retention_and_never_shortens_it(bench: Bench) -> None:
    name, until = new_name(), ahead(days=3)
    bench.put(SMALL, name, until=until)
    bench.put(SMALL, name, until=until - timedelta(days=1))
    assert bench.vault.stat(name, None).retain_until == until
    bench.put(SMALL, name, until=until + timedelta(days=1))
    assert bench.vault.stat(name, None).retain_until == until + timedelta(days=1)


def test_repeating_does_not_lift_a_hold(bench: Bench) -> None:
    name = new_name()
    bench.put(SMALL, name)
    bench.vault.hold(name, None, on=True)
    bench.put(SMALL, name)
    assert bench.vault.stat(name, None).hold


@pytest.mark.parametrize("other", [SMALL + b"x", SMALL[:-1], SMALL[:-1] + b"x", content(PART + 1)])
def test_other_bytes_under_the_same_name_are_refused(bench: Bench, other: bytes) -> None:
    name = new_name()
    first = bench.put(SMALL, name)
    refused("blob-exists", lambda: bench.put(other, name))
    assert bench.vault.digest(name, first.version) == bench.vault.digest(name, None) == first.blob


def test_the_same_bytes_for_another_case_are_refused(bench: Bench) -> None:
    name = new_name()
    bench.put(SMALL, name)
    refused("blob-exists", lambda: bench.put(SMALL, name, case=str(uuid.uuid4())))


@pytest.mark.parametrize("size", [1000, PART + 1])
def test_of_writers_at_the_same_time_one_content_wins(bench: Bench, size: int) -> None:
    name = new_name()

    def write(seed: int) -> str | None:
        try:
            return bench.put(content(size, seed // 2), name).blob
        except Fault as fault:
            assert fault.code == "blob-exists"  # noqa: PT017  # the answer of a loser
            return None

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(write, range(6)))
    winners = {blob for blob in answers if blob}
    assert winners == {bench.vault.digest(name, None)}
    assert answers.count(None) == 4  # each content had two writers
    assert len([pair for pair in bench.vault.objects() if pair[0] == name]) == 1


# What may not come in


@pytest.mark.parametrize("size", [len(SMALL), PART, 2 * PART + 5])
@pytest.mark.parametrize("off", [-1, 1, -PART, PART])
def test_a_stream_of_another_length_leaves_nothing(bench: Bench, size: int, off: int) -> None:
    if size + off < 0:
        off = -size + 1
    name = new_name()
    refused("length", lambda: bench.put(content(size), name, length=size + off or 1))
    assert not bench.lies_there(name)
    refused("blob-missing", lambda: bench.vault.stat(name, None))
    assert bench.put(content(size), name, length=size).length == size


def test_a_stream_of_another_length_is_refused_on_repeating_too(bench: Bench) -> None:
    name = new_name()
    bench.put(SMALL, name)
    refused("length", lambda: bench.put(SMALL, name, length=len(SMALL) + 1))


@pytest.mark.parametrize("length", [None, 0, 5])
def test_an_empty_file_is_refused(bench: Bench, length: int | None) -> None:
    name = new_name()
    refused("empty", lambda: bench.put(b"", name, length=length))
    assert not bench.lies_there(name)


def test_a_negative_length_is_refused(bench: Bench) -> None:
    refused("length", lambda: bench.put(SMALL, length=-1))


@pytest.mark.parametrize("declared", [True, False])
@pytest.mark.parametrize("limit", [100, PART + 100])
def test_a_file_over_the_limit_is_refused(bench: Bench, limit: int, declared: bool) -> None:
    vault, name = bench.reopen(max_size=limit), new_name()
    data = content(limit + 1)
    source, length = io.BytesIO(data), len(data) if declared else None
    refused("too-large", lambda: vault.put(name, source, length=length, retain_until=ahead(days=1), case=CASE))
    assert not bench.lies_there(name)
    source = io.BytesIO(data[:limit])
    assert vault.put(name, source, length=None, retain_until=ahead(days=1), case=CASE).length == limit


@pytest.mark.parametrize("after", [0, 1000, PART + 1000])
def test_a_source_that_breaks_leaves_nothing_and_shows_its_own_error(bench: Bench, after: int) -> None:
    name = new_name()
    with pytest.raises(ConnectionResetError, match="went away"):
        bench.put(Broken(after), name)
    assert not bench.lies_there(name)
    assert bench.put(SMALL, name).sha256 == sha256(SMALL)


@pytest.mark.parametrize("given", [None, bytearray(b"abc"), b"too much" * 1000_000])
def test_a_source_that_breaks_the_rules_of_reading_is_no_end_of_file(bench: Bench, given: object) -> None:
    class Odd(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:  # noqa: ARG002  # that is the offence
            return given  # type: ignore[return-value]  # same

    name = new_name()
    with pytest.raises(TypeError):
        bench.vault.put(name, Odd(), length=None, retain_until=ahead(days=1), case=CASE)
    assert not bench.lies_there(name)


BAD_NAMES = [
    "",
    ".",
    "..",
    "../" + "0" * 33,
    "a/b",
    "/etc/passwd",
    "01890A5D-AC96-774B-BCCE-B302099A8057",
    "01890a5dac96774bbcceb302099a8057",
    "{01890a5d-ac96-774b-bcce-b302099a8057}",
    "01890a5d-ac96-774b-bcce-b302099a8057\n",
    "01890a5d-ac96-774b-bcce-b302099a805\x00",
    "01890a5d-ac96-774b-bcce-b302099a805٣",  # a digit, but not of ASCII
    "01890a5d-ac96-774b-bcce-b302099a8057/../x",
]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_only_lower_case_uuids_are_names(bench: Bench, name: str) -> None:
    vault = bench.vault
    source = io.BytesIO(SMALL)
    calls: list[Callable[[], object]] = [
        lambda: vault.put(name, source, length=None, retain_until=ahead(days=1), case=CASE),
        lambda: vault.put(new_name(), source, length=None, retain_until=ahead(days=1), case=name),
        lambda: vault.stat(name, None),
        lambda: vault.read(name, None),
        lambda: vault.digest(name, None),
        lambda: vault.extend(name, None, ahead(days=1)),
        lambda: vault.hold(name, None, on=True),
    ]
    for call in calls:
        refused("object-name", call)


def test_what_is_not_there_is_missing(bench: Bench) -> None:
    name, there = new_name(), new_name()
    other = bench.put(SMALL).version or "1"
    bench.put(SMALL, there)
    for wanted, version in ((name, None), (name, other), (there, other)):
        refused("blob-missing", lambda: bench.vault.stat(wanted, version))  # noqa: B023  # called at once
        refused("blob-missing", lambda: bench.vault.read(wanted, version))  # noqa: B023  # same
        refused("blob-missing", lambda: bench.vault.digest(wanted, version))  # noqa: B023  # same
        refused("blob-missing", lambda: bench.vault.extend(wanted, version, ahead(days=9)))  # noqa: B023  # same
        refused("blob-missing", lambda: bench.vault.hold(wanted, version, on=True))  # noqa: B023  # same
    assert not bench.vault.stat(there, None).hold


# Retention and hold


@pytest.mark.parametrize("until", [datetime(2099, 1, 1), ahead(seconds=-1), ahead(days=-400)])  # noqa: DTZ001  # meant
def test_retention_needs_a_zone_and_an_end_ahead(bench: Bench, until: datetime) -> None:
    name = new_name()
    refused("retention", lambda: bench.put(SMALL, name, until=until))
    assert not bench.lies_there(name)


def test_retention_is_lengthened_but_never_shortened(bench: Bench) -> None:
    name, until = new_name(), ahead(days=30)
    version = bench.put(SMALL, name, until=until).version
    for end in (until, until + timedelta(hours=1)):
        bench.vault.extend(name, version, end)
        assert bench.vault.stat(name, version).retain_until == end
    for end in (until, until + timedelta(minutes=59, seconds=59), ahead(days=-1)):
        refused("retention-shortened", lambda: bench.vault.extend(name, version, end))  # noqa: B023  # called at once
    refused("retention", lambda: bench.vault.extend(name, version, datetime(2099, 1, 1)))  # noqa: DTZ001  # meant
    assert bench.reopen().stat(name, version).retain_until == until + timedelta(hours=1)


def test_retention_may_reach_beyond_2038_and_2100(bench: Bench) -> None:
    name, until = new_name(), ahead(days=365 * 100)
    bench.put(SMALL, name, until=until)
    assert bench.vault.stat(name, None).retain_until == until


def test_extensions_at_the_same_time_keep_the_longest(bench: Bench) -> None:
    for _ in range(10):
        name = new_name()
        version = bench.put(SMALL, name).version
        ends = [ahead(days=days) for days in (5, 9, 2, 7, 3, 8)]

        def extend(end: datetime) -> None:
            try:
                bench.vault.extend(name, version, end)  # noqa: B023  # called at once
            except Fault as fault:
                assert fault.code == "retention-shortened"  # noqa: PT017  # another was longer already

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(extend, ends))
        assert bench.vault.stat(name, version).retain_until == max(ends)


def test_a_hold_is_set_and_lifted_and_leaves_retention_alone(bench: Bench) -> None:
    name, until = new_name(), ahead(days=2)
    version = bench.put(SMALL, name, until=until).version
    for on in (True, True, False, False, True):
        bench.vault.hold(name, version, on)
        state = bench.reopen().stat(name, version)
        assert (state.hold, state.retain_until) == (on, until)


def test_the_port_has_no_way_to_delete(bench: Bench) -> None:
    words = ("delete", "remove", "unlink", "erase", "overwrite", "replace", "purge")
    public = [name for name in dir(bench.vault) if not name.startswith("_")]
    assert sorted(public) == ["digest", "extend", "hold", "objects", "put", "read", "stat"]
    assert not [name for name in public if any(word in name for word in words)]
