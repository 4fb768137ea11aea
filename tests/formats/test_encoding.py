"""Base64 without twins."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Fault
from domain.formats.encoding import b64, b64_decode, b64u, b64u_decode, digest, sha256


@given(st.binary(max_size=100))
def test_both_alphabets_read_back_and_agree_with_the_library(data: bytes) -> None:
    assert b64u_decode(b64u(data)) == data == b64_decode(b64(data))
    assert b64u(data) == base64.urlsafe_b64encode(data).decode().rstrip("=")
    assert b64(data) == base64.b64encode(data).decode()


@given(st.text(max_size=20))
def test_a_text_is_refused_or_the_only_one_for_its_octets(text: str) -> None:
    for decode, encode in ((b64u_decode, b64u), (b64_decode, b64)):
        try:
            data = decode(text)
        except Fault as fault:
            assert fault.code == "encoding"  # noqa: PT017  # refusal is one of two right outcomes
        else:
            assert encode(data) == text


@pytest.mark.parametrize("text", ["QQ==", "QR", "Q", "Q Q", "QUE\n", "QUE=", "+/+/", "案卷", "Q\0==", "QUJ$"])
def test_b64u_is_strict(text: str) -> None:
    with pytest.raises(Fault):
        b64u_decode(text)


@pytest.mark.parametrize("text", ["QQ", "QR==", "Q", "QQ==\n", " QQ==", "QQ===", "-_-_", "案卷", "QQ==QQ=="])
def test_b64_is_strict(text: str) -> None:
    with pytest.raises(Fault):
        b64_decode(text)


def test_a_digest_is_b64u_of_sha256() -> None:
    assert sha256(b"abc") == hashlib.sha256(b"abc").digest()
    assert digest(b"abc") == "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0"
