"""The signed act: what officers sign, and how their signatures are judged (FORMAT.md §2).

Keeps: an `Act` that exists has the exact members and shapes of the format; its payload octets are kept as they were
signed; a signature set is judged against the `signers` inside the payload, so that none can be dropped or added.
Leaves: whether the signers may do this (rules, register), and whether digests name anything that exists.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..errors import Defect, Fault
from . import shapes
from .canonical import dump, parse_object
from .encoding import b64u, b64u_decode, sha256
from .evidence import checked_entry
from .jws import header, header_kid
from .withheld import SD_ALG, checked_digests

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .canonical import Json
    from .keys import PublicKey, Signing

TYP = "anjuan.act/1"
HEADER_TYP = "anjuan-act+json"
PAYLOAD_OCTETS = 1 << 20
SIGNERS = 32
EVIDENCE = 1000
SIGNATURE_CHARACTERS = 8192

_MEMBERS = (
    "typ", "id", "case", "seen", "signers", "rulebook", "action", "occurred", "facts", "evidence", "_sd_alg",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Signer:
    """One who signs: `officer` is the case id of their register case, `capacity` the rulebook's code (member "as")."""

    officer: str
    kid: str
    capacity: str


@dataclass(frozen=True, slots=True)
class Seen:
    """How much of the case the signers had before them: the record `seq` with digest `head`, or 0 and None."""

    seq: int
    head: str | None


@dataclass(frozen=True, slots=True)
class Act:
    """What is signed; members as in FORMAT.md §2. `facts` and `evidence` hold withheld members only as digests."""

    id: str
    case: str
    seen: Seen
    signers: tuple[Signer, ...]
    rulebook_id: str
    rulebook_digest: str
    action: str
    occurred: str
    facts: dict[str, Json]
    evidence: tuple[dict[str, Json], ...]

    def payload(self) -> bytes:
        """The canonical octets to sign. Faults as `parse`: an act that can't be read back is never written."""
        data = dump(
            {
                "typ": TYP,
                "id": self.id,
                "case": self.case,
                "seen": {"seq": self.seen.seq, "head": self.seen.head},
                "signers": [{"officer": s.officer, "kid": s.kid, "as": s.capacity} for s in self.signers],
                "rulebook": {"id": self.rulebook_id, "digest": self.rulebook_digest},
                "action": self.action,
                "occurred": self.occurred,
                "facts": self.facts,
                "evidence": list(self.evidence),
                "_sd_alg": SD_ALG,
            }
        )
        Act.parse(data)
        return data

    @classmethod
    def parse(cls, payload: bytes) -> Act:
        """The act in canonical `payload` octets (at most 1 MiB).

        Faults: the canonical parser's, "shape" naming the member, and those of withheld digests.
        """
        value = shapes.members(parse_object(payload, limit=PAYLOAD_OCTETS), _MEMBERS, "act")
        shapes.constant(value["typ"], TYP, "typ")
        shapes.constant(value["_sd_alg"], SD_ALG, "_sd_alg")
        rulebook = shapes.members(value["rulebook"], ("id", "digest"), "rulebook")
        facts = shapes.mapping(value["facts"], "facts")
        listed = shapes.items(value["evidence"], "evidence", low=0, high=EVIDENCE)
        shapes.texts(facts, "facts")
        checked_digests({"facts": facts, "evidence": listed})
        return cls(
            id=shapes.uuid7(value["id"], "id"),
            case=shapes.uuid7(value["case"], "case"),
            seen=_seen(value["seen"]),
            signers=_signers(value["signers"]),
            rulebook_id=shapes.code(rulebook["id"], "rulebook.id"),
            rulebook_digest=shapes.digest(rulebook["digest"], "rulebook.digest"),
            action=shapes.code(value["action"], "action"),
            occurred=shapes.occurred(value["occurred"], "occurred"),
            facts=facts,
            evidence=tuple(checked_entry(item, f"evidence[{index}]") for index, item in enumerate(listed)),
        )


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature of an act: the JWS members `protected` and `signature`, both strict b64u. Fault "encoding"."""

    protected: str
    signature: str

    def __post_init__(self) -> None:
        for text in (self.protected, self.signature):
            if len(text) > SIGNATURE_CHARACTERS:
                raise Fault("encoding", f"签名成员超过 {SIGNATURE_CHARACTERS} 字符。")
            b64u_decode(text)


@dataclass(frozen=True, slots=True)
class SignedAct:
    """Payload octets with their signatures; the payload is parsed when the object is made (Faults of `Act.parse`).

    The signatures are not judged here: `signature_defects` does that.
    """

    payload: bytes
    signatures: tuple[Signature, ...]
    act: Act = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "act", Act.parse(self.payload))

    @property
    def digest(self) -> bytes:
        """The act digest (FORMAT.md §3): H over the b64u members of the JWS in order, joined by dots."""
        parts = [b64u(self.payload)]
        for signature in self.signatures:
            parts += [signature.protected, signature.signature]
        return sha256(".".join(parts).encode("ascii"))


def protected_header(kid: str) -> bytes:
    """The protected header of an act's signature by `kid`."""
    return header(HEADER_TYP, kid)


