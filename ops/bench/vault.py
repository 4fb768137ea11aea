"""Evidence files going in and out: `python -m ops.bench.vault [MiB]`, 1024 if not said.

In one run, as ratios to the bare S3 client that puts the same file: SHA-256 and AES-256-GCM in memory, the bare client,
the vaults, plain and enciphered, in a directory and on each S3 server that the test suite can start (SeaweedFS; MinIO
where `make minio` built it), all on the same disk and processors. Both vaults read back and hash what they stored; the
bare client doesn't. Then ranges read and objects audited a second. For memory per upload see `python -m
ops.bench.uploads` and tests/contract/test_evidence_memory.py.
"""

from __future__ import annotations

import hashlib
import importlib
import io
import os
import random
import sys
import tempfile
import time
import uuid
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.errors import Fault
from storage.case_keys import CaseKeys
from storage.evidence.directory import DirectoryVault
from storage.evidence.directory_sweep import DirectorySweep
from storage.evidence.s3 import S3Vault
from storage.evidence.s3_sweep import S3Sweep
from storage.evidence.sealed import SealedVault
from storage.key_encryption.file import FileKey, new_key_file

from .measure import Rate, rate, show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.evidence_port import EvidenceSweep, EvidenceVault

MIB = 1 << 20
SIZE = 1024
RANGE, RANGES = 64 << 10, 300
AUDITED = 200
PLAIN = "plain"  # a bucket without lock, for the bare client


class Tomorrow:
    """A clock by which everything put here may be swept."""

    def now(self) -> datetime:
        """The day after."""
        return datetime.now(UTC) + timedelta(days=1)


class Bench:
    """One file of `size` MiB and the tables about it."""

    def __init__(self, folder: Path, size: int) -> None:
        self.folder, self.size, self.source = folder, size, folder / "source"
        with self.source.open("wb") as file:
            for _ in range(size):
                file.write(os.urandom(MIB))
        new_key_file(folder / "key")
        self.keys = CaseKeys(folder / "case-keys.db", FileKey(folder / "key"))
        self.case = str(uuid.uuid4())

    def in_memory(self) -> Rate:
        """What no vault that enciphers and hashes can do without, on one processor."""
        key, piece = AESGCM(bytes(32)), os.urandom(MIB)

        def work() -> None:
            digest = hashlib.sha256()
            for number in range(self.size):
                digest.update(piece)
                key.encrypt(number.to_bytes(12, "big"), piece, None)

        return rate("SHA-256 and AES-256-GCM in memory", self.size, work)

    def copy(self) -> Rate:
        """The file beside itself, synced."""

        def work() -> None:
            target = self.folder / "copy"
            with self.source.open("rb") as file, target.open("xb") as copy:
                while chunk := file.read(MIB):
                    copy.write(chunk)
                copy.flush()
                os.fsync(copy.fileno())
            target.unlink()

        return rate("copy of the file, fsync", self.size, work)

    def bare(self, server: Any, parallel: int) -> Rate:
        """The client's own put of the file, nothing read back."""
        client = server.client("admin")

        def work() -> None:
            client.fput_object(
                bucket_name=PLAIN, object_name="bare", file_path=str(self.source), num_parallel_uploads=parallel
            )
            client.remove_object(bucket_name=PLAIN, object_name="bare")

        how = "one part after the other" if parallel == 1 else f"{parallel} parts at once"
        return rate(f"{server.kind}: bare client, {how}", self.size, work)

    def put(self, name: str, vault: EvidenceVault, sweep: EvidenceSweep) -> Rate:
        """The vault's put, the median of three; what it stored is taken away again, which isn't timed."""
        rounds = []
        for _ in range(3):
            stored, end = str(uuid.uuid4()), datetime.now(UTC) + timedelta(seconds=2)

            def work(stored: str = stored, end: datetime = end) -> None:
                with self.source.open("rb") as file:
                    vault.put(stored, file, length=self.size * MIB, retain_until=end, case=self.case)

            rounds.append(rate(name, self.size, work, rounds=1))
            swept(sweep, stored)
        return sorted(rounds, key=lambda one: one.per_second)[1]

    def ranges(self, name: str, vault: EvidenceVault) -> Rate:
        """Ranges of 64 KiB at places drawn from a seed, in a file of 64 MiB."""
        stored, size, draw = str(uuid.uuid4()), 64 * MIB, random.Random(1)  # places, not secrets
        end = datetime.now(UTC) + timedelta(seconds=2)
        version = vault.put(stored, io.BytesIO(os.urandom(size)), length=size, retain_until=end, case=self.case).version

        def work() -> None:
            for _ in range(RANGES):
                for _ in vault.read(stored, version, offset=draw.randrange(size - RANGE), length=RANGE):
                    pass

        return rate(name, RANGES, work)

    def audited(self, name: str, vault: EvidenceVault) -> Rate:
        """What an audit asks of the store for each object: its state, and every byte again; objects of 16 KiB."""
        end, stored = datetime.now(UTC) + timedelta(minutes=5), []
        for _ in range(AUDITED):
            source = io.BytesIO(os.urandom(16 << 10))
            made = vault.put(str(uuid.uuid4()), source, length=None, retain_until=end, case=self.case)
            stored.append((made.object, made.version, made.blob))

        def work() -> None:
            for item, version, blob in stored:
                if vault.stat(item, version).size == 0 or vault.digest(item, version) != blob:
                    raise RuntimeError(f"{item} isn't what was stored")

        return rate(name, AUDITED, work)


