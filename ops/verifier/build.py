"""`python -m ops.verifier.build [folder]`: the wheel of the verifier alone, the same octets from the same source.

It holds domain/formats, rules and verification as they are, under the name `anjuan_verify`; they import each other
relatively. Only the command names `domain`, and is told the new name here.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
PARTS = ("formats", "rules", "verification")
EPOCH = "315532800"  # 1980-01-01, the first day that a zip can name


def build(into: Path) -> Path:
    """The wheel, written into the folder `into`. CalledProcessError, with what hatchling says on standard error."""
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="anjuan-verify-") as folder:
        stage = Path(folder)
        _laid_out(stage)
        (stage / "dist").mkdir()
        subprocess.run(  # this interpreter, fixed arguments
            [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "dist"],
            cwd=stage,
            env={**os.environ, "SOURCE_DATE_EPOCH": EPOCH},
            check=True,
            capture_output=True,
        )
        (built,) = (stage / "dist").glob("*.whl")
        return Path(shutil.copy(built, into / built.name))


def _laid_out(stage: Path) -> None:
    (stage / "domain").mkdir()
    for part in PARTS:
        shutil.copytree(ROOT / "domain" / part, stage / "domain" / part, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("domain/__init__.py", "domain/errors.py", "LICENSE"):
        shutil.copy(ROOT / name, stage / name)
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(HERE / name, stage / name)
    command = (HERE / "command.py").read_text(encoding="utf-8")
    (stage / "command.py").write_text(command.replace("from domain.", "from ."), encoding="utf-8")
    for path in stage.rglob("*"):  # modes go into a wheel: the same whatever the builder's umask
        path.chmod(0o755 if path.is_dir() else 0o644)


if __name__ == "__main__":
    print(build(Path(sys.argv[1] if sys.argv[1:] else "dist")))  # noqa: T201  # a command's answer
