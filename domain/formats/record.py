"""The record: an act with its receipt, the stored event (FORMAT.md §3). Its octets are kept as they came.

Keeps: a `Record` that exists is canonical, and its receipt answers exactly this act in this case.
Leaves: signatures (act, receipt), the chain between records, and authority (verification).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..errors import Fault
from . import shapes
from .act import SIGNERS, Signature, SignedAct
from .canonical import dump, parse_object
from .encoding import b64u, b64u_decode, digest
from .receipt import Receipt, parse_receipt

if TYPE_CHECKING:
    from .act import Act
    from .canonical import Json

RECORD_OCTETS = 2 << 20


@dataclass(frozen=True, slots=True)
class Record:
    """A stored event: `data` are its octets, the rest is read from them. Made by `make_record` or `parse_record`."""

    data: bytes
    signed: SignedAct = field(repr=False, compare=False)
    receipt: Receipt = field(repr=False, compare=False)
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "digest", digest(self.data))

    @property
    def act(self) -> Act:
        """The act that was signed."""
        return self.signed.act

    @property
    def case(self) -> str:
        """The case's id."""
        return self.receipt.case

    @property
    def seq(self) -> int:
        """The record's number within its case, from 1."""
        return self.receipt.seq


def make_record(signed: SignedAct, receipt_compact: str) -> Record:
    """The record of an act and its receipt. Faults as `parse_record`."""
    value: dict[str, Json] = {
        "act": {
            "payload": b64u(signed.payload),
            "signatures": [{"protected": s.protected, "signature": s.signature} for s in signed.signatures],
        },
        "receipt": receipt_compact,
    }
    return parse_record(dump(value))


def parse_record(data: bytes) -> Record:
    """The record in canonical octets (at most 2 MiB).

    Faults: the canonical parser's, "shape", "encoding", those of act and receipt, and "receipt-act", "receipt-case",
    "seen", "seen-head" where receipt and act don't fit each other.
    """
    value = shapes.members(parse_object(data, limit=RECORD_OCTETS), ("act", "receipt"), "record")
    act = shapes.members(value["act"], ("payload", "signatures"), "record.act")
    payload = b64u_decode(shapes.text(act["payload"], "record.act.payload", octets=RECORD_OCTETS))
    listed = shapes.items(act["signatures"], "record.act.signatures", low=1, high=SIGNERS)
    signed = SignedAct(payload, tuple(_signature(item, index) for index, item in enumerate(listed)))
    receipt = parse_receipt(shapes.text(value["receipt"], "record.receipt"))
    _check_fit(signed, receipt)
    return Record(data, signed, receipt)


def _signature(value: Json, index: int) -> Signature:
    place = f"record.act.signatures[{index}]"
    obj = shapes.members(value, ("protected", "signature"), place)
    return Signature(
        shapes.text(obj["protected"], f"{place}.protected"), shapes.text(obj["signature"], f"{place}.signature")
    )


def _check_fit(signed: SignedAct, receipt: Receipt) -> None:
    if receipt.act != b64u(signed.digest):
        raise Fault("receipt-act", "回执所答复的不是本记录中的行为。", field="receipt.act", record=receipt.seq)
    if receipt.case != signed.act.case:
        raise Fault("receipt-case", "回执与行为所属案件不同。", field="receipt.case", record=receipt.seq)
    seen = signed.act.seen
    if seen.seq >= receipt.seq:
        raise Fault("seen", "签署人所见记录不早于本记录。", field="seen.seq", record=receipt.seq)
    if seen.seq == receipt.seq - 1 and seen.head != receipt.prev:
        raise Fault("seen-head", "签署人所见的前一记录不是回执所接的。", field="seen.head", record=receipt.seq)
