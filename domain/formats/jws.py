"""JSON Web Signatures as this archive uses them: fixed headers, Ed25519 only, no options (RFC 7515, RFC 9864).

Keeps: a protected header has exactly alg, kid and typ, in canonical form, and its typ says what was signed, so a
receipt can never pass for an act; every b64u text is strict, so no signature has a twin.
Leaves: whose key a kid is and whether it may sign (register, authority).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ..errors import Fault
from .canonical import dump, parse_object
from .encoding import b64u, b64u_decode

if TYPE_CHECKING:
    from .canonical import Json
    from .keys import PublicKey, Signing

ALG = "Ed25519"
# Known by the format, not judged by this version: INDETERMINATE in a verification, refused on entry.
OTHER_ALGS = frozenset({"ES256", "SM2"})
HEADER_OCTETS = 1024
COMPACT_LIMIT = 64 << 10
_COMPACT_PARTS = 3
_HEADERS = 1024  # kept at hand: a case has few signers, and each writes the same header every time


@lru_cache(_HEADERS)
def header(typ: str, kid: str) -> bytes:
    """The protected header's JCS octets: exactly alg, kid and typ."""
    return dump({"alg": ALG, "kid": kid, "typ": typ})


@lru_cache(_HEADERS)
def header_kid(data: bytes, typ: str) -> str:
    """The kid of a protected header. Fault "alg" for an algorithm not judged here, "header" for anything inexact."""
    try:
        value = parse_object(data, limit=HEADER_OCTETS)
    except Fault as fault:
        raise Fault("header", f"签名头不规范：{fault}") from fault
    kid = value.get("kid")
    if value.keys() != {"alg", "kid", "typ"} or value["typ"] != typ or not isinstance(kid, str):
        raise Fault("header", f"签名头应恰有 alg、kid、typ，且 typ 为 {typ}。")
    if value["alg"] in OTHER_ALGS:
        raise Fault("alg", f"本版本不能判定签名算法 {value['alg']}。")
    if value["alg"] != ALG:
        raise Fault("header", f"签名算法应为 {ALG}。")
    return kid


@dataclass(frozen=True, slots=True)
class Compact:
    """A parsed compact JWS: `signed` are the octets under `signature` (RFC 7515 §5.1 step 5)."""

    kid: str
    payload: dict[str, Json]
    signed: bytes
    signature: bytes

    def verified(self, key: PublicKey) -> bool:
        """Whether `key` is the one that the header names and its signature holds."""
        return key.kid == self.kid and key.verify(self.signature, self.signed)


def sign_compact(key: Signing, typ: str, payload: Json) -> str:
    """The compact serialisation (RFC 7515 §7.1) of JCS(`payload`) signed by `key`."""
    signed = f"{b64u(header(typ, key.kid))}.{b64u(dump(payload))}"
    return f"{signed}.{b64u(key.sign(signed.encode('ascii')))}"


def parse_compact(text: str, typ: str) -> Compact:
    """A compact JWS with this profile's header and a canonical object as payload.

    Faults: "jws" (not three parts, too long), "encoding", "header", "alg", and the parser's own.
    """
    parts = text.split(".", _COMPACT_PARTS)
    if len(text) > COMPACT_LIMIT or len(parts) != _COMPACT_PARTS:
        raise Fault("jws", "不是紧凑形式的 JWS（应为三段）。")
    protected, payload, signature = (b64u_decode(part) for part in parts)
    kid = header_kid(protected, typ)
    return Compact(kid, parse_object(payload), f"{parts[0]}.{parts[1]}".encode("ascii"), signature)
