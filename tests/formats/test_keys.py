"""Ed25519 by the one rule, against a naive second implementation and the RFCs' own examples."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import Fault
from domain.formats import keys
from domain.formats.encoding import b64u
from domain.formats.keys import PrivateKey, PublicKey, thumbprint
from tests.formats import naive_ed25519 as naive
from tests.formats import samples

_CASES: list[dict[str, Any]] = json.loads(
    (Path(keys.__file__).parent / "vectors" / "ed25519.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", _CASES, ids=[case["desc"] for case in _CASES])
def test_odd_signatures_are_judged_by_the_rule(case: dict[str, Any]) -> None:
    key, message, signature = (bytes.fromhex(case[name]) for name in ("key", "message", "signature"))
    assert PublicKey(key).verify(signature, message) is case["valid"]
    assert naive.verify(key, message, signature) is case["valid"]


def test_the_odd_signatures_would_pass_a_careless_verifier() -> None:
    """Else they would prove nothing: most of the refused ones hold where encodings and orders aren't checked."""
    octets = [[bytes.fromhex(case[name]) for name in ("key", "message", "signature")] for case in _CASES]
    refused = [values for values, case in zip(octets, _CASES, strict=True) if not case["valid"]]
    assert sum(len(s) == 64 and naive.lax(key, message, s) for key, message, s in refused) >= 15


def test_small_order_keys_are_the_eight_of_the_torsion_group() -> None:
    points = naive.torsion()
    assert len({naive.encode(point) for point in points}) == 8
    assert {point[1] for point in points} == keys._SMALL_ORDER_Y
    assert (keys.P, keys.L) == (naive.P, naive.L)


@settings(max_examples=20)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=50), st.integers(0, 511))
def test_every_flipped_bit_of_a_signature_is_found(seed: bytes, message: bytes, bit: int) -> None:
    key = PrivateKey.from_seed(seed)
    signature = key.sign(message)
    assert key.public.verify(signature, message)
    assert naive.verify(key.public.raw, message, signature)
    flipped = bytearray(signature)
    flipped[bit // 8] ^= 1 << bit % 8
    assert not key.public.verify(bytes(flipped), message)
    assert not key.public.verify(signature, message + b"x")


@settings(max_examples=60)
@given(st.binary(min_size=32, max_size=32))
def test_a_key_is_taken_only_if_it_is_a_point(raw: bytes) -> None:
    point = naive.decode(raw)
    good = point is not None and naive.encode(point) == raw and naive.times(8, point) != naive.IDENTITY
    jwk = {"crv": "Ed25519", "kty": "OKP", "x": b64u(raw)}
    if good:
        assert PublicKey.from_jwk(jwk).raw == raw
    else:
        with pytest.raises(Fault):
            PublicKey.from_jwk(jwk)


@pytest.mark.parametrize("case", [case for case in _CASES if "key" in case["desc"] and not case["valid"]])
def test_keys_that_can_never_count_are_not_enrolled(case: dict[str, Any]) -> None:
    raw = bytes.fromhex(case["key"])
    mixed = "mixed" in case["desc"]
    try:
        PublicKey.from_jwk({"crv": "Ed25519", "kty": "OKP", "x": b64u(raw)})
    except Fault as fault:
        assert fault.code == "key"  # noqa: PT017  # refusal is one of two right outcomes
        assert not mixed
    else:
        assert mixed


def test_thumbprint_of_rfc8037_appendix_a3() -> None:
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    assert thumbprint(jwk) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    assert PublicKey.from_jwk(dict(jwk)).kid == thumbprint({**jwk, "use": "sig"})


def test_signature_of_rfc8032_section_7_1_test_2() -> None:
    key = PrivateKey.from_seed(bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"))
    assert key.public.raw.hex() == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    assert key.sign(b"\x72").hex() == (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )


@pytest.mark.parametrize(
    "jwk",
    [
        None,
        [],
        {},
        {"crv": "Ed25519", "kty": "OKP"},
        {"crv": "Ed25519", "kty": "OKP", "x": 1},
        {"crv": "Ed25519", "kty": "OKP", "x": "AA"},
        {"crv": "Ed25519", "kty": "EC", "x": samples.HANDLER.public.jwk["x"]},
        {"crv": "X25519", "kty": "OKP", "x": samples.HANDLER.public.jwk["x"]},
        {**samples.HANDLER.public.jwk, "d": "AA"},
        {**samples.HANDLER.public.jwk, "x": samples.HANDLER.public.jwk["x"] + "="},
    ],
)
def test_a_jwk_has_exactly_three_members(jwk: Any) -> None:
    with pytest.raises(Fault) as caught:
        PublicKey.from_jwk(jwk)
    assert caught.value.code == "key"


def test_lengths_are_checked() -> None:
    for make in (PublicKey, PrivateKey):
        with pytest.raises(Fault):
            make(bytes(31))
    with pytest.raises(Fault):
        thumbprint({"kty": "RSA", "n": "AQ", "e": "AQAB"})
    with pytest.raises(Fault):
        thumbprint({"kty": "OKP", "x": "AA"})


def test_a_private_key_does_not_show_its_seed() -> None:
    key = PrivateKey.from_seed(bytes(range(32)))
    assert bytes(range(32)).hex() not in repr(key)
    assert repr(bytes(range(32)))[2:-1] not in repr(key)
    assert PrivateKey.from_seed(key.seed) == key
