"""Faults made to happen to an upload: each says what befell it, leaves nothing in part, and is healed by repeating."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from domain.errors import Fault
from domain.formats.encoding import digest
from storage.evidence.directory import DirectoryVault
from storage.evidence.s3 import S3Vault
from storage.evidence.s3_client import WriteOnceClient
from tests.contract import minio_server
from tests.contract import seaweed as weed
from tests.contract.conftest import CASE, Bench, ahead, in_bucket, new_name
from tests.contract.lossy import WAYS
from tests.contract.servers import BUCKET
from tests.contract.test_evidence_directory import survives
from tests.contract.test_evidence_vault import PART, SMALL, content, refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.evidence_port import StoredBlob
    from tests.contract.lossy import How, Lossy
    from tests.contract.servers import S3Server
    from tests.contract.test_evidence_directory import Dying

LARGE = content(PART + 5, seed=9)
FAKETIME = Path("/usr/bin/faketime")


def heals(server: S3Server, name: str, data: bytes) -> StoredBlob:
    """Put the same again, on a network that is well: stored once, whole, under its retention."""
    bench, until = in_bucket(server), ahead(days=3)
    stored = bench.put(data, name, until=until)
    assert server.versions(name) == [stored.version]
    state = bench.vault.stat(name, stored.version)
    assert (stored.blob, state.size, state.retain_until) == (digest(data), len(data), until)
    return stored


# The network


@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["one piece", "in parts"])
@pytest.mark.parametrize("how", WAYS)
def test_a_fault_in_any_request_of_an_upload_is_told_and_healed(
    server: S3Server, lossy: Lossy, how: How, data: bytes
) -> None:
    vault = S3Vault(server.place(endpoint=lossy.endpoint), answer_within=1 if how == "silent" else 60)
    befallen: list[str] = []
    while True:
        name, before = new_name(), lossy.struck
        lossy.strike(how, len(befallen))
        try:
            vault.put(name, io.BytesIO(data), length=len(data), retain_until=ahead(days=1), case=CASE)
        except Fault as fault:
            assert (fault.code, bool(fault.defects[0].remedy)) == ("vault-unreachable", True)  # noqa: PT017  # told
        else:
            break
        if lossy.struck > before:  # a busy machine can be silent for a second too
            befallen.append(lossy.seen[len(befallen)].split()[0])
        heals(server, name, data)
    lossy.calm()
    parts = ["POST", "PUT", "PUT", "POST"] if data is LARGE else ["PUT"]
    assert befallen == ["GET", *parts, "GET", "HEAD", "GET"]


def test_an_answer_that_is_cut_off_anywhere_is_none(server: S3Server, lossy: Lossy) -> None:
    """Also within a header, or right before the one that says that the file is on hold."""
    vault = S3Vault(server.place(endpoint=lossy.endpoint))
    stored = vault.put(new_name(), io.BytesIO(SMALL), length=None, retain_until=ahead(days=1), case=CASE)
    vault.hold(stored.object, stored.version, on=True)
    state = vault.stat(stored.object, stored.version)
    for length in range(1, 10_000):
        lossy.cut_after = length
        try:
            found = vault.stat(stored.object, stored.version)
        except Fault as fault:
            assert fault.code == "vault-unreachable"  # noqa: PT017  # at each length until the whole
        else:
            break
    assert found == state
    assert length > 300


# The server


@contextmanager
def own(module: Any, folder: Path) -> Iterator[S3Server]:
    """A server that a test may do anything to."""
    server: S3Server = module.start(folder)
    try:
        server.client("admin").make_bucket(bucket_name=BUCKET, object_lock=True)
        yield server
    finally:
        server.stop()


@pytest.fixture(params=["seaweed", "minio"])
def module(request: pytest.FixtureRequest) -> Any:
    if request.param == "minio" and not minio_server.version():
        pytest.skip(minio_server.ABSENT)
    return minio_server if request.param == "minio" else weed


class Killing(io.BytesIO):
    """A source that ends the server once `after` bytes were read."""

    def __init__(self, data: bytes, after: int, server: S3Server) -> None:
        super().__init__(data)
        self._after, self._server = after, server

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() >= self._after:
            self._server.kill()
        return super().read(size)


def test_a_server_killed_before_during_and_after_an_upload_loses_nothing_that_was_answered(
    module: Any, tmp_path: Path
) -> None:
    data = content(2 * PART + 5)
    with own(module, tmp_path) as server:
        bench, name = in_bucket(server), new_name()
        kept = {one.object: one for one in (bench.put(SMALL), bench.put(LARGE))}
        for after in (0, PART, 2 * PART, len(data)):  # before it, in each part, and when all was read
            name = new_name()
            refused("vault-unreachable", lambda: bench.put(Killing(data, after, server), name))  # noqa: B023  # at once
            refused("vault-unreachable", lambda: bench.vault.stat(name, None))  # noqa: B023  # at once
            server.restart()
            assert not bench.lies_there(name)
            kept[name] = heals(server, name, data)
        server.kill()
        server.restart()
        for name, stored in kept.items():
            assert bench.vault.digest(name, stored.version) == stored.blob
            assert bench.vault.stat(name, stored.version).retain_until


@contextmanager
def little_disk(folder: Path, megabytes: int) -> Iterator[None]:
    """A file system in memory of this size at `folder`, as far as this machine lets one be mounted."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("这里不能挂载 tmpfs（需要 root），没有试磁盘写满")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def enlarge(folder: Path, megabytes: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={megabytes}m", str(folder)], check=True)


