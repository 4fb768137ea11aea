"""Withheld facts: confidential members stand in signed octets only as salted digests (FORMAT.md §2).

Source: RFC 9901 (SD-JWT) §4.2.1 object properties; array elements are never withheld, and `...` isn't used.
Keeps: shown and withheld parts always fit the same signed digests; what is ambiguous is refused, never guessed.
Leaves: who may see what (access), and where disclosures lie (withheld store).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..errors import Fault
from . import shapes
from .canonical import DEPTH, dump, parse_canonical
from .encoding import b64u, b64u_decode, digest
from .evidence import check_description

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .act import Act
    from .canonical import Json

SD_ALG = "sha-256"
SD = "_sd"
RESERVED = frozenset({SD, "..."})
SALT_OCTETS = 16
DISCLOSURE_OCTETS = 1 << 20
DISCLOSURES = 16384
_PARTS = 3


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One withheld member laid open: b64u(JCS([salt, name, value])). Fault "disclosure-malformed" on anything else."""

    encoded: str
    name: str = field(init=False)
    value: Json = field(init=False, repr=False)
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        name, value = _opened(self.encoded)
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "value", value)
        object.__setattr__(self, "digest", digest(self.encoded.encode("ascii")))


def withhold(
    value: dict[str, Json], secret: Callable[[tuple[str, ...]], bool], salt: Callable[[], bytes]
) -> tuple[dict[str, Json], tuple[str, ...]]:
    """`value` with every member for whose path `secret` answers True replaced by a digest, and the disclosures.

    A path is the member names from the top, list indexes as decimal text. Members inside a withheld object may be
    withheld themselves; their disclosures come first. Faults: "withheld-name" when `value` uses a reserved name,
    "salt" when a salt has less than 128 bits.
    """
    disclosures: list[str] = []

    def closed(item: Json, path: tuple[str, ...]) -> Json:
        if isinstance(item, list):
            return [closed(entry, (*path, str(index))) for index, entry in enumerate(item)]
        return closed_object(item, path) if isinstance(item, dict) else item

    def closed_object(obj: dict[str, Json], path: tuple[str, ...]) -> dict[str, Json]:
        shown: dict[str, Json] = {}
        digests: list[Json] = []
        for name, member in obj.items():
            if name in RESERVED:
                raise Fault("withheld-name", f"成员名 {name} 保留给不公开事项的摘要。", field=".".join((*path, name)))
            inner = closed(member, (*path, name))
            if secret((*path, name)):
                encoded = _encoded(salt(), name, inner)
                disclosures.append(encoded)
                digests.append(digest(encoded.encode("ascii")))
            else:
                shown[name] = inner
        if digests:
            shown[SD] = sorted(digests, key=str)
        return shown

    return closed_object(value, ()), tuple(disclosures)


def disclose(value: dict[str, Json], disclosures: Iterable[str]) -> dict[str, Json]:
    """`value` with the shown members put back; digests of what isn't shown stay in `_sd`.

    Faults: disclosure-malformed, disclosure-repeated, disclosure-unmatched, disclosure-name (it already stands in
    the object), digest-repeated, and those of `checked_digests` for the digests inside disclosed values.
    """
    opened: dict[str, Disclosure] = {}
    for count, encoded in enumerate(disclosures):
        if count >= DISCLOSURES:
            raise Fault("disclosure-malformed", f"披露项超过 {DISCLOSURES} 个。")
        disclosure = Disclosure(encoded)
        if disclosure.digest in opened:
            raise Fault("disclosure-repeated", "同一披露项出现两次。", field=disclosure.name)
        opened[disclosure.digest] = disclosure
    # Digests in values that aren't reached count too: a digest stands once in the whole act.
    seen = set(checked_digests(value))
    for disclosure in opened.values():
        for inner in checked_digests(disclosure.value):
            _add_once(inner, seen)
    used: set[str] = set()
    result = _opened_object(value, opened, used, 1)
    for disclosure in opened.values():
        if disclosure.digest not in used:
            name = disclosure.name
            raise Fault("disclosure-unmatched", f"披露项“{name}”与任何摘要都不相符。", field=name)
    return result


def facts_view(act: Act, disclosures: Iterable[str]) -> tuple[dict[str, Json], tuple[dict[str, Json], ...]]:
    """Facts and evidence of `act` with the shown members put back.

    Faults as `disclose`, and "shape" where a disclosed member of an evidence entry isn't what it should be.
    """
    whole: dict[str, Json] = {"facts": act.facts, "evidence": list(act.evidence)}
    shown = disclose(whole, disclosures)
    facts = shapes.mapping(shown["facts"], "facts")
    evidence = shapes.items(shown["evidence"], "evidence", low=0, high=len(act.evidence))
    return facts, tuple(_described(item, f"evidence[{index}]") for index, item in enumerate(evidence))


