"""Sweeping the vault (清理): what no record names goes once its lock has ended, never sooner.

Keeps: nothing that a record names, or a draft that is still valid, is ever chosen; nothing that is locked, held or was
never locked at all; the store is asked again at the moment of removing. A draft made meanwhile lengthens the lock
first, so that the store refuses. Leaves: how an object is removed (`evidence_port.EvidenceSweep`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .auditing import items_in
from .errors import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from datetime import datetime

    from .evidence_port import EvidenceSweep, EvidenceVault
    from .ports import EventStore

_NO_FILE = ("blob-missing", "blob-damaged", "object-name")
_KEPT = ("still-kept", "blob-missing")


@dataclass(frozen=True, slots=True)
class Sweepable:
    """An object that nothing names and whose lock ended at `ended`; `case` as the store notes it."""

    object: str
    version: str | None
    size: int
    case: str | None
    ended: datetime


@dataclass(frozen=True, slots=True)
class Swept:
    """What was removed, and what the store didn't let go of or somebody named meanwhile."""

    removed: tuple[Sweepable, ...]
    kept: tuple[Sweepable, ...]


def sweepable(
    events: EventStore,
    vault: EvidenceVault,
    drafted: Collection[str],
    now: datetime,
    tell: Callable[[int, int], None],
) -> Iterator[Sweepable]:
    """What may go at `now`, by order of its name. `drafted` are the objects that valid drafts name.

    `vault` gives the bytes as they lie there; `tell(done, all)` counts the objects looked at. Faults of the vault.
    """
    named = {(item.object, item.version) for item in items_in(events, events.position())}
    there = sorted(vault.objects(), key=lambda found: (found[0], found[1] or ""))
    for number, (name, version) in enumerate(there, 1):
        if (name, version) not in named and name not in drafted:
            yield from _ended(vault, name, version, now)
        tell(number, len(there))


def _ended(vault: EvidenceVault, name: str, version: str | None, now: datetime) -> Iterator[Sweepable]:
    try:
        state = vault.stat(name, version)
    except Fault as fault:
        if fault.code not in _NO_FILE:
            raise
        return
    if state.retain_until is not None and state.retain_until <= now and not state.hold:
        yield Sweepable(name, version, state.size, state.case, state.retain_until)


def sweep(chosen: Collection[Sweepable], remover: EvidenceSweep, tell: Callable[[int, int], None]) -> Swept:
    """Remove what was chosen; what is locked again, or gone, by now is kept. Faults of the vault."""
    removed, kept = list[Sweepable](), list[Sweepable]()
    for number, one in enumerate(chosen, 1):
        try:
            remover.remove(one.object, one.version)
            removed.append(one)
        except Fault as fault:
            if fault.code not in _KEPT:
                raise
            kept.append(one)
        tell(number, len(chosen))
    return Swept(tuple(removed), tuple(kept))
