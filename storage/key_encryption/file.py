"""The key-encryption key in a file for its owner only: AES-256-GCM (NIST SP 800-38D), 96-bit random nonces.

    file      32 octets as b64u and a line feed, 0600
    wrapped   nonce (12 octets) ‖ ciphertext ‖ tag (16 octets)

Keeps: a file that others may read is refused. One key wraps one secret per case, far below 2^32.
Cannot promise: anything against who reads this file and case-keys.db together, such as root.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.errors import Fault
from domain.formats.encoding import b64u, b64u_decode
from storage.key_encryption import faults
from storage.secret_files import read_secret, write_secret

if TYPE_CHECKING:
    from pathlib import Path

KEY_OCTETS = 32
NONCE_OCTETS = 12
ID_OCTETS = 12


def new_key_file(path: Path) -> None:
    """Make a key file. Faults of `write_secret`."""
    write_secret(path, b64u(os.urandom(KEY_OCTETS)).encode("ascii") + b"\n")


class FileKey:
    """A KeyEncryption in `path`, which must exist (see `new_key_file`).

    Faults on opening: those of `read_secret`; `key-file` for a file that holds no such key.
    """

    def __init__(self, path: Path) -> None:
        key = _key(path)
        self._name, self._key = path.name, AESGCM(key)
        self._id = "file:" + b64u(hashlib.sha256(b"anjuan.key-encryption/1 " + key).digest()[:ID_OCTETS])

    @property
    def id(self) -> str:
        """`file:` and the first 96 bits of a hash of the key: a copy in another place is the same key."""
        return self._id

    def wrap(self, data: bytes, context: bytes) -> bytes:
        """Encipher under a fresh nonce."""
        nonce = os.urandom(NONCE_OCTETS)
        return nonce + self._key.encrypt(nonce, data, context)

    def unwrap(self, data: bytes, context: bytes) -> bytes:
        """Decipher."""
        try:
            return self._key.decrypt(data[:NONCE_OCTETS], data[NONCE_OCTETS:], context)
        except (InvalidTag, ValueError) as error:  # ValueError: shorter than a nonce and a tag
            raise faults.wrong(self._name) from error

    def close(self) -> None:
        """Nothing is held open."""


def _key(path: Path) -> bytes:
    try:
        key = b64u_decode(read_secret(path).decode("ascii").removesuffix("\n"))
    except (Fault, UnicodeDecodeError) as error:
        if isinstance(error, Fault) and error.code != "encoding":
            raise
        key = b""
    if len(key) != KEY_OCTETS:
        raise Fault("key-file", f"{path.name} 不是密钥加密密钥文件。", "请从密钥备份恢复该文件。")
    return key
