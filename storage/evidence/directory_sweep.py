"""Taking evidence files out of a directory vault for good, once their retention has ended: for sweeping alone.

Keeps: nothing goes before the end that is noted for it, nor while it is on hold, by the clock that was given; an object
goes whole, by one rename of its directory, and comes back in no crash.

Cannot promise: that the clock is right. It is this machine's: who may set it forward may have everything swept whose
retention ends before that day. Who may do so could delete the files anyway (directory.py); what went missing shows in
the audit, because records name it.
"""
# ruff: noqa: A002  # `object` is the port's word

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from storage.evidence import faults
from storage.evidence.durable import sync_directory
from storage.evidence.immutable import is_immutable, set_immutable
from storage.evidence.shelves import Shelves

if TYPE_CHECKING:
    from domain.ports import Clock


class DirectorySweep:
    """An EvidenceSweep of the directory vault under `root`, by `clock`."""

    def __init__(self, root: Path, clock: Clock) -> None:
        self._shelves, self._clock = Shelves(root), clock

    def remove(self, object: str, version: str | None) -> None:
        """Clear the immutable attribute, rename out of sight, sync, then delete."""
        shelves = self._shelves
        home = shelves.home(object)
        with shelves.disk(), shelves.writing(), shelves.changing():
            note = shelves.note(object, version)
            if note.hold or note.retain_until > self._clock.now():
                raise faults.kept(object, note.retain_until, hold=note.hold)
            if is_immutable(home / "bytes"):
                set_immutable(home / "bytes", on=False)
            grave = Path(tempfile.mkdtemp(prefix=f"{object}.", dir=shelves.incoming))
            home.rename(grave)  # onto a directory that is empty
            sync_directory(home.parent)
            shutil.rmtree(grave)  # what a crash leaves of it is swept at the next opening
