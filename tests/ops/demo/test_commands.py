"""`python -m ops.demo`: killed anywhere and started again, serving, and the demonstration with its verdict."""

from __future__ import annotations

import random
import re
import select
import signal
import stat
import subprocess
import sys
import urllib.request
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from api.wiring import open_archive
from domain.formats.encoding import digest
from domain.formats.record import parse_record
from ops.cli.main import status as anjuan
from ops.demo.__main__ import status
from ops.demo.samples import samples
from storage.events.sqlite import SqliteEventStore
from tests.house.tree import ROOT

if TYPE_CHECKING:
    from pathlib import Path


def started(base: Path, *more: str) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "ops.demo", "run", "--base", str(base), *more]
    return subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1)


def stored(base: Path) -> list[str]:
    """Digests of everything in the store, in order of position."""
    if not (base / "archive/events.db").exists():
        return []
    with closing(SqliteEventStore(base / "archive/events.db")) as events:
        return [digest(found.data) for found in events.after(0, 1000)]


def killed(base: Path, lines: int, wait: float) -> set[str]:
    """Play until `lines` acts are acknowledged and `wait` seconds (or the next line) more, kill; digests told."""
    with started(base, "--play-only") as process:
        assert process.stderr is not None
        told = [process.stderr.readline() for _ in range(lines)]
        select.select([process.stderr], [], [], wait)
        process.kill()
        told += process.stderr.read().splitlines(keepends=True)
    return {found[1] for line in told if (found := re.search(r" 已入卷 ([\w-]{43})\n", line))}


def test_a_demonstration_killed_anywhere_is_completed_and_keeps_every_digest(tmp_path: Path) -> None:
    chance, base, acknowledged = random.Random(72), tmp_path, set()
    for lines, longest in ((0, 1.5), (3, 0.05), (9, 0.05)):
        acknowledged |= killed(base, lines, chance.uniform(0, longest))
        assert acknowledged <= set(stored(base))
    assert len(acknowledged) >= 12
    before = stored(base)
    assert status(["run", "--base", str(base), "--play-only"]) == 0
    whole = stored(base)
    assert whole[: len(before)] == before
    acts = sum(act.expect != "refused" for found in samples() for act in found.acts)
    assert len(whole) == 5 + acts
    assert status(["run", "--base", str(base), "--play-only"]) == 0
    assert stored(base) == whole


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("demo") / "演示"
    assert status(["demo", "--base", str(base)]) == 0
    return base


def test_the_demonstration_leaves_a_package_that_verifies_with_its_trust_file(demonstration: Path) -> None:
    package, trust = demonstration / "案卷.zip", demonstration / "trust.json"
    assert anjuan(["verify", str(package), "--trust", str(trust)]) == 0
    assert anjuan(["verify", str(package)]) == 2
    assert anjuan(["verify", str(demonstration / "archive"), "--trust", str(trust)]) == 0


def test_every_officer_has_a_key_file_of_their_own(demonstration: Path) -> None:
    keys = sorted((demonstration / "keys").iterdir())
    assert [path.stem for path in keys] == sorted(["root", "陈立", "李敏", "王强", "周颖"])
    assert {stat.S_IMODE(path.stat().st_mode) for path in keys} == {0o600}
    assert len({path.read_bytes() for path in keys}) == len(keys)


def test_the_demonstration_is_made_anew_each_time(demonstration: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = stored(demonstration)
    assert status(["demo", "--base", str(demonstration)]) == 0
    assert "结论：通过" in capsys.readouterr().out
    assert len(stored(demonstration)) == len(before)
    assert not set(stored(demonstration)) & set(before)


def test_a_directory_with_other_things_is_not_cleared(tmp_path: Path) -> None:
    (tmp_path / "毕业论文.docx").write_bytes(b"x")
    assert status(["demo", "--base", str(tmp_path)]) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["毕业论文.docx"]


def test_a_lost_key_is_told_and_none_is_made_in_its_place(
    demonstration: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = demonstration / "keys" / "周颖.pem"
    saved = key.read_bytes()
    key.unlink()
    assert status(["run", "--base", str(demonstration), "--play-only"]) == 1
    assert "周颖.pem" in capsys.readouterr().err
    assert not key.exists()
    key.write_bytes(saved)
    key.chmod(0o600)
    assert status(["run", "--base", str(demonstration), "--play-only"]) == 0


def test_running_tells_where_and_how_and_serves_until_interrupted(demonstration: Path) -> None:
    with started(demonstration, "--port", "0") as process:
        assert process.stdout is not None
        text = ""
        while "网页：" not in text:
            line = process.stdout.readline()
            assert line, process.stderr and process.stderr.read()
            text += line
        address = re.findall(r"http://127\.0\.0\.1:\d+/", text)[0]
        with urllib.request.urlopen(address) as answer:  # noqa: S310  # our own server
            page = answer.read().decode()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert "临江市第二人民医院 64 排 128 层 CT 采购项目" in page
    assert "陈立（登记员、承办人、调查人、质证主持人）" in text  # as the rulebook of these cases calls them
    for name in ("陈立", "李敏", "王强", "周颖"):
        assert str(demonstration / "keys" / f"{name}.pem") in text


def test_the_examples_that_are_told_work(demonstration: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key, archive = demonstration / "keys", str(demonstration / "archive")
    where = ["--case", "临财采诉〔2026〕4号", "--archive", archive, "--yes"]
    act = ["act", "resumption", "--set", "reasons=主要事实已经查明", *where]
    assert anjuan([*act, "--key", str(key / "陈立.pem"), "--key", str(key / "王强.pem")]) == 0
    with open_archive(demonstration / "archive") as running:
        last = running.archive.events.after(running.archive.events.position() - 1, 1)[0]
    assert parse_record(last.data).act.action == "resumption"
    assert "恢复采购活动通知" in capsys.readouterr().out


def test_wrong_usage_says_so() -> None:
    assert status(["run", "--port", "0x"]) == 64
    assert status(["no-such-command"]) == 64