def signing_input(payload: bytes, kid: str) -> bytes:
    """The octets that the key `kid` signs (RFC 7515 §5.1 step 5)."""
    return f"{b64u(protected_header(kid))}.{b64u(payload)}".encode("ascii")


def sign_act(payload: bytes, key: Signing) -> Signature:
    """`key`'s signature over `payload`. Fault "not-a-signer" when the act doesn't name the key among its signers."""
    if key.kid not in {signer.kid for signer in Act.parse(payload).signers}:
        raise Fault("not-a-signer", "该行为的签署人名单中没有这把密钥。", "请核对所用密钥，或重新拟稿。")
    return Signature(b64u(protected_header(key.kid)), b64u(key.sign(signing_input(payload, key.kid))))


def signature_defects(signed: SignedAct, keys: Mapping[str, PublicKey]) -> tuple[Defect, ...]:
    """What is wrong with the signatures of an act, empty when they are exactly those of its signers, in order.

    `keys` are the keys that may count, by kid. Codes: header, alg, signature-missing, signature-extra,
    signature-order, unknown-key, bad-signature; `field` is "signatures[i]" or the signer's "signers[i]".
    """
    defects: list[Defect] = []
    kids: list[str] = []
    for index, signature in enumerate(signed.signatures):
        place = f"signatures[{index}]"
        try:
            kid = header_kid(b64u_decode(signature.protected), HEADER_TYP)
        except Fault as fault:
            defects.append(Defect(fault.code, str(fault), field=place))
            continue
        kids.append(kid)
        defects.extend(_judged(signed.payload, signature, kid, keys, place))
    # A header that can't be read has been named; who stands behind it can't be said.
    unread = len(signed.signatures) - len(kids)
    return (*defects, *_set_defects(signed.act.signers, kids, unread))


def _judged(
    payload: bytes, signature: Signature, kid: str, keys: Mapping[str, PublicKey], place: str
) -> tuple[Defect, ...]:
    key = keys.get(kid)
    if key is None or key.kid != kid:
        return (Defect("unknown-key", f"签名所用密钥 {kid} 未登记。", field=place),)
    if not key.verify(b64u_decode(signature.signature), signing_input(payload, kid)):
        return (Defect("bad-signature", f"密钥 {kid} 的签名与内容不符。", "请由签署人对原字节重新签名。", field=place),)
    return ()


def _set_defects(signers: tuple[Signer, ...], kids: list[str], unread: int) -> tuple[Defect, ...]:
    expected = [signer.kid for signer in signers]
    missing = tuple(
        Defect(
            "signature-missing", f"缺少签署人 {kid} 的签名。", "请由该签署人签名后再提交。", field=f"signers[{index}]"
        )
        for index, kid in enumerate(expected)
        if kid not in kids
    )
    extra = tuple(
        Defect("signature-extra", f"多出密钥 {kid} 的签名。", "签名应与签署人名单一一对应。", field="signatures")
        for index, kid in enumerate(kids)
        if kid not in expected or kid in kids[:index]
    )
    if unread:
        return extra  # the unread ones may be the missing ones
    if not missing and not extra and kids != expected:
        return (Defect("signature-order", "签名次序与签署人名单不一致。", "请按名单排列。", field="signatures"),)
    return (*missing, *extra)


def _seen(value: Json) -> Seen:
    obj = shapes.members(value, ("seq", "head"), "seen")
    seq = shapes.integer(obj["seq"], "seen.seq")
    if seq == 0:
        if obj["head"] is not None:
            raise shapes.refused("seen.head", " null（seen.seq 为 0）")
        return Seen(0, None)
    return Seen(seq, shapes.digest(obj["head"], "seen.head"))


def _signers(value: Json) -> tuple[Signer, ...]:
    signers = []
    for index, item in enumerate(shapes.items(value, "signers", low=1, high=SIGNERS)):
        place = f"signers[{index}]"
        obj = shapes.members(item, ("officer", "kid", "as"), place)
        signers.append(
            Signer(
                officer=shapes.uuid7(obj["officer"], f"{place}.officer"),
                kid=shapes.digest(obj["kid"], f"{place}.kid"),
                capacity=shapes.code(obj["as"], f"{place}.as"),
            )
        )
    if len({signer.kid for signer in signers}) != len(signers):
        raise shapes.refused("signers", "互不重复的密钥")
    return tuple(signers)
