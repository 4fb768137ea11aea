"""Receipts and records: exact, fitting each other, and no octet can be changed unseen."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from joserfc import jws
from joserfc.jwk import OKPKey

from domain.errors import Fault
from domain.formats import canonical
from domain.formats.act import Seen, SignedAct, signature_defects
from domain.formats.encoding import b64u, digest
from domain.formats.jws import COMPACT_LIMIT, sign_compact
from domain.formats.receipt import HEADER_TYP, issue, parse_receipt, receipt_verified
from domain.formats.record import RECORD_OCTETS, make_record, parse_record
from tests.formats import samples

if TYPE_CHECKING:
    from collections.abc import Callable

    Refused = Callable[[str, Callable[[], object]], Fault]

RECORD = samples.record()
VALUE: dict[str, Any] = json.loads(RECORD.data)


def holds(data: bytes) -> bool:
    """Whether octets parse as a record whose signatures and receipt all verify."""
    try:
        record = parse_record(data)
    except Fault:
        return False
    receipt = receipt_verified(record.receipt, samples.ARCHIVE.public)
    return receipt and not signature_defects(record.signed, samples.KEYS)


def test_a_record_reads_back_as_it_was_made() -> None:
    read = parse_record(RECORD.data)
    assert read == RECORD
    assert (read.case, read.seq, read.act.id) == (samples.CASE, 1, samples.ACT)
    assert read.digest == digest(RECORD.data)
    assert make_record(read.signed, read.receipt.compact).data == RECORD.data


def test_every_changed_octet_is_found() -> None:
    assert holds(RECORD.data)
    data = RECORD.data
    for place in range(len(data)):
        changed = data[:place] + bytes([data[place] ^ (1 + place % 255)]) + data[place + 1 :]
        assert not holds(changed), place


def test_every_flipped_low_bit_is_found() -> None:
    data = RECORD.data
    assert not [
        place for place in range(len(data)) if holds(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
    ]


def test_every_dropped_or_doubled_octet_is_found() -> None:
    data = RECORD.data
    for place in range(0, len(data), 7):
        assert not holds(data[:place] + data[place + 1 :]), place
        assert not holds(data[:place] + data[place : place + 1] + data[place:]), place


def test_a_receipt_is_a_jws_that_others_can_judge() -> None:
    key = OKPKey.import_key(samples.ARCHIVE.public.jwk)
    judged = jws.deserialize_compact(RECORD.receipt.compact, key, algorithms=["Ed25519"])
    assert judged.payload == canonical.dump(RECORD.receipt.jws.payload)
    assert judged.headers() == {"alg": "Ed25519", "kid": samples.ARCHIVE.kid, "typ": "anjuan-receipt+json"}


def test_a_receipt_counts_only_under_its_own_key() -> None:
    assert receipt_verified(RECORD.receipt, samples.ARCHIVE.public)
    assert not receipt_verified(RECORD.receipt, samples.STRANGER.public)
    assert RECORD.receipt.kid == samples.ARCHIVE.kid


def test_an_act_signature_is_no_receipt(refused: Refused) -> None:
    signature = RECORD.signed.signatures[0]
    compact = f"{signature.protected}.{b64u(RECORD.signed.payload)}.{signature.signature}"
    refused("header", lambda: parse_receipt(compact))


def issued(**changes: Any) -> str:
    members = {"case": samples.CASE, "seq": 2, "prev": RECORD.digest, "act": bytes(32), "received": samples.RECEIVED}
    return issue(samples.ARCHIVE, **{**members, **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {"seq": 0},
        {"seq": -1},
        {"seq": True},
        {"seq": 1},
        {"prev": None},
        {"prev": "x"},
        {"act": bytes(31)},
        {"case": "x"},
        {"received": "2023-03-06T01:02:03Z"},
        {"received": "2023-03-06T01:02:03.0040Z"},
        {"received": "2023-03-06T01:02:03.004+00:00"},
        {"received": "2023-03-06T09:02:03.004+08:00"},
        {"received": "2023-02-30T01:02:03.004Z"},
        {"received": "2023-03-06T25:02:03.004Z"},
        {"received": "2023-03-06"},
        {"received": "0023-03-06T01:02:03.004Z"},
    ],
)
def test_a_receipt_of_another_shape_is_never_issued_nor_read(changes: dict[str, Any], refused: Refused) -> None:
    refused("shape", lambda: issued(**changes))
    good = dict(parse_receipt(issued()).jws.payload)
    act = changes.get("act")
    bad = {**good, **changes, **({"act": b64u(act)} if isinstance(act, bytes) else {})}
    refused("shape", lambda: parse_receipt(sign_compact(samples.ARCHIVE, HEADER_TYP, bad)))


@pytest.mark.parametrize("name", ["typ", "case", "seq", "prev", "act", "received"])
def test_every_member_of_a_receipt_must_be_there(name: str, refused: Refused) -> None:
    payload = {key: value for key, value in RECORD.receipt.jws.payload.items() if key != name}
    refused("shape", lambda: parse_receipt(sign_compact(samples.ARCHIVE, HEADER_TYP, payload)))
    extra = {**RECORD.receipt.jws.payload, "x": 1}
    refused("shape", lambda: parse_receipt(sign_compact(samples.ARCHIVE, HEADER_TYP, extra)))


def test_a_compact_jws_has_three_strict_parts(refused: Refused) -> None:
    protected, payload, signature = RECORD.receipt.compact.split(".")
    refused("jws", lambda: parse_receipt(f"{protected}.{payload}"))
    refused("jws", lambda: parse_receipt(f"{protected}.{payload}.{signature}.x"))
    refused("jws", lambda: parse_receipt("x" * (COMPACT_LIMIT + 1)))
    refused("encoding", lambda: parse_receipt(f"{protected}.{payload}.{signature}="))
    refused("encoding", lambda: parse_receipt(f"{protected}.{payload}.{signature}\n"))
    refused("not-canonical", lambda: parse_receipt(f"{protected}.{b64u(b'{ }')}.{signature}"))


def test_a_receipt_for_another_act_does_not_fit(refused: Refused) -> None:
    other = samples.signed(samples.act(occurred="2023-03-07"))
    refused("receipt-act", lambda: make_record(other, RECORD.receipt.compact))


def test_a_receipt_for_other_signatures_does_not_fit(refused: Refused) -> None:
    fewer = SignedAct(RECORD.signed.payload, RECORD.signed.signatures[:1])
    refused("receipt-act", lambda: make_record(fewer, RECORD.receipt.compact))


def test_a_receipt_in_another_case_does_not_fit(refused: Refused) -> None:
    compact = samples.receipt(RECORD.signed, case=samples.ACT)
    refused("receipt-case", lambda: make_record(RECORD.signed, compact))


def test_signers_cannot_have_seen_what_came_later(refused: Refused) -> None:
    ahead = samples.signed(samples.act(seen=Seen(2, RECORD.digest)))
    refused("seen", lambda: make_record(ahead, samples.receipt(ahead, seq=2, prev=RECORD.digest)))
    assert make_record(ahead, samples.receipt(ahead, seq=4, prev=digest(b"x"))).seq == 4


def test_what_was_seen_last_is_what_the_receipt_follows(refused: Refused) -> None:
    after = samples.signed(samples.act(seen=Seen(1, RECORD.digest)))
    assert make_record(after, samples.receipt(after, seq=2, prev=RECORD.digest)).seq == 2
    refused("seen-head", lambda: make_record(after, samples.receipt(after, seq=2, prev=digest(b"x"))))


@pytest.mark.parametrize(
    "change",
    [
        {"act": None},
        {"receipt": None},
        {"receipt": ""},
        {"note": 1},
        {"act": {"payload": VALUE["act"]["payload"]}},
        {"act": {**VALUE["act"], "note": 1}},
        {"act": {**VALUE["act"], "payload": 1}},
        {"act": {**VALUE["act"], "signatures": []}},
        {"act": {**VALUE["act"], "signatures": [{}]}},
        {"act": {**VALUE["act"], "signatures": [{**VALUE["act"]["signatures"][0], "header": {}}]}},
        {"act": {**VALUE["act"], "signatures": [VALUE["act"]["signatures"][0]] * 33}},
    ],
)
def test_a_record_has_exactly_its_members(change: dict[str, Any], refused: Refused) -> None:
    refused("shape", lambda: parse_record(canonical.dump({**VALUE, **change})))


def test_a_record_is_canonical_and_of_limited_size(refused: Refused) -> None:
    refused("not-canonical", lambda: parse_record(json.dumps(VALUE).encode()))
    refused("not-canonical", lambda: parse_record(RECORD.data + b"\n"))
    refused("json-size", lambda: parse_record(RECORD.data + b" " * RECORD_OCTETS))
