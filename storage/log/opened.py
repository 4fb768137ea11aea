"""An archive's log in its home: keys, order, files; to follow the store, and to read.

log.db, log/, log.lock              see `index`, `files`, `writer`
keys/log.pem                        the log's Ed25519 key: the one that a trust file or the genesis names
keys/log-ml-dsa.pem                 ML-DSA-44, for the years when Ed25519 no longer counts; cosigns as the log itself
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from domain.errors import Fault
from domain.formats.note import KeyType, NoteKey, checked_key_name
from storage.database import prepare
from storage.keys import load_key, new_key
from storage.log import index
from storage.log.files import LogFiles
from storage.log.index import LogIndex
from storage.log.reader import LogView
from storage.log.writer import LogSigner, LogWriter
from storage.secret_files import read_secret, write_secret

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from domain.formats.checkpoint import Checkpoint
    from domain.ports import Clock, EventStore

ORDER, FILES, LOCK = "log.db", "log", "log.lock"
KEY, QUANTUM_KEY = "keys/log.pem", "keys/log-ml-dsa.pem"
PARTS = (ORDER, FILES)  # without which a home isn't opened; its keys may be kept elsewhere by whoever only reads


def furnish(home: Path) -> None:
    """Make an empty log with fresh keys in a home that is being made."""
    prepare(home / ORDER, index.SCHEMA)
    (home / FILES).mkdir(mode=0o700)
    new_key(home / KEY)
    key = MLDSA44PrivateKey.generate()
    write_secret(home / QUANTUM_KEY, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def signers_of(home: Path, origin: str) -> tuple[LogSigner, ...]:
    """The log's keys under its name. Faults of the key files; "origin" for a name that no log may have."""
    try:
        name = checked_key_name(origin)
    except Fault as fault:
        message = f"档案名称“{origin[:60]}”为空，或含有空白、加号、控制字符，不能作为日志的名称。"
        raise Fault("origin", message, "请改正名称，例如 临江市财政局。", field="origin") from fault
    plain, quantum = load_key(home / KEY), _quantum(home / QUANTUM_KEY)
    public = quantum.public_key().public_bytes_raw()
    return (
        LogSigner(NoteKey(name, KeyType.ED25519, plain.public.raw), plain),
        LogSigner(NoteKey(name, KeyType.ML_DSA_44, public), quantum),
    )


class OpenLog:
    """The log of an archive whose home is `home`; `origin` answers its name once there is a genesis.

    Threads and processes may share it: writers take turns.
    """

    def __init__(self, home: Path, *, origin: Callable[[], str], events: EventStore, clock: Clock) -> None:
        self._home, self._origin, self._events, self._clock = home, origin, events, clock
        self._index, self.files = LogIndex(home / ORDER), LogFiles(home / FILES)

    def behind(self) -> bool:
        """Whether the store has records that no checkpoint speaks of yet."""
        return self._events.position() > self._index.position() or self.files.checkpoint() is None

    def follow(self, tick: Callable[[int, int], None] = lambda _done, _all: None) -> Checkpoint:
        """Take in every record, publish, sign. `tick(done, all)` counts records. Faults of `LogWriter`."""
        with self._writing() as writer:
            return writer.follow(tick)

    def settle(self) -> LogView:
        """Follow, take a census unless nothing has come since the last, and see the log as it stands then."""
        with self._writing() as writer:
            writer.take_census()
            return self.view()

    def view(self) -> LogView:
        """The log at its newest checkpoint. Fault "log-empty" before the first."""
        return LogView(self._index, self.files)

    def place(self, case: str, seq: int) -> int | None:
        """The index of a record that the newest checkpoint speaks of, None while none does."""
        try:
            return self.view().place(case, seq)
        except Fault as fault:
            if fault.code != "log-empty":
                raise
            return None

    def keys(self) -> tuple[NoteKey, ...]:
        """Its public keys, Ed25519 first."""
        return tuple(one.key for one in signers_of(self._home, self._origin()))

    def close(self) -> None:
        """Close the order; nothing may be asked afterwards."""
        self._index.close()

    def _writing(self) -> LogWriter:
        origin = self._origin()
        return LogWriter(
            origin=origin,
            events=self._events,
            index=self._index,
            files=self.files,
            signers=signers_of(self._home, origin),
            clock=self._clock,
            lock=self._home / LOCK,
        )


def _quantum(path: Path) -> MLDSA44PrivateKey:
    try:
        key = load_pem_private_key(read_secret(path), None)
    except (ValueError, TypeError) as error:
        raise Fault("key-file", f"{path.name} 不是 PKCS #8 PEM 私钥文件。", "请从备份恢复。") from error
    if not isinstance(key, MLDSA44PrivateKey):
        raise Fault("key-type", f"{path.name} 不是 ML-DSA-44 私钥。", "请从备份恢复。")
    return key
