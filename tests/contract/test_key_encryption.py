"""What every key-encryption key keeps, over a file, a SoftHSM token and an OpenBao server."""

from __future__ import annotations

import sys
import traceback
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.errors import Fault
from storage.case_keys import CaseKeys
from storage.key_encryption.pkcs11 import TokenKey, make_token_key
from storage.key_encryption.places import (
    PIN_ENV,
    TOKEN_ENV,
    FilePlace,
    KeyPlace,
    KeyPlaces,
    TokenPlace,
    TransitPlace,
    key_at,
    key_place,
    make_key,
)
from storage.key_encryption.transit import TransitKey
from tests.contract.key_services import start_bao

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from storage.key_encryption.port import KeyEncryption
    from tests.contract.key_services import Bao, Token

SECRET, CONTEXT = bytes(range(32)), b"anjuan.case-secret/1 a case"
KINDS = ["file", "pkcs11", "transit"]


def refused(code: str, call: Callable[[], object]) -> Fault:
    with pytest.raises(Fault) as caught:
        call()
    assert caught.value.code == code
    assert caught.value.defects[0].remedy
    return caught.value


@pytest.fixture
def token(softhsm: Token, monkeypatch: pytest.MonkeyPatch) -> Token:
    monkeypatch.setenv(PIN_ENV, softhsm.pin)
    return softhsm


@pytest.fixture
def server(bao: Bao, monkeypatch: pytest.MonkeyPatch) -> Bao:
    monkeypatch.setenv(TOKEN_ENV, bao.root)
    return bao


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest) -> KeyPlace:
    """Where a key may be made; nothing is there yet."""
    if request.param == "file":
        return FilePlace()
    name = f"key-{uuid.uuid4()}"
    chosen: KeyPlace = request.getfixturevalue("token" if request.param == "pkcs11" else "server").place(name)
    return chosen


@pytest.fixture
def key(place: KeyPlace, tmp_path: Path) -> Iterator[KeyEncryption]:
    make_key(place, tmp_path)
    made = key_at(place, tmp_path)
    yield made
    made.close()


# The contract


def test_what_was_wrapped_is_opened_by_whoever_opens_the_key_next(
    key: KeyEncryption, place: KeyPlace, tmp_path: Path
) -> None:
    wrapped = key.wrap(SECRET, CONTEXT)
    again = key_at(place, tmp_path)
    assert again.unwrap(wrapped, CONTEXT) == key.unwrap(wrapped, CONTEXT) == SECRET
    assert again.id == key.id
    again.close()


def test_each_wrapping_is_different_and_holds_nothing_in_clear(key: KeyEncryption) -> None:
    made = {key.wrap(SECRET, CONTEXT) for _ in range(4)}
    assert len(made) == 4
    assert not [wrapped for wrapped in made if SECRET in wrapped or SECRET[:12] in wrapped]


@pytest.mark.parametrize("other", [b"anjuan.case-secret/1 another case", b"", CONTEXT + b"x", CONTEXT[:-1]])
def test_another_context_opens_nothing(key: KeyEncryption, other: bytes) -> None:
    wrapped = key.wrap(SECRET, CONTEXT)
    refused("key-wrong", lambda: key.unwrap(wrapped, other))


def test_no_altered_octet_is_accepted(key: KeyEncryption) -> None:
    wrapped = key.wrap(SECRET, CONTEXT)
    for at in range(0, len(wrapped), 1 if len(wrapped) < 64 else 5):
        altered = wrapped[:at] + bytes([wrapped[at] ^ 1]) + wrapped[at + 1 :]
        refused("key-wrong", lambda: key.unwrap(altered, CONTEXT))  # noqa: B023  # called at once


@pytest.mark.parametrize("data", [b"", b"x", b"\xff" * 60, b"\0" * 27, b"vault:v1:", b"vault:v9:AAAA"])
def test_what_was_never_wrapped_opens_to_nothing(key: KeyEncryption, data: bytes) -> None:
    refused("key-wrong", lambda: key.unwrap(data, CONTEXT))


def test_another_key_opens_nothing(key: KeyEncryption, place: KeyPlace, tmp_path: Path) -> None:
    if isinstance(place, FilePlace):
        other: KeyPlace = FilePlace("key-encryption-2.key")
    elif isinstance(place, TokenPlace):
        other = TokenPlace(place.module, place.token, f"{place.label}-other")
    else:
        other = TransitPlace(place.address, place.mount, f"{place.key}-other")
    make_key(other, tmp_path)
    stranger = key_at(other, tmp_path)
    assert stranger.id != key.id
    refused("key-wrong", lambda: stranger.unwrap(key.wrap(SECRET, CONTEXT), CONTEXT))
    stranger.close()


