"""C2SP chunked encryption, Cobblestone-256, read whole and in order: straight from the text of the specification.

Slow, in memory, and shares nothing with storage.evidence.chunked: HKDF-Expand is written out (RFC 5869 §2.3).
"""

from __future__ import annotations

import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


def expand(hash_name: str, prk: bytes, info: bytes, length: int) -> bytes:
    """HKDF-Expand: T(n) = HMAC(prk, T(n-1) | info | n)."""
    out, block, count = b"", b"", 1
    while len(out) < length:
        block = hmac.new(prk, block + info + bytes([count]), hash_name).digest()
        out, count = out + block, count + 1
    return out[:length]


def decrypt(message: bytes, input_key: bytes, context: bytes) -> bytes:
    """The whole plaintext. ValueError for whatever isn't exactly what was encrypted."""
    salt, commitment, rest = message[:24], message[24:56], message[56:]
    if len(salt) != 24 or len(commitment) != 32:
        raise ValueError("too short for salt and commitment")
    info = b"c2sp.org/chunked-encryption@v1+" + b"AEAD_AES_256_GCM" + b"\x00" + salt + context
    made = expand("sha512", input_key, info, 32 + 12 + 32)
    key, base_nonce, derived = made[:32], made[32:44], made[44:]
    if derived != commitment:
        raise ValueError("commitment")
    plain, number = b"", 0
    while True:
        chunk, rest = rest[: 16384 + 16], rest[16384 + 16 :]
        counter = number.to_bytes(12, "big")
        nonce = bytes(a ^ b for a, b in zip(base_nonce, counter, strict=True))
        try:
            plain += AESGCM(key).decrypt(nonce, chunk, b"")
        except (InvalidTag, ValueError) as error:
            raise ValueError(f"chunk {number}") from error
        if len(chunk) < 16384 + 16:  # the final chunk is always shorter
            if rest:
                raise ValueError("something follows the final chunk")
            return plain
        if not rest:
            raise ValueError("truncated")
        number += 1


def object_key(secret: bytes, case: str, name: str) -> bytes:
    """The key of one evidence file from its case's secret, as storage/README.md says."""
    return expand("sha256", secret, f"anjuan.key/1 blob {case} {name}".encode("ascii"), 32)


def object_context(case: str, name: str) -> bytes:
    """The context of one evidence file."""
    return f"anjuan.blob/1 {case} {name}".encode("ascii")
