"""Whatever stands in a record is text on paper: never markup, never beyond the margin, never an export's end."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.errors import Fault
from projections.dossier.render import pdf_of
from tests.projections.dossier.samples import FORM, dossier, paper
from tests.projections.dossier.told import pages, read, squeezed

if TYPE_CHECKING:
    from pathlib import Path

MARKUP = (
    '#panic("x") #read("/etc/passwd") $x^2$ *b* _i_ `code` ```raw``` @ref <label> \\u{1F600} // c /* x */ = h - l + e',
    '#import "@preview/x:1.0.0": *',
    '"); } #let x = (',
    "~ -- --- ... '单' \"双\" \\ #[ ] { } ( )",
    "https://example.invalid/a?b=c&d=%20#frag",
)


@pytest.mark.parametrize("text", MARKUP)
def test_markup_is_printed_as_it_stands(text: str, tmp_path: Path) -> None:
    told = pages(pdf_of(dossier(text=text)), tmp_path, "-raw")
    assert squeezed(text) in told[2]
    assert sum(page.count(squeezed(text)) for page in told) >= 12


@pytest.mark.parametrize(
    "text",
    [
        "a" * 3000,
        "！" * 800,
        "《" * 500,
        "……" * 400,
        "0" * 500 + "，" * 200,
        "鱻" * 3000,
        "é" * 600,
        "가" * 600,
        "１" * 500,
    ],
)
def test_long_words_stay_within_the_margins_whole(text: str, tmp_path: Path) -> None:
    pdf = pdf_of(dossier(text=text))
    assert "".join(pages(pdf, tmp_path, "-raw")).count(text[0]) >= len(text)
    path = tmp_path / "read.pdf"
    found = subprocess.run(["pdftotext", "-bbox", str(path), "-"], capture_output=True, check=True).stdout.decode()
    width = float(re.search(r'page width="([\d.]+)"', found)[1])  # type: ignore[index]  # there is a page
    right = max(float(x) for x in re.findall(r'xMax="([\d.]+)"', found))
    assert right <= width - 60, right


def test_many_lines_run_over_many_pages_whole(tmp_path: Path) -> None:
    text = "\n".join(f"第{i}行" for i in range(1500))
    told = "".join(pages(pdf_of(dossier(paper(text=text), text="文")), tmp_path, "-raw"))
    assert all(f"第{i}行" in told for i in range(1500))


@pytest.mark.parametrize(
    ("text", "shown", "noted"),
    [
        ("甲🧑‍⚖️乙", "甲〓〓乙", "U+1F9D1"),
        ("甲\ue000乙", "甲〓乙", "U+E000"),
        ("甲שלום乙", "甲〓〓〓〓乙", "U+05E9"),
        ("甲\u0489乙", "甲〓乙", "U+0489"),
        ("甲\U0010fffe乙", "甲〓乙", "U+10FFFE"),
        ("葛\U000e0101飾", "葛飾", ""),
    ],
)
def test_what_no_font_shows_is_replaced_and_noted(text: str, shown: str, noted: str, tmp_path: Path) -> None:
    told = [page for page in pages(pdf_of(dossier(text=text)), tmp_path, "-raw") if page]
    assert shown in told[2]
    assert noted in told[-1]
    assert ("没有字形" in told[-1]) == bool(noted)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(codec="utf-8"), min_size=1, max_size=60))
def test_no_text_stops_an_export(text: str) -> None:
    assert pdf_of(dossier(text=text)).startswith(b"%PDF-")


def test_a_file_the_template_could_name_is_out_of_reach() -> None:
    form = b'#let paper(p) = read("/etc/hostname")'
    with pytest.raises(Fault) as caught:
        pdf_of(dossier(forms={FORM: form}))
    assert caught.value.code == "typeset"


def test_a_form_that_defines_no_paper_gives_way_to_the_ordinary_one(tmp_path: Path) -> None:
    data = dossier(text="内容甲", forms={FORM: b'#let x = json("paper.json")'})
    told = pages(pdf_of(data), tmp_path, "-raw")
    assert "内容甲" in told[2]
    assert "案卷" in told[0]


def test_two_hundred_records_have_their_right_pages_in_the_catalogue(tmp_path: Path) -> None:
    papers = [paper(seq, remarks=(), signatories=paper().signatories * (seq % 12 + 1)) for seq in range(1, 201)]
    told = read(pdf_of(dossier(*papers)), tmp_path, "-raw").split("\f")
    at = next(i for i, page in enumerate(told) if "第 1 号记录" in page)
    rows = re.findall(r"2023-03-06\s+(\d+)(?:\s*–\s*(\d+))?", "".join(told[1:at]))
    assert len(rows) == 200
    for seq, (first, last) in enumerate(rows, 1):
        for page in range(int(first), int(last or first) + 1):
            assert f"第 {seq} 号记录" in told[at + page - 1]
