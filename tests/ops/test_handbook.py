"""The handbook's commands, run as they stand, in order, over an archive that has a case."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from api.wiring import case_keys_of, open_archive
from storage.home import Home
from tests.house.tree import ROOT

if TYPE_CHECKING:
    from tests.ops.running import Run

PAGES = [ROOT / "ops" / "handbook" / "keys.md"]  # vault.md has a test of its own
HOME = Path("var/archive")


@pytest.fixture
def archive(command: Run) -> Path:
    """An archive with a case that has a file."""
    Path("投诉书.pdf").write_bytes(b"%PDF-1.4 a complaint")
    for words in (
        ["init"],
        ["key", "new", "chen.pem", "li.pem"],
        ["enrol", "陈立=chen.pem:registrar+handler", "李敏=li.pem:registrar+reviewer", "--root", "root.pem"],
        ["open", "lu-cai-cai-2018-72"],
        ["attach", "投诉书.pdf"],
    ):
        status, _, told = command(*words)
        assert status == 0, told
    return HOME


def blocks(page: Path) -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def done(script: str, media: Path) -> subprocess.CompletedProcess[str]:
    """One block, with `anjuan` from this checkout and media in `media`."""
    anjuan = f'anjuan() {{ "{sys.executable}" -c "from ops.cli.main import run; run()" "$@"; }}\n'
    return subprocess.run(
        ["bash", "-euc", anjuan + script.replace("/media/", f"{media}/")],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_of_the_handbook_does_what_it_is_for(page: Path, archive: Path, tmp_path: Path) -> None:
    media = tmp_path / "media"
    (media / "backup").mkdir(parents=True)
    for script in blocks(page):
        ended = done(script, media)
        assert ended.returncode == 0, (script, ended.stdout, ended.stderr)
        assert ended.stdout or "anjuan" not in script
    kept = subprocess.run(["tar", "-tf", media / "backup" / "archive.tar"], capture_output=True, text=True, check=True)
    assert "events.db" in kept.stdout
    assert not [name for name in kept.stdout.split() if "case-keys" in name or "key-encryption" in name]


def test_a_lost_key_is_restored_as_the_handbook_says(archive: Path, command: Run, tmp_path: Path) -> None:
    media = tmp_path / "media"
    backup = [b for b in blocks(ROOT / "ops/handbook/keys.md") if "copy-keys" in b or "install -D" in b][:2]
    (restore,) = [b for b in blocks(ROOT / "ops/handbook/keys.md") if "install -m 0600 /media/keys-a" in b]
    for script in backup:
        assert done(script, media).returncode == 0
    for name in ("case-keys.db", "key-encryption.key"):
        (archive / name).unlink()
    assert "缺少 case-keys.db" in command("verify", str(archive))[2]
    assert command("vault", "audit")[0] == 0
    assert done(restore, media).returncode == 0
    with open_archive(archive) as running:
        found = next(iter(running.archive.vault.objects()))
        assert b"".join(running.archive.vault.read(*found)) == b"%PDF-1.4 a complaint"


def test_a_copy_is_held_against_the_archive(archive: Path, command: Run, tmp_path: Path) -> None:
    copy = str(tmp_path / "copy")
    assert command("vault", "copy-keys", copy)[0] == 0
    assert (tmp_path / "copy" / "case-keys.db").stat().st_mode & 0o777 == 0o600
    assert command("vault", "check-keys", copy, "--json")[:2] == (
        0,
        '{"same": 1, "absent": [], "altered": [], "revived": []}\n',
    )
    keys = case_keys_of(Home.open(archive))
    (case,) = keys.cases()
    keys.secret("another case", make=True)
    status, told, _ = command("vault", "check-keys", copy)
    assert status == 1
    assert "缺少 1 个" in told
    keys.destroy(case)
    status, told, _ = command("vault", "check-keys", copy)
    assert status == 1
    assert "立即销毁该副本" in told
    assert command("vault", "copy-keys", copy)[0] == 0
    assert command("vault", "check-keys", copy)[0] == 0
    keys.close()


def test_a_copy_of_another_archive_or_another_key_is_no_copy(archive: Path, command: Run, tmp_path: Path) -> None:
    copy, key = str(tmp_path / "copy"), archive / "key-encryption.key"
    assert command("vault", "copy-keys", copy)[0] == 0
    assert command("init", "--archive", "other", "--root", "other.pem")[0] == 0
    for words, code in (
        (("check-keys", copy, "--key", "other/key-encryption.key"), "key-rotated"),
        (("check-keys", copy, "--archive", "other", "--key", str(key)), None),
        (("check-keys", str(tmp_path)), "copy-missing"),
        (("copy-keys", str(archive / "copy")), "copy-place"),
    ):
        status, told, _ = command("vault", *words, "--json")
        assert status == 1
        assert code is None or code in told
    assert command("vault", "rotate")[0] == 0
    assert "key-rotated" in command("vault", "check-keys", copy, "--json")[1]