def test_a_key_that_is_not_there_is_missing(place: KeyPlace, tmp_path: Path) -> None:
    refused("key-missing", lambda: key_at(place, tmp_path).wrap(SECRET, CONTEXT))


def test_many_threads_may_use_it(key: KeyEncryption) -> None:
    def there_and_back(number: int) -> bool:
        context = f"case {number}".encode()
        return key.unwrap(key.wrap(SECRET, context), context) == SECRET

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(there_and_back, range(24)))


def test_any_octets_come_back(key: KeyEncryption) -> None:
    @settings(max_examples=8, suppress_health_check=list(HealthCheck))
    @given(st.binary(min_size=32, max_size=32), st.binary(min_size=1, max_size=60))
    def holds(secret: bytes, context: bytes) -> None:
        assert key.unwrap(key.wrap(secret, context), context) == secret

    holds()


def test_errors_hold_no_secret(key: KeyEncryption) -> None:
    wrapped = key.wrap(SECRET, CONTEXT)
    with pytest.raises(Fault) as caught:
        key.unwrap(wrapped, b"other")
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value.defects)
    assert SECRET.hex() not in told
    assert repr(SECRET) not in told


def test_secrets_of_cases_lie_under_it(key: KeyEncryption, tmp_path: Path) -> None:
    keys = CaseKeys(tmp_path / "case-keys.db", key)
    made = keys.secret("case", make=True)
    assert CaseKeys(tmp_path / "case-keys.db", key).secret("case") == made
    assert keys.under() == {key.id: 1}


# Where it is


def test_a_place_is_read_as_it_was_written(place: KeyPlace) -> None:
    both = KeyPlaces(place, (FilePlace(), place))
    assert KeyPlaces.parse(both.as_json()) == both


def test_places_on_the_command_line() -> None:
    assert key_place("file") == FilePlace("key-encryption.key")
    assert key_place("file", [FilePlace()]) == FilePlace("key-encryption-2.key")
    assert key_place("file", [FilePlace("key-encryption-7.key"), FilePlace()]) == FilePlace("key-encryption-8.key")
    text = "pkcs11:token=anjuan;object=kek-1?module-path=/usr/lib/softhsm/libsofthsm2.so"
    assert key_place(text) == TokenPlace("/usr/lib/softhsm/libsofthsm2.so", "anjuan", "kek-1")
    assert key_place("https://bao:8200/v1/transit/keys/anjuan") == TransitPlace("https://bao:8200", "transit", "anjuan")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "memory",
        "file:x",
        "pkcs11:",
        "pkcs11:token=a;object=b",
        "pkcs11:token=a?module-path=/x.so",
        "pkcs11:token=a;object=b?module-path=x.so",
        "pkcs11:token=a;object=b;pin-value=1234?module-path=/x.so",
        "pkcs11:token=a;object=../b?module-path=/x.so",
        "http://bao.example:8200/v1/transit/keys/a",
        "https://user:word@bao:8200/v1/transit/keys/a",
        "https://bao:8200/v1/transit/keys/a?x=1",
        "https://bao:8200/v1/transit/keys/a/b",
        "https://bao:8200/transit/a",
        "https://[::1/v1/transit/keys/a",
    ],
)
def test_what_is_no_place_is_refused(text: str) -> None:
    refused("key-place", lambda: key_place(text))


# Tokens


def test_a_token_s_key_cannot_leave_it_and_one_that_could_is_refused(token: Token) -> None:
    import pkcs11  # noqa: PLC0415  # only here

    place = token.place(f"loose-{uuid.uuid4()}")
    with pkcs11.lib(token.module).get_token(token_label=token.label).open(rw=True, user_pin=token.pin) as session:
        session.generate_key(
            pkcs11.KeyType.AES, 256, label=place.label, store=True, template={pkcs11.Attribute.EXTRACTABLE: True}
        )
        session.generate_key(pkcs11.KeyType.AES, 128, label=place.label + "-short", store=True)
    refused("key-unfit", lambda: TokenKey(place).wrap(SECRET, CONTEXT))
    refused("key-unfit", lambda: make_token_key(place))
    short = TokenPlace(place.module, place.token, place.label + "-short")
    refused("key-unfit", lambda: TokenKey(short).wrap(SECRET, CONTEXT))


