"""The contract of domain.evidence_port.EvidenceSweep over each back-end: never too early, never half, never twice."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import pytest
from minio.commonconfig import GOVERNANCE
from minio.retention import Retention

from domain.formats.encoding import digest
from storage.evidence.directory import DirectoryVault
from storage.evidence.directory_sweep import DirectorySweep
from storage.evidence.s3_sweep import S3Sweep
from tests.contract.conftest import SERVERS, Bench, ahead, in_bucket, new_name
from tests.contract.test_evidence_directory import DATA, assert_whole_or_absent, survives
from tests.contract.test_evidence_vault import BAD_NAMES, PART, SMALL, content, refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from domain.evidence_port import EvidenceSweep
    from tests.contract.lossy import Lossy
    from tests.contract.servers import S3Server


@dataclass
class GivenClock:
    """A clock that stands where it was set."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment


@dataclass
class Sweeping:
    """A back-end with its sweep; `soon` is an end that `after` can reach: by setting a clock, or the store's own."""

    bench: Bench
    sweep: EvidenceSweep
    soon: Callable[[], datetime]
    after: Callable[[datetime], None]


def over_directory(bench: Bench, root: Path) -> Sweeping:
    clock = GivenClock(datetime.now(UTC))

    def after(end: datetime) -> None:
        clock.moment = end

    return Sweeping(bench, DirectorySweep(root, clock), lambda: ahead(days=1), after)


def over_bucket(server: S3Server, user: str = "sweeper") -> Sweeping:
    client = server.client("app")

    def after(end: datetime) -> None:
        while parsedate_to_datetime(client._execute("HEAD", server.bucket).headers["date"]) <= end:
            pass  # asking takes its time

    return Sweeping(in_bucket(server), S3Sweep(server.place(user=user)), lambda: ahead(seconds=2), after)


@pytest.fixture(params=["directory", *SERVERS])
def sweeping(request: pytest.FixtureRequest, tmp_path: Path) -> Sweeping:
    chosen = request.getfixturevalue(request.param)
    return over_directory(chosen, tmp_path / "vault") if request.param == "directory" else over_bucket(chosen)


def test_nothing_goes_before_its_end_nor_on_hold_and_then_for_good(sweeping: Sweeping) -> None:
    bench, remove, soon = sweeping.bench, sweeping.sweep.remove, sweeping.soon()
    stored, held, extended = (bench.put(data, until=soon) for data in (SMALL, content(PART + 1), SMALL))
    bench.vault.hold(held.object, held.version, on=True)
    bench.vault.extend(extended.object, extended.version, ahead(days=9))
    everything = (stored, held, extended)
    for one in everything:
        assert refused("still-kept", lambda: remove(one.object, one.version)).defects[0].remedy  # noqa: B023  # at once
    sweeping.after(soon)
    for one in (held, extended):
        refused("still-kept", lambda: remove(one.object, one.version))  # noqa: B023  # at once
        assert bench.vault.digest(one.object, one.version) == one.blob
    remove(stored.object, stored.version)
    assert not bench.lies_there(stored.object)
    for call in (remove, bench.vault.stat, bench.vault.digest):
        refused("blob-missing", lambda: call(stored.object, stored.version))  # noqa: B023  # at once
    bench.vault.hold(held.object, held.version, on=False)
    remove(held.object, held.version)
    refused("blob-missing", lambda: bench.vault.read(held.object, None))
    assert bench.vault.digest(extended.object, extended.version) == extended.blob
    assert bench.put(SMALL, stored.object).blob == digest(SMALL)  # the name is free, not poisoned


def test_what_is_not_there_is_missing(sweeping: Sweeping) -> None:
    stored = sweeping.bench.put(SMALL)
    other = sweeping.bench.put(SMALL).version or "1"
    refused("blob-missing", lambda: sweeping.sweep.remove(new_name(), None))
    refused("blob-missing", lambda: sweeping.sweep.remove(stored.object, other))
    assert sweeping.bench.vault.digest(stored.object, stored.version) == stored.blob


