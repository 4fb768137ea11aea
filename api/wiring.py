"""The one place where an archive is put together from its parts; for the server and for the command line alike."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from domain.archive import Archive
from domain.errors import Fault
from domain.ports import Clock, EvidenceVault
from projections.views import CaseViews
from storage.attachments import SqliteAttachments
from storage.clock import SystemClock, SystemIds
from storage.events.sqlite import SqliteEventStore
from storage.evidence.directory import DirectoryVault
from storage.evidence.s3 import S3Vault
from storage.evidence.s3_client import S3Place
from storage.home import BucketPlace, Home
from storage.rulebook_store import RulebookStore
from storage.withheld import SqliteWithheldFacts


@dataclass(frozen=True)
class Running:
    """An opened archive with its read models; close it when done, or use it in a `with` statement."""

    home: Home
    archive: Archive
    views: CaseViews

    def catch_up(self) -> int:
        """Bring the read models up to the last record; the position they then stand at."""
        return self.views.catch_up(self.archive)

    def rebuild(self) -> int:
        """Make the read models anew from the records; the position they then stand at."""
        return self.views.rebuild(self.archive)

    def close(self) -> None:
        """Close every file; nothing may be asked afterwards."""
        self.views.close()
        for part in (self.archive.events, self.archive.withheld, self.archive.attachments):
            part.close()  # type: ignore[attr-defined]  # the ports don't say how their back-ends are closed

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_archive(path: Path, clock: Clock | None = None) -> Running:
    """The archive whose home is `path` (see `storage.home`).

    `clock` is for demonstration archives: Fault `clock` if the genesis says that this archive is a real one. Faults of
    `Home.open`, of the stores, and `vault-credentials` where the environment lacks the bucket's keys.
    """
    home = Home.open(path)
    rulebooks = RulebookStore(home.adopted)
    rulebooks.adopt_installed()
    archive = Archive(
        events=SqliteEventStore(home.events),
        vault=_vault(home),
        withheld=SqliteWithheldFacts(home.withheld, home.withheld_key),
        attachments=SqliteAttachments(home.attachments),
        rulebooks=rulebooks,
        signer=home.signer(),
        clock=clock or SystemClock(),
        ids=SystemIds(clock),
    )
    running = Running(home, archive, CaseViews(home.views))
    register = archive.register()
    if clock is not None and register.archive is not None and not register.demonstration:
        running.close()
        raise Fault("clock", "这不是演示档案库，时间只能取自系统时钟。", "情景时钟只用于演示档案库。")
    return running


def _vault(home: Home) -> EvidenceVault:
    place = home.place
    if not isinstance(place, BucketPlace):
        return DirectoryVault(home.vault)
    access, secret = (_from_environment(name) for name in (place.access_key_env, place.secret_key_env))
    return S3Vault(S3Place(place.endpoint, place.bucket, access, secret, place.secure, place.region))


def _from_environment(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise Fault("vault-credentials", f"环境变量 {name} 没有给出证据库的访问密钥。", "请设置后重新启动。")
    return value
