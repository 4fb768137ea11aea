"""Bytes that grow at the end of a file in sealed parts, and are read again from its beginning.

    part = u32be length of the rest | nonce (12) | AES-256-GCM(key, nonce, plaintext, name | u64be offset)

Keeps: nothing in the clear on the disk; a part that was altered, moved or taken from another file is found. The nonce
is random, never made from the offset: what was written and thrown away may be written again with other bytes, and one
nonce for both would give both away. With at most 2^23 parts under one key two of them never meet (2^-50).
Leaves: how many of the bytes count (`store`), and the key.
"""

from __future__ import annotations

import io
import os
import secrets
import struct
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

PART = 1 << 20  # octets of plaintext in one part at most
KEY = 32
_NONCE, _TAG = 12, 16
_LENGTH = struct.Struct(">I")
_OFFSET = struct.Struct(">Q")
MOST_PARTS = 1 << 23


def sealed(key: bytes, name: str, offset: int, data: bytes) -> bytes:
    """`data` (at most PART octets) as the part of the file `name` that begins at plaintext octet `offset`."""
    nonce = secrets.token_bytes(_NONCE)
    rest = nonce + AESGCM(key).encrypt(nonce, data, _bound(name, offset))
    return _LENGTH.pack(len(rest)) + rest


def parts(fd: int, key: bytes, name: str, size: int) -> Iterator[bytes]:
    """The plaintext of the first `size` octets of the file, part by part. Fault "arrival-damaged"."""
    at = offset = 0
    while at < size:
        head = os.pread(fd, _LENGTH.size, at)
        length = _LENGTH.unpack(head)[0] if len(head) == _LENGTH.size else 0
        at += _LENGTH.size + length
        if not _NONCE + _TAG < length <= _NONCE + PART + _TAG or at > size:
            raise _damaged(name)
        rest = os.pread(fd, length, at - length)
        try:
            data = AESGCM(key).decrypt(rest[:_NONCE], rest[_NONCE:], _bound(name, offset))
        except InvalidTag as error:
            raise _damaged(name) from error
        offset += len(data)
        yield data


class Parts(io.RawIOBase):
    """The plaintext of `parts` as a file that is read once, to its end."""

    def __init__(self, plain: Iterator[bytes]) -> None:
        self._plain, self._rest = plain, memoryview(b"")

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """As far as the next part reaches; 0 at the end."""
        if not self._rest:
            self._rest = memoryview(next(self._plain, b""))
        with memoryview(buffer) as view:
            size = min(len(view), len(self._rest))
            view[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


def _bound(name: str, offset: int) -> bytes:
    return name.encode("ascii") + _OFFSET.pack(offset)


def _damaged(name: str) -> Fault:
    return Fault("arrival-damaged", f"上传 {name} 暂存的内容已损坏", "请检查磁盘；这个文件请重新上传。")
