"""A store of real records with the log that follows it, in one folder; any process may open it."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from domain.formats.keys import PrivateKey
from domain.formats.note import KeyType, NoteKey
from storage.clock import ScenarioClock
from storage.events.sqlite import SqliteEventStore
from storage.log.files import LogFiles
from storage.log.index import LogIndex
from storage.log.writer import LogSigner, LogWriter
from tests.contract.records import chain, uuid7

if TYPE_CHECKING:
    from pathlib import Path

ORIGIN = "example.org/log"
SEED = PrivateKey.from_seed(b"l" * 32)
QUANTUM = MLDSA44PrivateKey.from_seed_bytes(b"q" * 32)
LOG = NoteKey(ORIGIN, KeyType.ED25519, SEED.public.raw)
OWN = NoteKey(ORIGIN, KeyType.ML_DSA_44, QUANTUM.public_key().public_bytes_raw())


class Parts:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.events = SqliteEventStore(folder / "events.db")
        self.index = LogIndex(folder / "log.db")
        self.files = LogFiles(folder / "log")
        self.clock = ScenarioClock(datetime(2023, 3, 1, tzinfo=UTC))

    def writer(self, *, origin: str = ORIGIN, signer: PrivateKey = SEED) -> LogWriter:
        key = NoteKey(origin, KeyType.ED25519, signer.public.raw)
        return LogWriter(
            origin=origin,
            events=self.events,
            index=self.index,
            files=self.files,
            signers=(LogSigner(key, signer), LogSigner(OWN, QUANTUM)),
            clock=self.clock,
            lock=self.folder / "log.lock",
        )

    def grow(self, count: int) -> None:
        for one in chain(uuid7(), count):
            self.events.append(one)

    def digests(self) -> list[bytes]:
        return [hashlib.sha256(row.data).digest() for row in self.events.after(0, 10_000)]

    def close(self) -> None:
        self.events.close()
        self.index.close()
