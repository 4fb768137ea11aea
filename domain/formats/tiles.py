"""How a log lies as files: tiles of hashes and bundles of entries (c2sp.org/tlog-tiles; FORMAT.md §4).

    tile/<L>/<N>[.p/<W>]          level L, number N: up to 256 hashes of the perfect subtrees of 256^L leaves
    tile/entries/<N>[.p/<W>]      up to 256 entries, each u16be length ‖ data

A part with fewer than 256 (its width W) has its width in its name, so no file ever changes.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import Fault
from .merkle import HASH_OCTETS, MAX_SIZE, leaf_hash, node_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .merkle import Subtrees

HEIGHT = 8
WIDTH = 1 << HEIGHT
ENTRIES = -1  # the "level" of bundles
MAX_LEVEL = 63
ENTRY_OCTETS = 0xFFFF
_PATH = re.compile(r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """One file of the log: `level` (ENTRIES for a bundle), number `n` within it, `width` 1 to 256."""

    level: int
    n: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Its name under the log's prefix."""
        digits = f"{self.n % 1000:03d}"
        rest = self.n // 1000
        while rest:
            digits, rest = f"x{rest % 1000:03d}/{digits}", rest // 1000
        level = "entries" if self.level == ENTRIES else str(self.level)
        part = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{level}/{digits}{part}"

    @classmethod
    def parse(cls, path: str) -> Tile:
        """The tile with this name, if it is written as `path` writes it. Fault "tile-path"."""
        found = _PATH.fullmatch(path)
        if found is not None:
            level, digits, width = found.groups()
            number = int(digits.replace("x", "").replace("/", ""))
            tile = cls(ENTRIES if level == "entries" else int(level), number, int(width or WIDTH))
            if tile.path == path and tile.level <= MAX_LEVEL and number <= MAX_SIZE:
                return tile
        raise Fault("tile-path", f"日志分块名称 {path[:80]!r} 不符合规范。", "应形如 tile/0/x001/234。")


def tiles_of(size: int) -> Iterator[Tile]:
    """Every tile and bundle of a tree of `size` entries, the partial ones with the width they have at this size."""
    level, count = ENTRIES, size
    while count:
        yield from tiles_between(level, 0, count)
        level, count = level + 1, count if level == ENTRIES else count >> HEIGHT


def tiles_between(level: int, old: int, new: int) -> Iterator[Tile]:
    """The tiles of one level that differ between `old` and `new` hashes (or entries) on it."""
    for n in range(old >> HEIGHT, (new + WIDTH - 1) >> HEIGHT):
        yield Tile(level, n, min(WIDTH, new - (n << HEIGHT)))


def bundle(entries: list[bytes]) -> bytes:
    """The octets of a bundle."""
    return b"".join(struct.pack(">H", len(entry)) + entry for entry in entries)


def parse_bundle(data: bytes, width: int) -> list[bytes]:
    """The `width` entries of a bundle. Fault "tile"."""
    entries, at = list[bytes](), 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 2], "big")
        entries.append(data[at + 2 : at + 2 + length])
        at += 2 + length
        if at > len(data) or len(entries) > width:
            raise _misfit("条目长度或个数不符")
    if len(entries) != width:
        raise _misfit(f"应有 {width} 个条目，实有 {len(entries)} 个")
    return entries


def parse_hashes(data: bytes, width: int) -> list[bytes]:
    """The `width` hashes of a tile. Fault "tile"."""
    if len(data) != width * HASH_OCTETS:
        raise _misfit(f"应为 {width * HASH_OCTETS} 字节，实为 {len(data)} 字节")
    return [data[at : at + HASH_OCTETS] for at in range(0, len(data), HASH_OCTETS)]


def leaves_of(entries: list[bytes]) -> bytes:
    """The level 0 tile over a bundle's entries."""
    return b"".join(leaf_hash(entry) for entry in entries)


def subtrees_in(size: int, read: Callable[[Tile], bytes]) -> Subtrees:
    """`merkle.Subtrees` of a tree of `size` entries over its tiles; `read` gives a tile's octets, e.g. remembered."""

    def subtree(level: int, n: int) -> bytes:
        tile_level, height = divmod(level, HEIGHT)
        first = n << height
        number = first >> HEIGHT
        count = (size >> (tile_level * HEIGHT)) - (number << HEIGHT)
        tile = Tile(tile_level, number, min(WIDTH, count))
        hashes = parse_hashes(read(tile), tile.width)
        start = first - (number << HEIGHT)
        layer = hashes[start : start + (1 << height)]
        while len(layer) > 1:
            layer = [node_hash(a, b) for a, b in zip(layer[::2], layer[1::2], strict=True)]
        return layer[0]

    return subtree


def _misfit(why: str) -> Fault:
    return Fault("tile", f"日志分块内容不符：{why}。", "请重新取得该分块；仍不符的，日志已被改动。")
