"""The directory vault with the file system's immutable attribute, where this machine lets it be set."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from domain.formats.encoding import digest
from storage.evidence.directory import DirectoryVault
from storage.evidence.directory_sweep import DirectorySweep
from storage.evidence.immutable import is_immutable, set_immutable, try_immutable
from tests.contract.conftest import CASE, Bench, ahead, new_name
from tests.contract.test_evidence_directory import DATA, NOBODY, assert_whole_or_absent, home, survives
from tests.contract.test_evidence_sweep import GivenClock
from tests.contract.test_evidence_vault import SMALL, refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.contract.test_evidence_directory import Dying


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A folder where the attribute can be set; it is cleared afterwards, so that the folder can go."""
    try:
        try_immutable(tmp_path)
    except OSError as error:
        pytest.skip(f"不可变属性在这里设不了（{error.strerror}）：需要 ext4、xfs 或 btrfs 和 CAP_LINUX_IMMUTABLE")
    yield tmp_path / "vault"
    for path in tmp_path.rglob("bytes"):
        set_immutable(path, on=False)


def bench(root: Path) -> Bench:
    return Bench("directory", lambda: DirectoryVault(root, immutable=True), {})


def test_bytes_can_be_neither_changed_nor_moved_nor_deleted(root: Path) -> None:
    vault = bench(root)
    name = vault.put(SMALL).object
    path = home(root, name) / "bytes"
    assert is_immutable(path)
    assert subprocess.run(["lsattr", path], capture_output=True, check=True, text=True).stdout[4] == "i"
    for attack in (
        lambda: path.open("r+b"),
        path.unlink,
        lambda: path.rename(root / "elsewhere"),
        lambda: path.chmod(0o600),
        lambda: os.link(path, root / "second"),
        lambda: shutil.rmtree(home(root, name)),
    ):
        with pytest.raises(PermissionError):
            attack()
    assert path.read_bytes() == SMALL


def test_retention_hold_and_repeating_go_on_and_after_its_end_it_is_swept(root: Path) -> None:
    vault, until = bench(root), ahead(days=9)
    name = vault.put(SMALL).object
    vault.vault.extend(name, None, until)
    vault.vault.hold(name, None, on=True)
    assert vault.put(SMALL, name).blob == digest(SMALL)
    clock = GivenClock(datetime.now(UTC))
    sweep = DirectorySweep(root, clock)
    refused("still-kept", lambda: sweep.remove(name, None))
    vault.vault.hold(name, None, on=False)
    refused("still-kept", lambda: sweep.remove(name, None))
    assert is_immutable(home(root, name) / "bytes")
    clock.moment = until
    sweep.remove(name, None)
    assert not home(root, name).exists()
    assert list((root / "incoming").iterdir()) == []


def test_a_file_that_was_stored_without_it_gets_it_by_repeating(root: Path) -> None:
    name = new_name()
    Bench("directory", lambda: DirectoryVault(root), {}).put(SMALL, name)
    assert not is_immutable(home(root, name) / "bytes")
    bench(root).put(SMALL, name)
    assert is_immutable(home(root, name) / "bytes")


def test_a_writer_or_sweep_killed_at_any_step_is_healed_by_repeating(root: Path) -> None:
    for step in range(1, 200):
        folder, name, until = root / str(step), new_name(), ahead(days=1)

        def live(dying: Dying) -> None:
            vault = DirectoryVault(folder, immutable=True)  # noqa: B023  # called at once
            vault.put(name, dying.source(DATA), length=None, retain_until=until, case=CASE)  # type: ignore[arg-type]  # noqa: B023  # at once
            DirectorySweep(folder, GivenClock(until)).remove(name, None)  # noqa: B023  # at once

        done = survives(step, live)
        assert_whole_or_absent(folder, name)  # opening sweeps, whatever died there
        vault = DirectoryVault(folder, immutable=True)
        vault.put(name, io.BytesIO(DATA), length=None, retain_until=until, case=CASE)
        assert is_immutable(home(folder, name) / "bytes")
        DirectorySweep(folder, GivenClock(until)).remove(name, None)
        assert not assert_whole_or_absent(folder, name)
        if done:
            break
    assert done
    assert step > 40


def test_without_the_right_opening_says_so_instead_of_pretending(root: Path) -> None:
    DirectoryVault(root)
    for path in (root.parent, root, *root.rglob("*")):
        os.chown(path, NOBODY, NOBODY)

    def open_it(_: Dying) -> None:
        os.chdir(root.parent)  # folders above are closed to them
        os.setuid(NOBODY)
        fault = refused("vault-unfit", lambda: DirectoryVault(Path("vault"), immutable=True))
        assert "不可变属性" in fault.defects[0].message
        assert "immutable" in fault.defects[0].remedy
        DirectoryVault(Path("vault"))

    assert survives(10_000, open_it)
    assert list((root / "incoming").iterdir()) == []