def checked_digests(value: Json) -> tuple[str, ...]:
    """All digests in `value`, at any depth, without those behind disclosures.

    Faults: "sd-empty", "sd-unsorted" (or repeated in one array), "digest-repeated" (in two), "sd-name" for `...`,
    "shape" for an entry that is no digest.
    """
    found: set[str] = set()
    _collect(value, found)
    return tuple(sorted(found))


def _described(value: Json, place: str) -> dict[str, Json]:
    obj = shapes.mapping(value, place)
    check_description(obj, place)
    return obj


def _collect(value: Json, found: set[str]) -> None:
    if isinstance(value, list):
        for item in value:
            _collect(item, found)
    elif isinstance(value, dict):
        if "..." in value:
            raise Fault("sd-name", "成员名“...”在本格式中不使用（RFC 9901 数组元素披露）。", field="...")
        for entry in _digests_of(value):
            _add_once(entry, found)
        for name, member in value.items():
            if name != SD:
                _collect(member, found)


def _digests_of(obj: dict[str, Json]) -> list[str]:
    if SD not in obj:
        return []
    listed = obj[SD]
    if not isinstance(listed, list) or not listed:
        raise Fault("sd-empty", "_sd 应为非空的摘要列表；没有不公开事项时不写。", field=SD)
    digests = [shapes.digest(entry, SD) for entry in listed]
    if digests != sorted(set(digests)):
        raise Fault("sd-unsorted", "_sd 中的摘要应按升序排列且不重复。", field=SD)
    return digests


def _add_once(entry: str, found: set[str]) -> None:
    if entry in found:
        raise Fault("digest-repeated", "同一摘要在一个行为中出现两次。", field=SD)
    found.add(entry)


def _opened_object(obj: dict[str, Json], opened: dict[str, Disclosure], used: set[str], depth: int) -> dict[str, Json]:
    if depth > DEPTH:
        raise Fault("json-depth", f"披露后的 JSON 嵌套超过 {DEPTH} 层。")
    shown = {name: _opened_value(member, opened, used, depth + 1) for name, member in obj.items() if name != SD}
    left: list[Json] = []
    for entry in _digests_of(obj):
        disclosure = opened.get(entry)
        if disclosure is None:
            left.append(entry)
            continue
        if disclosure.name in shown:
            raise Fault("disclosure-name", f"披露项“{disclosure.name}”在该对象中已存在。", field=disclosure.name)
        used.add(entry)
        shown[disclosure.name] = _opened_value(disclosure.value, opened, used, depth + 1)
    if left:
        shown[SD] = left
    return shown


def _opened_value(value: Json, opened: dict[str, Disclosure], used: set[str], depth: int) -> Json:
    if isinstance(value, dict):
        return _opened_object(value, opened, used, depth)
    if isinstance(value, list):
        if depth > DEPTH:
            raise Fault("json-depth", f"披露后的 JSON 嵌套超过 {DEPTH} 层。")
        return [_opened_value(item, opened, used, depth + 1) for item in value]
    return value


def _encoded(salt: bytes, name: str, value: Json) -> str:
    if len(salt) < SALT_OCTETS:
        raise Fault("salt", "披露项的盐应至少为 128 位。")
    encoded = b64u(dump([b64u(salt), name, value]))
    if len(encoded) > DISCLOSURE_OCTETS:
        raise Fault("disclosure-malformed", f"披露项超过 {DISCLOSURE_OCTETS} 字节。", field=name)
    return encoded


def _opened(encoded: str) -> tuple[str, Json]:
    if len(encoded) > DISCLOSURE_OCTETS:
        raise Fault("disclosure-malformed", f"披露项超过 {DISCLOSURE_OCTETS} 字节。")
    try:
        return _parts(parse_canonical(b64u_decode(encoded)))
    except Fault as fault:
        raise Fault("disclosure-malformed", f"披露项无法读取：{fault}") from fault


def _parts(value: Json) -> tuple[str, Json]:
    salt, name, member = shapes.items(value, "披露项", low=_PARTS, high=_PARTS)
    if not isinstance(salt, str) or len(b64u_decode(salt)) < SALT_OCTETS:
        raise Fault("salt", "披露项的盐应至少为 128 位。")
    if not isinstance(name, str) or name in RESERVED:
        raise Fault("shape", "披露项的名称无效。")
    dump({name: None})  # a disclosed name is held to what member names are held to
    shapes.texts(member, name)
    return name, member
