"""The directory vault against crashes at every step, power cuts in theory, and strangers in its folders."""

from __future__ import annotations

import fcntl
import io
import os
import shutil
import signal
import stat
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from domain.errors import Fault
from domain.formats.encoding import digest
from storage.evidence.directory import DirectoryVault
from tests.contract.conftest import CASE, ahead, new_name
from tests.contract.test_evidence_vault import SMALL, content, refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.contract.conftest import Bench

NOBODY = 65534
DATA = content(3 << 20, seed=3)
CALLS = ("fsync", "rename", "replace", "mkdir", "fchmod", "open", "close", "unlink", "posix_fadvise")


def home(root: Path, name: str) -> Path:
    return root / "objects" / name[-2:] / name


# Crashes


class Dying:
    """In a forked child: SIGKILL right before the n-th system call or read of the source."""

    def __init__(self, step: int) -> None:
        self._left = step

    def tick(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def arm(self) -> None:
        for name in CALLS:
            setattr(os, name, self._ticking(getattr(os, name)))
        fcntl.flock = self._ticking(fcntl.flock)
        sys.addaudithook(
            lambda event, args: self.tick() if event == "open" and isinstance(args[0], Path | str) else None
        )

    def _ticking(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def ticking(*args: Any, **how: Any) -> Any:
            self.tick()
            return call(*args, **how)

        return ticking

    def source(self, data: bytes) -> io.RawIOBase:
        dying, rest = self, io.BytesIO(data)

        class Source(io.RawIOBase):
            def read(self, size: int = -1) -> bytes:
                dying.tick()
                return rest.read(min(size, 1 << 20))

        return Source()


def survives(step: int, action: Callable[[Dying], object]) -> bool:
    """Run `action` in a forked child that dies at `step`; whether it came to its end."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            dying = Dying(step)
            dying.arm()
            action(dying)
            code = 0
        finally:
            os._exit(code)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return False
    assert os.WEXITSTATUS(status) == 0
    return True


def assert_whole_or_absent(root: Path, name: str) -> bool:
    vault = DirectoryVault(root)  # sweeps
    assert not list((root / "incoming").iterdir())
    if (name, None) not in set(vault.objects()):
        refused("blob-missing", lambda: vault.stat(name, None))
        return False
    state = vault.stat(name, None)
    assert (state.size, state.blob) == (len(DATA), digest(DATA))
    assert vault.digest(name, None) == digest(DATA)
    return True


def test_a_writer_killed_at_any_step_leaves_all_or_nothing_and_the_next_put_heals(tmp_path: Path) -> None:
    seen: set[bool] = set()
    for step in range(1, 200):
        root, name, until = tmp_path / str(step), new_name(), ahead(days=1)

        def write(dying: Dying) -> None:
            vault = DirectoryVault(root)  # noqa: B023  # called at once
            vault.put(name, dying.source(DATA), length=None, retain_until=until, case=CASE)  # type: ignore[arg-type]  # noqa: B023  # at once

        done = survives(step, write)
        seen.add(assert_whole_or_absent(root, name))
        stored = DirectoryVault(root).put(name, io.BytesIO(DATA), length=None, retain_until=until, case=CASE)
        assert stored.blob == digest(DATA)
        assert assert_whole_or_absent(root, name)
        shutil.rmtree(root)
        if done:
            break
    assert done
    assert step > 30
    assert seen == {True, False}


def test_a_killed_change_leaves_the_old_note_or_the_new_one(tmp_path: Path) -> None:
    root, name, before, after = tmp_path / "vault", new_name(), ahead(days=1), ahead(days=2)
    DirectoryVault(root).put(name, io.BytesIO(DATA), length=None, retain_until=before, case=CASE)
    seen = []
    for step in range(1, 100):
        shutil.copytree(root, tmp_path / str(step))
        vault = DirectoryVault(tmp_path / str(step))
        done = survives(step, lambda _: vault.extend(name, None, after))  # noqa: B023  # called at once
        assert assert_whole_or_absent(tmp_path / str(step), name)
        seen.append(vault.stat(name, None).retain_until)
        vault.extend(name, None, after)
        assert vault.stat(name, None).retain_until == after
        shutil.rmtree(tmp_path / str(step))
        if done:
            break
    assert done
    assert seen == sorted(seen)
    assert {before, after} == set(seen)


def test_nothing_is_named_before_it_is_durable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The order that survives a power cut: bytes, note, their directory; then the name; then the directories above."""
    vault, name, steps = DirectoryVault(tmp_path), new_name(), []
    fsync, rename = os.fsync, os.rename

    def noted_sync(fd: int) -> None:
        path = Path(f"/proc/self/fd/{fd}").readlink()
        steps.append(("sync", path.name if path.is_file() else path.relative_to(tmp_path).parts[0]))
        fsync(fd)

    def noted_rename(*paths: Any) -> None:
        steps.append(("name", Path(paths[1]).name))
        rename(*paths)

    monkeypatch.setattr(os, "fsync", noted_sync)
    monkeypatch.setattr(os, "rename", noted_rename)
    vault.put(name, io.BytesIO(DATA), length=None, retain_until=ahead(days=1), case=CASE)
    assert steps == [
        ("sync", "bytes"),
        ("sync", "note"),
        ("sync", "incoming"),
        ("name", name),
        ("sync", "objects"),
        ("sync", "objects"),
        ("sync", "objects"),
    ]
    steps.clear()
    vault.put(name, io.BytesIO(DATA), length=None, retain_until=ahead(days=1), case=CASE)
    assert steps.count(("sync", "objects")) == 3  # a repeat makes durable what a cut-off put may only have named


@pytest.mark.parametrize("failing", range(1, 7))
def test_a_device_that_fails_to_sync_is_a_refusal(
    directory: Bench, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    name, real, calls = new_name(), os.fsync, []

    def fail(fd: int) -> None:
        calls.append(fd)
        if len(calls) == failing:
            raise OSError(5, "Input/output error")
        real(fd)

    monkeypatch.setattr(os, "fsync", fail)
    refused("vault-refused", lambda: directory.put(DATA, name))
    monkeypatch.undo()
    assert directory.lies_there(name) == (failing > 3)
    assert not list(Path(directory.args["root"], "incoming").iterdir())
    assert directory.put(DATA, name).blob == digest(DATA)


def test_bytes_that_the_device_altered_are_noticed(directory: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    name, real = new_name(), os.fsync

    def alter(fd: int) -> None:
        if Path(f"/proc/self/fd/{fd}").readlink().name == "bytes":
            os.pwrite(fd, b"\xff", 1 << 20)
        real(fd)

    monkeypatch.setattr(os, "fsync", alter)
    refused("blob-damaged", lambda: directory.put(DATA, name))
    monkeypatch.undo()
    assert not directory.lies_there(name)


def test_a_full_disk_is_a_refusal_and_leaves_nothing(directory: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    import resource  # noqa: PLC0415  # only here

    name = new_name()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))
    try:
        refused("vault-refused", lambda: directory.put(DATA, name))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)
    assert not directory.lies_there(name)
    assert not list(Path(directory.args["root"], "incoming").iterdir())


def test_opening_does_not_sweep_under_a_writer_at_work(directory: Bench) -> None:
    root = Path(directory.args["root"])
    name = new_name()

    class Opens(io.RawIOBase):
        def __init__(self) -> None:
            self.rest = io.BytesIO(DATA)

        def read(self, size: int = -1) -> bytes:
            DirectoryVault(root)
            assert len(list((root / "incoming").iterdir())) == 1
            return self.rest.read(size)

    assert directory.put(Opens(), name).blob == digest(DATA)  # type: ignore[arg-type]  # a stream


# Files and strangers


def test_files_are_read_only_and_folders_private(directory: Bench) -> None:
    root, name = Path(directory.args["root"]), new_name()
    directory.put(SMALL, name)
    directory.vault.hold(name, None, on=True)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (root, *root.rglob("*"))}
    assert modes[home(root, name) / "bytes"] == modes[home(root, name) / "note"] == 0o444
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}


