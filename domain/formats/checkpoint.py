"""Checkpoints: what a log says of itself at one size, signed; and what others sign under it (FORMAT.md §4).

    <origin> LF <size> LF <b64(root)> LF          the body: what the log's key signs

Source: c2sp.org/tlog-checkpoint, c2sp.org/tlog-cosignature. Extension lines are refused: nobody can audit them.

Keeps: `judged` says of every line that claims to be by a given key whether it holds; a wrong one spoils the
checkpoint. Leaves: who must have signed (policy), and whether the tree is what it should be (`merkle`).
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from ..errors import Fault
from .encoding import b64, b64_decode
from .keys import PublicKey
from .merkle import EMPTY, HASH_OCTETS, MAX_SIZE
from .note import KeyType, Note, NoteKey, SignatureLine

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Protocol

    class Signs(Protocol):
        """The private half of a note key."""

        def sign(self, message: bytes) -> bytes:
            """The bare signature over `message`."""
            ...


TIME_OCTETS = 8
MAX_TIME = 2**63 - 1
_LINES = 3
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_ML_DSA_44_OCTETS = 2420
_NAME_OCTETS = 255


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The log `origin` has `size` entries whose tree has this `root` (32 octets)."""

    origin: str
    size: int
    root: bytes

    @property
    def body(self) -> str:
        """Three lines, each ended by LF."""
        return f"{self.origin}\n{self.size}\n{b64(self.root)}\n"

    @classmethod
    def parse(cls, body: str) -> Checkpoint:
        """The checkpoint that a note's text writes out. Fault "checkpoint"."""
        lines = body.split("\n")
        if len(lines) != _LINES + 1 or lines[-1]:
            raise _bad("应恰为三行：日志名称、规模、根哈希")
        origin, size, root = lines[:_LINES]
        if not origin or not _SIZE.fullmatch(size) or int(size) > MAX_SIZE:
            raise _bad("日志名称为空，或规模不是规范的十进制数")
        try:
            found = cls(origin, int(size), b64_decode(root))
        except Fault as fault:
            raise _bad("根哈希不是规范的 base64") from fault
        if len(found.root) != HASH_OCTETS or (found.size == 0) != (found.root == EMPTY):
            raise _bad("根哈希长度不符，或空日志的根哈希不符")
        return found


@dataclass(frozen=True, slots=True)
class Signed:
    """A line that holds: by whom, and when as they say (seconds since 1970; None where the type has no time)."""

    key: NoteKey
    time: int | None


def judged(checkpoint: Checkpoint, note: Note, keys: Iterable[NoteKey]) -> tuple[Signed, ...]:
    """The lines of `note` by one of `keys` that hold. Fault "checkpoint-signature" if one of them doesn't.

    Lines by other keys say nothing and are passed over (c2sp.org/signed-note).
    """
    known = tuple(keys)
    return tuple(Signed(key, _holds(checkpoint, line, key)) for line in note.lines for key in known if line.of(key))


def signed_line(checkpoint: Checkpoint, key: NoteKey, signer: Signs, time: int | None = None) -> SignatureLine:
    """The line by which `key` signs `checkpoint`; `time` (seconds since 1970) for the types that state one."""
    if key.type is KeyType.ED25519:
        return SignatureLine(key.name, key.id, signer.sign(checkpoint.body.encode()))
    if time is None:
        raise ValueError("a cosignature states its time")
    stamp = struct.pack(">Q", time)
    return SignatureLine(key.name, key.id, stamp + signer.sign(_message(checkpoint, key, time)))


def _holds(checkpoint: Checkpoint, line: SignatureLine, key: NoteKey) -> int | None:
    """The time that a line states, None where its type has none. Fault "checkpoint-signature"."""
    if key.type is KeyType.ED25519:
        if not PublicKey(key.raw).verify(line.signature, checkpoint.body.encode()):
            raise _wrong(line)
        return None
    if len(line.signature) <= TIME_OCTETS:
        raise _wrong(line)
    time = int.from_bytes(line.signature[:TIME_OCTETS], "big")
    bare = line.signature[TIME_OCTETS:]
    if time > MAX_TIME or not _verified(key, bare, _message(checkpoint, key, time)):
        raise _wrong(line)
    return time


def _verified(key: NoteKey, signature: bytes, message: bytes) -> bool:
    if key.type is KeyType.COSIGNATURE:
        return PublicKey(key.raw).verify(signature, message)
    if len(signature) != _ML_DSA_44_OCTETS:
        return False
    try:
        MLDSA44PublicKey.from_public_bytes(key.raw).verify(signature, message)
    except UnsupportedAlgorithm as error:
        raise Fault("algorithm", "本机的密码库不支持 ML-DSA-44，无法判断该签名。", "请更新密码库后重试。") from error
    except (InvalidSignature, ValueError):
        return False
    return True


def _message(checkpoint: Checkpoint, key: NoteKey, time: int) -> bytes:
    """What a cosignature covers: text with a time (04), or a TLS structure that also names the cosigner (06)."""
    if key.type is KeyType.COSIGNATURE:
        return f"cosignature/v1\ntime {time}\n{checkpoint.body}".encode()
    name, origin = _short(key.name), _short(checkpoint.origin)
    span = struct.pack(">QQ", 0, checkpoint.size)
    return b"subtree/v1\n\x00" + name + struct.pack(">Q", time) + origin + span + checkpoint.root


def _short(name: str) -> bytes:
    """`opaque name<1..255>` of RFC 8446 §3.4."""
    octets = name.encode()
    if not 0 < len(octets) <= _NAME_OCTETS:
        raise Fault("checkpoint", f"名称应为 1 至 {_NAME_OCTETS} 字节。")
    return bytes([len(octets)]) + octets


def _bad(why: str) -> Fault:
    return Fault("checkpoint", f"检查点的格式不符：{why}。")


def _wrong(line: SignatureLine) -> Fault:
    return Fault("checkpoint-signature", f"检查点上 {line.name[:60]} 的签名不成立。", "请勿采信该检查点。")
