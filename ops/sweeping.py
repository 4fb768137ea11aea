"""The sweeping of an archive directory: opened without any key, drafts of the server looked through."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from api.v1.draft_store import FILE, DraftStore
from api.wiring import raw_vault_of, sweep_of
from domain.archive import receipt_moment
from domain.formats.act import Act
from domain.sweeping import Swept, sweep, sweepable
from storage.clock import SystemClock
from storage.events.sqlite import SqliteEventStore
from storage.home import Home

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from domain.ports import Clock


def swept(path: Path, tell: Callable[[int, int], None], *, remove: bool, clock: Clock | None = None) -> Swept:
    """What no record and no valid draft names and whose lock has ended by `clock`: removed, or only told.

    Faults of `Home.open` and of the vault.
    """
    home, clock = Home.open(path), clock or SystemClock()
    now = clock.now()
    with closing(SqliteEventStore(home.events)) as events:
        chosen = tuple(sweepable(events, raw_vault_of(home), _drafted(home, receipt_moment(now)), now, tell))
        return sweep(chosen, sweep_of(home, clock), tell) if remove else Swept((), chosen)


def _drafted(home: Home, now: str) -> frozenset[str]:
    """The objects that drafts which the server keeps name, as long as these are valid."""
    if not (home.path / FILE).exists():
        return frozenset()
    with closing(DraftStore(home.path)) as drafts:
        acts = [Act.parse(draft.payload) for draft in drafts.valid(now)]
    return frozenset(str(item["object"]) for act in acts for item in act.evidence)
