"""Canonical JSON: RFC 8785 (JCS), restricted so that every parser reads the same (FORMAT.md §1).

Keeps: what `dump` writes is JCS; what `parse_canonical` accepts is exactly what `dump` would write for it; no float,
no duplicate name, no lone surrogate, no text outside NFC, no control character but LF ever gets in or out.
Leaves: what the members mean (act, receipt, …), and how long a single text may be (shapes).
"""

from __future__ import annotations

import json
import re
import unicodedata
from contextlib import suppress
from typing import TYPE_CHECKING, TypeAlias

import orjson

from ..errors import Fault

if TYPE_CHECKING:
    from typing import Never

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"
_Place: TypeAlias = "tuple[_Place, str | int] | None"  # what holds it, and its name or number there; None at the top

LIMIT = 4 << 20  # octets of one document
DEPTH = 32  # a scalar has depth 0, [] has 1
INTEGER = (1 << 53) - 1  # RFC 7493 §2.2: beyond it readers that use doubles disagree
_DIGITS = 17  # "-9007199254740991": read no longer integer than this

# Category Cc except LF, and the surrogates (which only escapes like \ud800 can bring in).
_FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_TOKENS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[{]|[\]}]', re.DOTALL)


def dump(value: Json) -> bytes:
    """The JCS octets of `value`. Fault "canonical" on anything outside the restriction, naming the place."""
    try:
        _guard(value, None, 0)
    except Fault as fault:
        defect = fault.defects[0]
        raise Fault("canonical", defect.message, defect.remedy, field=defect.field) from fault
    return _written(value)


def _written(value: Json) -> bytes:
    # Names are printable ASCII, so orjson's order by octets is JCS's order by UTF-16 code units (RFC 8785 §3.2.3).
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER)


def parse(data: bytes, *, limit: int = LIMIT) -> Json:
    """The value of one JSON text, white space allowed.

    Faults: json-size, json-utf8, json-depth, json-syntax, json-duplicate, json-number, json-string, json-name.
    """
    if len(data) > limit:
        raise Fault("json-size", f"JSON 文本超过 {limit} 字节（实际 {len(data)} 字节）。")
    try:
        text = data.decode("utf-8", "strict")
    except UnicodeDecodeError as error:
        raise Fault("json-utf8", f"JSON 文本不是有效的 UTF-8（第 {error.start} 字节）。") from error
    _refuse_deep(data)
    try:
        value: Json = json.loads(
            text, object_pairs_hook=_object, parse_float=_float, parse_int=_integer, parse_constant=_float
        )
    except json.JSONDecodeError as error:
        raise Fault("json-syntax", f"JSON 语法错误：第 {error.lineno} 行第 {error.colno} 列。") from error
    _guard(value, None, 0)
    return value


def parse_canonical(data: bytes, *, limit: int = LIMIT) -> Json:
    """As `parse`, and `data` must be what `dump` writes: Fault "not-canonical" otherwise."""
    if len(data) <= limit:
        with suppress(Fault, orjson.JSONDecodeError):  # what is wrong, `parse` says
            value: Json = orjson.loads(data)
            _guard(value, None, 0)
            if _written(value) == data:  # and so no name stood twice, and nothing was read in two ways
                return value
    value = parse(data, limit=limit)
    if _written(value) != data:
        raise Fault(
            "not-canonical", "JSON 文本不是规范形式（RFC 8785）。", "请按规范形式重新生成，不要改动已签名的字节。"
        )
    return value


def parse_object(data: bytes, *, limit: int = LIMIT) -> dict[str, Json]:
    """As `parse_canonical`, and the value must be an object: Fault "json-object" otherwise."""
    value = parse_canonical(data, limit=limit)
    if not isinstance(value, dict):
        raise Fault("json-object", "此处应为 JSON 对象。")
    return value


def _refuse_deep(data: bytes) -> None:
    """Count brackets outside strings before any recursive parser sees them."""
    depth = 0
    for match in _TOKENS.finditer(data):
        first = data[match.start()]
        if first in b"[{":
            depth += 1
            if depth > DEPTH:
                raise Fault("json-depth", f"JSON 嵌套超过 {DEPTH} 层。")
        elif first in b"]}":
            depth -= 1


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    result = dict(pairs)
    if len(result) != len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise Fault("json-duplicate", f"JSON 对象中成员名重复：{repeated[:64]!a}。")
    return result


def _float(text: str) -> Never:
    raise Fault("json-number", f"不接受小数、指数或非数值：{text[:32]}。", "金额写成带两位小数的字符串，单位为元。")


def _integer(text: str) -> int:
    if text == "-0":
        raise Fault("json-number", "不接受 -0。")
    if len(text) > _DIGITS or not -INTEGER <= int(text) <= INTEGER:
        raise Fault("json-number", f"整数超出 ±(2^53−1):{text[:32]}。")
    return int(text)


def _guard(value: object, place: _Place, depth: int) -> None:
    """Fault when `value` isn't restricted JSON; exact types only, so that no subclass serialises differently."""
    kind = type(value)
    if kind is str:
        _guard_text(str(value), place)
    elif kind is dict:
        _guard_members(value, place, depth + 1)
    elif kind is list:
        _guard_items(value, place, depth + 1)
    elif kind is int:
        _guard_integer(value, place)
    elif value is not None and kind is not bool:
        raise Fault("json-type", f"{kind.__name__} 不是 JSON 值。", field=_named(place))


def _named(place: _Place) -> str | None:
    """`facts.items[1]`; put together only where something is wrong there."""
    if place is None:
        return None
    outer, step = _named(place[0]), place[1]
    if isinstance(step, int):
        return f"{outer or ''}[{step}]"
    return f"{outer}.{step}" if outer else step


def _guard_text(text: str, place: _Place) -> None:
    if text.isascii() and text.isprintable():
        return
    found = _FORBIDDEN.search(text)
    if found:
        raise Fault("json-string", f"文本含控制字符或孤立代理码 U+{ord(found[0]):04X}。", field=_named(place))
    if not unicodedata.is_normalized("NFC", text):
        raise Fault("json-string", "文本不是 Unicode NFC 形式。", "请先转换为 NFC。", field=_named(place))


def _guard_integer(value: object, place: _Place) -> None:
    if isinstance(value, int) and not -INTEGER <= value <= INTEGER:
        raise Fault("json-number", "整数超出 ±(2^53−1)。", field=_named(place))


def _guard_depth(depth: int, place: _Place) -> None:
    if depth > DEPTH:
        raise Fault("json-depth", f"JSON 嵌套超过 {DEPTH} 层。", field=_named(place))


def _guard_members(value: object, place: _Place, depth: int) -> None:
    _guard_depth(depth, place)
    if isinstance(value, dict):
        for name, member in value.items():
            if type(name) is not str or not (name.isascii() and name.isprintable()):
                raise Fault("json-name", f"成员名只能是可打印 ASCII 字符：{str(name)[:64]!a}。", field=_named(place))
            _guard(member, (place, name), depth)


def _guard_items(value: object, place: _Place, depth: int) -> None:
    _guard_depth(depth, place)
    if isinstance(value, list):
        for index, item in enumerate(value):
            _guard(item, (place, index), depth)
