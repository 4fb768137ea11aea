"""Records as an archive would make them: signed, answered, chained. What they say is of no matter to a store."""

from __future__ import annotations

import hashlib
import os
import time
from typing import TYPE_CHECKING

from domain.formats.act import Act, Seen, SignedAct, Signer, sign_act
from domain.formats.encoding import digest
from domain.formats.keys import PrivateKey
from domain.formats.receipt import issue
from domain.formats.record import Record, make_record

if TYPE_CHECKING:
    from collections.abc import Iterator

OFFICER = PrivateKey.from_seed(hashlib.sha256(b"officer").digest())
ARCHIVE = PrivateKey.from_seed(hashlib.sha256(b"archive").digest())
RULEBOOK = digest(b"rulebook")
RECEIVED = "2023-03-06T01:02:03.456Z"


def uuid7() -> str:
    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def record(
    case: str,
    seq: int = 1,
    prev: str | None = None,
    *,
    act: str | None = None,
    action: str = "note",
    text: str = "补正通知",
    received: str = RECEIVED,
) -> Record:
    seen = Seen(seq - 1, prev or (digest(b"before") if seq > 1 else None))
    signers = (Signer("01890a5d-ac96-774b-bcce-b302099a8057", OFFICER.kid, "handler"),)
    payload = Act(
        act or uuid7(), case, seen, signers, "register", RULEBOOK, action, "2023-03-06", {"text": text}, ()
    ).payload()
    signed = SignedAct(payload, (sign_act(payload, OFFICER),))
    answer = issue(ARCHIVE, case=case, seq=seq, prev=seen.head, act=signed.digest, received=received)
    return make_record(signed, answer)


def chain(case: str, length: int) -> Iterator[Record]:
    prev = None
    for seq in range(1, length + 1):
        made = record(case, seq, prev)
        yield made
        prev = made.digest
