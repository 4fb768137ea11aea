"""Rulebooks, forms and calendars that an archive has adopted, kept beside its records by digest.

Keeps: what a case pins can be read for as long as the archive lives, whatever the program installs later; bytes that
don't have the digest they are filed under are never returned. Leaves: which of them are adopted (the register).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from domain.errors import Fault
from domain.formats.encoding import digest
from domain.rules.rulebook import Rulebook

from . import rulebooks as installed
from .evidence.durable import sync_directory, write_new

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class RulebookStore:
    """The Rulebooks port over the installed ones and the folder `path` of adopted ones."""

    def __init__(self, path: Path) -> None:
        """Keep adopted ones under `path`/rulebooks and `path`/calendars."""
        self._rulebooks, self._calendars = path / "rulebooks", path / "calendars"
        self._parsed: dict[str, Rulebook] = {}

    def adopt_installed(self) -> None:
        """Keep everything that is installed now; what is kept already stays as it is."""
        for book in installed.installed().values():
            self.keep_rulebook(book, {form.path: installed.form_bytes(book.id, form.path) for form in book.forms})
        for data in installed.calendars().values():
            self.keep_calendar(data)

    def keep_calendar(self, data: bytes) -> None:
        """Keep a compiled year table by its digest."""
        _keep(self._calendars / f"{digest(data)}.json", data)

    def keep_rulebook(self, book: Rulebook, forms: Mapping[str, bytes]) -> None:
        """Keep a rulebook and its forms by its digest; the rulebook last, so that one that is there is whole."""
        folder = self._rulebooks / book.digest
        for form in book.forms:
            _keep(folder / form.path, forms[form.path])
        _keep(folder / "rulebook.json", book.data)

    def current(self) -> Mapping[str, Rulebook]:
        """The installed version of each rulebook, by id."""
        return installed.installed()

    def calendars(self) -> Mapping[str, bytes]:
        """The installed year tables, by name."""
        return installed.calendars()

    def rulebook(self, pinned: str) -> Rulebook:
        """The rulebook with this digest, installed or adopted."""
        if pinned not in self._parsed:
            found = next((b for b in installed.installed().values() if b.digest == pinned), None)
            self._parsed[pinned] = found or Rulebook.parse(
                self._kept(self._rulebooks / pinned / "rulebook.json", pinned)
            )
        return self._parsed[pinned]

    def form(self, pinned: str, path: str) -> bytes:
        """The bytes of a form of the rulebook with digest `pinned`."""
        form = next((f for f in self.rulebook(pinned).forms if f.path == path), None)
        if form is None:
            raise Fault("unknown-form", f"规则手册没有文书格式 {path[:80]}", "请核对规则手册的版本。")
        for book in installed.installed().values():
            if book.digest == pinned:
                return installed.form_bytes(book.id, path)
        return self._kept(self._rulebooks / pinned / path, form.digest)

    def calendar(self, pinned: str) -> bytes:
        """The year table with this digest."""
        found = next((data for data in installed.calendars().values() if digest(data) == pinned), None)
        return found or self._kept(self._calendars / f"{pinned}.json", pinned)

    def _kept(self, path: Path, pinned: str) -> bytes:
        try:
            data = path.read_bytes()
        except OSError as error:
            message = f"档案库中没有摘要为 {pinned[:12]}… 的规则或日历"
            raise Fault("unknown-rulebook", message, "请从备份恢复规则文件夹。") from error
        if digest(data) != pinned:
            raise Fault("rulebook-altered", f"规则文件 {path.name} 与其摘要不符", "文件已被改动，请从备份恢复。")
        return data


def _keep(path: Path, data: bytes) -> None:
    """Write a file durably, whole or not at all; one that is there already stays."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    temporary.unlink(missing_ok=True)
    write_new(temporary, [data])
    temporary.replace(path)
    sync_directory(path.parent)
