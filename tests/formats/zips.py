"""Zips with one defect each, made octet by octet from a good package: what hostile hands would send."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

from domain.formats import zipform
from domain.formats.zipform import Member

from . import samples

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BASE = f"{samples.CASE}-1/"
Content = list[tuple[str, bytes]]


def members(data: bytes) -> Content:
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        return [(name, old.read(name)) for name in old.namelist()]


def built(content: Content, gap: bytes = b"") -> bytes:
    """An exact zip of `content` in the given order, with `gap` before the directory."""
    body, listed = b"", []
    for name, octets in content:
        member = Member(name.encode(), zlib.crc32(octets), len(octets), len(body))
        listed.append(member)
        body += zipform.local_header(member) + octets
    return body + gap + zipform.directory(listed, len(body) + len(gap))


def changed(data: bytes, change: Callable[[Content], Content]) -> bytes:
    return built(change(members(data)))


def renamed(content: Content, old: str, new: str) -> Content:
    return sorted(((BASE + new if name == BASE + old else name), octets) for name, octets in content)


def rezipped(data: bytes, method: int = zipfile.ZIP_STORED) -> bytes:
    """As anyone would pack it, with Python's zipfile and its defaults."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as new:
        for name, octets in members(data):
            new.writestr(zipfile.ZipInfo(name, (2023, 3, 6, 9, 30, 0)), octets, method)
    return out.getvalue()


def patched(data: bytes, place: int, value: bytes) -> bytes:
    return data[:place] + value + data[place + len(value) :]


def overlapping(data: bytes) -> bytes:
    """Two entries for one local header: a second name can't hide, but content could be counted twice."""
    name, octets = members(data)[0]
    member = Member(name.encode(), zlib.crc32(octets), len(octets), 0)
    body = zipform.local_header(member) + octets
    return body + zipform.directory([member, replace(member, name=name.encode()[:-1] + b"z")], len(body))


def with_extra(content: Content) -> bytes:
    """With a time stamp's extra field in every directory entry, as Info-ZIP writes them."""
    body, central = b"", b""
    extra = struct.pack("<HHBL", 0x5455, 5, 1, 0)
    for name, octets in content:
        member = Member(name.encode(), zlib.crc32(octets), len(octets), len(body))
        body += zipform.local_header(member) + octets
        central += patched(zipform.central_header(member), 30, len(extra).to_bytes(2, "little")) + extra
    return body + central + zipform.end_records(len(content), len(central), len(body))


def altered() -> Iterator[tuple[str, bytes]]:
    good = samples.small_package()
    yield "as written", good
    place = good.index(samples.SMALL)
    yield "an octet of a file flipped", patched(good, place, bytes([good[place] ^ 1]))
    yield from _bent(good)
    for name, change in _CHANGES.items():
        yield name, changed(good, change)


def _bent(good: bytes) -> Iterator[tuple[str, bytes]]:
    central = good.index(b"PK\1\2")
    yield "a checksum in a local header flipped", patched(good, 14, bytes([good[14] ^ 1]))
    flipped = bytes([good[14] ^ 1])
    yield "a wrong checksum in both headers", patched(patched(good, 14, flipped), central + 16, flipped)
    yield "another date", patched(good, central + 14, b"\x22")
    yield "a flag for encryption", patched(good, central + 8, b"\x01")
    yield "a flag for a data descriptor", patched(good, central + 8, b"\x08")
    yield "another compression method", patched(good, central + 10, b"\x08")
    yield "an octet after the end", good + b"\0"
    yield "an octet before the beginning", b"\0" + good
    yield "a comment", good[:-2] + b"\1\0x"
    yield "cut short", good[:-1]
    yield "a second disk", patched(good, len(good) - 18, b"\1")
    yield "another number of members on this disk", patched(good, len(good) - 14, b"\1")
    yield "a smaller number of members", patched(good, len(good) - 14, b"\3\0\3")
    yield "a larger number of members", patched(good, len(good) - 14, b"\x09\0\x09")
    yield "a size that asks for zip64", patched(good, len(good) - 10, b"\xff" * 4)
    yield "a member's size that asks for zip64", patched(good, central + 20, b"\xff" * 8)
    yield "a member's place beyond the directory", patched(good, central + 42, central.to_bytes(4, "little"))
    yield "a member's place within another", patched(good, central + 42, b"\1")
    yield "a name that is not UTF-8", good.replace(b"bagit.txt", b"bagi\xff.txt"[:9])
    yield "a name that only the directory has", patched(good, central + 46, b"X")
    yield "packed and plain size differ", patched(good, central + 20, b"\0")
    yield "without its directory", good[:central]
    yield "nothing", b""
    yield "octets between members and directory", built(members(good), b"hidden")
    yield "one local header for two members", overlapping(good)
    yield "extra fields", with_extra(members(good))
    yield "packed by others, stored", rezipped(good)
    yield "packed by others, compressed", rezipped(good, zipfile.ZIP_DEFLATED)


_CHANGES: dict[str, Callable[[Content], Content]] = {
    "out of order": lambda content: content[::-1],
    "a member dropped": lambda content: [entry for entry in content if "empty" not in entry[0]],
    "a member added": lambda content: sorted([*content, (BASE + "data/zz", b"")]),
    "a file in the root": lambda content: sorted([*content, (BASE + "zz.txt", b"")]),
    "a member twice": lambda content: sorted([*content, content[0]]),
    "a file that is also a directory": lambda content: sorted([*content, (BASE + "data/empty/x", b"")]),
    "an entry for a directory": lambda content: sorted([*content, (BASE + "data/", b"")]),
    "an entry for a directory that leads out": lambda content: sorted([*content, (BASE + "data/../../x/", b"")]),
    "an entry for a directory with content": lambda content: sorted([*content, (BASE + "data/x/", b"x")]),
    "an entry for a directory with a file's name": lambda content: sorted([*content, (BASE + "data/empty/", b"")]),
    "two base directories": lambda content: sorted([*content, ("other/data/x", b"")]),
    "no base directory": lambda content: [(name.removeprefix(BASE), octets) for name, octets in content],
    "a way out": lambda content: sorted([*content, (BASE + "../x", b"")]),
    "an absolute name": lambda content: sorted([*content, ("/" + BASE + "x", b"")]),
    "a backslash": lambda content: sorted([*content, (BASE + "data\\x", b"")]),
    "a drive": lambda content: sorted([*content, (BASE + "data/C:x", b"")]),
    "NUL in a name": lambda content: sorted([*content, (BASE + "data/x\0.json", b"")]),
    "a direction character in a name": lambda content: sorted([*content, (BASE + "data/\u202efdp.exe", b"")]),
    "a name that is not NFC": lambda content: sorted([*content, (BASE + "data/e\u0301", b"")]),
    "a long name": lambda content: sorted([*content, (BASE + "data/" + "x" * 512, b"")]),
    "no payload manifest": lambda content: [
        entry for entry in content if not entry[0].endswith("/manifest-sha256.txt")
    ],
    "no tag manifest": lambda content: [entry for entry in content if "tagmanifest" not in entry[0]],
    "no export.jws": lambda content: [entry for entry in content if "export.jws" not in entry[0]],
    "a manifest in capitals": lambda content: [
        (name, octets.upper().replace(b"DATA/", b"data/") if name.endswith("/manifest-sha256.txt") else octets)
        for name, octets in content
    ],
    "a bag-info with one line more": lambda content: [
        (name, octets + b"Note: x\n" if "bag-info" in name else octets) for name, octets in content
    ],
    "a file renamed": lambda content: renamed(content, "data/empty", "data/filled"),
}
