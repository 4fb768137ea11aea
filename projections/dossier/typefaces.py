"""The fonts of the papers: where they lie, and that they are the pinned ones.

Keeps: no font of the machine ever gets into a paper, and none that isn't pinned by SHA-256 in `fonts.sha256`; so the
same words give the same octets everywhere.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import typst

from domain.errors import Fault

from .glyphs import coverage

if TYPE_CHECKING:
    from collections.abc import Iterator

PINS = Path(__file__).with_name("fonts.sha256")
FOLDER = Path(__file__).resolve().parents[2] / "var" / "fonts"
# Every style ends in these three, so a character that one of them holds can be shown in every style.
LAST_RESORTS = (("NotoSerifCJK-Regular.ttc", 2), ("BabelStoneHan.ttf", 0), ("LiberationSerif-Regular.ttf", 0))


@dataclass(frozen=True, slots=True)
class Typefaces:
    """Loaded fonts, and the code points that every style can show."""

    fonts: typst.Fonts
    shown: frozenset[int]


def typefaces() -> Typefaces:
    """The fonts in ANJUAN_FONTS, or else in var/fonts. Faults "fonts-missing", "fonts-changed"."""
    return _loaded(Path(os.environ.get("ANJUAN_FONTS") or FOLDER))


@cache
def _loaded(folder: Path) -> Typefaces:
    for name, pinned in _pins():
        path = folder / name
        if not path.is_file():
            raise Fault(
                "fonts-missing", f"缺少公文字体 {name}。", "请运行 ops/setup/fonts，或令 ANJUAN_FONTS 指向字体目录。"
            )
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != pinned:
            raise Fault(
                "fonts-changed", f"公文字体 {name} 与所定版本不符。", "请删除该字体目录后运行 ops/setup/fonts。"
            )
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])
    shown = frozenset().union(*(coverage((folder / name).read_bytes(), index) for name, index in LAST_RESORTS))
    return Typefaces(fonts, shown)


def _pins() -> Iterator[tuple[str, str]]:
    for line in PINS.read_text(encoding="ascii").splitlines():
        pinned, name = line.split()
        yield name, pinned
