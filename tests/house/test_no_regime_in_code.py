"""Procedures are data: no code names one beside the first, whose names stand as examples and defaults."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.house.tree import ROOT, files, name

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST = ("lu-cai-cai-2018-72", "register")
CODE = (".py", ".html", ".js")
PROGRAMS = ("domain/formats", "domain/rules", "domain/verification", "projections", "storage", "api", "ops")
PROGRAM_FILES = ("domain/admission.py", "domain/archive.py", "domain/ports.py", "domain/reading.py")
SPOKEN = ("煤矿", "礼品", "coal", "gift")  # what these procedures are about


def regimes() -> list[str]:
    folders = (path.name for path in (ROOT / "domain/rulebooks").iterdir() if path.is_dir())
    return sorted(folder for folder in folders if folder not in FIRST)


def named(text: str, words: list[str]) -> Iterator[str]:
    for word in words:
        if re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text) if word.isascii() else word in text:
            yield word


def test_no_code_names_a_regime() -> None:
    words = [*regimes(), *SPOKEN]
    assert len(regimes()) > 1
    paths = [path for folder in PROGRAMS for path in files(*CODE, under=folder)]
    paths += [ROOT / path for path in PROGRAM_FILES]
    assert len(paths) > 100
    assert not [(name(path), word) for path in paths for word in named(path.read_text(encoding="utf-8"), words)]


def test_a_regime_in_code_is_found() -> None:
    assert list(named('if rulebook.id == "lipin-tousu":', ["lipin-tousu", "礼品"])) == ["lipin-tousu"]
    assert list(named("礼品的投诉", ["lipin-tousu", "礼品"])) == ["礼品"]
    assert not list(named("determine gifted", ["coal", "gift"]))