def test_names_of_one_moment_are_spread_over_the_shelves(directory: Bench) -> None:
    names = [f"01890a5d-ac96-774b-bcce-b302099a8{n:03x}" for n in range(60)]
    for name in names:
        directory.put(SMALL, name)
    assert len(list(Path(directory.args["root"], "objects").iterdir())) == 60


@pytest.mark.parametrize("how", ["flip", "cut", "grow"])
def test_damage_shows(directory: Bench, how: str) -> None:
    root, name = Path(directory.args["root"]), new_name()
    stored = directory.put(SMALL, name)
    path = home(root, name) / "bytes"
    path.chmod(0o644)
    path.write_bytes({"flip": b"x" + SMALL[1:], "cut": SMALL[:-1], "grow": SMALL + b"x"}[how])
    assert directory.vault.digest(name, None) != stored.blob
    refused("blob-damaged", lambda: directory.put(SMALL, name))
    refused("blob-exists", lambda: directory.put(path.read_bytes(), name))


BAD_NOTES = [
    b"",
    b"{}",
    b"not json",
    b"[]",
    b"\xff",
    b'{"typ":"anjuan.blob-note/1"}',
    b"{" * 5000,
]


@pytest.mark.parametrize("note", BAD_NOTES)
def test_a_note_that_cannot_be_read_is_damage_not_a_traceback(directory: Bench, note: bytes) -> None:
    root, name = Path(directory.args["root"]), new_name()
    directory.put(SMALL, name)
    path = home(root, name) / "note"
    path.unlink()
    path.write_bytes(note)
    refused("blob-damaged", lambda: directory.vault.stat(name, None))
    refused("blob-damaged", lambda: directory.put(SMALL, name))


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("retain_until", "2099-01-01T00:00:00"),
        ("retain_until", "soon"),
        ("size", "3"),
        ("size", True),
        ("hold", 1),
        ("typ", "anjuan.blob-note/2"),
        ("extra", 1),
        ("case", None),
    ],
)
def test_each_member_of_a_note_is_checked(directory: Bench, member: str, value: Any) -> None:
    from domain.formats import canonical  # noqa: PLC0415  # only here

    root, name = Path(directory.args["root"]), new_name()
    directory.put(SMALL, name)
    path = home(root, name) / "note"
    note = canonical.parse_object(path.read_bytes())
    path.unlink()
    path.write_bytes(canonical.dump(note | {member: value}))
    refused("blob-damaged", lambda: directory.vault.stat(name, None))


