"""Versions of a rulebook that come up in a scenario: the installed text with one passage corrected."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from domain.errors import Fault
from domain.formats.encoding import digest
from domain.rules.loader import compile_rulebook
from storage.rulebooks import folder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.rules.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class VersionSpec:
    """The version `label`: in the rulebook's `file`, `old` (which stands there once) has become `new`."""

    label: str
    file: str
    old: str
    new: str


@cache
def version(rulebook: str, spec: VersionSpec) -> tuple[Rulebook, Mapping[str, bytes]]:
    """The version compiled, and what adopting it brings, by digest. Fault "scenario"; those of the loader."""
    files = dict(folder(rulebook))
    text = files.get(spec.file, b"").decode()
    if text.count(spec.old) != 1:
        message = f"规则手册 {rulebook} 的 {spec.file} 中应恰有一处“{spec.old}”，实有 {text.count(spec.old)} 处"
        raise Fault("scenario", message, "请改正 [[version]]。")
    files[spec.file] = text.replace(spec.old, spec.new).encode()
    book = compile_rulebook(files)
    return book, {book.digest: book.data, **{digest(files[pin.path]): files[pin.path] for pin in book.forms}}
