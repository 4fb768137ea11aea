"""The audit of the vault (存证库核对): every file that a record names, as it lies there, without any key.

Keeps: what is judged are the bytes as stored and what the store says of them, against signed records alone; the same
records and the same vault give the same findings, in one run or in several; a sample is drawn by its seed, and anyone
can draw it again. Leaves: whether the records themselves are sound (`verification`), putting right (`keeping`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from .errors import Fault
from .formats.record import Record, parse_record
from .keeping import demanded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from .evidence_port import BlobState, EvidenceVault
    from .keeping import Demand
    from .ports import EventStore
    from .reading import CaseReader

BATCH = 500
LAG = timedelta(days=365)  # what is counted from today must have been lengthened within a year
_AWAY = ("vault-unreachable", "vault-credentials")  # the store, not one file


class Problem(StrEnum):
    """What is wrong with an object; the first three fail an audit."""

    MISSING = "missing"  # a record names it, the vault doesn't have it
    ALTERED = "altered"  # other bytes, size or version than were signed
    UNPROTECTED = "unprotected"  # retention or hold short of what the records demand
    UNREAD = "unread"  # the vault couldn't say
    ORPHANED = "orphaned"  # no record names it


PROBLEMS = {
    Problem.MISSING: "缺失",
    Problem.ALTERED: "改动",
    Problem.UNPROTECTED: "未锁定",
    Problem.UNREAD: "未能读取",
    Problem.ORPHANED: "无记录引用",
}
FAILING = (Problem.MISSING, Problem.ALTERED, Problem.UNPROTECTED)


@dataclass(frozen=True, slots=True)
class Item:
    """An evidence file as record `seq` of `case` names it in the clear."""

    case: str
    seq: int
    object: str
    version: str | None
    blob: str
    size: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: with which object, named by which record (None: by none), in words."""

    problem: Problem
    case: str | None
    seq: int | None
    object: str
    version: str | None
    told: str

    def as_json(self) -> dict[str, Any]:
        """For machines, and for the place that an audit keeps."""
        return {**asdict(self), "problem": self.problem.value}


def items_of(record: Record) -> Iterator[Item]:
    """What a record names; these members always stand in the clear."""
    for entry in record.act.evidence:
        told: Any = entry
        yield Item(record.case, record.seq, told["object"], told["version"], told["blob"], told["size"])


def items_in(events: EventStore, last: int) -> Iterator[Item]:
    """What every record up to the position `last` names, in their order."""
    position = 0
    while batch := events.after(position, BATCH):
        for stored in batch:
            if stored.position <= last:
                yield from items_of(parse_record(stored.data))
        position = batch[-1].position


def sampled(items: Sequence[Item], size: int, seed: str) -> tuple[Item, ...]:
    """`size` of the items, drawn by `seed`, in their own order: those whose SHA-256 of "seed LF object LF version LF
    case LF seq" come first.
    """  # noqa: D205  # one sentence
    drawn = sorted(range(len(items)), key=lambda n: _ticket(items[n], seed))[:size]
    return tuple(items[n] for n in sorted(drawn))


def _ticket(item: Item, seed: str) -> bytes:
    return sha256(f"{seed}\n{item.object}\n{item.version or ''}\n{item.case}\n{item.seq}".encode()).digest()


def verdict(findings: Sequence[Finding]) -> int:
    """The exit status, as `verify` has it: 1 something failed, 2 something couldn't be read, 0 else."""
    found = {finding.problem for finding in findings}
    return 1 if found & set(FAILING) else 2 if Problem.UNREAD in found else 0


class Audit:
    """One audit of what the records up to `position` name, on the day `today`; nothing is changed anywhere."""

    def __init__(
        self, events: EventStore, reader: CaseReader, vault: EvidenceVault, today: date, position: int | None = None
    ) -> None:
        """`vault` gives the bytes as they lie there; `position` is that of the store when the audit began."""
        self._events, self.reader, self._vault, self._today = events, reader, vault, today
        self.position = events.position() if position is None else position
        self._demands: dict[str, Demand] = {}

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Everything that the records name, in their order."""
        return tuple(items_in(self._events, self.position))

    def judged(self, item: Item) -> tuple[Finding, ...]:
        """What is wrong with one file. Fault "vault-unreachable": the store is away, nothing was judged."""
        demand = self._demand(item.case)
        try:
            state = self._vault.stat(item.object, item.version)
            digest = self._vault.digest(item.object, item.version)
        except Fault as fault:
            return self._unread(item, demand, fault)
        told = (*_altered(item, state, digest), *_unprotected(state, demand))
        return tuple(_finding(problem, item, words) for problem, words in told)

    def orphans(self) -> Iterator[Finding]:
        """What lies in the vault and no record names, by order of its name. Faults of the vault."""
        named = {(item.object, item.version) for item in self.items}
        for name, version in sorted(self._vault.objects(), key=lambda found: (found[0], found[1] or "")):
            if (name, version) not in named:
                yield Finding(Problem.ORPHANED, None, None, name, version, self._lock(name, version))

    def _demand(self, case: str) -> Demand:
        if case not in self._demands:
            self._demands[case] = demanded(self.reader, self.reader.case(case), self._today, LAG)
        return self._demands[case]

    def _unread(self, item: Item, demand: Demand, fault: Fault) -> tuple[Finding, ...]:
        if fault.code in _AWAY:
            raise fault
        if fault.code == "blob-missing":
            return () if demand.destroyed else (_finding(Problem.MISSING, item, "存证库中没有这一文件"),)
        problem = Problem.ALTERED if fault.code == "blob-damaged" else Problem.UNREAD
        return (_finding(problem, item, fault.defects[0].message.rstrip("。")),)

    def _lock(self, name: str, version: str | None) -> str:
        try:
            state = self._vault.stat(name, version)
        except Fault as fault:
            if fault.code in _AWAY:
                raise
            return f"没有记录引用，也不像存入的文件（{fault.defects[0].message.rstrip('。')}）"
        if state.hold:
            return "没有记录引用，冻结中"
        return f"没有记录引用，锁定至 {state.retain_until:%Y-%m-%d}" if state.retain_until else "没有记录引用，没有锁定"


def _finding(problem: Problem, item: Item, told: str) -> Finding:
    return Finding(problem, item.case, item.seq, item.object, item.version, told)


def _altered(item: Item, state: BlobState, digest: str) -> Iterator[tuple[Problem, str]]:
    if digest != item.blob:
        yield Problem.ALTERED, f"摘要为 {digest}，记录为 {item.blob}"
    if state.size != item.size:
        yield Problem.ALTERED, f"大小为 {state.size} 字节，记录为 {item.size} 字节"
    if state.version != item.version:
        yield Problem.ALTERED, f"版本为 {state.version}，记录为 {item.version}"
    if state.blob not in (None, item.blob):
        yield Problem.ALTERED, "存证库所注的摘要与记录不同"
    if state.case not in (None, item.case):
        yield Problem.ALTERED, f"存证库所注的案件是 {state.case}"


def _unprotected(state: BlobState, demand: Demand) -> Iterator[tuple[Problem, str]]:
    if demand.destroyed:
        return
    if state.retain_until is None:
        yield Problem.UNPROTECTED, f"没有锁定，应至少锁定至 {demand.enough:%Y-%m-%d}"
    elif state.retain_until < demand.enough:
        yield Problem.UNPROTECTED, f"锁定至 {state.retain_until:%Y-%m-%d}，应至少至 {demand.enough:%Y-%m-%d}"
    if demand.held and not state.hold:
        yield Problem.UNPROTECTED, "本案证据应当冻结，没有冻结"
