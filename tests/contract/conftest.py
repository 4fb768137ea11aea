from __future__ import annotations

import io
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, BinaryIO

import pytest

from storage.evidence.chunked import stored_length
from storage.evidence.directory import DirectoryVault
from storage.evidence.s3 import S3Vault
from storage.evidence.sealed import SealedVault
from tests.contract.lossy import Lossy
from tests.contract.servers import named as named_server
from tests.office import case_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from domain.evidence_port import EvidenceVault, StoredBlob
    from storage.case_keys import CaseKeys
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
    sealed: bool = False  # what is stored is ciphertext

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

    def stored_length(self, length: int) -> int:
        return stored_length(length) if self.sealed else length

    def lies_there(self, name: str) -> bool:
        return name in {found for found, _ in self.vault.objects()}


def sealed(inner: Bench, keys: CaseKeys, folder: Path) -> Bench:
    """The same store, enciphered under `keys`, which lie in `folder`."""
    args = {**inner.args, "keys": str(folder)}
    return Bench(inner.kind, lambda **how: SealedVault(inner.reopen(), keys, **how), args, sealed=True)


def new_name() -> str:
    return str(uuid.uuid4())


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[CaseKeys]:
    made = case_keys(tmp_path)
    yield made
    made.close()


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
def lossy(server: S3Server) -> Iterator[Lossy]:
    """A bad network before the server."""
    network = Lossy(server.endpoint)
    yield network
    network.close()


@pytest.fixture
def bucket(server: S3Server) -> Bench:
    return in_bucket(server)


def in_bucket(server: S3Server) -> Bench:
    place = server.place()
    args = {name: getattr(place, name) for name in ("endpoint", "bucket", "access_key", "secret_key", "secure")}
    return Bench("s3", lambda **how: S3Vault(place, **how), args)


@pytest.fixture(params=[f"{kind}{how}" for how in ("", ", sealed") for kind in ("directory", *SERVERS)])
def bench(request: pytest.FixtureRequest) -> Bench:
    kind, _, how = request.param.partition(", ")
    found = request.getfixturevalue(kind)
    chosen: Bench = found if kind == "directory" else in_bucket(found)
    return sealed(chosen, *(request.getfixturevalue(x) for x in ("keys", "tmp_path"))) if how else chosen
