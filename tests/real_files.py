"""Small files that are what their names say, as office programs, cameras and scanners make them."""

from __future__ import annotations

import io
import wave
import zipfile
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Mapping

VIDEO = b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41"  # how a recording of a phone begins
_OOXML = "application/vnd.openxmlformats-officedocument."
MAIN = {
    "docx": ("word/document.xml", f"{_OOXML}wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", f"{_OOXML}spreadsheetml.sheet.main+xml"),
    "pptx": ("ppt/presentation.xml", f"{_OOXML}presentationml.presentation.main+xml"),
}


def real(name: str, text: str = "complaint") -> bytes:
    """A file as the ending of `name` says, its content depending on `text`."""
    ending = name.rpartition(".")[2].lower()
    if ending in MAIN:
        return office(ending, text=text)
    if ending == "png":
        return picture("PNG", text)
    if ending == "mp4":
        return VIDEO + text.encode()
    if ending == "txt":
        return text.encode()
    return b"%PDF-1.4 " + text.encode()


def picture(kind: str, text: str = "") -> bytes:
    out = io.BytesIO()
    colour = tuple((text.encode() + b"red")[:3])
    Image.new("RGB", (8, 8), colour).save(out, kind)
    return out.getvalue()


def zipped(parts: Mapping[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        for name, part in parts.items():
            file.writestr(name, part)
    return out.getvalue()


def office(ending: str, *, main: str | None = None, text: str = "", **parts: bytes) -> bytes:
    """An Office package; `main` is the content type of its main part, if that shall be another."""
    path, kind = MAIN[ending]
    types = (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/{path}" ContentType="{main or kind}"/></Types>'
    )
    return zipped({"[Content_Types].xml": types, path: f"<w>{text}</w>", **parts})


def recording() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(1600))
    return out.getvalue()
