"""The rulebooks and calendars that come with the program, read from its own folders.

Keeps: what is installed is compiled once and strictly; a broken folder is a Fault that names file and key.
Leaves: which of them an archive has adopted (its register).
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from domain.errors import Fault
from domain.formats.canonical import dump
from domain.rules.calendar import compile_year
from domain.rules.loader import HEAD, compile_rulebook

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.resources.abc import Traversable

    from domain.rules.rulebook import Rulebook

_READ = (".toml", ".typ")


def folder(rulebook_id: str) -> Mapping[str, bytes]:
    """The files of an installed rulebook: path within its folder → bytes. Fault "unknown-rulebook"."""
    if rulebook_id not in _names():
        raise Fault("unknown-rulebook", f"没有规则手册“{rulebook_id}”", f"可用：{'、'.join(_names())}。")
    return dict(_files(_rulebooks() / rulebook_id, ""))


@cache
def installed() -> Mapping[str, Rulebook]:
    """Every installed rulebook, compiled, by id. Fault of the loader, or "rulebook-id" if a folder isn't named so."""
    out = {}
    for name in _names():
        rulebook = compile_rulebook(folder(name))
        if rulebook.id != name:
            message = f"文件夹 {name} 中规则手册的代号是“{rulebook.id}”"
            raise Fault("rulebook-id", message, "代号与文件夹名应一致。", field=f"{HEAD}:id")
        out[name] = rulebook
    return out


def form_bytes(rulebook_id: str, path: str) -> bytes:
    """The template of a paper, as its rulebook pins it. Faults "unknown-rulebook", "unknown-form"."""
    if rulebook_id not in installed() or path not in {form.path for form in installed()[rulebook_id].forms}:
        folder(rulebook_id)
        raise Fault("unknown-form", f"规则手册“{rulebook_id}”没有文书格式 {path}", "请核对规则手册的版本。")
    return folder(rulebook_id)[path]


@cache
def calendars() -> Mapping[str, bytes]:
    """Every installed year's table, compiled to canonical JSON, by name ("cn-2020"); in order of name."""
    tables = sorted(file.name for file in _calendars().iterdir() if file.name.endswith(".toml"))
    return {
        (name := file.removesuffix(".toml")): dump(compile_year(name, (_calendars() / file).read_bytes()))
        for file in tables
    }


def _rulebooks() -> Traversable:
    return files("domain") / "rulebooks"


def _calendars() -> Traversable:
    return files("domain") / "calendars"


@cache
def _names() -> tuple[str, ...]:
    return tuple(sorted(entry.name for entry in _rulebooks().iterdir() if (entry / HEAD).is_file()))


def _files(place: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for entry in sorted(place.iterdir(), key=lambda e: e.name):
        if entry.is_dir():
            yield from _files(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(_READ):
            yield f"{prefix}{entry.name}", entry.read_bytes()
