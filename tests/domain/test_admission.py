"""What a file from outside may be called."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.admission import MAX_NAME, admitted_name
from domain.errors import Fault


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("投诉书.pdf", "投诉书.pdf"),
        (" 投诉书.pdf ", "投诉书.pdf"),
        ("e\u0301.pdf", "é.pdf"),
        ("投诉书.pdf...", "投诉书.pdf"),
        ("投诉书.pdf. .\u3000", "投诉书.pdf"),
        ("...a", "...a"),
        ("console.pdf", "console.pdf"),
        ("“补正”（一）：附件？.pdf", "“补正”（一）：附件？.pdf"),
        ("长" * 200, "长" * 200),
        (" " + "长" * 200, "长" * 200),
    ],
)
def test_an_ordinary_name_is_taken(name: str, clean: str) -> None:
    assert admitted_name(name) == clean


@pytest.mark.parametrize(
    "name",
    [
        *("", " ", ".", "..", "...", ". .", "a/b", "/", "a\\b", "C:\\a.pdf", "../a.pdf"),
        *("a\nb.pdf", "a\x7f.pdf", "a\x00.pdf", "a\u202efdp.exe", "a\u2066.pdf", "\ue000.pdf", "\ud800.pdf"),
        *("投诉\u200b书.pdf", "\ufeffa.pdf", "a\u00ad.pdf", "a\u2028.pdf"),
        *("a:b.pdf", "a?.pdf", "a*.pdf", 'a".pdf', "<a>.pdf", "a|b.pdf"),
        *("CON", "con.pdf", "Aux.txt", "NUL", "com1.pdf", "LPT9", "lpt¹.pdf", "prn.tar.gz", "nul. "),
        "长" * 201,
    ],
)
def test_a_name_with_a_trick_is_refused(name: str) -> None:
    with pytest.raises(Fault) as caught:
        admitted_name(name)
    assert (caught.value.code, caught.value.defects[0].field) == ("file-name", "name")
    assert caught.value.defects[0].remedy


@given(st.text(max_size=MAX_NAME + 5))
def test_what_is_taken_is_safe_anywhere_and_stays_as_it_is(name: str) -> None:
    try:
        clean = admitted_name(name)
    except Fault:
        return
    assert admitted_name(clean) == clean == unicodedata.normalize("NFC", clean)
    assert 0 < len(clean) <= MAX_NAME
    assert not set(clean) & set('/\\<>:"|?*')
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for c in clean)
    assert clean == clean.strip()
    assert clean[-1] != "."
