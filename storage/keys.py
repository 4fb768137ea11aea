"""Officers' and the archive's signing keys as files: PKCS #8 PEM (RFC 5958, RFC 8410), mode 0600.

The name has nothing to do with `domain.formats.keys` but its subject: there a key is octets, here it is a file.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from domain.errors import Fault
from domain.formats.keys import KEY_OCTETS, PrivateKey
from storage.secret_files import read_secret, write_secret

if TYPE_CHECKING:
    from pathlib import Path


def new_key(path: Path, passphrase: bytes | None = None) -> PrivateKey:
    """A fresh Ed25519 key, written to `path` before it is given. Fault `key-exists`, `key-file`, `key-passphrase`."""
    if passphrase is not None and not passphrase:
        raise Fault("key-passphrase", "口令不能为空。", "请输入口令，或不设口令。")
    seed = os.urandom(KEY_OCTETS)
    lock = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    key = Ed25519PrivateKey.from_private_bytes(seed)
    write_secret(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock))
    return PrivateKey.from_seed(seed)


def load_key(path: Path, passphrase: bytes | None = None) -> PrivateKey:
    """The key in `path`.

    Faults of `read_secret`; `key-passphrase` (needed, wrong, or given for an open key), `key-type`, and `key-file` for
    a file that isn't PKCS #8 PEM.
    """
    data = read_secret(path)
    try:
        key = load_pem_private_key(data, passphrase)
    except TypeError as error:  # the library's word for a passphrase that is missing or not needed
        what = "没有加密，不需要口令" if passphrase is not None else "已加密，需要口令"
        raise Fault("key-passphrase", f"密钥文件 {path.name} {what}。", "请核对口令选项。") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        if passphrase is not None:
            raise Fault("key-passphrase", f"密钥文件 {path.name} 打不开：口令不对或文件已损坏。", "请重试。") from error
        raise Fault("key-file", f"{path.name} 不是 PKCS #8 PEM 私钥文件。", "请核对文件。") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise Fault("key-type", f"{path.name} 不是 Ed25519 私钥。", "请用本系统生成的密钥。")
    return PrivateKey.from_seed(key.private_bytes_raw())
