from __future__ import annotations

import io
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, BinaryIO

import pytest

from storage.evidence.directory import DirectoryVault
from storage.evidence.s3 import S3Vault
from tests.contract.servers import named as named_server

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from domain.evidence_port import EvidenceVault, StoredBlob
    from tests.contract.servers import S3Server

SERVERS = ["seaweed", "minio", *(["named"] if named_server() else [])]
CASE = "01890a5d-ac96-774b-bcce-b302099a8057"


def ahead(**how: float) -> datetime:
    return datetime.now(UTC).replace(microsecond=0) + timedelta(**how)


@dataclass
class Bench:
    """A back-end on the bench: `reopen` gives a vault on the same store, `args` says how another process gets it."""

    kind: str
    reopen: Callable[..., EvidenceVault]
    args: dict[str, Any]

    def __post_init__(self) -> None:
        self.vault = self.reopen()

    def put(
        self,
        data: bytes | BinaryIO,
        name: str | None = None,
        *,
        length: int | None = None,
        until: datetime | None = None,
        case: str = CASE,
    ) -> StoredBlob:
        source = io.BytesIO(data) if isinstance(data, bytes) else data
        end = until or ahead(days=1)
        return self.vault.put(name or new_name(), source, length=length, retain_until=end, case=case)

    def lies_there(self, name: str) -> bool:
        return name in {found for found, _ in self.vault.objects()}


def new_name() -> str:
    return str(uuid.uuid4())


@pytest.fixture
def directory(tmp_path: Path) -> Bench:
    root = tmp_path / "vault"
    return Bench("directory", lambda **how: DirectoryVault(root, **how), {"root": str(root)})


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest) -> S3Server:
    """Each S3 server in turn."""
    chosen: S3Server = request.getfixturevalue(request.param)
    return chosen


@pytest.fixture
def bucket(server: S3Server) -> Bench:
    return in_bucket(server)


def in_bucket(server: S3Server) -> Bench:
    place = server.place()
    args = {name: getattr(place, name) for name in ("endpoint", "bucket", "access_key", "secret_key", "secure")}
    return Bench("s3", lambda **how: S3Vault(place, **how), args)


@pytest.fixture(params=["directory", *SERVERS])
def bench(request: pytest.FixtureRequest) -> Bench:
    if request.param == "directory":
        chosen: Bench = request.getfixturevalue(request.param)
        return chosen
    return in_bucket(request.getfixturevalue(request.param))
