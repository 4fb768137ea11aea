"""The files of the project, as the house rules see them: what is or will be committed, nothing that tools left."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("domain", "projections", "storage", "api", "ops")
_LEFT_BY_TOOLS = {"var", "dist", "build", "__pycache__"}


def files(*suffixes: str, under: str = ".") -> Iterator[Path]:
    """Project files below `under` with one of `suffixes` (all if none is given), hidden and generated ones aside."""
    return (path for path in _walk(ROOT / under) if not suffixes or path.suffix in suffixes)


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        hidden = path.name.startswith(".") and path.name not in {".ci", ".gitignore"}
        if hidden or path.name in _LEFT_BY_TOOLS or path.name.endswith(".egg-info"):
            continue
        if path.is_dir():
            yield from _walk(path)
        else:
            yield path


def name(path: Path) -> str:
    """The path as it is written in messages and lists: relative, with slashes."""
    return path.relative_to(ROOT).as_posix()


def parsed(path: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=name(path))


def dotted(node: ast.AST) -> str:
    """`a.b.c` of a chain of names, "" of anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}".lstrip(".")
    return ""


def words(identifier: str) -> tuple[str, ...]:
    """The words of a name, lower case: `CorrectionNotice_no2` → correction, notice, no2."""
    parted = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", identifier)
    return tuple(re.findall(r"[a-z0-9]+", parted.lower()))
