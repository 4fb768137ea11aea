"""Evidence files on their way in: stored under a short lock, inspected, remembered, before any act may name them.

Keeps: nothing is looked into before it lies safely in the vault, so that what is admitted is what lies there; what
couldn't be checked waits, what was refused is remembered with its digest; limits are said with their figures.
Leaves: what is looked for (storage.inspection), lengthening a named file's retention, sweeping what nobody named. A
process that dies between storing and remembering leaves a blob that nobody knows of: its lock ends, it is swept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, BinaryIO, cast

from .admission import UNKNOWN, admitted_name
from .errors import Fault
from .evidence_port import Attached, Finding, State
from .evidence_reader import reading

if TYPE_CHECKING:
    from .evidence_port import Attachments, EvidenceVault, Inspection
    from .ports import Clock, Ids

QUARANTINE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much evidence is taken in: octets of one file; files, octets and waiting files of one case."""

    file: int = 20 << 30
    files: int = 2_000
    octets: int = 200 << 30
    waiting: int = 50


@dataclass(frozen=True, slots=True)
class Attaching:
    """Takes evidence files in; it speaks only through the ports.

    `clock` is that of the world, also in a demonstration: a lock in the vault is reckoned by it.
    """

    vault: EvidenceVault
    attachments: Attachments
    inspection: Inspection
    clock: Clock
    ids: Ids
    limits: Limits = Limits()

    def attach(
        self,
        *,
        case: str,
        source: BinaryIO,
        name: str,
        media: str | None = None,
        length: int | None = None,
        object: str | None = None,  # noqa: A002  # the formats' word
    ) -> Attached:
        """Store one evidence file in quarantine, inspect it, remember what was found.

        `media` is what the sender says it is: told while nobody could look, replaced by what the content is. `object`
        is its name in the vault where that was given before: the same file again is no change. Faults before anything
        is stored: "file-name", "too-large", "too-many-files", "too-many-waiting"; those of the vault.
        """
        clean = admitted_name(name)
        known = self.attachments.get(object) if object is not None else None
        within = source if known else cast("BinaryIO", _Bounded(source, *self.room(case, length)))
        end = self.clock.now() + QUARANTINE
        stored = self.vault.put(object or self.ids.uuid7(), within, length=length, retain_until=end, case=case)
        if known is not None and (known.stored, known.case, known.name) == (stored, case, clean):
            return known
        attached = self._inspected(Attached(stored, case, clean, media or UNKNOWN, State.WAITING))
        self.attachments.put(attached)
        return attached

    def recheck(self, object: str) -> Attached:  # noqa: A002  # the port's word
        """Inspect a waiting file again. Faults "not-waiting", "vault-unreachable", "vault-refused".

        One whose lock has ended and that was swept meanwhile is refused: there is nothing left to admit. An admitted
        one is locked for as long as if it had come today.
        """
        attached = self.attachments.get(object)
        if attached is None or attached.state is not State.WAITING:
            raise Fault("not-waiting", f"证据 {object[:40]} 不在待查文件之列", "请核对存证编号。", field="evidence")
        version = attached.stored.version
        try:
            lock = self.vault.stat(object, version).retain_until
        except Fault as fault:
            if fault.code != "blob-missing":
                raise
            gone = "隔离期内没有查清，文件已经清除。请重新存入。"
            return self.attachments.settle(object, State.REFUSED, gone, attached.media)
        found = self._inspected(attached)
        end = self.clock.now() + QUARANTINE
        if found.state is State.ADMITTED and (lock is None or lock < end):
            self.vault.extend(object, version, end)
        return self.attachments.settle(object, found.state, found.reason, found.media)

    def _inspected(self, attached: Attached) -> Attached:
        """The file with what the inspection finds in what lies in the vault; one that can't be read back now waits."""
        try:
            with reading(self.vault, attached.stored) as octets:
                found = self.inspection.inspect(attached.name, octets)
        except Fault as fault:
            found = Finding(State.WAITING, None, f"存入后未能读出检查：{fault.defects[0].message}")
        return replace(attached, state=found.state, reason=found.reason, media=found.media or attached.media)

    def room(self, case: str, length: int | None) -> tuple[int, Fault]:
        """Octets that one more file of the case may have, and the Fault for more; raised at once where it is full.

        Two uploads at once may both take the last place.
        """
        limits, there = self.limits, self.attachments.of_case(case)
        if len(there) >= limits.files:
            raise Fault(
                "too-many-files",
                f"本案已存入 {len(there)} 份文件，至多 {limits.files} 份",
                "请将零散材料合并为一份文件后存入。",
                field="evidence",
            )
        waiting = sum(one.state is State.WAITING for one in there)
        if waiting >= limits.waiting:
            raise Fault(
                "too-many-waiting",
                f"本案已有 {waiting} 份文件待查，至多 {limits.waiting} 份",
                "请先用 anjuan vault recheck 重新检查待查文件。",
                field="evidence",
            )
        total = sum(one.stored.length for one in there)
        left = min(limits.file, limits.octets - total)
        exceeded = _file_too_large(limits.file) if left == limits.file else _case_too_large(total, limits.octets)
        if left <= 0 or (length is not None and length > left):
            raise exceeded
        return left, exceeded


class _Bounded:
    """A source that raises `exceeded` instead of giving more than `left` octets."""

    def __init__(self, source: BinaryIO, left: int, exceeded: Fault) -> None:
        self._source, self._left, self._exceeded = source, left, exceeded

    def read(self, size: int) -> bytes:
        """At most `size` octets."""
        part = self._source.read(size)
        self._left -= len(part)
        if self._left < 0:
            raise self._exceeded
        return part


def _file_too_large(limit: int) -> Fault:
    return Fault("too-large", f"文件至多 {limit} 字节", "请分成几份存入。", field="length")


def _case_too_large(total: int, limit: int) -> Fault:
    return Fault(
        "too-large",
        f"本案文件合计至多 {limit} 字节，已有 {total} 字节",
        "请压缩影像资料后存入，或请管理员调整上限。",
        field="length",
    )
