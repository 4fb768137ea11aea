"""Withheld facts (不公开事项): disclosures, enciphered under one key per case, apart from records and from each other.

    withheld.db        case, act, AES-256-GCM(case's key; nonce ‖ ciphertext), bound to case and act

Keeps: no disclosure lies in clear in any file, log or error; a row moved to another act or case can't be read there;
what a destroyed case had can't be read ever again. Leaves: the keys (storage.case_keys).
Source: NIST SP 800-38D (GCM, 96-bit random nonces; one key enciphers one case's acts, far below 2^32).
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.errors import Fault
from storage.case_keys import derived
from storage.database import Database, Schema

if TYPE_CHECKING:
    from pathlib import Path

    from storage.case_keys import CaseKeys

NONCE_OCTETS = 12
FACTS = Schema(
    mark=0x616E6A03,
    statements=(
        """CREATE TABLE withheld ("case" TEXT NOT NULL, act TEXT NOT NULL, sealed BLOB NOT NULL,
            PRIMARY KEY ("case", act)) WITHOUT ROWID""",
    ),
)


class SqliteWithheldFacts:
    """WithheldFacts in `path`, under keys that come from `keys`, which it doesn't close.

    Beyond the port: Fault `withheld-damaged` (a row doesn't open under its case and act), `withheld-destroyed` (a put
    for a case whose secret was destroyed), and those of `keys`.
    """

    def __init__(self, path: Path, keys: CaseKeys) -> None:
        self._keys = keys
        self._facts = Database(path, FACTS)

    def put(self, case: str, act: str, disclosures: tuple[str, ...]) -> None:
        """Keep; nothing is written for an act without disclosures."""
        if not disclosures:
            return
        secret = self._keys.secret(case, make=True)
        if secret is None:
            raise Fault("withheld-destroyed", "本案的不公开事项已依法销毁，不能再存入。", "请核对案件。")
        key = _key(secret, case)
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
        secret = self._keys.needed(case) if rows else None
        return _disclosures(_key(secret, case), rows[0]["sealed"], case, act) if secret is not None else ()

    def close(self) -> None:
        """Close the file."""
        self._facts.close()


def _key(secret: bytes, case: str) -> AESGCM:
    return AESGCM(derived(secret, "withheld", case))


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
            "请从备份恢复 withheld.db，并从密钥备份恢复 case-keys.db。",
        ) from error


def _disclosures(key: AESGCM, sealed: bytes, case: str, act: str) -> tuple[str, ...]:
    return tuple(json.loads(_open(key, sealed, _context("disclosures", case, act))))
