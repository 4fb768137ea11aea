"""Whose cosignatures a checkpoint needs: a trust policy's text (c2sp.org/tlog-policy; FORMAT.md §4).

    log <vkey> [<url>]
    witness <name> <vkey> [<url>]
    group <name> all|any|<k> <name>…
    quorum <name>|none

Names are octets and mean nothing outside the text. Each is defined once, before it is used, and is a member of at most
one group: so one witness counts once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..errors import Fault
from .note import KeyType, NoteKey

if TYPE_CHECKING:
    from collections.abc import Iterable

POLICY_OCTETS = 256 << 10
NONE = "none"
_ANY = "any"
_LOG_TYPES = (KeyType.ED25519, KeyType.ML_DSA_44)
_WITNESS_TYPES = (KeyType.COSIGNATURE, KeyType.ML_DSA_44)


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness under its name in the policy; `url` is its submission prefix, None where the text has none."""

    name: str
    key: NoteKey
    url: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """Witnesses a checkpoint once `threshold` of its `members` (witnesses or groups) do."""

    threshold: int
    members: tuple[str, ...]


@dataclass(slots=True)
class Policy:
    """The logs that count, the witnesses, and the rule; `quorum` is NONE where no witness is needed."""

    logs: list[NoteKey] = field(default_factory=list)
    witnesses: dict[str, Witness] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    quorum: str = ""

    @classmethod
    def parse(cls, text: str) -> Policy:
        """The policy that a text writes out. Fault "policy", naming the line."""
        if len(text.encode()) > POLICY_OCTETS or any((c < " " and c not in "\t\n") or c == "\x7f" for c in text):
            raise Fault("policy", f"见证规则含有控制字符，或超过 {POLICY_OCTETS} 字节。")
        policy, members = cls(), set[str]()
        for number, line in enumerate(text.split("\n"), 1):
            words = [word for word in line.replace("\t", " ").split(" ") if word]
            if words and not words[0].startswith("#"):
                try:
                    policy._read(words, members)
                except Fault as fault:
                    raise Fault("policy", f"见证规则第 {number} 行有误：{fault}") from fault
        if not policy.quorum:
            raise Fault("policy", "见证规则没有 quorum 一行。", "不需要见证的，请写 quorum none。")
        return policy

    @property
    def keys(self) -> tuple[NoteKey, ...]:
        """Every witness's key."""
        return tuple(witness.key for witness in self.witnesses.values())

    def met(self, cosigners: Iterable[NoteKey]) -> bool:
        """Whether cosignatures by just these keys are enough."""
        if self.quorum == NONE:
            return True
        there = set(cosigners)
        holds = {name: witness.key in there for name, witness in self.witnesses.items()}
        for name, group in self.groups.items():  # members stand before their group
            holds[name] = sum(holds[member] for member in group.members) >= group.threshold
        return holds[self.quorum]

    def _read(self, words: list[str], members: set[str]) -> None:
        match words:
            case ["log", vkey, *url] if len(url) <= 1:
                self.logs.append(_new(vkey, _LOG_TYPES, self.logs))
            case ["witness", name, vkey, *url] if len(url) <= 1:
                key = _new(vkey, _WITNESS_TYPES, self.keys)
                self.witnesses[self._free(name)] = Witness(name, key, url[0] if url else None)
            case ["group", name, threshold, *listed] if listed:
                self._free(name)
                for member in listed:
                    self._known(member)
                    if member in members:
                        raise Fault("policy", f"{member} 已是另一组的成员，或重复列出")
                    members.add(member)
                self.groups[name] = Group(_threshold(threshold, len(listed)), tuple(listed))
            case ["quorum", name] if not self.quorum:
                self.quorum = name if name == NONE else self._known(name)
            case _:
                raise Fault("policy", "应为 log、witness、group 或唯一的 quorum，且各项齐全")

    def _free(self, name: str) -> str:
        if name == NONE or name in self.witnesses or name in self.groups:
            raise Fault("policy", f"名称 {name} 已被使用")
        return name

    def _known(self, name: str) -> str:
        if name not in self.witnesses and name not in self.groups:
            raise Fault("policy", f"名称 {name} 在此之前没有定义")
        return name


def _new(vkey: str, types: tuple[KeyType, ...], others: Iterable[NoteKey]) -> NoteKey:
    key = NoteKey.parse(vkey)
    if key.type not in types:
        raise Fault("policy", "公钥的签名类型不适用于此")
    if any(other.raw == key.raw for other in others):
        raise Fault("policy", "同一公钥重复列出")
    return key


def _threshold(word: str, count: int) -> int:
    if word in ("all", _ANY):
        return count if word == "all" else 1
    if not (word.isascii() and word.isdigit()) or word != str(int(word)) or not 1 <= int(word) <= count:
        raise Fault("policy", f"门槛应为 all、any 或 1 至 {count} 的数")
    return int(word)
