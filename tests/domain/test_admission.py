"""What a file from outside may be called, and what it says it is."""

from __future__ import annotations

import pytest

from domain.admission import MEDIA, admitted_name, media_type
from domain.errors import Fault


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("投诉书.pdf", "投诉书.pdf"),
        (" 投诉书.pdf ", "投诉书.pdf"),
        ("e\u0301.pdf", "é.pdf"),
        ("...", "..."),
        ("长" * 200, "长" * 200),
        (" " + "长" * 200, "长" * 200),
    ],
)
def test_an_ordinary_name_is_taken(name: str, clean: str) -> None:
    assert admitted_name(name) == clean


@pytest.mark.parametrize(
    "name",
    ["", " ", ".", "..", "a/b", "/", "a\\b", "a\nb.pdf", "a\x7f.pdf", "a\u202efdp.exe", "\ue000.pdf", "长" * 201],
)
def test_a_name_with_a_trick_is_refused(name: str) -> None:
    with pytest.raises(Fault) as caught:
        admitted_name(name)
    assert (caught.value.code, caught.value.defects[0].field) == ("file-name", "name")


def test_the_ending_says_what_it_is() -> None:
    assert all(media_type(f"某.文件{ending}") == media for ending, media in MEDIA.items())
    assert media_type("A.PDF") == "application/pdf"
    for name in ("pdf", "a.pdf.exe", "a.", "无"):
        assert media_type(name) == "application/octet-stream"
