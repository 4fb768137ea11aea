"""Set-up says in one line what it lacks, and leaves alone what is there."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.house.tree import ROOT

_SETUP = ROOT / "ops/setup"
# As root these would install; so they run as nobody, who can at most be told.
_AS_NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []


def run(script: str, *arguments: str, as_nobody: bool = False, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a set-up script; its text comes by standard input where the one who runs may not read this folder."""
    text = (_SETUP / script).read_text(encoding="utf-8")
    command = [*_AS_NOBODY, "sh", "-s", "--"] if as_nobody else [str(_SETUP / script)]
    return subprocess.run(
        [*command, *arguments],
        input=text if as_nobody else "",
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **env},
        cwd="/",
    )


@pytest.mark.parametrize("script", ["packages", "venv", "fonts", "minio"])
def test_scripts_are_executable_posix_shell(script: str) -> None:
    assert os.access(_SETUP / script, os.X_OK)
    assert subprocess.run(["sh", "-n", _SETUP / script], check=False).returncode == 0


@pytest.mark.parametrize("script", ["packages", "venv"])
def test_wrong_usage_is_told(script: str) -> None:
    done = run(script, "nonsense")
    assert (done.returncode, done.stdout) == (64, "")
    assert done.stderr.startswith("用法：")


def test_a_missing_package_is_named_in_one_line_with_the_command() -> None:
    done = run("packages", "run", as_nobody=True, PYTHON="/nonexistent/python3")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "缺少 Debian 软件包 python3-venv。请以 root 运行："
        "apt-get update && apt-get install -y --no-install-recommends python3-venv\n"
    )


def test_an_interpreter_that_is_too_old_is_told(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text('#!/bin/sh\n[ "$1" != --version ] || echo "Python 3.9.2"\nexit 1\n', encoding="utf-8")
    old.chmod(0o755)
    done = run("venv", "run", PYTHON=str(old))
    assert (done.returncode, done.stdout) == (1, "")
    assert "需要 Python 3.11 或更高版本" in done.stderr
    assert "Python 3.9.2" in done.stderr


def test_a_font_folder_with_other_fonts_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "FandolSong-Regular.otf").write_bytes(b"not a font")
    done = run("fonts", ANJUAN_FONTS=str(tmp_path))
    assert done.returncode == 1
    assert "与 ops/setup/fonts.sha256 不符" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["FandolSong-Regular.otf"]


def test_a_font_folder_filled_by_hand_is_taken_as_it_is(tmp_path: Path) -> None:
    fonts = Path(os.environ.get("ANJUAN_FONTS") or ROOT / "var/fonts")
    for line in (_SETUP / "fonts.sha256").read_text(encoding="utf-8").splitlines():
        (tmp_path / line.split()[1]).symlink_to(fonts / line.split()[1])
    done = run("fonts", ANJUAN_FONTS=str(tmp_path))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def built(place: Path, go: str | None) -> subprocess.CompletedProcess[str]:
    """Run the script of MinIO in a checkout of its own, where `go` is this shell script, or isn't there."""
    script = place / "ops/setup/minio"
    script.parent.mkdir(parents=True)
    script.write_bytes((_SETUP / "minio").read_bytes())
    tools = place / "tools"
    tools.mkdir()
    for name in ("cat", "dirname", "mkdir", "mktemp", "rm", "mv", "tail", "grep"):
        (tools / name).symlink_to(Path("/usr/bin") / name)
    if go is not None:
        (tools / "go").write_text(f"#!/bin/sh\n{go}\n", encoding="utf-8")
        (tools / "go").chmod(0o755)
    return subprocess.run(
        ["/bin/sh", script],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": str(tools)},
        stdin=subprocess.DEVNULL,
    )


def test_without_go_nothing_is_built_and_it_is_told_what_does_not_run(tmp_path: Path) -> None:
    done = built(tmp_path, None)
    assert (done.returncode, done.stdout) == (0, "")
    assert "没有 Go" in done.stderr
    assert "不对 MinIO 运行" in done.stderr
    assert not (tmp_path / "var").exists()


FORGED = 'case $1 in install) : >"$GOBIN/minio" ;; version) echo "mod github.com/minio/minio other h1:other" ;; esac'


@pytest.mark.parametrize(("go", "says"), [("echo no network >&2; exit 1", "no network"), (FORGED, "校验和")])
def test_a_server_that_could_not_be_built_is_told_and_not_kept(tmp_path: Path, go: str, says: str) -> None:
    done = built(tmp_path, go)
    assert done.returncode == 1
    assert says in done.stderr
    assert list((tmp_path / "var/bin").iterdir()) == []
