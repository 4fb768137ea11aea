"""The octets of a package's zip around its members' content: exactly one zip for given members (FORMAT.md §8).

Keeps: `local_header`, `central_header` and `end_records` give the only structural octets that the format allows;
a zip that differs from them anywhere is not in the prescribed form, so no structural octet can be flipped unseen.
Leaves: the members' content (package, bag).
Source: PKWARE APPNOTE 6.3.10 §4.3 (layout), §4.4.4 (bit 11, UTF-8 names), §4.5.3 (zip64); chosen values in FORMAT.md.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

UTF8 = 0x0800  # bit 11, on every member
STORED = 0
MADE_BY = 3 << 8 | 20  # Unix, version 2.0
NEEDED, NEEDED_ZIP64 = 20, 45
DATE, TIME = 0x0021, 0  # 1980-01-01T00:00:00
ATTRIBUTES = 0o600 << 16  # readable by its owner only
ALL_ONES = 0xFFFFFFFF  # this value and above stand in zip64 fields
ALL_ONES_16 = 0xFFFF

LOCAL = struct.Struct("<4s5H3L2H")
CENTRAL = struct.Struct("<4s6H3L5H2L")
END = struct.Struct("<4s4H2LH")
END64 = struct.Struct("<4sQ2H2L4Q")
LOCATOR64 = struct.Struct("<4sLQL")
LOCAL_MAGIC, CENTRAL_MAGIC, END_MAGIC = b"PK\3\4", b"PK\1\2", b"PK\5\6"
END64_MAGIC, LOCATOR64_MAGIC = b"PK\6\6", b"PK\6\7"
CRC_OFFSET = 14  # of the checksum within a local header


@dataclass(frozen=True, slots=True)
class Member:
    """A member: `name` whole path in UTF-8, `crc` CRC-32 and `size` of its content, `offset` of its local header."""

    name: bytes
    crc: int
    size: int
    offset: int


def local_header(member: Member) -> bytes:
    """What stands before a member's content."""
    extra = _zip64([member.size, member.size] if member.size >= ALL_ONES else [])
    shown = min(member.size, ALL_ONES)
    needed = NEEDED_ZIP64 if extra else NEEDED
    fixed = LOCAL.pack(
        LOCAL_MAGIC, needed, UTF8, STORED, TIME, DATE, member.crc, shown, shown, len(member.name), len(extra)
    )
    return fixed + member.name + extra


def central_header(member: Member) -> bytes:
    """A member's entry in the central directory."""
    sizes = [member.size, member.size] if member.size >= ALL_ONES else []
    extra = _zip64([*sizes, member.offset] if member.offset >= ALL_ONES else sizes)
    shown = min(member.size, ALL_ONES)
    fixed = CENTRAL.pack(
        CENTRAL_MAGIC, MADE_BY, NEEDED_ZIP64 if extra else NEEDED, UTF8, STORED, TIME, DATE, member.crc, shown, shown,
        len(member.name), len(extra), 0, 0, 0, ATTRIBUTES, min(member.offset, ALL_ONES),
    )  # fmt: skip
    return fixed + member.name + extra


def end_records(count: int, size: int, offset: int) -> bytes:
    """What follows the central directory of `count` entries, `size` octets, at `offset`; zip64 where it must be."""
    shown = min(count, ALL_ONES_16)
    end = END.pack(END_MAGIC, 0, 0, shown, shown, min(size, ALL_ONES), min(offset, ALL_ONES), 0)
    if count < ALL_ONES_16 and size < ALL_ONES and offset < ALL_ONES:
        return end
    end64 = END64.pack(END64_MAGIC, END64.size - 12, MADE_BY, NEEDED_ZIP64, 0, 0, count, count, size, offset)
    return end64 + LOCATOR64.pack(LOCATOR64_MAGIC, 0, offset + size, 1) + end


def directory(members: Sequence[Member], offset: int) -> bytes:
    """Central directory and end records of `members`, the directory starting at `offset`."""
    central = b"".join(central_header(member) for member in members)
    return central + end_records(len(members), len(central), offset)


def _zip64(values: list[int]) -> bytes:
    return struct.pack(f"<2H{len(values)}Q", 1, 8 * len(values), *values) if values else b""
