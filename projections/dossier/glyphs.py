"""Which characters a paper can show, and what stands in for those it can't.

Keeps: no text, however odd, stops a paper from being made or changes the direction of the words around it; what is
replaced is counted and named in the notes (备考表). Leaves: the text itself, which stays as signed in the records.
Source: OpenType cmap formats 4 and 12; Unicode general categories and bidi classes.
"""

from __future__ import annotations

import struct
import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections import Counter

REPLACEMENT = "〓"  # 〓, the type-setter's mark for a missing sort
_KEPT_SPACES = "\n\u3000"
_BIDI = frozenset({"R", "AL", "AN"})
_CMAP12, _CMAP4 = 12, 4
_SURROGATES_END = 0xFFFF
_PRIVATE = range(0xE000, 0xF900)


def coverage(font: bytes, index: int) -> frozenset[int]:
    """The code points that a font file maps to a glyph; `index` is the face's number in a collection (else 0)."""
    start = struct.unpack_from(">I", font, 12 + 4 * index)[0] if font[:4] == b"ttcf" else 0
    count = struct.unpack_from(">H", font, start + 4)[0]
    for at in range(start + 12, start + 12 + 16 * count, 16):
        tag, _, offset, _ = struct.unpack_from(">4sIII", font, at)
        if tag == b"cmap":
            return _cmap(font, offset)
    return frozenset()


def _cmap(font: bytes, table: int) -> frozenset[int]:
    out: set[int] = set()
    for at in range(table + 4, table + 4 + 8 * struct.unpack_from(">H", font, table + 2)[0], 8):
        platform, encoding, offset = struct.unpack_from(">HHI", font, at)
        if platform == 0 or (platform, encoding) in ((3, 1), (3, 10)):
            kind = struct.unpack_from(">H", font, table + offset)[0]
            if kind == _CMAP12:
                out |= _groups(font, table + offset)
            elif kind == _CMAP4:
                out |= _segments(font, table + offset)
    return frozenset(out)


def _groups(font: bytes, at: int) -> set[int]:
    out: set[int] = set()
    for group in range(struct.unpack_from(">I", font, at + 12)[0]):
        first, last, glyph = struct.unpack_from(">III", font, at + 16 + 12 * group)
        out.update(range(first + (glyph == 0), last + 1))
    return out


def _segments(font: bytes, at: int) -> set[int]:
    count = struct.unpack_from(">H", font, at + 6)[0] // 2
    ends, starts = at + 14, at + 16 + 2 * count
    deltas, offsets = starts + 2 * count, starts + 4 * count
    out: set[int] = set()
    for i in range(count):
        first, last = (struct.unpack_from(">H", font, base + 2 * i)[0] for base in (starts, ends))
        delta, shift = (struct.unpack_from(">H", font, base + 2 * i)[0] for base in (deltas, offsets))
        for code in range(first, last + 1):
            if shift == 0:
                glyph = (code + delta) & 0xFFFF
            else:
                glyph = struct.unpack_from(">H", font, offsets + 2 * i + shift + 2 * (code - first))[0]
            if glyph and code != _SURROGATES_END:
                out.add(code)
    return out


def showable(text: str, shown: frozenset[int], missing: Counter[str]) -> str:
    """`text` with invisible format characters dropped and every character that can't be shown replaced by 〓.

    `missing` counts what was replaced. Combining marks and right-to-left letters count as not showable: no Chinese
    paper needs them, and they could cover or reorder what stands beside them.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_one(char, shown, missing) for char in text)


def _one(char: str, shown: frozenset[int], missing: Counter[str]) -> str:
    if char in _KEPT_SPACES:
        return char
    category = unicodedata.category(char)
    if category in ("Zs", "Zl", "Zp"):
        return " " if category == "Zs" else "\n"
    if category == "Cf" or "VARIATION SELECTOR" in unicodedata.name(char, ""):
        return ""
    wrong = category[0] in "CM" or unicodedata.bidirectional(char) in _BIDI
    if not wrong and ord(char) in shown and ord(char) not in _PRIVATE:
        return char
    missing[char] += 1
    return REPLACEMENT


def made_showable(value: Any, shown: frozenset[int], missing: Counter[str]) -> Any:
    """Any plain data with every text in it made showable; member names stay."""
    if isinstance(value, str):
        return showable(value, shown, missing)
    if isinstance(value, dict):
        return {name: made_showable(member, shown, missing) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [made_showable(item, shown, missing) for item in value]
    return value


def named(missing: Counter[str]) -> str:
    """What was replaced, by code point: U+1F600（2 处）."""
    return "、".join(f"U+{ord(char):04X}（{count} 处）" for char, count in sorted(missing.items()))
