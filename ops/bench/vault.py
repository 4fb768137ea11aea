"""Storing one evidence file of 256 MiB, against copying it and against hashing it: `python -m ops.bench.vault`.

From a checkout with the test dependencies: the bucket lies on the test suite's own server, on the same disk. Every row
ends with its bytes on the disk (fsync), the bucket's as its server does it; both vaults read and hash them again.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import tempfile
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from storage.evidence.directory import DirectoryVault
from storage.evidence.s3 import S3Vault

from .measure import Rate, rate, show

if TYPE_CHECKING:
    from domain.evidence_port import EvidenceVault

MIB = 1 << 20
SIZE = 256
BUCKET = "evidence"


def main(folder: Path) -> None:
    """Make the file, measure, print one table."""
    source = folder / "source"
    with source.open("wb") as file:
        for _ in range(SIZE):
            file.write(os.urandom(MIB))
    server = importlib.import_module("tests.contract.seaweed").start(folder / "weed")
    try:
        server.client("admin").make_bucket(bucket_name=BUCKET, object_lock=True)
        rows = [
            rate("copy of the file, fsync", SIZE, lambda: _copy(source, folder / str(uuid.uuid4()))),
            rate("raw SHA-256 of the file", SIZE, lambda: _hash(source)),
            _put("put into the directory vault", source, DirectoryVault(folder / "vault")),
            _put("put into the S3 vault", source, S3Vault(server.place(BUCKET))),
        ]
    finally:
        server.stop()
    show(f"one evidence file of {SIZE} MiB", rows, "MiB")


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as file, target.open("xb") as copy:
        while chunk := file.read(MIB):
            copy.write(chunk)
        copy.flush()
        os.fsync(copy.fileno())


def _hash(source: Path) -> None:
    with source.open("rb") as file:
        hashlib.file_digest(file, "sha256")


def _put(name: str, source: Path, vault: EvidenceVault) -> Rate:
    case, end = str(uuid.uuid4()), datetime.now(UTC) + timedelta(days=1)

    def work() -> None:
        with source.open("rb") as file:
            vault.put(str(uuid.uuid4()), file, length=SIZE * MIB, retain_until=end, case=case)

    return rate(name, SIZE, work)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        main(Path(made))
