"""Signed notes: a text with signature lines below it (c2sp.org/signed-note; FORMAT.md §4).

    <text, ends with LF>
    <LF>
    — <key name> <b64(key id ‖ signature)> LF      one or more

Keeps: what a line says is tied to the key that its name and id call for; nothing else counts. Leaves: which message a
type of signature covers (`checkpoint`), and whom to trust.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from ..errors import Fault
from .encoding import b64, b64_decode, sha256

if TYPE_CHECKING:
    from collections.abc import Iterable

NOTE_OCTETS = 1 << 20
LINES = 64  # signature lines: above the 16 that every verifier must take
ID_OCTETS = 4
DASH = "— "
_KEY_OCTETS = {1: 32, 4: 32, 6: 1312}
_NAME = re.compile(r"[^\s+\x00-\x1f\x7f]+")  # \s is every Unicode space


class KeyType(IntEnum):
    """The signature type that a key is for: one key with two types is two keys."""

    ED25519 = 0x01
    COSIGNATURE = 0x04  # Ed25519 with a time: cosignature/v1
    ML_DSA_44 = 0x06  # ML-DSA-44 with a time: subtree/v1


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A public key with its name and type; `raw` is 32 octets (Ed25519) or 1312 (ML-DSA-44)."""

    name: str
    type: KeyType
    raw: bytes

    @property
    def id(self) -> bytes:
        """H(name ‖ 0A ‖ type ‖ raw), its first four octets."""
        return sha256(self.name.encode() + b"\n" + bytes([self.type]) + self.raw)[:ID_OCTETS]

    @property
    def vkey(self) -> str:
        """name+hex(id)+b64(type ‖ raw)."""
        return f"{self.name}+{self.id.hex()}+{b64(bytes([self.type]) + self.raw)}"

    @classmethod
    def parse(cls, vkey: str) -> NoteKey:
        """The key that a vkey writes out. Fault "vkey"."""
        name, _, rest = vkey.partition("+")
        hexed, _, encoded = rest.partition("+")
        try:
            data = b64_decode(encoded)
        except Fault as fault:
            raise _bad_key(vkey, "公钥部分不是规范的 base64") from fault
        known = [member for member in KeyType if data[:1] == bytes([member])]
        if not known or len(data) != 1 + _KEY_OCTETS[known[0]]:
            raise _bad_key(vkey, "签名类型未知，或公钥长度不符")
        key = cls(checked_key_name(name), known[0], data[1:])
        if key.id.hex() != hexed:
            raise _bad_key(vkey, "标识与名称、公钥不符")
        return key


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """One signature as it stands: key name, 4 octets of key id, and the octets that follow."""

    name: str
    id: bytes
    signature: bytes

    def of(self, key: NoteKey) -> bool:
        """Whether this line claims to be by `key`."""
        return (self.name, self.id) == (key.name, key.id)

    def dump(self) -> str:
        """The line, with its LF."""
        return f"{DASH}{self.name} {b64(self.id + self.signature)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text (ends with LF) and the signature lines under it, none of them judged."""

    text: str
    lines: tuple[SignatureLine, ...]

    def dump(self) -> str:
        """The note as it is handed out; parsing it gives the same."""
        return f"{self.text}\n{''.join(line.dump() for line in self.lines)}"

    def adding(self, lines: Iterable[SignatureLine]) -> Note:
        """The note with more lines under it; a line that stands already isn't written twice."""
        return Note(self.text, tuple(dict.fromkeys((*self.lines, *lines))))

    @classmethod
    def parse(cls, data: bytes) -> Note:
        """The note in `data`, strictly. Fault "note"."""
        if len(data) > NOTE_OCTETS:
            raise _bad_note(f"超过 {NOTE_OCTETS} 字节")
        try:
            whole = data.decode()
        except UnicodeDecodeError as error:
            raise _bad_note("不是 UTF-8") from error
        if any(character < " " and character != "\n" for character in whole):
            raise _bad_note("含有控制字符")
        text, separator, below = whole.rpartition("\n\n")
        if not separator or not text or not below.endswith("\n"):
            raise _bad_note("缺少正文、空行或签名行")
        written = below[:-1].split("\n")
        if len(written) > LINES:
            raise _bad_note(f"签名行多于 {LINES} 行")
        return cls(f"{text}\n", tuple(parse_line(line) for line in written))


def parse_line(line: str) -> SignatureLine:
    """A signature line without its LF. Fault "note"."""
    name, _, encoded = line.removeprefix(DASH).partition(" ")
    try:
        data = b64_decode(encoded)
    except Fault as fault:
        raise _bad_note("签名行不是规范的 base64") from fault
    if not line.startswith(DASH) or not _NAME.fullmatch(name) or len(data) <= ID_OCTETS:
        raise _bad_note("签名行的格式应为“— 名称 base64”")
    return SignatureLine(name, data[:ID_OCTETS], data[ID_OCTETS:])


def checked_key_name(name: str) -> str:
    """`name` if a key may have it: not empty, no white space, no plus, no control character. Fault "vkey"."""
    if not _NAME.fullmatch(name):
        raise _bad_key(name, "名称为空，或含有空白、加号、控制字符")
    return name


def _bad_note(why: str) -> Fault:
    return Fault("note", f"签名文本的格式不符：{why}。")


def _bad_key(given: str, why: str) -> Fault:
    return Fault("vkey", f"公钥 {given[:60]!r} 的格式不符：{why}。", "应为 名称+标识+base64（c2sp.org/signed-note）。")
