"""What a file from outside may be called, and what it says it is."""

from __future__ import annotations

import unicodedata

from .errors import Fault
from .rules.values import unprintable

MAX_NAME = 200
MEDIA = {
    ".pdf": "application/pdf",
    ".ofd": "application/ofd",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".txt": "text/plain",
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".doc": "application/msword",
    ".xls": "application/vnd.ms-excel",
    ".eml": "message/rfc822",
    ".mp3": "audio/mpeg",
    ".wav": "audio/wav",
    ".mp4": "video/mp4",
    ".zip": "application/zip",
}
UNKNOWN = "application/octet-stream"


def admitted_name(name: str) -> str:
    """The file name as it will be signed: NFC, no path, no control or bidi characters. Fault "file-name"."""
    clean = unicodedata.normalize("NFC", name).strip()
    if not clean or clean in (".", "..") or "/" in clean or "\\" in clean or "\n" in clean or unprintable(clean):
        raise Fault(
            "file-name", "文件名为空，或含有路径、控制字符", "请改用普通文件名，例如 投诉书.pdf。", field="name"
        )
    if len(clean) > MAX_NAME:
        raise Fault("file-name", f"文件名至多 {MAX_NAME} 字，实有 {len(clean)} 字", "请改短文件名。", field="name")
    return clean


def media_type(name: str) -> str:
    """The media type that the name's ending stands for; application/octet-stream for others."""
    _, dot, ending = name.rpartition(".")
    return MEDIA.get(dot + ending.lower(), UNKNOWN)
