"""The rulebooks that domain/rulebooks/README.md lists are the rulebooks that are there."""

from __future__ import annotations

import re

from tests.house.tree import ROOT

_FOLDER = ROOT / "domain/rulebooks"


def listed(readme: str) -> set[str]:
    """The ids in the first column of the README's table: | `id` | … |."""
    return set(re.findall(r"^\|\s*\[?`([a-z0-9-]+)`", readme, flags=re.MULTILINE))


def test_rulebook_folders_are_the_rulebooks_listed() -> None:
    folders = {path.parent.name for path in _FOLDER.glob("*/*.toml")}
    assert folders
    assert listed((_FOLDER / "README.md").read_text(encoding="utf-8")) == folders


def test_every_rulebook_says_how_it_reads_its_articles() -> None:
    folders = {path.parent for path in _FOLDER.glob("*/*.toml")}
    assert not [folder.name for folder in folders if not (folder / "README.md").is_file()]


def test_the_list_is_the_first_column() -> None:
    table = (
        "| id | title |\n|---|---|\n| `register` | 登记 `x` |\n| [`lu-cai-cai-2018-72`](lu-cai-cai-2018-72/) | 办法 |\n"
    )
    assert listed(table) == {"register", "lu-cai-cai-2018-72"}