def test_making_a_token_s_key_again_is_no_second_one(token: Token) -> None:
    place = token.place(f"once-{uuid.uuid4()}")
    make_token_key(place)
    wrapped = TokenKey(place).wrap(SECRET, CONTEXT)
    make_token_key(place)
    assert TokenKey(place).unwrap(wrapped, CONTEXT) == SECRET


def test_a_wrong_pin_is_told_without_it(token: Token, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PIN_ENV, "wrong-pin-1")
    fault = refused("key-locked", lambda: TokenKey(token.place("any")).wrap(SECRET, CONTEXT))
    assert "wrong-pin-1" not in repr(fault.defects)
    monkeypatch.delenv(PIN_ENV)
    assert PIN_ENV in str(refused("key-credentials", lambda: TokenKey(token.place("any")).wrap(SECRET, CONTEXT)))


def test_a_token_or_module_that_is_not_there_is_told(token: Token) -> None:
    absent = TokenPlace(token.module, "no-such-token", "any")
    refused("key-unreachable", lambda: TokenKey(absent).wrap(SECRET, CONTEXT))
    strange = TokenPlace("/nonexistent/libpkcs11.so", token.label, "any")
    assert "/nonexistent" in str(refused("key-unfit", lambda: TokenKey(strange).wrap(SECRET, CONTEXT)))


def test_a_missing_package_is_told_with_what_to_install(token: Token, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pkcs11", None)
    fault = refused("key-extra", lambda: TokenKey(token.place("any")).wrap(SECRET, CONTEXT))
    assert "anjuan[pkcs11]" in fault.defects[0].remedy


# Servers


def test_wrapping_never_makes_a_key_at_the_server(server: Bao) -> None:
    place = server.place(f"none-{uuid.uuid4()}")
    refused("key-missing", lambda: TransitKey(place).wrap(SECRET, CONTEXT))
    refused("key-missing", lambda: TransitKey(place).unwrap(b"vault:v1:AAAA", CONTEXT))
    refused("key-missing", lambda: TransitKey(TransitPlace(place.address, "nowhere", "a")).wrap(SECRET, CONTEXT))


@pytest.mark.parametrize("how", [{"type": "chacha20-poly1305"}, {"exportable": True}, {"allow_plaintext_backup": True}])
def test_a_server_s_key_that_could_leave_it_is_refused(server: Bao, how: dict[str, object]) -> None:
    place = server.place(f"loose-{uuid.uuid4()}")
    server.ask("POST", f"transit/keys/{place.key}", **how)
    refused("key-unfit", lambda: TransitKey(place).wrap(SECRET, CONTEXT))


def test_a_new_version_of_a_server_s_key_opens_what_older_ones_wrapped(server: Bao) -> None:
    place = server.place(f"versions-{uuid.uuid4()}")
    make_key(place, None)  # type: ignore[arg-type]  # a server needs no folder
    key = TransitKey(place)
    wrapped = key.wrap(SECRET, CONTEXT)
    server.ask("POST", f"transit/keys/{place.key}/rotate")
    assert key.wrap(SECRET, CONTEXT).startswith(b"vault:v2:")
    assert key.unwrap(wrapped, CONTEXT) == SECRET
    key.close()


def test_a_token_that_may_not_is_refused_without_being_told(server: Bao, monkeypatch: pytest.MonkeyPatch) -> None:
    key = TransitKey(server.place("any"))
    monkeypatch.setenv(TOKEN_ENV, "s.not-a-token")
    assert "s.not-a-token" not in repr(refused("key-refused", lambda: key.wrap(SECRET, CONTEXT)).defects)
    monkeypatch.delenv(TOKEN_ENV)
    assert TOKEN_ENV in str(refused("key-credentials", lambda: key.wrap(SECRET, CONTEXT)))


def test_a_sealed_server_and_one_that_is_away_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = start_bao(tmp_path / "bao")
    try:
        monkeypatch.setenv(TOKEN_ENV, own.root)
        make_key(own.place("kek"), tmp_path)
        key = TransitKey(own.place("kek"))
        wrapped = key.wrap(SECRET, CONTEXT)
        own.ask("POST", "sys/seal")
        assert "解封" in refused("key-locked", lambda: key.unwrap(wrapped, CONTEXT)).defects[0].remedy
    finally:
        own.stop()
    refused("key-unreachable", lambda: key.unwrap(wrapped, CONTEXT))
    key.close()
