"""Adopting (启用) year tables and rulebooks: what the register is about to name must be at hand, whole and sound.

Keeps: nothing takes effect before its record stands: the register decides what counts, bytes kept by digest decide
nothing; what can't be read, doesn't fit what is adopted already, or silently changes a notice is refused, and the
archive can go on reading its cases whatever was signed. Leaves: who signs it (register), what moves by it (changes).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import Defect, Fault
from .formats.canonical import parse_object
from .formats.encoding import digest
from .rules.calendar import calendar_from
from .rules.calendar_adoption import silent_changes
from .rules.calendar_source import read_json
from .rules.loading.consistent import inconsistencies
from .rules.rulebook import Rulebook

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .ports import Rulebooks
    from .rules.calendar_table import YearTable
    from .rules.case import Entry
    from .rules.register import Register

GENESIS, CALENDAR, RULEBOOK, RECTIFICATION = "genesis", "calendar-adopted", "rulebook-adopted", "rectification"
ADOPTING = (GENESIS, CALENDAR, RULEBOOK, RECTIFICATION)  # actions of the register after which something else may count


@dataclass(frozen=True, slots=True)
class Adopting:
    """What an act would adopt: compiled year tables, and rulebooks with their forms by path."""

    calendars: tuple[bytes, ...]
    rulebooks: tuple[tuple[Rulebook, Mapping[str, bytes]], ...]

    def keep(self, shelf: Rulebooks) -> None:
        """Keep all of it by digest."""
        for data in self.calendars:
            shelf.keep_calendar(data)
        for book, forms in self.rulebooks:
            shelf.keep_rulebook(book, forms)


def adopting(
    before: Register, after: Register, entry: Entry, brought: Mapping[str, bytes], shelf: Rulebooks
) -> Adopting:
    """What counts in `after` by `entry` and did not in `before`, checked. `brought`: by digest, what came with the act.

    Faults: calendar-missing, calendar-name, calendar-changed, notice, no-change, those of a table and of several
    together; rulebook-missing, rulebook-id, rulebook-calendar, those of a rulebook.
    """
    bring = _Brought(brought, shelf)
    if entry.action in (CALENDAR, RULEBOOK) and (before.calendars, before.rulebooks) == (
        after.calendars,
        after.rulebooks,
    ):
        raise Fault("no-change", "这一版本现已启用，没有变化", "不必再次启用。", field="facts.digest")
    tables = {name: d for name, d in after.calendars.items() if before.calendars.get(name) != d}
    for name, pinned in tables.items():
        _check_table(name, pinned, before, entry, bring)
    if tables:
        calendar_from(parse_object(bring.calendar(name, d)) for name, d in after.calendars.items())
    books = {
        d: name for name, digests in after.rulebooks.items() for d in digests if d not in before.rulebooks.get(name, ())
    }
    return Adopting(
        tuple(bring.calendar(name, pinned) for name, pinned in tables.items()),
        tuple(bring.rulebook(name, pinned, after) for pinned, name in books.items()),
    )


class _Brought:
    """Bytes by digest: those that came with the act, else those kept before."""

    def __init__(self, brought: Mapping[str, bytes], shelf: Rulebooks) -> None:
        self._brought, self._shelf = brought, shelf

    def calendar(self, name: str, pinned: str) -> bytes:
        if (data := self._own(pinned)) is not None:
            return data
        try:
            return self._shelf.calendar(pinned)
        except Fault as fault:
            message = f"没有随附摘要为 {pinned[:12]}… 的节假日表 {name}"
            raise Fault("calendar-missing", message, "请用 anjuan calendar adopt 由文件起草。") from fault

    def rulebook(self, name: str, pinned: str, register: Register) -> tuple[Rulebook, Mapping[str, bytes]]:
        book = self._book(name, pinned)
        if book.id != name:
            message = f"所附规则手册的代号是“{book.id}”，登记的是“{name}”"
            raise Fault("rulebook-id", message, "请核对代号。", field="facts.id")
        families = {calendar.rpartition("-")[0] for calendar in register.calendars}
        if book.calendar not in families:
            message = f"规则手册“{book.title}”所用的日历“{book.calendar}”没有启用"
            raise Fault("rulebook-calendar", message, f"已启用：{'、'.join(sorted(families))}。")
        return book, {form.path: self._form(book, form.path, form.digest) for form in book.forms}

    def _book(self, name: str, pinned: str) -> Rulebook:
        if (data := self._own(pinned)) is not None:
            book = Rulebook.parse(data)
            if found := tuple(inconsistencies(book, frozenset(form.path for form in book.forms))):
                raise Fault.of(found)
            return book
        try:
            return self._shelf.rulebook(pinned)
        except Fault as fault:
            message = f"没有随附摘要为 {pinned[:12]}… 的规则手册“{name}”"
            raise Fault("rulebook-missing", message, "请用 anjuan rulebook adopt 起草。") from fault

    def _form(self, book: Rulebook, path: str, pinned: str) -> bytes:
        return self._own(pinned) or self._shelf.form(book.digest, path)

    def _own(self, pinned: str) -> bytes | None:
        data = self._brought.get(pinned)
        if data is not None and digest(data) != pinned:
            raise Fault("digest", f"随附的内容与摘要 {pinned[:12]}… 不符", "请重新起草。")
        return data


def _check_table(name: str, pinned: str, before: Register, entry: Entry, bring: _Brought) -> None:
    table = _table(bring.calendar(name, pinned))
    if table.name != name:
        message = f"所附的是 {table.name} 的节假日表，登记的是 {name}"
        raise Fault("calendar-name", message, "请核对名称。", field="facts.name")
    known = before.calendars.get(name)
    if entry.action != CALENDAR:
        return
    found = tuple(silent_changes(_table(bring.calendar(name, known)), table)) if known is not None else ()
    if found := (*found, *_named(entry.facts.get("notice"), table)):
        raise Fault.of(found)


def _table(data: bytes) -> YearTable:
    return read_json(parse_object(data))


def _named(notice: object, table: YearTable) -> Iterator[Defect]:
    """Whether the notice that the signers name as the ground is one of the table's."""
    numbers = [known.number for known in table.notices]
    if notice not in numbers:
        message = f"节假日表中没有通知“{str(notice)[:60]}”"
        yield Defect("notice", message, f"表中有：{'、'.join(numbers)}。", field="facts.notice")
