"""What the fonts show, by our reading of their tables; what is dropped, replaced and counted."""

from __future__ import annotations

import unicodedata
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.dossier.glyphs import REPLACEMENT, coverage, made_showable, named, showable
from projections.dossier.typefaces import FOLDER, typefaces


@pytest.fixture(scope="module")
def shown() -> frozenset[int]:
    return typefaces().shown


def test_every_character_of_gb2312_and_the_rarest_names_are_shown(shown: frozenset[int]) -> None:
    rows = (bytes([high, low]) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF))
    common = {char for row in rows for char in row.decode("gb2312", "ignore")}
    assert len(common) == 6763
    assert not [char for char in common | set("䶮𬭎㛃𠅤〔〕“”…—·㈠①") if ord(char) not in shown]


@pytest.mark.parametrize("char", ["\ue000", "א", "ก", "\U0001f9d1", "\U0010ffff"])
def test_what_cannot_be_shown_is_replaced_and_counted(char: str, shown: frozenset[int]) -> None:
    missing: Counter[str] = Counter()
    assert showable(f"甲{char}乙{char}", shown, missing) == f"甲{REPLACEMENT}乙{REPLACEMENT}"
    assert missing == {char: 2}
    assert named(missing) == f"U+{ord(char):04X}（2 处）"


@given(text=st.text())
def test_what_comes_out_is_shown_by_a_font_or_is_white_space(text: str) -> None:
    faces, missing = typefaces(), Counter[str]()
    out = showable(text, faces.shown, missing)
    assert all(ord(char) in faces.shown or char in "\n\u3000" for char in out)
    assert not any(unicodedata.bidirectional(char) in ("R", "AL", "AN") for char in out)
    assert sum(missing.values()) == out.count(REPLACEMENT) - text.count(REPLACEMENT)


def test_plain_data_is_gone_through_to_its_end(shown: frozenset[int]) -> None:
    missing: Counter[str] = Counter()
    value = {"a\ue000": ["甲\ue000", ("乙\ue000", {"b": "\ue000"})], "n": 3, "t": True, "x": None}
    out = made_showable(value, shown, missing)
    assert out == {"a\ue000": ["甲〓", ["乙〓", {"b": "〓"}]], "n": 3, "t": True, "x": None}
    assert missing["\ue000"] == 3


def test_every_face_of_a_collection_is_read() -> None:
    font = (FOLDER / "NotoSerifCJK-Regular.ttc").read_bytes()
    for index in range(5):
        found = coverage(font, index)
        assert {ord("龍"), ord("A")} <= found
        assert 0xFFFF not in found
        assert len(found) > 40_000


def test_a_font_of_short_tables_is_read_too() -> None:
    found = coverage((FOLDER / "LiberationSerif-Regular.ttf").read_bytes(), 0)
    assert {ord(char) for char in "Aaéß€–"} <= found
    assert ord("龍") not in found
