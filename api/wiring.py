"""The one place where an archive is put together from its parts; for the server and for the command line alike."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Self

from domain.archive import Archive
from domain.attaching import Attaching
from domain.errors import Fault
from domain.evidence_port import EvidenceSweep, EvidenceVault
from domain.ports import Clock
from domain.rules.civil import SHANGHAI
from projections.rows import DocketRow
from projections.views import CaseViews
from storage.attachments import SqliteAttachments
from storage.case_keys import CaseKeys
from storage.clock import SystemClock, SystemIds
from storage.events.sqlite import SqliteEventStore
from storage.evidence.chunked import stored_length
from storage.evidence.directory import DirectoryVault
from storage.evidence.directory_sweep import DirectorySweep
from storage.evidence.incoming import MAX_SIZE
from storage.evidence.s3 import S3Vault
from storage.evidence.s3_client import S3Place
from storage.evidence.s3_sweep import S3Sweep
from storage.evidence.sealed import SealedVault
from storage.home import BucketPlace, Home
from storage.inspection import EvidenceInspection
from storage.inspection.clamd import Clamd
from storage.inspection.confined import Confined
from storage.key_encryption.places import key_at
from storage.log.opened import OpenLog
from storage.rulebook_store import RulebookStore
from storage.withheld import SqliteWithheldFacts


@dataclass(frozen=True)
class Running:
    """An opened archive with its read models; close it when done, or use it in a `with` statement."""

    home: Home
    archive: Archive
    views: CaseViews
    log: OpenLog
    opened: ExitStack

    @property
    def today(self) -> date:
        """The civil day (Asia/Shanghai) of the archive's clock."""
        return self.archive.clock.now().astimezone(SHANGHAI).date()

    def catch_up(self) -> int:
        """Bring the read models up to the last record; the position they then stand at."""
        return self.views.catch_up()

    def rebuild(self, tick: Callable[[int, int], None] = lambda _done, _all: None) -> int:
        """Make the read models anew from the records; the position they then stand at. `tick` counts cases."""
        return self.views.rebuild(tick)

    def docket(self, **filters: Any) -> list[DocketRow]:
        """The list of cases as of today; filters as in `projections.queries.Queries.docket`."""
        return self.views.docket(self.today, now=self.archive.clock.now(), **filters)

    def close(self) -> None:
        """Close every file; nothing may be asked afterwards."""
        self.opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_archive(path: Path, clock: Clock | None = None) -> Running:
    """The archive whose home is `path` (see `storage.home`).

    `clock` is for demonstration archives: Fault `clock` if the genesis says that this archive is a real one. Faults of
    `Home.open`, of the stores, and `vault-credentials` where the environment lacks the bucket's keys.
    """
    home = Home.open(path)
    with ExitStack() as opened:
        archive = _archive(home, clock, opened)
        views = CaseViews(home.views, archive)
        opened.callback(views.close)
        log = log_of(home, archive)
        opened.callback(log.close)
        register = archive.register()
        if clock is not None and register.archive is not None and not register.demonstration:
            raise Fault("clock", "这不是演示档案库，时间只能取自系统时钟。", "情景时钟只用于演示档案库。")
        return Running(home, archive, views, log, opened.pop_all())


def _archive(home: Home, clock: Clock | None, opened: ExitStack) -> Archive:
    rulebooks = RulebookStore(home.adopted)
    rulebooks.adopt_installed()
    events = SqliteEventStore(home.events)
    opened.callback(events.close)
    keys = case_keys_of(home)
    opened.callback(keys.close)
    withheld = SqliteWithheldFacts(home.withheld, keys)
    opened.callback(withheld.close)
    attachments = SqliteAttachments(home.attachments)
    opened.callback(attachments.close)
    ids = SystemIds(clock)
    # Locks in the vault are reckoned by the world's clock, in a demonstration as well.
    scanner = Clamd(home.scanner) if home.scanner else None
    inspection = EvidenceInspection(opened.enter_context(Confined()).inspect, scanner)
    attaching = Attaching(vault_of(home, keys), attachments, inspection, SystemClock(), ids)
    return Archive(
        events=events,
        attaching=attaching,
        withheld=withheld,
        keys=keys,
        rulebooks=rulebooks,
        signer=home.signer(),
        clock=clock or SystemClock(),
        ids=ids,
    )


def log_of(home: Home, archive: Archive) -> OpenLog:
    """The transparency log of the archive in `home`; its name is the archive's."""
    return OpenLog(home.path, origin=lambda: archive.trust().origin, events=archive.events, clock=archive.clock)


def case_keys_of(home: Home) -> CaseKeys:
    """The secrets of the cases of `home`. Faults of their key-encryption keys; `key-rotated`, `home-incomplete`."""
    home.check_keys()
    with ExitStack() as opened:
        every = [key_at(place, home.path) for place in (home.keys.current, *home.keys.former)]
        for key in every:
            opened.callback(key.close)
        keys = CaseKeys(home.case_keys, every[0], every[1:])
        opened.pop_all()
    return keys


def vault_of(home: Home, keys: CaseKeys) -> EvidenceVault:
    """The evidence of `home` in clear; what lies there is enciphered under `keys`. Faults of `raw_vault_of`."""
    return SealedVault(raw_vault_of(home), keys)


def raw_vault_of(home: Home) -> EvidenceVault:
    """The evidence of `home` as it lies there, enciphered: to audit and keep it without any key; put nothing here.

    Fault `vault-credentials` where the environment lacks the bucket's keys, `vault-unfit` where the store lacks what
    the settings ask of it.
    """
    place = home.place
    if isinstance(place, BucketPlace):
        return bucket_of(place)
    return DirectoryVault(home.vault, max_size=stored_length(MAX_SIZE), immutable=place.immutable)


def bucket_of(place: BucketPlace) -> S3Vault:
    """The bucket at `place`, looked at. Faults of `S3Vault`; `vault-credentials` where the keys are not there."""
    return S3Vault(_where(place), max_size=stored_length(MAX_SIZE))


def sweep_of(home: Home, clock: Clock) -> EvidenceSweep:
    """What may take evidence of `home` away: for `anjuan vault sweep` alone. Faults as `raw_vault_of`.

    In a bucket the keys that the environment gives then need the right to delete versions.
    """
    place = home.place
    return S3Sweep(_where(place)) if isinstance(place, BucketPlace) else DirectorySweep(home.vault, clock)


def _where(place: BucketPlace) -> S3Place:
    access, secret = (_from_environment(name) for name in (place.access_key_env, place.secret_key_env))
    return S3Place(place.endpoint, place.bucket, access, secret, place.secure, place.region)


def _from_environment(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise Fault("vault-credentials", f"环境变量 {name} 没有给出证据库的访问密钥。", "请设置后重新启动。")
    return value
