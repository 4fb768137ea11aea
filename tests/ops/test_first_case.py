"""The README's first case, command by command, as a newcomer types it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOST_COMMANDS = 20


def readme_commands() -> str:
    markdown = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(r"<!-- first-case -->\n```sh\n(.*?)^```", markdown, flags=re.MULTILINE | re.DOTALL)
    assert found, "the README marks its first case"
    return found[1]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    folder = tmp_path_factory.mktemp("first")
    (folder / "bin").mkdir()
    launcher = folder / "bin" / "anjuan"
    launcher.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "from ops.cli.main import run; run()" "$@"\n')
    launcher.chmod(0o755)
    (folder / "投诉书.pdf").write_bytes(b"%PDF-1.4 my own complaint")
    environment = {
        "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "LANG": "C.UTF-8",
        "ANJUAN_FONTS": os.environ.get("ANJUAN_FONTS", str(ROOT / "var" / "fonts")),
    }
    done = subprocess.run(
        ["bash", "-e", "-c", readme_commands()],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return folder, done


def test_the_commands_are_few() -> None:
    assert len(re.findall(r"^anjuan ", readme_commands(), flags=re.MULTILINE)) <= MOST_COMMANDS


def test_every_command_succeeds_and_the_dossier_verifies(
    finished: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    _, done = finished
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert "结论：通过" in done.stdout


def test_the_other_commands_of_the_readme_succeed_too(
    finished: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, _ = finished
    markdown = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", markdown, flags=re.MULTILINE | re.DOTALL)
    others = [line for block in blocks if block != readme_commands() for line in block.splitlines()]
    # What needs a server that goes on is played in tests/ops/test_sending.py.
    mine = [line for line in others if line.startswith("anjuan ") and "--server" not in line]
    assert mine
    assert all(line.startswith(("anjuan ", "make ")) for line in others)
    environment = {**os.environ, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    for line in mine:
        words = ["bash", "-c", "exec " + line.replace("--port 8000", "--port 0")]
        with subprocess.Popen(words, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline(), line
            serving = line.startswith("anjuan serve")
            if serving:
                process.send_signal(signal.SIGINT)
            process.stdout.read()
        # whoever was started with SIGINT ignored, as in the background of a script, ends with 0
        assert process.returncode in ((0, 128 + signal.SIGINT) if serving else (0,)), line


def test_a_file_that_is_attached_and_then_named_three_times_is_stored_once(
    finished: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, _ = finished
    assert len(list((folder / "var" / "archive" / "vault" / "objects").glob("*/*"))) == 1


def test_two_exports_into_one_file_leave_a_whole_one(
    finished: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, _ = finished
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [str(folder / "bin" / "anjuan")]
    both = [subprocess.Popen([*command, "export", "-o", "两份.zip"], cwd=folder, env=environment) for _ in range(2)]
    assert [one.wait() for one in both] == [0, 0]
    trust = ["--trust", "var/archive/trust.json"]
    subprocess.run([*command, "verify", "两份.zip", *trust], cwd=folder, env=environment, check=True)
    assert not list(folder.glob("*.new"))


def test_without_the_trust_file_the_same_dossier_is_indeterminate(
    finished: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, _ = finished
    command = [str(folder / "bin" / "anjuan"), "verify", str(folder / "案卷.zip"), "--json"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, json.loads(done.stdout)["verdict"]) == (2, "INDETERMINATE")


def test_the_archive_itself_verifies(finished: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, _ = finished
    archive = folder / "var" / "archive"
    command = [str(folder / "bin" / "anjuan"), "verify", str(archive), "--trust", str(archive / "trust.json")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "store-tail" in done.stdout
