"""Base64 and digests as text, strictly: one text per octet string, so that nothing signed has a twin.

Source: RFC 4648 §4 (with padding: `b64`), §5 (without: `b64u`), §3.5 (unused bits are zero); FIPS 180-4.
"""

from __future__ import annotations

import binascii
import hashlib
from base64 import b64decode, b64encode

from ..errors import Fault


def b64u(data: bytes) -> str:
    """base64url without padding."""
    return b64encode(data).decode("ascii").rstrip("=").replace("+", "-").replace("/", "_")


def b64(data: bytes) -> str:
    """base64 with padding."""
    return b64encode(data).decode("ascii")


def b64u_decode(text: str) -> bytes:
    """The octets behind `text`; Fault "encoding" unless `text` is exactly what `b64u` writes for them."""
    data = _decoded(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4))
    if b64u(data) != text:
        raise _refusal()
    return data


def b64_decode(text: str) -> bytes:
    """The octets behind `text`; Fault "encoding" unless `text` is exactly what `b64` writes for them."""
    data = _decoded(text)
    if b64(data) != text:
        raise _refusal()
    return data


def sha256(data: bytes) -> bytes:
    """H: the 32 octets of SHA-256."""
    return hashlib.sha256(data).digest()


def digest(data: bytes) -> str:
    """b64u(H(data)), 43 characters."""
    return b64u(sha256(data))


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:  # ValueError: text outside ASCII
        raise _refusal() from error


def _refusal() -> Fault:
    return Fault("encoding", "base64 编码不严格：不得有空白、多余字符、多余填充，未用位须为零（RFC 4648）。")
