"""Withheld facts (不公开事项): disclosures, enciphered under one key per case, apart from records and from each other.

    withheld.db        case, act, AES-256-GCM(case key; nonce ‖ ciphertext), bound to case and act
    withheld-keys.db   case, AES-256-GCM(key of the archive; case key), bound to the case; rollback journal
    withheld.key       the key of the archive: 32 octets as b64u, 0600

Keeps: no disclosure lies in clear in any file, log or error; a row moved to another act or case can't be read there; a
destroyed case key leaves no copy in withheld-keys.db or its journal (secure_delete, no write-ahead file).
Destroying erases only as far as withheld-keys.db is kept out of long-lived backups: leave it, and withheld.key, out.
Cannot promise: that a device forgets blocks it has moved (the case key there is still under the archive's key).
Source: NIST SP 800-38D (GCM, 96-bit random nonces; one key enciphers one case's acts, far below 2^32).
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.errors import Fault
from domain.formats.encoding import b64u, b64u_decode
from storage.database import Database, Schema
from storage.secret_files import read_secret, write_secret

if TYPE_CHECKING:
    from pathlib import Path

KEY_OCTETS = 32
NONCE_OCTETS = 12
KEYS_NAME = "withheld-keys.db"  # beside the facts
FACTS = Schema(
    mark=0x616E6A03,
    statements=(
        """CREATE TABLE withheld ("case" TEXT NOT NULL, act TEXT NOT NULL, sealed BLOB NOT NULL,
            PRIMARY KEY ("case", act)) WITHOUT ROWID""",
    ),
)
KEYS = Schema(
    mark=0x616E6A04,
    statements=('CREATE TABLE keys ("case" TEXT NOT NULL PRIMARY KEY, wrapped BLOB) WITHOUT ROWID',),
    journal="DELETE",
)


def new_archive_key(path: Path) -> None:
    """Make `withheld.key`. Faults of `write_secret`."""
    write_secret(path, b64u(os.urandom(KEY_OCTETS)).encode("ascii") + b"\n")


class SqliteWithheldFacts:
    """WithheldFacts in `path`, with wrapped keys beside it; `key_file` must exist (see `new_archive_key`).

    Beyond the port: Fault `withheld-damaged` (a row doesn't open under its case and act), `withheld-destroyed` (a put
    for a case whose key was destroyed), `key-missing`, `key-exposed`, `key-file`.
    """

    def __init__(self, path: Path, key_file: Path) -> None:
        self._master = _archive_key(key_file)
        self._facts = Database(path, FACTS)
        self._keys = Database(path.with_name(KEYS_NAME), KEYS)

    def put(self, case: str, act: str, disclosures: tuple[str, ...]) -> None:
        """Keep; nothing is written for an act without disclosures."""
        if not disclosures:
            return
        key = self._case_key(case, make=True)
        if key is None:
            raise Fault("withheld-destroyed", "本案的不公开事项已依法销毁，不能再存入。", "请核对案件。")
        sealed = _seal(key, json.dumps(disclosures).encode("ascii"), _context("disclosures", case, act))
        with self._facts.transaction() as write:
            there = write.execute('SELECT sealed FROM withheld WHERE "case" = ? AND act = ?', (case, act)).fetchone()
            if there is None:
                write.execute("INSERT INTO withheld VALUES (?,?,?)", (case, act, sealed))
            elif _disclosures(key, there["sealed"], case, act) != disclosures:
                raise Fault("withheld-exists", f"行为 {act} 的不公开事项已存有另一内容。", "请另取行为编号重新拟稿。")

    def get(self, case: str, act: str) -> tuple[str, ...]:
        """In the order in which they were put."""
        rows = self._facts.rows('SELECT sealed FROM withheld WHERE "case" = ? AND act = ?', case, act)
        key = self._case_key(case, make=False) if rows else None
        return _disclosures(key, rows[0]["sealed"], case, act) if key is not None else ()

    def destroy(self, case: str) -> None:
        """Destroy the case's key, and remember that it was: nothing can be put for this case again."""
        with self._keys.transaction() as write:
            write.execute("INSERT INTO keys VALUES (?, NULL) ON CONFLICT DO UPDATE SET wrapped = NULL", (case,))

    def close(self) -> None:
        """Close both files."""
        self._facts.close()
        self._keys.close()

    def _case_key(self, case: str, *, make: bool) -> AESGCM | None:
        """None if the case has no key (yet, unless `make`) or its key was destroyed."""
        find = 'SELECT wrapped FROM keys WHERE "case" = ?'
        rows = self._keys.rows(find, case)
        if not rows and make:
            wrapped = _seal(self._master, os.urandom(KEY_OCTETS), _context("key", case))
            with self._keys.transaction() as write:
                write.execute("INSERT INTO keys VALUES (?,?) ON CONFLICT DO NOTHING", (case, wrapped))
                rows = write.execute(find, (case,)).fetchall()
        if not rows or rows[0]["wrapped"] is None:
            return None
        return AESGCM(_open(self._master, rows[0]["wrapped"], _context("key", case)))


def _archive_key(path: Path) -> AESGCM:
    try:
        key = b64u_decode(read_secret(path).decode("ascii").removesuffix("\n"))
    except (Fault, UnicodeDecodeError) as error:
        if isinstance(error, Fault) and error.code != "encoding":
            raise
        key = b""
    if len(key) != KEY_OCTETS:
        raise Fault("key-file", f"{path.name} 不是不公开事项的密钥文件。", "请从备份恢复该文件。")
    return AESGCM(key)


def _context(*parts: str) -> bytes:
    return json.dumps(["anjuan.withheld/1", *parts]).encode("ascii")


def _seal(key: AESGCM, data: bytes, context: bytes) -> bytes:
    nonce = os.urandom(NONCE_OCTETS)
    return nonce + key.encrypt(nonce, data, context)


def _open(key: AESGCM, sealed: bytes, context: bytes) -> bytes:
    try:
        return key.decrypt(sealed[:NONCE_OCTETS], sealed[NONCE_OCTETS:], context)
    except (InvalidTag, ValueError) as error:  # ValueError: shorter than a nonce and a tag
        raise Fault(
            "withheld-damaged",
            "不公开事项无法解密：数据被改动、移位，或密钥文件不是本档案库的。",
            "请从备份恢复 withheld.db、withheld-keys.db 和 withheld.key。",
        ) from error


def _disclosures(key: AESGCM, sealed: bytes, case: str, act: str) -> tuple[str, ...]:
    return tuple(json.loads(_open(key, sealed, _context("disclosures", case, act))))