def swept(sweep: EvidenceSweep, stored: str) -> None:
    """Take it away as soon as the store's clock lets it go."""
    while True:
        try:
            sweep.remove(stored, None)
        except Fault as fault:
            if fault.code != "still-kept":
                raise
            time.sleep(0.1)
        else:
            return


@contextmanager
def servers(folder: Path) -> Iterator[list[Any]]:
    """The S3 servers that are there, with a bucket under lock and a plain one each."""
    started: list[Any] = []
    try:
        for name in ("seaweed", "minio_server"):
            module = importlib.import_module(f"tests.contract.{name}")
            if name == "minio_server" and not module.version():
                print(module.ABSENT)
                continue
            started.append(module.start(folder / name))
            admin = started[-1].client("admin")
            admin.make_bucket(bucket_name=started[-1].bucket, object_lock=True)
            admin.make_bucket(bucket_name=PLAIN)
        yield started
    finally:
        for server in started:
            server.stop()


def main(folder: Path, size: int) -> None:
    """Make the file, measure, print a table for each store."""
    bench = Bench(folder, size)
    plain = DirectoryVault(folder / "vault")
    sweep = DirectorySweep(folder / "vault", Tomorrow())
    sealed = SealedVault(plain, bench.keys)
    rows = [bench.copy(), bench.in_memory(), bench.put("put, plain", plain, sweep)]
    show(f"directory: one file of {size} MiB", [*rows, bench.put("put, enciphered", sealed, sweep)], "MiB")
    read = [bench.ranges("directory, plain", plain), bench.ranges("directory, enciphered", sealed)]
    audits = [bench.audited("directory", plain)]
    with servers(folder) as started:
        for server in started:
            vault, remover = S3Vault(server.place()), S3Sweep(server.place(user="sweeper"))
            sealed = SealedVault(vault, bench.keys)
            rows = [bench.bare(server, 1), bench.bare(server, 3), bench.in_memory()]
            rows += [bench.put("put, plain", vault, remover), bench.put("put, enciphered", sealed, remover)]
            show(f"{server.kind} {server.version}: one file of {size} MiB", rows, "MiB")
            read += [bench.ranges(f"{server.kind}, plain", vault), bench.ranges(f"{server.kind}, enciphered", sealed)]
            audits.append(bench.audited(server.kind, vault))
    show(f"ranges of {RANGE >> 10} KiB", read, "ranges")
    show("audit, objects of 16 KiB", audits, "objects")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="anjuan-bench-") as made:
        main(Path(made), int(sys.argv[1]) if sys.argv[1:] else SIZE)
