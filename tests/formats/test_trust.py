"""The trust file and the export claim: exact members, nothing else."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from joserfc import jws
from joserfc.jwk import OKPKey

from domain.errors import Fault
from domain.formats.export import HEADER_TYP, export_verified, issue_export, parse_export
from domain.formats.jws import sign_compact
from domain.formats.trust import Trust
from tests.formats import samples

if TYPE_CHECKING:
    from collections.abc import Callable

    Refused = Callable[[str, Callable[[], object]], Fault]

TRUST = Trust("anjuan.example/jinan", samples.record().digest, None, None, ())
FULL = replace(TRUST, log="example.com/log+33d7b496+AeHT", witnesses="log x\nquorum none\n", tsa=("-----BEGIN\n",))
VALUE: dict[str, Any] = json.loads(TRUST.dump())


def test_trust_reads_back_also_with_white_space() -> None:
    for trust in (TRUST, FULL):
        assert Trust.parse(trust.dump()) == trust
        assert Trust.parse(json.dumps(json.loads(trust.dump()), indent=2).encode()) == trust


def test_the_fingerprint_is_short_and_of_the_canonical_octets() -> None:
    digits = hashlib.sha256(TRUST.dump()).hexdigest()[:32]
    assert TRUST.fingerprint.split(" ") == [digits[at : at + 4] for at in range(0, 32, 4)]
    assert TRUST.fingerprint != replace(TRUST, origin="anjuan.example/qingdao").fingerprint


@pytest.mark.parametrize("name", sorted(VALUE))
def test_every_member_of_trust_must_be_there(name: str, refused: Refused) -> None:
    without = {key: value for key, value in VALUE.items() if key != name}
    refused("shape", lambda: Trust.parse(json.dumps(without).encode()))
    refused("shape", lambda: Trust.parse(json.dumps({**VALUE, name: 1}).encode()))
    refused("shape", lambda: Trust.parse(json.dumps({**VALUE, "x": 1}).encode()))


@pytest.mark.parametrize("origin", ["", "a b", "a+b", "a\nb", "a\u3000b", "x" * 256])
def test_an_origin_is_a_log_name(origin: str, refused: Refused) -> None:
    refused("shape", lambda: Trust.parse(json.dumps({**VALUE, "origin": origin}).encode()))
    refused("shape", replace(TRUST, origin=origin).dump)


def test_trust_is_limited(refused: Refused) -> None:
    refused("shape", lambda: Trust.parse(json.dumps({**VALUE, "tsa": ["x"] * 65}).encode()))
    refused("json-size", lambda: Trust.parse(TRUST.dump() + b" " * (1 << 20)))
    refused("json-duplicate", lambda: Trust.parse(TRUST.dump()[:-1] + b',"origin":"x"}'))


CLAIM = samples.claim()
COMPACT = issue_export(samples.ARCHIVE, CLAIM)
PAYLOAD = CLAIM.as_json()


def test_an_export_reads_back_and_verifies() -> None:
    assert parse_export(COMPACT) == (CLAIM, samples.ARCHIVE.kid)
    assert export_verified(COMPACT, samples.ARCHIVE.public)
    assert not export_verified(COMPACT, samples.STRANGER.public)
    assert parse_export(issue_export(samples.ARCHIVE, replace(CLAIM, checkpoint=7)))[0].checkpoint == 7


def test_joserfc_judges_the_export_alike() -> None:
    judged = jws.deserialize_compact(COMPACT, OKPKey.import_key(samples.ARCHIVE.public.jwk), algorithms=["Ed25519"])
    assert json.loads(judged.payload or b"") == PAYLOAD


def test_every_changed_octet_of_an_export_is_found() -> None:
    for place in range(len(COMPACT)):
        other = "A" if COMPACT[place] != "A" else "B"
        changed = COMPACT[:place] + other + COMPACT[place + 1 :]
        try:
            held = export_verified(changed, samples.ARCHIVE.public)
        except Fault:
            held = False
        assert not held, place


@pytest.mark.parametrize("name", sorted(PAYLOAD))
def test_every_member_of_an_export_must_be_there(name: str, refused: Refused) -> None:
    without = {key: value for key, value in PAYLOAD.items() if key != name}
    for bad in (without, {**PAYLOAD, name: []}, {**PAYLOAD, "x": 1}):
        refused("shape", lambda bad=bad: parse_export(sign_compact(samples.ARCHIVE, HEADER_TYP, bad)))


@pytest.mark.parametrize(
    "changes",
    [{"seq": 0}, {"checkpoint": 0}, {"recipient": ""}, {"exported": "2023-03-06"}, {"manifest": "x"}, {"head": "x"}],
)
def test_an_export_of_another_shape_is_never_issued(changes: dict[str, Any], refused: Refused) -> None:
    refused("shape", lambda: issue_export(samples.ARCHIVE, replace(CLAIM, **changes)))


def test_a_receipt_is_no_export(refused: Refused) -> None:
    refused("header", lambda: parse_export(samples.record().receipt.compact))
