"""Ed25519 keys and the one rule by which their signatures count (FORMAT.md §2).

Source: RFC 8032 §5.1 (Ed25519), RFC 8037 (JWK), RFC 7638 (thumbprint), RFC 9864 (algorithm name).
Implementations disagree about odd signatures; this is the rule that holds here, wherever it is judged:

1. A, the key, is canonical: its y is below p (RFC 8032 §5.1.3 step 1).
2. A is not of small order: none of the eight points whose order divides 8, for which signatures can be made
   that fit many messages.
3. S is canonical: below L (RFC 8032 §5.1.7 step 1), else a second signature could be derived from the first.
4. R is canonical: the equation is judged on encodings, R = encode(S·B - k·A).
5. The equation is cofactorless (step 3 without the multiplication by 8).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ..errors import Fault
from .canonical import dump
from .encoding import b64u, b64u_decode, digest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .canonical import Json

KEY_OCTETS = 32
SIGNATURE_OCTETS = 64
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, P) % P
_Y8 = int.from_bytes(bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little")
# The y coordinates of all points of order 1, 2, 4 and 8; both signs of x have the same y.
_SMALL_ORDER_Y = frozenset({0, 1, P - 1, _Y8, P - _Y8})


def thumbprint(jwk: Mapping[str, str]) -> str:
    """RFC 7638 key id: b64u SHA-256 of the required members in lexicographic order. Fault "key" if one is missing."""
    required = {"OKP": ("crv", "kty", "x"), "EC": ("crv", "kty", "x", "y")}.get(jwk.get("kty", ""), ())
    if not required or any(name not in jwk for name in required):
        raise Fault("key", "公钥缺少必要成员，或密钥类型未知。")
    return digest(dump({name: jwk[name] for name in required}))


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An Ed25519 public key; `raw` is its 32 octets, `kid` its RFC 7638 thumbprint. Fault "key" on other lengths."""

    raw: bytes
    kid: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.raw) != KEY_OCTETS:
            raise Fault("key", f"Ed25519 公钥应为 {KEY_OCTETS} 字节，实际 {len(self.raw)} 字节。")
        object.__setattr__(self, "kid", thumbprint(self.jwk))

    @property
    def jwk(self) -> dict[str, str]:
        """The public JWK, exactly crv, kty and x."""
        return {"crv": "Ed25519", "kty": "OKP", "x": b64u(self.raw)}

    @classmethod
    def from_jwk(cls, obj: Json) -> PublicKey:
        """The key of a public JWK with exactly crv, kty and x. Fault "key", also for keys that rules 1 and 2 reject."""
        if not isinstance(obj, dict) or obj.keys() != {"crv", "kty", "x"}:
            raise Fault("key", "公钥应为恰有 crv、kty、x 三个成员的 JWK。")
        x = obj["x"]
        if obj["crv"] != "Ed25519" or obj["kty"] != "OKP" or not isinstance(x, str):
            raise Fault("key", "此处只接受 Ed25519 公钥（kty 为 OKP）。")
        try:
            key = cls(b64u_decode(x))
        except Fault as fault:
            raise Fault("key", f"公钥 x 无效：{fault}") from fault
        if not _acceptable(key.raw) or not _on_curve(key.raw):
            raise Fault("key", "公钥不可用：编码不规范、不在曲线上或属于小阶点。")
        return key

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether `signature` (64 octets R ‖ S) over `message` holds under the rule above."""
        if len(signature) != SIGNATURE_OCTETS or not _acceptable(self.raw):
            return False
        if _y(signature[:32]) >= P:  # rule 4
            return False
        if int.from_bytes(signature[32:], "little") >= L:  # rule 3
            return False
        try:  # rule 5: the library recomputes R and compares encodings, no cofactor
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except (InvalidSignature, ValueError):  # ValueError: a back-end that decodes A before it verifies
            return False
        return True


class Signing(Protocol):
    """Whatever can sign: a key file, a token, a browser. The private half never shows."""

    @property
    def kid(self) -> str:
        """RFC 7638 thumbprint of `public`."""
        ...

    @property
    def public(self) -> PublicKey:
        """The key by which signatures are judged."""
        ...

    def sign(self, message: bytes) -> bytes:
        """64 octets R ‖ S over `message`."""
        ...


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """An Ed25519 private key held in memory; `seed` (32 octets) stays out of its repr. Fault "key" on other lengths."""

    seed: bytes = field(repr=False)
    public: PublicKey = field(init=False, compare=False)
    _key: Ed25519PrivateKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.seed) != KEY_OCTETS:
            raise Fault("key", f"Ed25519 私钥种子应为 {KEY_OCTETS} 字节。")
        key = Ed25519PrivateKey.from_private_bytes(self.seed)
        raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        object.__setattr__(self, "_key", key)
        object.__setattr__(self, "public", PublicKey(raw))

    @classmethod
    def from_seed(cls, seed: bytes) -> PrivateKey:
        """The key of RFC 8032 §5.1.5 for 32 secret octets."""
        return cls(seed)

    @property
    def kid(self) -> str:
        """RFC 7638 thumbprint of the public half."""
        return self.public.kid

    def sign(self, message: bytes) -> bytes:
        """64 octets R ‖ S; deterministic (RFC 8032 §5.1.6)."""
        return self._key.sign(message)


def _y(encoded: bytes) -> int:
    """The y coordinate of an encoded point, as it stands; the top bit is the sign of x."""
    return int.from_bytes(encoded, "little") & ((1 << 255) - 1)


def _acceptable(raw: bytes) -> bool:
    """Rules 1 and 2."""
    y = _y(raw)
    return y < P and y not in _SMALL_ORDER_Y


def _on_curve(raw: bytes) -> bool:
    """Whether x² = (y²-1)/(dy²+1) has a root (RFC 8032 §5.1.3); zero comes only with small-order y."""
    y2 = pow(_y(raw), 2, P)
    x2 = (y2 - 1) * pow(_D * y2 + 1, -1, P) % P
    return pow(x2, (P - 1) // 2, P) == 1
