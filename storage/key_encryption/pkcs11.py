"""The key-encryption key in a PKCS#11 token, which it never leaves: AES-256-GCM inside the token (PKCS#11 2.40 §2.12).

    wrapped   nonce (12 octets, random) ‖ ciphertext ‖ tag (16 octets)

Keeps: the key is made sensitive and not extractable, and one that isn't is refused; the PIN comes from the environment
and goes to the token only. Each use logs in and out again: nothing is held open that a token could lose.
Leaves: backing up the token (its maker's way; what is lost there is lost). Tokens that insist on their own nonces.
"""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from storage.key_encryption import faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.key_encryption.places import TokenPlace

NONCE_OCTETS, TAG_BITS, KEY_BITS = 12, 128, 256
_ONE_AT_A_TIME = threading.Lock()  # a process has one login per token, whoever asks
_PIN_REMEDY = "请核对 PIN；反复输错会锁死令牌，须由保管人员用安全官口令解锁。"
_AWAY = ("TokenNotPresent", "DeviceRemoved", "DeviceError", "SessionClosed", "SessionHandleInvalid", "SlotIDInvalid")
_PIN = ("PinIncorrect", "PinLocked", "PinExpired", "PinInvalid", "PinLenRange", "UserPinNotInitialized")


class TokenKey:
    """A KeyEncryption in the token that `place` names; see `make_token_key`."""

    def __init__(self, place: TokenPlace) -> None:
        self._place = place

    @property
    def id(self) -> str:
        """`pkcs11:`, the token's label and the key's."""
        return f"pkcs11:{self._place.token}/{self._place.label}"

    def wrap(self, data: bytes, context: bytes) -> bytes:
        """Encipher in the token under a fresh nonce."""
        nonce = os.urandom(NONCE_OCTETS)
        with self._key() as (key, pkcs11):
            return nonce + bytes(key.encrypt(data, **_gcm(pkcs11, nonce, context)))

    def unwrap(self, data: bytes, context: bytes) -> bytes:
        """Decipher in the token."""
        with self._key() as (key, pkcs11):
            try:
                return bytes(key.decrypt(data[NONCE_OCTETS:], **_gcm(pkcs11, data[:NONCE_OCTETS], context)))
            except pkcs11.PKCS11Error as error:
                if type(error).__name__ in _AWAY:
                    raise
                raise faults.wrong(str(self._place)) from error  # SoftHSM says GeneralError to a tag that doesn't fit

    def close(self) -> None:
        """Nothing is held open."""

    @contextmanager
    def _key(self) -> Iterator[tuple[Any, Any]]:
        """The key in a session, and the library."""
        with _session(self._place) as (session, pkcs11):
            yield _found(session, pkcs11, self._place), pkcs11


def make_token_key(place: TokenPlace) -> None:
    """Make the key in its token, unless one of that name is there that can serve. Faults of the port."""
    with _session(place, rw=True) as (session, pkcs11):
        try:
            _found(session, pkcs11, place)
        except pkcs11.NoSuchKey:
            template = {pkcs11.Attribute.SENSITIVE: True, pkcs11.Attribute.EXTRACTABLE: False}
            able = pkcs11.MechanismFlag.ENCRYPT | pkcs11.MechanismFlag.DECRYPT
            session.generate_key(
                pkcs11.KeyType.AES, KEY_BITS, label=place.label, store=True, capabilities=able, template=template
            )


@contextmanager
def _session(place: TokenPlace, *, rw: bool = False) -> Iterator[tuple[Any, Any]]:
    try:
        import pkcs11  # noqa: PLC0415  # an extra, needed by those who have a token
    except ImportError as error:
        raise faults.not_installed("python-pkcs11", "pkcs11") from error
    pin = os.environ.get(place.pin_env)
    if not pin:
        raise faults.credentials(place.pin_env, "令牌的 PIN")
    with _ONE_AT_A_TIME:
        try:
            with pkcs11.lib(place.module).get_token(token_label=place.token).open(rw=rw, user_pin=pin) as session:
                yield session, pkcs11
        except pkcs11.NoSuchKey as error:
            raise faults.missing(str(place)) from error
        except pkcs11.PKCS11Error as error:
            raise _fault(place, error) from error


def _found(session: Any, pkcs11: Any, place: TokenPlace) -> Any:
    key = session.get_key(object_class=pkcs11.ObjectClass.SECRET_KEY, label=place.label)
    if key.key_type is not pkcs11.KeyType.AES or key.key_length != KEY_BITS:
        raise faults.unfit(str(place), "不是 AES-256 密钥")
    if key[pkcs11.Attribute.EXTRACTABLE] or not key[pkcs11.Attribute.SENSITIVE]:
        raise faults.unfit(str(place), "密钥可以从令牌中导出")
    return key


def _gcm(pkcs11: Any, nonce: bytes, context: bytes) -> dict[str, Any]:
    return {
        "mechanism": pkcs11.Mechanism.AES_GCM,
        "mechanism_param": pkcs11.GCMParams(nonce, context, TAG_BITS),
    }


def _fault(place: TokenPlace, error: Exception) -> Exception:
    """A Fault for what the library raised; its text may hold paths, but nothing secret, and isn't told."""
    kind, where = type(error).__name__, str(place)
    if kind in _PIN:
        return faults.locked(where, f"令牌不接受 PIN（{kind}）", _PIN_REMEDY)
    if kind in ("NoSuchToken", *_AWAY):
        return faults.unreachable(where)
    if kind == "PKCS11Error" and "loading" in str(error):
        return faults.unfit(where, f"PKCS#11 模块 {place.module} 无法载入")
    if kind.startswith("Multiple"):
        return faults.unfit(where, "有多个同名的令牌或密钥")
    return faults.refused(where, kind, "请检查令牌的状态和设置后重试。")
