"""C2SP chunked encryption (c2sp.org/chunked-encryption), Cobblestone-256: reading any part of it.

    salt (24) ‖ commitment (32) ‖ chunks
    chunk = AES-256-GCM(16,384 octets of plaintext, in the last one fewer) ‖ tag (16)
    key (32) ‖ base nonce (12) ‖ commitment (32) = HKDF-Expand-SHA-512(input key, label ‖ 00 ‖ salt ‖ context)
    nonce of chunk n = base nonce XOR n, big-endian; no associated data

Keeps: nothing is given that wasn't authenticated: the commitment first (key and context), then the last chunk, which
proves the length because it alone is short and its nonce tells how many come before it, then each chunk of the range.
Leaves: encrypting, which is the library's (cryptography.cobblestone).
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Fetch = Callable[[int, int], Iterator[bytes]]  # (offset, length) → the octets as stored, in pieces

LABEL = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0"
SALT, COMMITMENT, KEY, NONCE, TAG = 24, 32, 32, 12, 16
HEADER = SALT + COMMITMENT
CHUNK = 16 << 10
STORED = CHUNK + TAG
TOGETHER = 64  # chunks given at once: 1 MiB


class Unauthentic(Exception):  # noqa: N818  # says what was found, as a Fault does; the vault words it for people
    """What lies there isn't what was encrypted with this key in this context; the text says how this shows."""


def stored_length(length: int) -> int:
    """How many octets `length` octets of plaintext become."""
    return HEADER + length + TAG * (length // CHUNK + 1)


class Opened:
    """An encrypted object: its key and context are proven, its length isn't needed to be believed any more.

    `fetch` gives octets as stored, `size` is how many there are. Unauthentic on opening and from `read`.
    """

    def __init__(self, fetch: Fetch, size: int, key: bytes, context: bytes) -> None:
        self._fetch = fetch
        self._last, rest = divmod(size - HEADER, STORED)
        if self._last < 0 or rest < TAG:
            raise Unauthentic("密文被截断")
        self.length = self._last * CHUNK + rest - TAG
        head = self._exactly(0, HEADER)
        made = HKDFExpand(SHA512(), KEY + NONCE + COMMITMENT, LABEL + head[:SALT] + context).derive(key)
        if not hmac.compare_digest(made[KEY + NONCE :], head[SALT:]):
            raise Unauthentic("密文不是用本案的密钥为这份证据加密的")
        self._cipher, self._base = AESGCM(made[:KEY]), int.from_bytes(made[KEY : KEY + NONCE], "big")
        self._tail = self._plain(self._last, self._exactly(HEADER + self._last * STORED, rest))

    def read(self, offset: int, length: int) -> Iterator[bytes]:
        """`length` octets from `offset`, which lie inside; in pieces of at most 1 MiB, none empty."""
        if length == 0:
            return
        first, end = offset // CHUNK, (offset + length - 1) // CHUNK + 1
        skip = offset - first * CHUNK
        pieces = bytearray()
        for number, chunk in enumerate(self._chunks(first, end), first):
            pieces += chunk
            if (number - first + 1) % TOGETHER == 0 or number + 1 == end:
                given = bytes(pieces[skip : skip + length])
                skip, length = 0, length - len(given)
                pieces.clear()
                yield given

    def _chunks(self, first: int, end: int) -> Iterator[bytes]:
        """The plaintext of chunks `first` to before `end`; the last one of all is at hand already."""
        body = min(end, self._last)
        if first < body:
            waiting = bytearray()
            number = first
            for piece in self._fetch(HEADER + first * STORED, (body - first) * STORED):
                waiting += piece
                at = 0
                while len(waiting) - at >= STORED:
                    yield self._plain(number, bytes(waiting[at : at + STORED]))
                    at, number = at + STORED, number + 1
                del waiting[:at]
            if number != body or waiting:
                raise Unauthentic("读到的字节数与所报大小不一致")
        if end > self._last:
            yield self._tail

    def _plain(self, number: int, chunk: bytes) -> bytes:
        try:
            return self._cipher.decrypt((self._base ^ number).to_bytes(NONCE, "big"), chunk, None)
        except InvalidTag as error:
            raise Unauthentic(f"第 {number + 1} 段密文被改动") from error

    def _exactly(self, offset: int, length: int) -> bytes:
        data = b"".join(self._fetch(offset, length))
        if len(data) != length:
            raise Unauthentic("读到的字节数与所报大小不一致")
        return data
