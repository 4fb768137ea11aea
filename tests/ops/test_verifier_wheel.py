"""The verifier alone: built, installed where nothing else of the project is, and of one mind with `anjuan verify`."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tomllib
import venv
import zipfile
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ops.verifier import build
from tests.house.tree import PACKAGES, ROOT
from tests.verification.factory import Archive, archive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.ops.running import Run

# What the wheel asks for, and what that asks for in turn; a test below holds the first two to its metadata.
NEEDED = ("cryptography", "orjson", "cffi", "pycparser")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build.build(tmp_path_factory.mktemp("wheel"))


def top_level(name: str) -> Iterator[Path]:
    """The folders and modules of an installed distribution, and what says its version."""
    installed = distribution(name)
    tops = {Path(file).parts[0] for file in installed.files or () if Path(file).parts[0] != ".."}
    return (Path(str(installed.locate_file(top))) for top in tops if top != "__pycache__")


@pytest.fixture(scope="module")
def alone(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs `anjuan-verify` from an environment that holds it and its dependencies, nothing else."""
    place = tmp_path_factory.mktemp("alone")
    venv.create(place / "venv", symlinks=True)
    python = place / "venv/bin/python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "-q", "--no-index", "--no-deps", str(wheel)], check=True, cwd=place)
    (packages,) = (place / "venv/lib").glob("python*/site-packages")
    for name in NEEDED:
        for found in top_level(name):
            (packages / found.name).symlink_to(found)
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(place / "venv/bin/anjuan-verify"), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=place, env=env)

    return run


@pytest.fixture(scope="module")
def made() -> Archive:
    return archive()


def altered(made: Archive, name: str) -> bytes:
    """The package with one byte of a record changed, sealed and exported anew by the archive itself."""
    files = made.payload()
    found = next(path for path in sorted(files) if path.startswith(name))
    return made.package({**files, found: files[found][:-9] + b"A" + files[found][-8:]})


def packages(made: Archive) -> Iterator[tuple[str, bytes]]:
    whole = made.package()
    files = made.payload()
    yield "good", whole
    yield "byte", whole[:900] + bytes([whole[900] ^ 1]) + whole[901:]
    yield "cut", whole[:-30]
    yield "empty", b""
    yield "record", altered(made, "data/records/0002")
    yield "register", altered(made, "data/register/")
    yield "rulebook", altered(made, "data/rulebook/")
    yield "dropped", made.package({name: data for name, data in files.items() if name != "data/records/0002.json"})
    yield "foreign", archive("another").package()
    yield "early", made.package(exported="2000-01-01T00:00:00.000Z")


def test_the_same_octets_come_out_twice(wheel: Path, tmp_path: Path) -> None:
    assert build.build(tmp_path).read_bytes() == wheel.read_bytes()


def test_licence_format_and_vectors_are_inside(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as inside:
        names = set(inside.namelist())
        (licence,) = (name for name in names if name.endswith("/LICENSE"))
        assert inside.read(licence) == (ROOT / "LICENSE").read_bytes()
        told = inside.read("anjuan_verify/formats/FORMAT.md")
    assert told == (ROOT / "domain/formats/FORMAT.md").read_bytes()
    assert {f"anjuan_verify/formats/vectors/{p.name}" for p in (ROOT / "domain/formats/vectors").iterdir()} <= names


def imported(source: str) -> Iterator[str]:
    """What a module imports absolutely: the name up to its first dot."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield str(node.module).partition(".")[0]


def test_nothing_in_it_imports_another_part_of_the_project(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as inside:
        sources = {name: inside.read(name).decode() for name in inside.namelist() if name.endswith(".py")}
    asked = {name for source in sources.values() for name in imported(source)}
    assert not asked & set(PACKAGES)
    assert asked - sys.stdlib_module_names == set(NEEDED[:2])


def test_it_is_released_as_the_project_is() -> None:
    whole = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    own = tomllib.loads((ROOT / "ops/verifier/pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert own["version"] == whole["version"]
    assert own["license"] == whole["license"]
    assert own["requires-python"] == whole["requires-python"]
    assert [text for text in whole["dependencies"] if text.startswith(NEEDED[:2])] == own["dependencies"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_says_what_the_whole_project_says(
    alone: Callable[..., subprocess.CompletedProcess[str]], command: Run, made: Archive, tmp_path: Path, lang: str
) -> None:
    trust = tmp_path / "trust.json"
    trust.write_bytes(made.trust().dump())
    statuses = set()
    for name, data in packages(made):
        package = tmp_path / f"{name}.zip"
        package.write_bytes(data)
        for more in (["--json"], ["--trust", str(trust)], ["--trust", str(trust), "--require", "logged", "--json"]):
            arguments = [str(package), *more, "--lang", lang]
            here, there = command("verify", *arguments), alone(*arguments)
            assert (there.returncode, there.stdout) == here[:2], (name, more)
            statuses.add(there.returncode)
    assert statuses == {0, 1, 2, 3}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "缺少参数“案卷”"),
        (["a.zip", "b.zip"], "多出参数：b.zip"),
        (["a.zip", "--nosuch"], "没有选项 --nosuch"),
        (["a.zip", "--trust"], "选项 --trust 没有写明内容"),
        (["a.zip", "--lang", "fr"], "--lang 应为 zh 或 en"),
        (["a.zip", "--trust", "nowhere.json"], "不能读取信任文件"),
    ],
)
def test_wrong_usage_is_told_in_chinese(
    alone: Callable[..., subprocess.CompletedProcess[str]], arguments: list[str], says: str
) -> None:
    done = alone(*arguments)
    assert (done.returncode, done.stdout) == (64, "")
    assert says in done.stderr


def test_a_level_that_does_not_exist_is_wrong_usage_and_no_package_is_three(
    alone: Callable[..., subprocess.CompletedProcess[str]], made: Archive, tmp_path: Path
) -> None:
    (tmp_path / "a.zip").write_bytes(made.package())
    assert alone(str(tmp_path / "a.zip"), "--require", "everything").returncode == 64
    assert alone("nowhere.zip").returncode == 3
    assert "没有这个文件或目录" in alone("nowhere.zip").stderr


def test_help_is_chinese(alone: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    said = alone("--help").stdout
    assert said.startswith("用法：anjuan-verify 案卷.zip")
    assert "退出状态：0 通过" in said
    assert "usage" not in said
    assert "options" not in said
