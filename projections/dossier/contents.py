"""What goes into a package, read from an archive: records, registers, rules, calendars, originals (FORMAT.md §8).

Keeps: the register cases of the archive and of every officer who signed anything enclosed, recursively; every
calendar ever adopted; exactly the rulebooks that enclosed records name or move their case to; an original where its
digest is shown.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from domain.errors import Fault
from domain.formats.canonical import parse_object
from domain.formats.package import SourceFile
from domain.rules.binding import FACT
from domain.rules.calendar import calendar_from
from domain.rules.deputies import DEPUTISED

from .enclosed import Enclosed, key_of, shown_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    from domain.archive import Archive
    from domain.formats.record import Record
    from domain.rules.calendar import Calendar
    from domain.rules.rulebook import Rulebook

    Disclose = bool | frozenset[str]


def enclosed_of(archive: Archive, case: str, seq: int, disclose: Disclose) -> Enclosed:
    """The first `seq` records of `case` with all that goes with them."""
    records = archive.records(case)[:seq]
    register = _registers(archive, records)
    every = [*records, *(record for group in register.values() for record in group)]
    rulebooks = {pinned: archive.rulebooks.rulebook(pinned) for pinned in {r.act.rulebook_digest for r in every}}
    for record in every:
        moved = moved_to(rulebooks[record.act.rulebook_digest], record)
        if moved is not None:
            rulebooks[moved] = archive.rulebooks.rulebook(moved)
    shown = {key_of(record): _shown(archive, record, records, register, rulebooks, disclose) for record in every}
    return Enclosed(
        case=case,
        records=records,
        register_records=register,
        shown={key: listed for key, listed in shown.items() if listed},
        rulebooks=rulebooks,
        calendar=_calendar(archive),
    )


def moved_to(book: Rulebook, record: Record) -> str | None:
    """The version to which a record under `book` moved its case, by digest."""
    action = book.by_action.get(record.act.action)
    pinned = record.act.facts.get(FACT) if action is not None and action.rebinds else None
    return pinned if isinstance(pinned, str) else None


def _registers(archive: Archive, records: tuple[Record, ...]) -> dict[str, tuple[Record, ...]]:
    """The archive's case first, then those of all who signed, or were stood in for, and so on, by case id."""
    home = archive.register().archive
    if home is None:
        raise Fault("no-genesis", "本档案库尚未建档，不能导出。", "请先运行 anjuan init。")
    found: dict[str, tuple[Record, ...]] = {}
    waiting = [home, *_officers(records)]
    while waiting:
        case = waiting.pop()
        if case not in found:
            found[case] = archive.records(case)
            waiting += _officers(found[case])
    return {home: found[home], **{case: found[case] for case in sorted(found) if case != home}}


def _officers(records: tuple[Record, ...]) -> list[str]:
    signed = {signer.officer for record in records for signer in record.act.signers}
    away = {str(record.act.facts.get("away")) for record in records if record.act.action == DEPUTISED}
    return sorted(signed | away)


def _shown(
    archive: Archive,
    record: Record,
    records: tuple[Record, ...],
    register: dict[str, tuple[Record, ...]],
    rulebooks: dict[str, Rulebook],
    disclose: Disclose,
) -> tuple[str, ...]:
    kept = archive.disclosures(record)
    if not kept:
        return ()
    siblings = records if record.case == records[0].case else register[record.case]
    target = record.act.facts.get("target")
    known = isinstance(target, int) and 0 < target <= len(siblings)
    put_right = siblings[target - 1].act if known and isinstance(target, int) else None
    corrected = rulebooks[put_right.rulebook_digest].by_action.get(put_right.action) if put_right else None
    return shown_of(record, rulebooks[record.act.rulebook_digest], kept, disclose, corrected)


def _calendar(archive: Archive) -> Calendar:
    """The tables in force, as the register names them."""
    adopted = archive.register().calendars
    return calendar_from(parse_object(archive.rulebooks.calendar(pinned)) for pinned in adopted.values())


def calendars(archive: Archive, enclosed: Enclosed) -> dict[str, bytes]:
    """Every calendar that the archive's case ever adopted, superseded ones too, by digest."""
    pinned: set[str] = set()
    for record in next(iter(enclosed.register_records.values())):
        facts = enclosed.entry(record).facts
        if record.act.action == "genesis":
            pinned.update(row["digest"] for row in facts.get("calendars") or ())
        elif record.act.action == "calendar-adopted":
            pinned.add(facts["digest"])
    return {digest: archive.rulebooks.calendar(digest) for digest in sorted(pinned)}


def forms(archive: Archive, rulebook: Rulebook) -> dict[str, bytes]:
    """The forms that a rulebook pins, by path."""
    return {pin.path: archive.rulebooks.form(rulebook.digest, pin.path) for pin in rulebook.forms}


def originals(archive: Archive, enclosed: Enclosed) -> dict[str, SourceFile]:
    """The originals whose digest is shown and that can still be read, by SHA-256 (hexadecimal)."""
    found: dict[str, SourceFile] = {}
    for record in enclosed.every_record():
        for item in enclosed.entry(record).evidence:
            sha256, length = item.get("sha256"), item.get("length")
            if isinstance(sha256, str) and isinstance(length, int) and sha256 not in found:
                source = _original(archive, item["object"], item["version"])
                if source is not None:
                    found[sha256] = SourceFile(length, sha256, source)
    return found


def _original(archive: Archive, name: str, version: str | None) -> Callable[[], BinaryIO] | None:
    try:
        state = archive.vault.stat(name, version)
    except Fault as fault:
        if fault.code == "blob-missing":  # destroyed, or lost: the notes and the verification say so
            return None
        raise
    if state.case is not None and archive.keys.destroyed(state.case):
        return None
    return lambda: io.BufferedReader(_Chunks(archive.vault.read(name, version)))


class _Chunks(io.RawIOBase):
    """A vault's chunks as a readable stream."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._rest = chunks, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # any writable buffer
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = memoryview(chunk)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size
