"""Papers made on the spot are what their endings say, whole, and the same every time."""

from __future__ import annotations

import io
import subprocess
import wave
from typing import TYPE_CHECKING

import openpyxl
import pytest
from PIL import Image

from domain.errors import Fault
from ops.demo.papers import made
from ops.demo.scenario import PaperSpec
from ops.demo.spreadsheet import spreadsheet

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "第一段 <b> #let x $y$ \\ 不是标记。\n\n第二段。\n----\n第二页。"


def tool(name: str, data: bytes, folder: Path, *more: str) -> str:
    path = folder / "a.pdf"
    path.write_bytes(data)
    return subprocess.run([name, str(path), *more], check=True, capture_output=True, text=True).stdout


def test_a_printed_paper_has_its_pages_and_its_words(tmp_path: Path) -> None:
    data = made(PaperSpec("投诉书.pdf", text=TEXT, signed="赵一鸣", sealed="江北恒信公司", dated="2023-02-28"))
    assert "Pages:           2" in tool("pdfinfo", data, tmp_path)
    words = tool("pdftotext", data, tmp_path, "-").replace(" ", "")
    for wanted in ("投诉书", "<b>#letx$y$\\不是标记", "第二页", "江北恒信公司", "2023年2月28日"):
        assert wanted in words


def test_a_scanned_paper_has_its_pages_and_no_words(tmp_path: Path) -> None:
    data = made(PaperSpec("笔录.pdf", text=TEXT, scanned=True, initialled=("甲", "乙"), blank={"乙": [2]}))
    assert "Pages:           2" in tool("pdfinfo", data, tmp_path)
    assert not tool("pdftotext", data, tmp_path, "-").strip()


def test_who_leaves_a_page_unsigned_changes_that_page_only() -> None:
    signed, blank = (
        made(PaperSpec("a.png", text="一页", initialled=("甲", "乙"), blank=blank)) for blank in (None, {"乙": [1]})
    )
    assert signed != blank


def test_a_scan_is_an_image_of_a_page_with_a_red_stamp() -> None:
    image = Image.open(io.BytesIO(made(PaperSpec("回证.png", text="一页", sealed="临江市第二人民医院"))))
    width, height = image.size
    assert (image.format, round(height / width, 2)) == ("PNG", 1.41)
    red = [colour for _, colour in image.convert("RGB").getcolors(1 << 24) if colour[0] > 180 and colour[1] < 90]
    assert red


def test_a_spreadsheet_is_read_by_others() -> None:
    rows = (("项目", "分"), ("价格 <&> \"'", "28.6"), ("", " 前空"))
    book = openpyxl.load_workbook(io.BytesIO(made(PaperSpec("评分.xlsx", title="评分汇总", rows=rows))))
    assert book.sheetnames == ["评分汇总"]
    assert [tuple(cell or "" for cell in row) for row in book.active.values] == list(rows)


def test_a_spreadsheet_may_be_wide() -> None:
    row = tuple(str(n) for n in range(60))
    book = openpyxl.load_workbook(io.BytesIO(spreadsheet("宽" * 40, [row])))
    assert list(book.active.values) == [row]


def test_a_recording_lasts_as_long_as_it_says() -> None:
    with wave.open(io.BytesIO(made(PaperSpec("录音.wav", seconds=3)))) as file:
        assert file.getnframes() / file.getframerate() == 3
        assert len(set(file.readframes(8000))) > 10


@pytest.mark.parametrize("name", ["a.pdf", "a.png", "a.xlsx", "a.wav"])
def test_the_same_paper_has_the_same_octets(name: str) -> None:
    spec = PaperSpec(name, text="一页", sealed="章", rows=(("a",),))
    assert made(spec) == made(spec)


def test_an_ending_that_is_not_known_is_refused() -> None:
    with pytest.raises(Fault) as caught:
        made(PaperSpec("a.exe"))
    assert caught.value.code == "paper"


def test_an_image_has_one_page() -> None:
    with pytest.raises(Fault) as caught:
        made(PaperSpec("a.png", text=TEXT))
    assert caught.value.code == "paper"