def test_a_server_whose_disk_is_full_is_told_and_it_goes_on_once_there_is_room(module: Any, tmp_path: Path) -> None:
    folder, data, name = tmp_path / "disk", content(7 * PART), new_name()
    with little_disk(folder, 100), own(module, folder) as server:
        bench = in_bucket(server)
        before = bench.put(LARGE)
        with pytest.raises(Fault) as caught:
            bench.put(data, name)
        assert (caught.value.code, "空间" in str(caught.value.defects[0].as_json())) in {
            ("vault-refused", True),  # the server says so
            ("vault-unreachable", True),  # or only that something is wrong
        }
        assert not bench.lies_there(name)
        assert bench.vault.digest(before.object, before.version) == before.blob
        enlarge(folder, 900)
        while True:  # a server looks at its disk now and then
            try:
                bench.put(data, name)
                break
            except Fault as fault:
                assert fault.code in {"vault-refused", "vault-unreachable"}  # noqa: PT017  # still full
        heals(server, name, data)


def test_a_disk_that_is_full_is_told_and_goes_on_once_there_is_room(tmp_path: Path) -> None:
    folder, data, name = tmp_path / "disk", content(3 << 20), new_name()
    with little_disk(folder, 2):
        bench = Bench("directory", lambda: DirectoryVault(folder / "vault"), {})
        before = bench.put(SMALL)
        fault = refused("vault-refused", lambda: bench.put(data, name))
        assert "磁盘已满" in fault.defects[0].message
        assert not bench.lies_there(name)
        assert list((folder / "vault" / "incoming").iterdir()) == []
        assert bench.vault.digest(before.object, None) == before.blob
        enlarge(folder, 9)
        assert bench.put(data, name).blob == digest(data)


# Our own process


@pytest.mark.parametrize("sent", [False, True], ids=["before it is sent", "after its answer"])
@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["one piece", "in parts"])
def test_a_writer_killed_at_any_request_leaves_all_or_nothing(server: S3Server, data: bytes, sent: bool) -> None:
    seen = set()
    for step in range(1, 20):
        name = new_name()

        def write(_: Dying) -> None:
            vault, left, real = S3Vault(server.place()), [step], WriteOnceClient._execute  # noqa: B023  # at once

            def dying(*args: Any, **how: Any) -> Any:
                left[0] -= 1
                if left[0] == 0 and not sent:
                    os.kill(os.getpid(), signal.SIGKILL)
                answer = real(*args, **how)
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return answer

            WriteOnceClient._execute = dying  # type: ignore[method-assign]  # in a forked child
            vault.put(name, io.BytesIO(data), length=None, retain_until=ahead(days=1), case=CASE)  # noqa: B023  # at once

        done = survives(10_000, write)
        seen.add(bool(server.versions(name)))
        heals(server, name, data)
        if done:
            break
    assert done
    assert step == (9 if data is LARGE else 6)
    assert seen == {True, False}


@pytest.mark.parametrize(("off", "says"), [("+1 day", "慢 24 小时"), ("-1 day", "快 24 小时")])
def test_clocks_that_differ_by_a_day_are_told_in_words(server: S3Server, off: str, says: str) -> None:
    args = in_bucket(server).args
    name = new_name()
    done = subprocess.run(
        [FAKETIME, off, sys.executable, "-m", "tests.contract.streaming", json.dumps([args, name, len(SMALL), None])],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    told = json.loads(done.stdout)
    assert told["code"] == "vault-refused"
    assert says in told["message"]
    assert "NTP" in told["remedy"]
    assert server.versions(name) == []
    heals(server, name, SMALL)
