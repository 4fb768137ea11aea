"""OLE compound files (MS-CFB, version 3) of a few small streams, as old office programs wrote them."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_SECTOR = 512
_END, _FREE, _FAT, _NONE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFF
_LEAST = 4096  # shorter streams would lie in the mini stream: so they are filled up


def compound(streams: Mapping[str, bytes], storages: tuple[str, ...] = ()) -> bytes:
    """The file; every entry stands at its root, chained as siblings on one side."""
    data = {name: content.ljust(_LEAST, b"\0") for name, content in streams.items()}
    names = [*data, *storages]
    entries = [_entry("Root Entry", 5, child=1)]
    fat, body = [_FAT], b""
    directory = -(-(len(names) + 1) * 128 // _SECTOR)
    fat += [*range(2, directory + 1), _END]
    for number, name in enumerate(names, 1):
        right = number + 1 if number < len(names) else _NONE
        content = data.get(name, b"")
        start = len(fat)
        sectors = -(-len(content) // _SECTOR)
        fat += [*range(start + 1, start + sectors), _END] if sectors else []
        body += content.ljust(sectors * _SECTOR, b"\0")
        kind = 2 if name in data else 1
        entries.append(_entry(name, kind, right=right, start=start if content else 0, size=len(content)))
    listed = b"".join(entries).ljust(directory * _SECTOR, b"\0")
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(_SECTOR, b"\xff")
    assert len(table) == _SECTOR
    head = struct.pack("<8s16sHHHHHHIIIIIIIIII", bytes.fromhex("d0cf11e0a1b11ae1"), bytes(16), 0x3E, 3, 0xFFFE, 9, 6,
        0, 0, 0, 1, 1, 0, 4096, _END, 0, _END, 0)  # fmt: skip
    return head + struct.pack("<109I", 0, *[_FREE] * 108) + table + listed + body


def _entry(name: str, kind: int, *, right: int = _NONE, child: int = _NONE, start: int = _END, size: int = 0) -> bytes:
    text = name.encode("utf-16-le")
    return struct.pack(
        "<64sHBBIII16sIQQIQ", text, len(text) + 2, kind, 1, _NONE, right, child, bytes(16), 0, 0, 0, start, size
    )


def word(flags: int = 0) -> bytes:
    return compound({"WordDocument": b"\xec\xa5" + bytes(8) + struct.pack("<H", flags), "1Table": b"x"})


def excel(*records: int) -> bytes:
    book = b"".join(struct.pack("<HH", kind, 4) + bytes(4) for kind in (0x809, *records, 0x0A))
    return compound({"Workbook": book})


def slides(token: int = 0xE391C05F) -> bytes:
    return compound({"PowerPoint Document": b"x", "Current User": struct.pack("<HHIII", 0, 0xFF6, 20, 20, token)})
