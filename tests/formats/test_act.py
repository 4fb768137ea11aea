"""Signed acts: exact members, and signatures that are exactly those of the signers; joserfc is the outside judge."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from joserfc import jws
from joserfc.errors import BadSignatureError
from joserfc.jwk import KeySet, OKPKey

from domain.formats import canonical
from domain.formats.act import (
    EVIDENCE,
    PAYLOAD_OCTETS,
    SIGNERS,
    Act,
    Seen,
    Signature,
    SignedAct,
    Signer,
    protected_header,
    sign_act,
    signature_defects,
)
from domain.formats.encoding import b64u, sha256
from domain.formats.keys import PrivateKey
from domain.formats.shapes import TEXT_OCTETS
from tests.formats import samples

if TYPE_CHECKING:
    from collections.abc import Callable

    from domain.errors import Fault

    Refused = Callable[[str, Callable[[], object]], Fault]

WHOLE = samples.signed()


def codes(signed: SignedAct, keys: Any = samples.KEYS) -> list[str]:
    return [defect.code for defect in signature_defects(signed, keys)]


def with_signatures(*signatures: Signature) -> SignedAct:
    return SignedAct(WHOLE.payload, signatures)


def judged_by_joserfc(signed: SignedAct) -> bytes:
    value = {
        "payload": b64u(signed.payload),
        "signatures": [{"protected": s.protected, "signature": s.signature} for s in signed.signatures],
    }
    keys = KeySet([OKPKey.import_key({**key.jwk, "kid": key.kid}) for key in samples.KEYS.values()])
    return jws.deserialize_json(value, keys, algorithms=["Ed25519"]).payload  # type: ignore[arg-type]  # plain dict


def test_an_act_reads_back_as_it_was_written() -> None:
    act = samples.act()
    assert Act.parse(act.payload()) == act == WHOLE.act
    assert json.loads(act.payload())["typ"] == "anjuan.act/1"


def test_joserfc_accepts_what_we_sign() -> None:
    assert judged_by_joserfc(WHOLE) == WHOLE.payload
    assert codes(WHOLE) == []


def test_joserfc_refuses_what_we_refuse() -> None:
    first, second = WHOLE.signatures
    swapped = with_signatures(replace(first, signature=second.signature), second)
    assert codes(swapped) == ["bad-signature"]
    with pytest.raises(BadSignatureError):
        judged_by_joserfc(swapped)


def test_the_act_digest_covers_signatures_in_order() -> None:
    first, second = WHOLE.signatures
    text = ".".join((b64u(WHOLE.payload), first.protected, first.signature, second.protected, second.signature))
    assert WHOLE.digest == sha256(text.encode())
    assert with_signatures(second, first).digest != WHOLE.digest != with_signatures(first).digest


def test_a_dropped_cosigner_is_found() -> None:
    first, second = WHOLE.signatures
    assert codes(with_signatures(first)) == codes(with_signatures(second)) == ["signature-missing"]
    assert codes(with_signatures()) == ["signature-missing"] * 2


def test_an_added_signature_is_found() -> None:
    payload = WHOLE.payload
    header = b64u(protected_header(samples.STRANGER.kid))
    stranger = Signature(header, b64u(samples.STRANGER.sign(f"{header}.{b64u(payload)}".encode())))
    signed = with_signatures(*WHOLE.signatures, stranger)
    assert codes(signed) == ["unknown-key", "signature-extra"]
    known = {**samples.KEYS, samples.STRANGER.kid: samples.STRANGER.public}
    assert codes(signed, known) == ["signature-extra"]


def test_a_repeated_signature_is_found() -> None:
    first, second = WHOLE.signatures
    assert codes(with_signatures(first, first, second)) == ["signature-extra"]
    assert codes(with_signatures(first, first)) == ["signature-missing", "signature-extra"]


def test_another_order_is_found() -> None:
    assert codes(with_signatures(*WHOLE.signatures[::-1])) == ["signature-order"]


def test_a_key_that_is_not_known_is_named() -> None:
    defects = signature_defects(WHOLE, {samples.HANDLER.kid: samples.HANDLER.public})
    assert [(d.code, d.field) for d in defects] == [("unknown-key", "signatures[1]")]


def test_a_key_under_anothers_name_does_not_count() -> None:
    keys = {samples.HANDLER.kid: samples.REVIEWER.public, samples.REVIEWER.kid: samples.REVIEWER.public}
    assert codes(WHOLE, keys) == ["unknown-key"]


def test_signatures_do_not_move_to_another_act() -> None:
    other = samples.act(occurred="2023-03-07").payload()
    assert codes(SignedAct(other, WHOLE.signatures)) == ["bad-signature"] * 2


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"alg": "ES256"}, "alg"),
        ({"alg": "SM2"}, "alg"),
        ({"alg": "none"}, "header"),
        ({"alg": "EdDSA"}, "header"),
        ({"typ": "anjuan-receipt+json"}, "header"),
        ({"crit": ["b64"], "b64": False}, "header"),
        ({"kid": 1}, "header"),
        ({"kid": None}, "header"),
    ],
)
def test_a_header_has_exactly_three_members(change: dict[str, Any], code: str) -> None:
    header = {**json.loads(protected_header(samples.HANDLER.kid)), **change}
    protected = b64u(canonical.dump(header))
    signature = Signature(protected, b64u(samples.HANDLER.sign(f"{protected}.{b64u(WHOLE.payload)}".encode())))
    assert codes(with_signatures(signature, WHOLE.signatures[1])) == [code]


def test_a_header_that_is_not_canonical_is_refused() -> None:
    protected = b64u(json.dumps(json.loads(protected_header(samples.HANDLER.kid))).encode())
    signature = Signature(protected, b64u(samples.HANDLER.sign(f"{protected}.{b64u(WHOLE.payload)}".encode())))
    assert codes(with_signatures(signature, WHOLE.signatures[1])) == ["header"]


def test_a_header_that_is_no_json_is_refused() -> None:
    assert codes(with_signatures(Signature("AAAA", "AAAA"), WHOLE.signatures[1])) == ["header"]


def test_only_a_signer_signs(refused: Refused) -> None:
    refused("not-a-signer", lambda: sign_act(WHOLE.payload, samples.STRANGER))


@pytest.mark.parametrize("text", ["AA=", "A", "AB", "案", "A" * 8193])
def test_signature_members_are_strict(text: str, refused: Refused) -> None:
    refused("encoding", lambda: Signature(text, "AA"))
    refused("encoding", lambda: Signature("AA", text))


PAYLOAD: dict[str, Any] = json.loads(WHOLE.payload)
ENTRY = PAYLOAD["evidence"][0]
SIGNER = PAYLOAD["signers"][0]


def replaced(name: str, value: Any) -> bytes:
    return canonical.dump({**PAYLOAD, name: value})


@pytest.mark.parametrize("name", sorted(PAYLOAD))
def test_every_member_must_be_there_and_of_its_kind(name: str, refused: Refused) -> None:
    without = {key: value for key, value in PAYLOAD.items() if key != name}
    refused("shape", lambda: Act.parse(canonical.dump(without)))
    for value in (None, 1, True, "", "\n", [1]):
        refused("shape", lambda value=value: Act.parse(replaced(name, value)))


@pytest.mark.parametrize("name", sorted(SIGNER))
def test_every_member_of_a_signer_must_be_there(name: str, refused: Refused) -> None:
    without = {key: value for key, value in SIGNER.items() if key != name}
    fault = refused("shape", lambda: Act.parse(replaced("signers", [without])))
    assert fault.defects[0].field == "signers[0]"
    refused("shape", lambda: Act.parse(replaced("signers", [{**SIGNER, name: 1}])))
    refused("shape", lambda: Act.parse(replaced("signers", [{**SIGNER, "x": 1}])))


@pytest.mark.parametrize("name", ["object", "blob", "size", "version", "class", "slot"])
def test_every_member_of_evidence_must_be_there(name: str, refused: Refused) -> None:
    without = {key: value for key, value in ENTRY.items() if key != name}
    refused("shape", lambda: Act.parse(replaced("evidence", [without])))
    refused("shape", lambda: Act.parse(replaced("evidence", [{**ENTRY, name: []}])))


@pytest.mark.parametrize(
    "described",
    [
        {"sha256": "0" * 63},
        {"sha256": "A" * 64},
        {"length": -1},
        {"length": "4"},
        {"media": ""},
        {"name": None},
        {"title": "x" * (TEXT_OCTETS + 1)},
        {"note": "x"},
    ],
)
def test_what_describes_evidence_has_its_shape(described: dict[str, Any], refused: Refused) -> None:
    refused("shape", lambda: Act.parse(replaced("evidence", [{**ENTRY, **described}])))


def test_evidence_may_have_a_version_and_a_plain_description() -> None:
    entry = {**ENTRY, "version": "3HL4kqtJ", "sha256": "0" * 64, "length": 0, "name": "a.pdf"}
    assert Act.parse(replaced("evidence", [entry])).evidence == (entry,)


@pytest.mark.parametrize(
    "occurred",
    ["2023-03-06", "2024-02-29", "2023-03-06T09:30:00+08:00", "2023-03-06T01:30:00.5Z", "1990-01-01", "2199-12-31"],
)
def test_dates_and_times_with_offset_are_taken(occurred: str) -> None:
    assert Act.parse(replaced("occurred", occurred)).occurred == occurred


@pytest.mark.parametrize(
    "occurred",
    [
        "2023-02-29",
        "2023-13-01",
        "2023-3-6",
        "20230306",
        "2023-W10-1",
        "2023-03-06T09:30:00",
        "2023-03-06T09:30+08:00",
        "2023-03-06 09:30:00+08:00",
        "2023-03-06t09:30:00z",
        "2023-03-06T24:00:00Z",
        "2023-03-06T23:59:60Z",
        "2023-03-06T09:30:00+24:00",
        "2023-03-06T09:30:00+08:60",
        "2023-03-06T09:30:00+0800",
        "2023-03-06T09:30:00.1234567890Z",
        "1989-12-31",
        "2200-01-01",
        "0001-01-01",
        "9999-12-31",
        "+2023-03-06",
        "2023-03-06\n",
        "\uff12023-03-06",
        "二〇二三年三月六日",
    ],
)
def test_other_moments_are_refused(occurred: str, refused: Refused) -> None:
    fault = refused("shape", lambda: Act.parse(replaced("occurred", occurred)))
    assert fault.defects[0].field == "occurred"


def test_signers_are_one_to_thirty_two(refused: Refused) -> None:
    kids = [PrivateKey.from_seed(bytes([n]) * 32).kid for n in range(SIGNERS + 1)]
    signers = tuple(Signer(samples.OFFICERS[0], kid, "handler") for kid in kids)
    assert len(Act.parse(samples.act(signers=signers[:-1]).payload()).signers) == SIGNERS
    refused("shape", lambda: samples.act(signers=signers).payload())
    refused("shape", lambda: samples.act(signers=()).payload())
    refused("shape", lambda: samples.act(signers=signers[:1] * 2).payload())


def test_evidence_is_at_most_a_thousand(refused: Refused) -> None:
    entry = {key: value for key, value in ENTRY.items() if key != "_sd"}
    assert len(samples.act(evidence=(entry,) * EVIDENCE).payload()) < PAYLOAD_OCTETS
    refused("shape", lambda: samples.act(evidence=(entry,) * (EVIDENCE + 1)).payload())


def test_a_text_is_at_most_64_kib(refused: Refused) -> None:
    assert TEXT_OCTETS == 64 * 1024
    assert samples.act(facts={"a": "案" * (TEXT_OCTETS // 3) + "x"}).payload()
    assert samples.act(evidence=({**ENTRY, "title": "x" * TEXT_OCTETS},)).payload()
    for value in ("案" * (TEXT_OCTETS // 3 + 1), ["x" * (TEXT_OCTETS + 1)], {"b": {"c": "x" * (TEXT_OCTETS + 1)}}):
        refused("shape", lambda value=value: samples.act(facts={"a": value}).payload())


def test_a_payload_is_at_most_one_mib(refused: Refused) -> None:
    facts = {f"f{number}": "x" * TEXT_OCTETS for number in range(16)}
    refused("json-size", lambda: samples.act(facts=facts).payload())


def test_seen_needs_a_head_unless_it_is_nothing(refused: Refused) -> None:
    head = samples.record().digest
    assert samples.act(seen=Seen(3, head)).payload()
    assert samples.act(seen=Seen((1 << 53) - 1, head)).payload()
    for seen in (Seen(0, head), Seen(1, None), Seen(-1, head), Seen(1, head[:-1]), Seen(1, head + "=")):
        refused("shape", lambda seen=seen: samples.act(seen=seen).payload())


def test_a_payload_with_anything_beside_is_refused(refused: Refused) -> None:
    refused("not-canonical", lambda: Act.parse(WHOLE.payload + b"\n"))
    refused("json-syntax", lambda: Act.parse(WHOLE.payload + b"{}"))
    refused("json-duplicate", lambda: Act.parse(WHOLE.payload[:-1] + b',"typ":"anjuan.act/1"}'))
    refused("json-object", lambda: Act.parse(b"[]"))
