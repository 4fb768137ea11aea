"""Papers (材料) made on the spot: printed PDFs, scanned-looking PDFs and images, a spreadsheet, a recording.

A file's ending says what it is: `.pdf`, `.png` (one scanned page), `.xlsx`, `.wav`. Keeps: the same specification gives
the same octets; text is data and never markup. Leaves: what the papers say, that is the scenario's.
"""

from __future__ import annotations

import hashlib
import io
import json
import random
import tempfile
import wave
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import typst

from domain.errors import Fault
from domain.rules.civil import chinese, civil_day
from projections.dossier.typefaces import typefaces

from .spreadsheet import spreadsheet

if TYPE_CHECKING:
    from collections.abc import Callable

    from .scenario import PaperSpec

DOTS = 110  # per inch, of a scan
SPECKS = 60
RATE = 8_000  # samples per second of a recording
WRITTEN = datetime(2020, 1, 1, tzinfo=UTC)  # what the files say of their own making: nothing that changes


def made(spec: PaperSpec) -> bytes:
    """The octets of the file. Fault "paper" for an ending that isn't known or a scan of more than one page."""
    maker = MAKERS.get(PurePath(spec.file).suffix)
    if maker is None:
        raise Fault("paper", f"不会制作“{spec.file}”这样的文件", f"可制作：{'、'.join(MAKERS)}。", field=spec.file)
    return maker(spec)


def _printed(spec: PaperSpec) -> bytes:
    return (_scans(spec, "pdf") if spec.scanned else _typeset(_template("paper.typ"), _data(spec), "pdf"))[0]


def _image(spec: PaperSpec) -> bytes:
    pages = _scans(spec, "png")
    if len(pages) != 1:
        raise Fault("paper", f"“{spec.file}”有 {len(pages)} 页，一幅图像只能有一页", "请缩短，或改为 PDF。")
    return pages[0]


def _scans(spec: PaperSpec, kind: str) -> list[bytes]:
    """What a scanner makes of the printed pages."""
    pages = _typeset(_template("paper.typ"), _data(spec) | {"scanned": True}, "png")
    with tempfile.TemporaryDirectory() as folder:  # typst reads images from files only
        images = {f"{n:03}.png": page for n, page in enumerate(pages)}
        for name, page in images.items():
            (Path(folder) / name).write_bytes(page)
        sheet = Path(folder) / "scan.typ"
        sheet.write_bytes(_template("scan.typ"))
        return _typeset(str(sheet), {"images": list(images), **_dust(spec)}, kind)


def _table(spec: PaperSpec) -> bytes:
    return spreadsheet(spec.title or PurePath(spec.file).stem, spec.rows)


def _recording(spec: PaperSpec) -> bytes:
    """A murmur: noise that rises and falls, 16 bit, one channel."""
    source = _chance(spec)
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        level = 0
        samples = bytearray()
        for n in range(RATE * spec.seconds):
            level = (level * 7 + source.randint(-3000, 3000)) // 8
            samples += (level * (n % RATE) // RATE).to_bytes(2, "little", signed=True)
        file.writeframes(samples)
    return out.getvalue()


MAKERS: dict[str, Callable[[PaperSpec], bytes]] = {
    ".pdf": _printed,
    ".png": _image,
    ".xlsx": _table,
    ".wav": _recording,
}


def _typeset(source: bytes | str, data: Any, kind: str) -> list[bytes]:
    """The pages as images, or one PDF; `source` is a text or the path of one. Fault "paper" where typst complains."""
    try:
        done: bytes | list[bytes] = typst.compile(  # type: ignore[call-overload]  # its types want literals
            source,
            format=kind,
            ppi=DOTS if kind == "png" else None,
            font_paths=typefaces().fonts,
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            timestamp=WRITTEN,
        )
    except typst.TypstError as error:
        raise Fault("paper", f"材料排版失败：{error}", "请检查情景文件中的 [[paper]]。") from error
    return done if isinstance(done, list) else [done]


def _data(spec: PaperSpec) -> dict[str, Any]:
    pages = [_paragraphs(page) for page in spec.text.split("\n----\n")]
    blank = {name: set(numbers) for name, numbers in (spec.blank or {}).items()}
    row = [
        [{"name": name, "signed": n not in blank.get(name, ())} for name in spec.initialled]
        for n in range(1, len(pages) + 1)
    ]
    return {
        "title": spec.title or PurePath(spec.file).stem,
        "pages": pages,
        "signed": spec.signed,
        "sealed": spec.sealed,
        "dated": chinese(civil_day(spec.dated)) if spec.dated else None,
        "initialled": row if spec.initialled else [],
        "scanned": spec.scanned,
    }


def _dust(spec: PaperSpec) -> dict[str, Any]:
    chance = _chance(spec)
    specks = [[chance.randint(2, 208), chance.randint(2, 295), chance.randint(6, 22)] for _ in range(SPECKS)]
    return {"tilt": chance.choice((-5, -4, 3, 4, 6)) / 10, "specks": specks}


def _paragraphs(page: str) -> list[str]:
    return [" ".join(block.split("\n")) for block in page.strip().split("\n\n") if block.strip()]


def _chance(spec: PaperSpec) -> random.Random:
    """The same dust on the same paper every time."""
    seed = hashlib.sha256(f"{spec.file}\n{spec.text}".encode()).digest()
    return random.Random(seed)  # dust, no secret


def _template(name: str) -> bytes:
    return (files(__package__) / name).read_bytes()
