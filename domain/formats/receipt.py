"""The receipt: the archive's signed answer to an act, and the link of the chain (FORMAT.md §3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from . import shapes
from .encoding import b64u
from .jws import Compact, parse_compact, sign_compact

if TYPE_CHECKING:
    from .canonical import Json
    from .keys import PublicKey, Signing

TYP = "anjuan.receipt/1"
HEADER_TYP = "anjuan-receipt+json"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the archive says: the act (b64u digest) is record `seq` of `case`, after `prev`, received at that UTC time.

    `kid` is the key named by the header; `compact` the JWS as it stands. Whether it verifies: `receipt_verified`.
    """

    case: str
    seq: int
    prev: str | None
    act: str
    received: str
    kid: str
    compact: str
    jws: Compact = field(repr=False, compare=False)


def issue(key: Signing, *, case: str, seq: int, prev: str | None, act: bytes, received: str) -> str:
    """The receipt as compact JWS; `act` is the 32-octet act digest. Fault "shape" naming a member that isn't right."""
    payload: dict[str, Json] = {
        "typ": TYP,
        "case": case,
        "seq": seq,
        "prev": prev,
        "act": b64u(act),
        "received": received,
    }
    _members(payload)
    return sign_compact(key, HEADER_TYP, payload)


def parse_receipt(compact: str) -> Receipt:
    """The receipt in a compact JWS, signature not judged. Faults of `parse_compact`, and "shape"."""
    jws = parse_compact(compact, HEADER_TYP)
    case, seq, prev, act, received = _members(jws.payload)
    return Receipt(case, seq, prev, act, received, jws.kid, compact, jws)


def receipt_verified(receipt: Receipt, key: PublicKey) -> bool:
    """Whether `key` is the one that the receipt names and its signature holds."""
    return receipt.jws.verified(key)


def _members(payload: dict[str, Json]) -> tuple[str, int, str | None, str, str]:
    obj = shapes.members(payload, ("typ", "case", "seq", "prev", "act", "received"), "receipt")
    shapes.constant(obj["typ"], TYP, "receipt.typ")
    seq = shapes.integer(obj["seq"], "receipt.seq", low=1)
    prev = None if seq == 1 and obj["prev"] is None else shapes.digest(obj["prev"], "receipt.prev")
    if seq == 1 and prev is not None:
        raise shapes.refused("receipt.prev", " null（首条记录）")
    return (
        shapes.uuid7(obj["case"], "receipt.case"),
        seq,
        prev,
        shapes.digest(obj["act"], "receipt.act"),
        shapes.received(obj["received"], "receipt.received"),
    )
