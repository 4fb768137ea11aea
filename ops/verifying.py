"""An archive directory as material for the verifier, read as it lies there."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, TypeVar

from api.wiring import case_keys_of, raw_vault_of
from domain.errors import Fault
from domain.formats.encoding import digest
from domain.verification import Blob, Indexed, store_material, verify_store
from storage import rulebooks as installed
from storage.events.sqlite import SqliteEventStore
from storage.evidence.sealed import SealedVault
from storage.home import Home
from storage.withheld import SqliteWithheldFacts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from domain.evidence_port import EvidenceVault
    from domain.formats.trust import Trust
    from domain.formats.verdict import Report
    from domain.ports import EventStore, Stored

BATCH = 500
_T = TypeVar("_T")


def verify_home(
    path: Path, trust: Trust | None, require: str | None, tick: Callable[[int, int], None] = lambda _done, _all: None
) -> Report:
    """Every check over the archive in the directory `path`; `tick(done, all)` counts cases and originals as read."""
    home = Home.open(path)
    events = SqliteEventStore(home.events)
    keys = case_keys_of(home)
    withheld = SqliteWithheldFacts(home.withheld, keys)
    raw = raw_vault_of(home)
    vault = SealedVault(raw, keys)
    try:
        cases = [case for case, _ in events.cases()]
        rulebooks, forms, calendars = _pinned(home)
        came = _Count(len(cases) + sum(1 for _ in raw.objects()), tick)
        material = store_material(
            cases=cases,
            read=lambda case: came.through(case, events.case(case)),
            rows=lambda: _rows(events),
            index=lambda: _index(events),
            withheld=withheld.get,
            rulebooks=rulebooks,
            forms=forms,
            calendars=calendars,
            vault=lambda name, version: came.through(name, _blob(raw, vault, name, version)),
        )
        report = verify_store(material, trust, require)
        came.end()
        return report
    finally:
        withheld.close()
        keys.close()
        events.close()


class _Count:
    """Which cases and originals have been read so far."""

    def __init__(self, total: int, tick: Callable[[int, int], None]) -> None:
        self._total, self._tick, self._seen = total, tick, set[str]()

    def through(self, name: str, what: _T) -> _T:
        """Count `name` once, pass on `what` it holds."""
        self._seen.add(name)
        self._tick(min(len(self._seen), self._total), self._total)
        return what

    def end(self) -> None:
        """Everything has been read; what no record names was not asked for."""
        self._tick(self._total, self._total)


def _rows(events: EventStore) -> Iterator[Stored]:
    position = 0
    while batch := events.after(position, BATCH):
        yield from batch
        position = batch[-1].position


def _index(events: SqliteEventStore) -> Iterator[Indexed]:
    position = 0
    while batch := events.index(position, BATCH):
        yield from (Indexed(*found[1:]) for found in batch)
        position = batch[-1][0]


def _blob(raw: EvidenceVault, vault: EvidenceVault, name: str, version: str | None) -> Blob:
    """As it lies there, read without any key; its plaintext is opened when that is asked for."""

    def plain() -> tuple[str, int]:
        sha256, length = hashlib.sha256(), 0
        for chunk in vault.read(name, version):
            sha256.update(chunk)
            length += len(chunk)
        return sha256.hexdigest(), length

    return Blob(raw.stat(name, version).size, raw.digest(name, version), plain)


def _pinned(home: Home) -> tuple[dict[str, bytes], dict[str, dict[str, bytes]], dict[str, bytes]]:
    """Rulebooks, forms and calendars as they lie in the archive's directory, filed under the digest of their folder."""
    books: dict[str, bytes] = {}
    forms: dict[str, dict[str, bytes]] = {}
    for folder in sorted((home.adopted / "rulebooks").glob("*")):
        books[folder.name] = (folder / "rulebook.json").read_bytes()
        files = [f for f in sorted(folder.rglob("*")) if f.is_file() and f.name != "rulebook.json"]
        forms[folder.name] = {str(f.relative_to(folder)): f.read_bytes() for f in files}
    calendars = {f.stem: f.read_bytes() for f in sorted((home.adopted / "calendars").glob("*.json"))}
    if not books and not calendars:
        books = {b.digest: b.data for b in installed.installed().values()}
        calendars = {digest(data): data for data in installed.calendars().values()}
    return books, forms, calendars


def is_home(path: Path) -> bool:
    """Whether `path` is a directory to be opened as an archive; Fault "no-home" for any other directory."""
    if not path.is_dir():
        return False
    if not (path / "archive.json").is_file():
        raise Fault("no-home", f"{path} 不是档案库目录。", "请指明案卷文件（.zip）或档案库目录。")
    return True