@pytest.mark.parametrize("name", BAD_NAMES)
def test_only_lower_case_uuids_are_names(sweeping: Sweeping, name: str) -> None:
    refused("object-name", lambda: sweeping.sweep.remove(name, None))


# A directory


def test_a_sweep_killed_at_any_step_leaves_all_or_nothing_and_the_next_heals(tmp_path: Path) -> None:
    seen: set[bool] = set()
    for step in range(1, 200):
        root, end = tmp_path / str(step), ahead(days=1)
        bench = Bench("directory", lambda root=root: DirectoryVault(root), {})
        name = bench.put(DATA, until=end).object
        sweep = DirectorySweep(root, GivenClock(end))
        done = survives(step, lambda _: sweep.remove(name, None))  # noqa: B023  # called at once
        there = assert_whole_or_absent(root, name)
        seen.add(there)
        if there:
            sweep.remove(name, None)
        refused("blob-missing", lambda: sweep.remove(name, None))  # noqa: B023  # at once
        assert list((root / "incoming").iterdir()) == []
        shutil.rmtree(root)
        if done:
            break
    assert done
    assert step > 10
    assert seen == {True, False}


def test_a_note_that_cannot_be_read_keeps_the_file(directory: Bench, tmp_path: Path) -> None:
    name = directory.put(SMALL).object
    (note,) = (tmp_path / "vault" / "objects").glob("*/*/note")
    note.unlink()
    note.write_bytes(b"{}")
    sweep = DirectorySweep(tmp_path / "vault", GivenClock(ahead(days=36500)))
    refused("blob-damaged", lambda: sweep.remove(name, None))
    assert (note.parent / "bytes").read_bytes() == SMALL


# A bucket


@pytest.mark.parametrize("user", ["sweeper", "admin"])
def test_governance_is_never_bypassed(server: S3Server, user: str) -> None:
    name, admin = new_name(), server.client("admin")
    made = admin._execute("PUT", server.bucket, name, body=SMALL)
    version = made.headers["x-amz-version-id"]
    admin.set_object_retention(
        bucket_name=server.bucket,
        object_name=name,
        version_id=version,
        config=Retention(GOVERNANCE, ahead(minutes=1)),
    )
    refused("still-kept", lambda: over_bucket(server, user).sweep.remove(name, version))
    assert b"".join(in_bucket(server).vault.read(name, version)) == SMALL


def test_the_vaults_own_keys_cannot_sweep_where_a_server_tells_rights_apart(minio: S3Server) -> None:
    sweeping, soon = over_bucket(minio, "app"), ahead(seconds=2)
    stored = sweeping.bench.put(SMALL, until=soon)
    sweeping.after(soon)
    refused("vault-refused", lambda: sweeping.sweep.remove(stored.object, stored.version))
    assert sweeping.bench.vault.digest(stored.object, stored.version) == stored.blob


def test_a_sweep_that_loses_any_reply_is_healed_by_repeating(server: S3Server, lossy: Lossy) -> None:
    sweeping, soon = over_bucket(server), ahead(seconds=2)
    stored = [sweeping.bench.put(SMALL, until=soon) for _ in range(3)]
    sweeping.after(soon)
    sweep = S3Sweep(server.place(endpoint=lossy.endpoint, user="sweeper"))
    for number, one in enumerate(stored):  # look, delete, look again
        lossy.strike("after", number)
        refused("vault-unreachable", lambda: sweep.remove(one.object, one.version))  # noqa: B023  # called at once
        assert sweeping.bench.lies_there(one.object) == (number == 0)
        if number == 0:
            sweep.remove(one.object, one.version)
        refused("blob-missing", lambda: sweep.remove(one.object, one.version))  # noqa: B023  # called at once
    assert lossy.struck == 3