def test_a_lost_note_is_damage(directory: Bench) -> None:
    root, name = Path(directory.args["root"]), new_name()
    directory.put(SMALL, name)
    (home(root, name) / "note").unlink()
    refused("blob-damaged", lambda: directory.vault.stat(name, None))


def test_a_symbolic_link_is_not_followed(directory: Bench, tmp_path: Path) -> None:
    root, name = Path(directory.args["root"]), new_name()
    directory.put(SMALL, name)
    secret = tmp_path / "secret"
    secret.write_bytes(b"not evidence")
    path = home(root, name) / "bytes"
    path.unlink()
    path.symlink_to(secret)
    refused("vault-refused", lambda: list(directory.vault.read(name, None)))
    refused("vault-refused", lambda: directory.vault.digest(name, None))


def test_what_a_stranger_put_there_is_listed(directory: Bench) -> None:
    root = Path(directory.args["root"])
    (root / "objects" / "00").mkdir()
    (root / "objects" / "00" / "stray.txt").write_text("?")
    assert ("stray.txt", None) in set(directory.vault.objects())


def test_a_vault_that_may_not_be_written_is_a_refusal(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(Fault) as caught:
        DirectoryVault(blocked)
    assert caught.value.code == "vault-refused"
    assert str(blocked) in caught.value.defects[0].message


def test_a_read_only_vault_can_be_read_and_audited_but_not_written() -> None:
    with tempfile.TemporaryDirectory() as made:
        root, name = Path(made) / "vault", new_name()
        DirectoryVault(root).put(name, io.BytesIO(SMALL), length=None, retain_until=ahead(days=1), case=CASE)
        for path in (Path(made), root, *root.rglob("*")):
            os.chown(path, NOBODY, NOBODY) if os.geteuid() == 0 else None
            path.chmod(0o555 if path.is_dir() else 0o444)

        def audit(_: Dying) -> None:
            if os.geteuid() == 0:
                os.setuid(NOBODY)
            vault = DirectoryVault(root)
            assert b"".join(vault.read(name, None)) == SMALL
            assert vault.digest(name, None) == digest(SMALL)
            assert list(vault.objects()) == [(name, None)]
            refused("vault-refused", lambda: vault.hold(name, None, on=True))

        assert survives(10_000, audit)
        for path in (Path(made), root, *root.rglob("*")):
            path.chmod(0o755)


def test_open_files_do_not_pile_up(directory: Bench) -> None:
    fds = Path("/proc/self/fd")
    name = new_name()
    directory.put(DATA, name)
    before = len(list(fds.iterdir()))
    for _ in range(20):
        refused("length", lambda: directory.put(DATA, length=5))
        next(iter(directory.vault.read(name, None)))
        directory.vault.hold(name, None, on=True)
        directory.put(DATA, name)
    assert len(list(fds.iterdir())) == before
