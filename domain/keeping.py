"""Keeping (保管): what the records demand of the vault and the keys, case by case, and carrying it out.

Keeps: the record comes first, and stands whatever happens to the vault; carrying out is repeated at will and does only
what is still missing; retention is lengthened, never shortened; a hold is lifted only where the register says so.
Leaves: whether an act may ask for it (`custody_check`), whether the vault keeps its word (`auditing`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from .errors import Fault
from .reading import REGISTER
from .rules.civil import SHANGHAI
from .rules.custody import HELD, OF_ONE_CASE
from .rules.retention import EXTENSION, retention

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from .evidence_port import ContentKeys, EvidenceVault
    from .formats.record import Record
    from .ports import Clock
    from .reading import CaseReader
    from .rules.case import Case, Entry
    from .rules.retention import Line

LAG = timedelta(days=90)  # how far what is counted from today may lie behind before it is lengthened again


@dataclass(frozen=True, slots=True)
class Demand:
    """What the records demand of each evidence file of a case: locked `until` (UTC), `held`, or `destroyed`.

    `until` counts from today what has no start yet; `enough` is what may still lie there from an earlier counting.
    `ever_held`: the register may have set the hold that lies upon it.
    """

    until: datetime
    enough: datetime
    held: bool
    ever_held: bool
    destroyed: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """What was done for a case: how many files it has, how many were changed; `missing` are those not in the vault."""

    case: str
    objects: int = 0
    lengthened: int = 0
    held: int = 0
    released: int = 0
    destroyed: bool = False
    missing: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether anything was done."""
        return bool(self.lengthened or self.held or self.released or self.destroyed)


@dataclass(frozen=True, slots=True)
class Keeping:
    """Holds the vault and the keys to what the records say."""

    reader: CaseReader
    vault: EvidenceVault
    keys: ContentKeys
    clock: Clock

    @property
    def today(self) -> date:
        """The clock's civil day."""
        return self.clock.now().astimezone(SHANGHAI).date()

    def demand(self, case: Case) -> Demand:
        """What is demanded of the evidence of `case` now."""
        return demanded(self.reader, case, self.today, LAG)

    def keep(self, name: str) -> Kept:
        """Carry out for one case what is still missing. Faults of the vault and of the keys."""
        case = self.reader.case(name)
        demand, objects = self.demand(case), named(case)
        if demand.destroyed:
            fresh = not self.keys.destroyed(name)
            if fresh:
                self.keys.destroy(name)
            return Kept(name, len(objects), destroyed=fresh)
        lengthened = held = released = 0
        missing = []
        for place in objects:
            try:
                state = self.vault.stat(*place)
                if state.retain_until is None or state.retain_until < demand.enough:
                    self.vault.extend(*place, demand.until)
                    lengthened += 1
                if demand.held and not state.hold:
                    self.vault.hold(*place, True)
                    held += 1
                elif state.hold and not demand.held and demand.ever_held:
                    self.vault.hold(*place, False)
                    released += 1
            except Fault as fault:
                if fault.code != "blob-missing":
                    raise
                missing.append(place[0])
        return Kept(name, len(objects), lengthened, held, released, missing=tuple(missing))

    def carried_out(self, record: Record) -> Record:
        """`record`, after what it asks of the vault and the keys was carried out.

        Fault "not-carried-out": it is entered, and stands; the same act again, or `anjuan vault keep`, does the rest.
        """
        missing: list[str] = []
        try:
            for case in self._concerned(record):
                missing += self.keep(case).missing
        except Fault as fault:
            raise _not_carried_out(record, fault.defects[0].message.rstrip("。")) from fault
        if missing:
            raise _not_carried_out(record, f"存证库中没有文件 {'、'.join(missing[:3])}")
        return record

    def _concerned(self, record: Record) -> frozenset[str]:
        """The cases of whose evidence more, or less, is demanded since `record`."""
        case = self.reader.case(record.case)
        entered = self.reader.entered(record.case)
        entry = entered[record.seq - 1]
        action = case.action_of(entry)
        number = entry.facts.get("target") if action is not None and action.rectifies else None
        target = entered[number - 1] if isinstance(number, int) else None
        if case.rulebook.id == REGISTER:
            return frozenset(found for one in (entry, target) if one for found in _cases(one, entered, case))
        starts = {line.seq for line in self._lines(case) if line.period != EXTENSION}
        held = bool(entry.evidence) and bool(self.reader.register().custody.held(case.id))
        anew = target is not None or (action is not None and action.rebinds)
        return frozenset({case.id} if held or anew or record.seq in starts else ())

    def _lines(self, case: Case) -> tuple[Line, ...]:
        return retention(case, self.reader.register().custody, self.today).lines


def _not_carried_out(record: Record, why: str) -> Fault:
    message = f"第 {record.seq} 号记录已经入卷，但没有全部落实：{why}"
    remedy = "记录有效，不要重新起草。请排除故障之后原样重新提交，或者运行 anjuan vault keep。"
    return Fault("not-carried-out", message, remedy)


def demanded(reader: CaseReader, case: Case, today: date, lag: timedelta) -> Demand:
    """What the records demand of the evidence of `case` on the day `today`, and what was enough `lag` ago."""
    custody = reader.register().custody
    return Demand(
        until=retention(case, custody, today).until,
        enough=retention(case, custody, today - lag).until,
        held=bool(custody.held(case.id)),
        ever_held=case.id in _ever_held(reader),
        destroyed=case.id in custody.destroyed,
    )


def _ever_held(reader: CaseReader) -> frozenset[str]:
    """The cases whose evidence the register held at some time, voided or corrected since or not."""
    home = reader.register().archive
    if home is None:
        return frozenset()
    reader.case(home)  # up to its last record
    found = set()
    for entry in reader.entered(home):
        told = entry.facts if entry.action == HELD else entry.facts.get("changes")
        found.add(told.get("case") if isinstance(told, Mapping) else None)
    return frozenset(case for case in found if isinstance(case, str))


def named(case: Case) -> tuple[tuple[str, str | None], ...]:
    """(object, version) of every evidence file that records of `case` name, each once, whether they count or not."""
    every = ((str(item["object"]), item["version"]) for entry in case.entries for item in entry.evidence)
    return tuple(dict.fromkeys(every))


def _cases(entry: Entry, entered: tuple[Entry, ...], case: Case) -> Iterator[str]:
    """The cases of which a record of the archive's case speaks, as it was entered and as it counts now."""
    if entry.action not in OF_ONE_CASE:
        return
    number = entry.facts.get("answers")
    for one in (entry, case.entry(entry.seq), *([entered[number - 1]] if isinstance(number, int) else [])):
        if one is not None and isinstance(one.facts.get("case"), str):
            yield one.facts["case"]
