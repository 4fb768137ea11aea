"""Archives whose vault is to be audited and swept: in a directory, and in a bucket of their own on a real server."""

from __future__ import annotations

import io
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from api.wiring import raw_vault_of
from domain.formats.canonical import dump, parse_object
from storage.home import BucketPlace, Home
from tests.homes import office_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from domain.evidence_port import EvidenceVault
    from tests.contract.servers import S3Server
    from tests.office import Office

ACCESS, SECRET = "ANJUAN_TEST_AUDIT_ACCESS", "ANJUAN_TEST_AUDIT_SECRET"


@dataclass(frozen=True)
class Archived:
    """An archive with two cases of three files each; `vault` is what lies in its store."""

    office: Office
    path: Path
    cases: tuple[str, str]

    @property
    def vault(self) -> EvidenceVault:
        return raw_vault_of(Home.open(self.path))

    def objects(self, case: str) -> list[tuple[str, str | None]]:
        return [(item["object"], item["version"]) for item in self.office.archive.case(case).entries[0].evidence]

    def unnamed(self, data: bytes = b"%PDF-1.4 nobody named this") -> str:
        """A file that was stored and that no act names."""
        return self.office.file(self.cases[0], "无人引用.pdf", data)


@contextmanager
def in_directory(path: Path, **more: Any) -> Iterator[Archived]:
    """The evidence lies in the home."""
    with office_at(path / "home", **more) as office:
        yield Archived(office, path / "home", (office.opened(), office.opened()))


@contextmanager
def in_bucket(path: Path, server: S3Server, bucket: str) -> Iterator[Archived]:
    """The evidence lies in `bucket` of `server`, made for it; the environment must name the keys (`keys_of`)."""
    server.client("admin").make_bucket(bucket_name=bucket, object_lock=True)
    place = BucketPlace(server.endpoint, bucket, ACCESS, SECRET, secure=server.secure)
    with office_at(path / "home", place) as office:
        yield Archived(office, path / "home", (office.opened(), office.opened()))


def move_to_another_bucket(path: Path, server: S3Server, bucket: str) -> None:
    """From now on the home says that its evidence lies elsewhere, where there is none."""
    server.client("admin").make_bucket(bucket_name=bucket, object_lock=True)
    config = path / "archive.json"
    settings: Any = parse_object(config.read_bytes().strip())
    config.write_bytes(dump({**settings, "vault": {**settings["vault"], "bucket": bucket}}) + b"\n")


def folder(path: Path, name: str) -> Path:
    """Where an object lies in a directory vault."""
    return path / "vault" / "objects" / name[-2:] / name


def change_note(path: Path, name: str, **changes: Any) -> None:
    """Write another note, as someone who owns the machine can."""
    note = folder(path, name) / "note"
    told = parse_object(note.read_bytes())
    note.chmod(0o600)
    note.write_bytes(dump({**told, **changes}))
    note.chmod(0o444)


def expire(path: Path, name: str) -> None:
    """Let the lock of an object in a directory have ended yesterday."""
    change_note(path, name, retain_until=(datetime.now(UTC) - timedelta(days=1)).replace(microsecond=0).isoformat())


def damage(path: Path, name: str, data: bytes) -> None:
    """Put other bytes in the place of an object's."""
    file = folder(path, name) / "bytes"
    file.chmod(0o600)
    file.write_bytes(data)


def take_away(path: Path, name: str) -> None:
    """Delete an object."""
    shutil.rmtree(folder(path, name))


def by_a_stranger(vault: EvidenceVault, name: str, case: str) -> None:
    """Something that was put past the archive."""
    end = datetime.now(UTC) + timedelta(days=1)
    vault.put(name, io.BytesIO(b"strange"), length=None, retain_until=end, case=case)
