"""A spreadsheet (ECMA-376, .xlsx) of one sheet of text cells: the least that office programs open."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_MADE = (1980, 1, 1, 0, 0, 0)
LETTERS = 26
SHEET_NAME = 31  # characters


def spreadsheet(name: str, rows: Sequence[Sequence[str]]) -> bytes:
    """The file; `name` is its sheet (cut to 31 characters), every cell text. The same rows, the same octets."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for path, part in _parts(name[:SHEET_NAME], rows):
            file.writestr(zipfile.ZipInfo(path, _MADE), _HEAD + part, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _parts(name: str, rows: Sequence[Sequence[str]]) -> Iterator[tuple[str, str]]:
    yield (
        "[Content_Types].xml",
        (
            f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/></Types>'
        ),
    )
    yield "_rels/.rels", _relation(f"{_OFFICE}/officeDocument", "xl/workbook.xml")
    yield "xl/_rels/workbook.xml.rels", _relation(f"{_OFFICE}/worksheet", "worksheets/sheet1.xml")
    yield (
        "xl/workbook.xml",
        (
            f'<workbook xmlns="{_SHEETS}" xmlns:r="{_OFFICE}"><sheets>'
            f'<sheet name={quoteattr(name)} sheetId="1" r:id="rId1"/></sheets></workbook>'
        ),
    )
    lines = "".join(_line(n, cells) for n, cells in enumerate(rows, 1))
    yield "xl/worksheets/sheet1.xml", f'<worksheet xmlns="{_SHEETS}"><sheetData>{lines}</sheetData></worksheet>'


def _relation(kind: str, target: str) -> str:
    return (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{kind}" Target="{target}"/></Relationships>'
    )


def _line(number: int, cells: Sequence[str]) -> str:
    found = "".join(
        f'<c r="{_column(n)}{number}" t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
        for n, cell in enumerate(cells)
    )
    return f'<row r="{number}">{found}</row>'


def _column(number: int) -> str:
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, LETTERS)
        letters = chr(ord("A") + rest) + letters
    return letters
