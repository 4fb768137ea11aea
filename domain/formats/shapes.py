"""Shapes of members: each function answers with the typed value or raises Fault "shape" naming the member.

Limits that hold for everything from outside stand here too: a text is at most 64 KiB of UTF-8.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING

from ..errors import Fault

if TYPE_CHECKING:
    from collections.abc import Collection

    from .canonical import Json

TEXT_OCTETS = 64 << 10
FIRST_YEAR, LAST_YEAR = 1990, 2199
INTEGER = (1 << 53) - 1

_UUID7 = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_CODE = re.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
# 43 characters carry 258 bits: the last one has two unused bits, which are zero.
_DIGEST = re.compile("[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")
_HEX = re.compile("[0-9a-f]{64}")
_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
_MILLIS = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")


def refused(field: str, expected: str) -> Fault:
    """The fault for a member that isn't as it should be."""
    return Fault("shape", f"{field} 应为{expected}。", field=field)


def members(value: Json, names: Collection[str], field: str) -> dict[str, Json]:
    """An object with exactly the members `names`."""
    result = mapping(value, field)
    if result.keys() != set(names):
        missing = sorted(set(names) - result.keys())
        unknown = sorted(result.keys() - set(names))
        detail = ";".join(
            f"{what} {'、'.join(name[:64] for name in listed[:8])}"
            for what, listed in (("缺少", missing), ("多出", unknown))
            if listed
        )
        raise Fault("shape", f"{field} 的成员不符：{detail}。", field=field)
    return result


def mapping(value: Json, field: str) -> dict[str, Json]:
    """An object."""
    if not isinstance(value, dict):
        raise refused(field, "对象")
    return value


def items(value: Json, field: str, *, low: int, high: int) -> list[Json]:
    """A list of `low` to `high` entries."""
    if not isinstance(value, list) or not low <= len(value) <= high:
        raise refused(field, f" {low} 至 {high} 项的列表")
    return value


def text(value: Json, field: str, *, octets: int = TEXT_OCTETS) -> str:
    """A text of 1 to `octets` octets of UTF-8."""
    if not isinstance(value, str) or not value or len(value.encode()) > octets:
        raise refused(field, f"不超过 {octets} 字节的非空文本")
    return value


def texts(value: Json, field: str) -> None:
    """Every text in `value`, at any depth, has at most 64 KiB; it may be empty."""
    if isinstance(value, str):
        if len(value.encode()) > TEXT_OCTETS:
            raise refused(field, f"不超过 {TEXT_OCTETS} 字节的文本")
    elif isinstance(value, dict):
        for name, member in value.items():
            texts(member, f"{field}.{name}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            texts(item, f"{field}[{index}]")


def constant(value: Json, expected: str, field: str) -> None:
    """Exactly the text `expected`."""
    if value != expected:
        raise refused(field, f"“{expected}”")


def integer(value: Json, field: str, *, low: int = 0, high: int = INTEGER) -> int:
    """An integer of `low` to `high`."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise refused(field, f"不小于 {low} 的整数")
    return value


def uuid7(value: Json, field: str) -> str:
    """A lower-case UUID of version 7 (RFC 9562 §5.7)."""
    return _matching(_UUID7, value, field, "小写的 UUID v7")


def code(value: Json, field: str) -> str:
    """A code of a rulebook: ASCII letters, digits, `.`, `_`, `-`, at most 64, the first a letter or digit."""
    return _matching(_CODE, value, field, "代码（ASCII 字母、数字、连字符，至多 64 字符）")


def digest(value: Json, field: str) -> str:
    """The b64u text of 32 octets, unused bits zero."""
    return _matching(_DIGEST, value, field, "SHA-256 摘要（base64url,43 字符）")


def hex_digest(value: Json, field: str) -> str:
    """64 lower-case hexadecimal digits."""
    return _matching(_HEX, value, field, "SHA-256 摘要（小写十六进制，64 字符）")


def occurred(value: Json, field: str) -> str:
    """A date, or an RFC 3339 time with offset; the year as written is 1990 to 2199."""
    if isinstance(value, str) and FIRST_YEAR <= _year(value) <= LAST_YEAR:
        if _DATE.fullmatch(value) and _exists(date, value):
            return value
        if _TIME.fullmatch(value) and _exists(datetime, value):
            return value
    raise refused(field, f"日期或带时区的时刻（RFC 3339,{FIRST_YEAR} 至 {LAST_YEAR} 年）")


def received(value: Json, field: str) -> str:
    """A UTC time `YYYY-MM-DDTHH:MM:SS.mmmZ`; sorts as text the way it sorts in time."""
    if isinstance(value, str) and _MILLIS.fullmatch(value) and _exists(datetime, value):
        return occurred(value, field)
    raise refused(field, "UTC 时刻 YYYY-MM-DDTHH:MM:SS.mmmZ")


def _matching(pattern: re.Pattern[str], value: Json, field: str, expected: str) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise refused(field, expected)
    return value


def _year(value: str) -> int:
    return int(value[:4]) if re.fullmatch("[0-9]{4}", value[:4]) else 0


def _exists(kind: type[date], value: str) -> bool:
    try:
        kind.fromisoformat(value)
    except ValueError:
        return False
    return True
