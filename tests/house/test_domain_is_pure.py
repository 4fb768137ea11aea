"""domain/ does no input or output, knows no clock and no chance, and can be carried elsewhere (relative imports)."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from tests.house.tree import PACKAGES, dotted, files, name, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

_FILES = {"os", "pathlib", "shutil", "tempfile", "glob", "fileinput", "sqlite3", "dbm", "shelve", "pickle", "mmap"}
_PROCESSES = {"subprocess", "signal", "multiprocessing", "threading", "concurrent", "asyncio", "ctypes", "logging"}
_NETWORK = {"socket", "ssl", "http", "urllib", "ftplib", "smtplib"}
_MACHINE = {"time", "random", "secrets", "sys", "platform", "getpass", "importlib", "pkgutil", "builtins"}
_OUTSIDE = _FILES | _PROCESSES | _NETWORK | _MACHINE
_CALLS = {"open", "print", "input", "breakpoint", "exec", "eval", "compile", "__import__"}
_CLOCK = {"now", "utcnow", "today", "fromtimestamp"}
_CHANCE = {"uuid.uuid1", "uuid.uuid4", "uuid.uuid6", "uuid.uuid7", "uuid.getnode"}


def asks_the_machine(call: str) -> bool:
    """Whether a call asks for the time or for chance other than through the port (`self.clock.now`)."""
    receiver, _, called = call.rpartition(".")
    return (called in _CLOCK and receiver.rpartition(".")[2] != "clock") or call in _CHANCE


def impurities(tree: ast.AST) -> Iterator[str]:
    """What a module of domain/ may not do, with its line."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                imported = [alias.name.split(".")[0] for alias in names]
            case ast.ImportFrom(module="uuid", names=names) if any(f"uuid.{alias.name}" in _CHANCE for alias in names):
                yield f"{node.lineno}: imports chance"
                continue
            case ast.ImportFrom(module=str(module), level=0):
                imported = [module.split(".")[0]]
            case ast.Call(func=ast.Name(id=called)) if called in _CALLS:
                yield f"{node.lineno}: calls {called}"
                continue
            case ast.Call(func=ast.Attribute() as chain) if asks_the_machine(dotted(chain)):
                yield f"{node.lineno}: calls {dotted(chain)}"
                continue
            case _:
                continue
        for module in imported:
            if module in PACKAGES:
                yield f"{node.lineno}: imports {module} absolutely"
            elif module in _OUTSIDE:
                yield f"{node.lineno}: imports {module}"


def test_domain_touches_nothing_outside() -> None:
    found = [f"{name(path)}:{what}" for path in files(".py", under="domain") for what in impurities(parsed(path))]
    assert not found


@pytest.mark.parametrize(
    "source",
    [
        "import os",
        "from pathlib import Path",
        "import urllib.request",
        "from time import sleep",
        "from domain.errors import Fault",
        "import domain.rules",
        "data = open(path)",
        "moment = datetime.now(UTC)",
        "today = datetime.date.today()",
        "fresh = uuid.uuid4()",
        "from uuid import UUID, uuid7",
    ],
)
def test_an_impurity_is_found(source: str) -> None:
    assert len(list(impurities(ast.parse(source)))) == 1


@pytest.mark.parametrize(
    "source",
    [
        "from ..errors import Fault",
        "from . import shapes",
        "import datetime",
        "from uuid import UUID",
        "shapes.uuid7(text)",
        "self.clock.now()",
        "with member.open() as file: pass",
    ],
)
def test_a_pure_line_passes(source: str) -> None:
    assert not list(impurities(ast.parse(source)))
