"""What digests alone can tell of a record: the act that its receipt names, and the record before it (FORMAT.md §3).

Keeps: octets that pass are canonical as far as they are read here: record, signatures' encoding, receipt. The act is
not read, except the evidence that it names.
Leaves: what the act says, and every signature.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ..errors import Fault
from . import shapes
from .act import Act
from .encoding import b64u, b64u_decode, sha256
from .receipt import parse_receipt
from .record import RECORD_OCTETS, parse_record

if TYPE_CHECKING:
    from .canonical import Json

_B64U = b"[A-Za-z0-9_-]"
_SIGNATURE = rb'\{"protected":"%b+","signature":"%b+"\}' % (_B64U, _B64U)
_RECORD = re.compile(
    rb'\{"act":\{"payload":"(%b+)","signatures":\[(%b(?:,%b){0,31})\]\},"receipt":"(%b+\.%b+\.%b+)"\}'
    % (_B64U, _SIGNATURE, _SIGNATURE, _B64U, _B64U, _B64U)
)
_PARTS = re.compile(rb'"protected":"([^"]+)","signature":"([^"]+)"')
_EVIDENCE = re.compile(rb'\{"_sd_alg":"sha-256","action":"[^"\\]*","case":"[^"\\]*","evidence":\[(\]?)')


class Links(NamedTuple):
    """`received` is the receipt's; `evidence` are the act's entries, without what is withheld of them."""

    case: str
    seq: int
    prev: str | None
    received: str
    evidence: tuple[dict[str, Json], ...]


def record_links(data: bytes) -> Links:
    """The links of a record. Faults as `parse_record`, where they show without reading the act."""
    found = _RECORD.fullmatch(data) if len(data) <= RECORD_OCTETS else None
    if found is None:
        parse_record(data)  # says what is wrong
        raise Fault("record-form", "记录不是规定的形式。")
    payload, signatures, receipt = found.groups()
    claimed = parse_receipt(receipt.decode("ascii"))
    signed = payload
    for protected, signature in _PARTS.findall(signatures):
        signed += b"." + protected + b"." + signature
    if b64u(sha256(signed)) != claimed.act:
        raise Fault("receipt-act", "回执所答复的不是本记录中的行为。", field="receipt.act", record=claimed.seq)
    octets = b64u_decode(payload.decode("ascii"))
    start = _EVIDENCE.match(octets)
    if start is None:
        raise shapes.refused("record.act.payload", "规定形式的行为")
    evidence = () if start[1] else Act.parse(octets).evidence
    return Links(claimed.case, claimed.seq, claimed.prev, claimed.received, evidence)
