"""Rulebook folders for tests: the small one that uses every word, and the installed ones, as parsed tables."""

from __future__ import annotations

import copy
import tomllib
from pathlib import Path
from typing import Any

from domain.rules.loader import SECTIONS
from domain.rules.loading.reading import plain
from storage.rulebooks import folder

HERE = Path(__file__).parent
SMALL = {
    str(path.relative_to(HERE / "small")): path.read_bytes()
    for path in sorted((HERE / "small").rglob("*"))
    if path.is_file()
}
Tables = dict[str, dict[str, Any]]


def tables_of(files: Any) -> Tables:
    """Parsed TOML, dates as text."""
    return {path: plain(tomllib.loads(data.decode())) for path, data in files.items() if path.endswith(".toml")}


def forms_of(files: Any) -> dict[str, str]:
    return {path: "digest" for path in files if path.endswith(".typ")}


def small() -> Tables:
    return tables_of(SMALL)


def real(rulebook: str) -> Tables:
    return copy.deepcopy(tables_of(folder(rulebook)))


def file_of(tables: Tables, key: str) -> str:
    """The file in which the entry of `key` ("action.notice.by") stands."""
    section, _, rest = key.partition(".")
    code = rest.partition(".")[0]
    held = (path for path, table in tables.items() if section in SECTIONS and code in table.get(section, {}))
    return next(held, "rulebook.toml")


def place(tables: Tables, key: str) -> tuple[Any, str]:
    """The table that holds the last name of `key`, and that name."""
    *parents, last = key.split(".")
    table: Any = tables[file_of(tables, key)]
    for name in parents:
        inner, _, number = name.rstrip("]").partition("[")  # "must[0]" is the first of a list
        table = table.setdefault(inner, {})
        table = table[int(number)] if number else table
    return table, last
