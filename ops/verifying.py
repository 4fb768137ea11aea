"""An archive directory as material for the verifier, read as it lies there, on all processors.

Keeps: the report is the same whatever the number of processes, and whether or not it was interrupted. What was
entered after the verification began is not part of it.
"""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from typing import TYPE_CHECKING

from api.wiring import case_keys_of, raw_vault_of
from domain.errors import Fault
from domain.formats.encoding import digest
from domain.verification import Blob, CaseJudge, Indexed, Scope, store_material, verify_store
from domain.verification.scope import EVERYTHING
from ops.verification_place import Place
from storage import rulebooks as installed
from storage.events.sqlite import SqliteEventStore
from storage.evidence.sealed import SealedVault
from storage.home import Home
from storage.withheld import SqliteWithheldFacts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from domain.errors import Defect
    from domain.evidence_port import EvidenceVault
    from domain.formats.trust import Trust
    from domain.formats.verdict import Report
    from domain.ports import Stored
    from domain.verification import Material, Outcome

BATCH = 500
CHUNK = 25  # cases at a time; a store of no more is judged in this process, and no place is kept in it
_opened: list[tuple[ExitStack, CaseJudge | Fault]] = []  # of this process; the stack keeps its stores open


@dataclass(frozen=True, slots=True)
class Extent:
    """What of a store is verified: rows up to a position, its cases, and which of them are the register's."""

    position: int
    cases: tuple[str, ...]
    register: tuple[str, ...] | None = None


def verify_home(
    path: Path,
    trust: Trust | None,
    require: str | None,
    tick: Callable[[int, int], None] = lambda _done, _all: None,
    *,
    scope: Scope = EVERYTHING,
    processes: int | None = None,
    place: Path | None = None,
) -> Report:
    """Every check over the archive in the directory `path` that `scope` asks for; `tick(done, all)` counts cases.

    `processes`: all processors if None. `place`: a folder in which an interrupted verification keeps how far it is,
    and from which it goes on; None keeps nothing.
    """
    with opened(path) as (material, extent):
        run = _Run(path, replace(extent, register=tuple(material.register)), tick, processes or processors(), place)
        report = verify_store(material, trust, require, scope=scope, outcomes=run.outcomes)
    return replace(report, coverage=replace(report.coverage, resumed=run.resumed))


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0))


class _Run:
    """One verification of one store."""

    def __init__(
        self, path: Path, extent: Extent, tick: Callable[[int, int], None], processes: int, place: Path | None
    ) -> None:
        self._path, self._extent, self._tick = path, extent, tick
        self._processes, self._folder = processes, place
        self.resumed = 0

    def outcomes(self, judge: CaseJudge, cases: Sequence[str]) -> Iterator[Outcome]:
        """What comes of the cases, in their order: kept from before, then judged in this process or in several."""
        if len(cases) <= CHUNK:
            yield from self._counted(map(judge.case, cases), 0, len(cases))
            return
        with Place.of(self._folder, self._path, f"{judge.basis} {self._extent.position}") as place:
            for outcome in place.kept(cases):
                self.resumed += 1
                yield outcome
            rest = cases[self.resumed :]
            judged = self._judged(judge, rest)
            for outcome in self._counted(judged, self.resumed, len(cases)):
                place.keep(outcome)
                yield outcome
            place.finished()

    def _judged(self, judge: CaseJudge, cases: Sequence[str]) -> Iterator[Outcome]:
        if self._processes == 1:
            yield from map(judge.case, cases)
            return
        chunks = [cases[at : at + CHUNK] for at in range(0, len(cases), CHUNK)]
        start = (self._path, self._extent, judge.scope, judge.basis)
        with ProcessPoolExecutor(self._processes, get_context("spawn"), _open, start) as pool:
            try:
                for found in pool.map(_judge, chunks):
                    if isinstance(found, tuple):
                        raise Fault.of(found)
                    yield from found
            finally:  # whoever stops asking doesn't wait for the rest
                pool.shutdown(cancel_futures=True)

    def _counted(self, outcomes: Iterator[Outcome], done: int, total: int) -> Iterator[Outcome]:
        for number, outcome in enumerate(outcomes, done + 1):
            self._tick(number, total)
            yield outcome


def _open(path: Path, extent: Extent, scope: Scope, basis: str) -> None:
    """Start of a process: the same register and the same rules."""
    stack = ExitStack()
    try:
        judge = CaseJudge(stack.enter_context(opened(path, extent))[0], scope, None)
    except Fault as fault:  # told where it is asked for its first cases
        _opened.append((stack, fault))
        return
    changed = Fault("archive-changed", "核验期间档案库的登记或规则文件有变动。", "请重新核验。")
    _opened.append((stack, judge if judge.basis == basis else changed))


def _judge(cases: Sequence[str]) -> list[Outcome] | tuple[Defect, ...]:
    """The outcomes, or why there are none: a Fault doesn't pass from process to process."""
    _, judge = _opened[0]
    try:
        if isinstance(judge, Fault):
            raise judge
        return [judge.case(case) for case in cases]
    except Fault as fault:
        return fault.defects


@contextmanager
def opened(path: Path, extent: Extent | None = None) -> Iterator[tuple[Material, Extent]]:
    """The material in the archive directory `path`, and what of it that is. Faults of the stores."""
    home = Home.open(path)
    with (
        closing(SqliteEventStore(home.events)) as events,
        closing(case_keys_of(home)) as keys,
        closing(SqliteWithheldFacts(home.withheld, keys)) as withheld,
    ):
        extent = extent or _extent(events)
        raw, last = raw_vault_of(home), extent.position
        vault = SealedVault(raw, keys)
        rulebooks, forms, calendars = _pinned(home)
        material = store_material(
            cases=extent.cases,
            register=extent.register,
            read=lambda case: events.until(case, last),
            rows=lambda: _rows(events, last),
            index=lambda: _index(events, last),
            withheld=withheld.get,
            rulebooks=rulebooks,
            forms=forms,
            calendars=calendars,
            vault=lambda name, version: _blob(raw, vault, name, version),
        )
        yield material, extent


def _extent(events: SqliteEventStore) -> Extent:
    position = events.position()
    return Extent(position, events.cases_until(position))


def _rows(events: SqliteEventStore, last: int) -> Iterator[Stored]:
    position = 0
    while batch := events.after(position, BATCH):
        yield from (row for row in batch if row.position <= last)
        position = batch[-1].position
        if position >= last:
            return


def _index(events: SqliteEventStore, last: int) -> Iterator[Indexed]:
    position = 0
    while batch := events.index(position, BATCH):
        yield from (Indexed(*found[1:]) for found in batch if found[0] <= last)
        position = batch[-1][0]
        if position >= last:
            return


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
