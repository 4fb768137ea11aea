"""The secrets of cases (案件密钥): one per case, from which the keys of its withheld facts and evidence files come.

    case-keys.db    secrets: case, the secret wrapped by a key-encryption key, that key's id; both NULL once destroyed
                    wrapping: the id of the one key-encryption key that new secrets are wrapped by; rollback journal

A secret is 32 random octets, wrapped in the context `anjuan.case-secret/1 <case>`. A key that comes from it is
HKDF-Expand-SHA-256 (RFC 5869 §2.3) of the secret, 32 octets, with one of these texts as info, in ASCII:

    anjuan.key/1 withheld <case>            disclosures of withheld facts (storage.withheld)
    anjuan.key/1 blob <case> <object>       one evidence file (storage.evidence.sealed)

Keeps: a secret is on the device, and was opened once, before anything is enciphered under it; a secret moved to another
case doesn't open there; a destroyed one leaves no copy in case-keys.db or its journal (secure_delete, no write-ahead
file) and never comes back; after a rotation no process makes secrets under the former key-encryption key.
Destroying erases only as far as case-keys.db is kept out of long-lived backups (ops/handbook/keys.md).
Cannot promise: that a device forgets blocks it has moved (what lies there is still wrapped).
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from domain.errors import Fault
from storage.database import Database, Schema, connect, trouble
from storage.evidence.durable import sync_directory

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from storage.key_encryption.port import KeyEncryption

SECRET_OCTETS = 32
KEPT = 256  # opened secrets at hand
SCHEMA = Schema(
    mark=0x616E6A07,
    statements=(
        """CREATE TABLE secrets ("case" TEXT NOT NULL PRIMARY KEY, wrapped BLOB, under TEXT,
            CHECK ((wrapped IS NULL) = (under IS NULL))) WITHOUT ROWID""",
        "CREATE TABLE wrapping (only INTEGER NOT NULL PRIMARY KEY CHECK (only = 1), id TEXT NOT NULL)",
    ),
    journal="DELETE",
)
_FIND = 'SELECT wrapped, under FROM secrets WHERE "case" = ?'


def copy_file(source: Path, target: Path) -> None:
    """A whole copy of case-keys.db, also while it is in use; takes the place of an older one. Fault `store-damaged`."""
    draft = target.with_name(f"{target.name}.new")
    draft.unlink(missing_ok=True)
    fd = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        with closing(connect(source, SCHEMA.journal)) as there, closing(connect(draft, SCHEMA.journal)) as here:
            there.backup(here)
        os.fsync(fd)
    except sqlite3.Error as error:
        raise trouble(source, error) from error
    finally:
        os.close(fd)
    draft.replace(target)
    sync_directory(target.parent)


def derived(secret: bytes, purpose: str, *names: str) -> bytes:
    """The key for a purpose (see the module), 32 octets."""
    info = " ".join(("anjuan.key/1", purpose, *names)).encode("ascii")
    return HKDFExpand(SHA256(), SECRET_OCTETS, info).derive(secret)


class CaseKeys:
    """ContentKeys in `path`: secrets wrapped by `current`, those of an unfinished rotation still by one of `former`.

    Fault on opening: `key-rotated` (another key-encryption key than these wraps here). Every method may raise Faults of
    the key-encryption keys and of the database. Closes the key-encryption keys with itself.
    """

    def __init__(self, path: Path, current: KeyEncryption, former: Sequence[KeyEncryption] = ()) -> None:
        self._current, self._all = current, {key.id: key for key in (*former, current)}
        self._db = Database(path, SCHEMA)
        self._opened: dict[str, tuple[bytes, bytes]] = {}  # case → wrapped, secret; valid while the row says so
        if not self._db.rows("SELECT id FROM wrapping"):
            with self._db.transaction() as write:
                write.execute("INSERT INTO wrapping VALUES (1, ?) ON CONFLICT DO NOTHING", (current.id,))
        if self._db.rows("SELECT id FROM wrapping")[0]["id"] not in self._all:
            self._db.close()
            raise _rotated()

    def secret(self, case: str, *, make: bool = False) -> bytes | None:
        """The case's secret; None if it has none (yet, unless `make`) or if it was destroyed."""
        rows = self._db.rows(_FIND, case)
        row = rows[0] if rows else self._made(case) if make else None
        if row is None or row["wrapped"] is None:
            self._opened.pop(case, None)
            return None
        wrapped, known = bytes(row["wrapped"]), self._opened.get(case)
        if known is not None and known[0] == wrapped:
            return known[1]
        secret = self._unwrapped(case, wrapped, row["under"])
        if len(self._opened) >= KEPT:
            self._opened.clear()
        self._opened[case] = wrapped, secret
        return secret

    def needed(self, case: str) -> bytes | None:
        """The secret of a case that has something enciphered under it, None if it was destroyed.

        Fault `case-key-missing`: there is none, so case-keys.db isn't the one of that time.
        """
        secret = self.secret(case)
        if secret is None and not self.destroyed(case):
            raise Fault(
                "case-key-missing",
                f"case-keys.db 中没有案件 {case[:40]} 的密钥，而该案有加密的内容。",
                "请从密钥备份恢复 case-keys.db；切勿另建空文件代替。",
            )
        return secret

    def destroy(self, case: str) -> None:
        """Destroy the case's secret, and remember that it was: it is never given another one."""
        with self._db.transaction() as write:
            write.execute(
                "INSERT INTO secrets VALUES (?, NULL, NULL) ON CONFLICT DO UPDATE SET wrapped = NULL, under = NULL",
                (case,),
            )
        self._opened.pop(case, None)

    def destroyed(self, case: str) -> bool:
        """Whether the case's secret was destroyed."""
        rows = self._db.rows(_FIND, case)
        return bool(rows) and rows[0]["wrapped"] is None

    def rewrap(self, tick: Callable[[int, int], None] = lambda _done, _all: None) -> int:
        """Wrap by the current key whatever a former one wraps; how many. May be broken off and repeated at any time.

        From its first step on no process makes a secret under another key. `tick(done, all)` counts secrets.
        """
        with self._db.transaction() as write:
            write.execute("UPDATE wrapping SET id = ?", (self._current.id,))
        cases = [row["case"] for row in self._db.rows('SELECT "case" FROM secrets WHERE under <> ?', self._current.id)]
        for done, case in enumerate(cases):
            tick(done, len(cases))
            for row in self._db.rows(_FIND, case):
                if row["wrapped"] is not None:
                    self._rewrapped(case, row)
        tick(len(cases), len(cases))
        return len(cases)

    def cases(self) -> list[str]:
        """Every case that has a secret or had one."""
        return [row["case"] for row in self._db.rows('SELECT "case" FROM secrets ORDER BY "case"')]

    def under(self) -> dict[str, int]:
        """How many secrets each key-encryption key wraps, by its id."""
        rows = self._db.rows("SELECT under, count(*) AS n FROM secrets WHERE under IS NOT NULL GROUP BY under")
        return {row["under"]: row["n"] for row in rows}

    def close(self) -> None:
        """Close the file and the key-encryption keys."""
        self._db.close()
        for key in self._all.values():
            key.close()

    def _made(self, case: str) -> sqlite3.Row:
        """The row of a case that had none, by whoever came first."""
        under = self._db.rows("SELECT id FROM wrapping")[0]["id"]
        wrapped = _wrapped(self._key(under), case, os.urandom(SECRET_OCTETS))
        with self._db.transaction() as write:
            if write.execute("SELECT id FROM wrapping").fetchone()["id"] != under:
                raise _rotated()
            write.execute("INSERT INTO secrets VALUES (?,?,?) ON CONFLICT DO NOTHING", (case, wrapped, under))
            row: sqlite3.Row = write.execute(_FIND, (case,)).fetchone()
        return row

    def _rewrapped(self, case: str, row: sqlite3.Row) -> None:
        old = bytes(row["wrapped"])
        new = _wrapped(self._current, case, self._unwrapped(case, old, row["under"]))
        with self._db.transaction() as write:  # unless it was destroyed meanwhile, or another process did the same
            write.execute(
                'UPDATE secrets SET wrapped = ?, under = ? WHERE "case" = ? AND wrapped = ?',
                (new, self._current.id, case, old),
            )

    def _unwrapped(self, case: str, wrapped: bytes, under: str) -> bytes:
        return self._key(under).unwrap(wrapped, _context(case))

    def _key(self, under: str) -> KeyEncryption:
        key = self._all.get(under)
        if key is None:
            raise _rotated()
        return key


def _wrapped(key: KeyEncryption, case: str, secret: bytes) -> bytes:
    wrapped = key.wrap(secret, _context(case))
    if key.unwrap(wrapped, _context(case)) != secret:
        raise Fault("key-unfit", "密钥加密密钥还原出的内容与加密前不一致。", "请检查保管该密钥的设备或服务。")
    return wrapped


def _context(case: str) -> bytes:
    return f"anjuan.case-secret/1 {case}".encode()


def _rotated() -> Fault:
    return Fault(
        "key-rotated",
        "案件密钥由另一把密钥加密密钥保护：密钥已经更换，或 case-keys.db 与 archive.json 不是同一时期的。",
        "刚更换过的，请重新启动；否则请从同一份密钥备份恢复二者。",
    )
