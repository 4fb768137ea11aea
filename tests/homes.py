"""An office in a home of its own, as `anjuan init` makes one: real stores, real keys, a settable clock."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from api.wiring import open_archive
from domain.formats.keys import PrivateKey
from ops.founding import Newcomer, enrol, genesis
from storage.clock import ScenarioClock
from storage.home import Home
from tests.office import SHANGHAI, STAFF, Office

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.home import Place

ROOT = PrivateKey.from_seed(b"r" * 32)


@contextmanager
def office_at(path: Path, place: Place | None = None, *, retention: str = "permanent") -> Iterator[Office]:
    """A founded archive in the home `path` on 2023-03-01, open until the context ends."""
    Home.create(path, place)
    clock = ScenarioClock(datetime(2023, 3, 1, 9, tzinfo=SHANGHAI))
    with open_archive(path, clock) as running:
        office = Office.__new__(Office)  # the same office, in rooms that it didn't build itself
        office.archive, office.clock, office.path, office.root = running.archive, clock, path, ROOT
        office.keys = {name: PrivateKey.from_seed(bytes([i]) * 32) for i, name in enumerate(STAFF, 1)}
        genesis(office.archive, ROOT, origin="临江市财政局", demonstration=True, retention=retention)
        registrars = [office.keys["陈立"], office.keys["李敏"]]
        for name, key in office.keys.items():
            enrol(office.archive, Newcomer(name, "财政局", key, STAFF[name]), root=ROOT, registrars=registrars)
        office.officers = {officer.name: officer.case for officer in office.archive.register().officers.values()}
        yield office
