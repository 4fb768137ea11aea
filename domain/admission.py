"""What a file from outside may be called; what it is, its content says (storage.inspection)."""

from __future__ import annotations

import re
import unicodedata

from .errors import Fault
from .rules.values import unprintable

MAX_NAME = 200
UNKNOWN = "application/octet-stream"
_INVISIBLE = ("Cf", "Zl", "Zp")
_FORBIDDEN = '<>:"|?*'  # in names on Windows, where most readers of a dossier are
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE | re.DOTALL)


def admitted_name(name: str) -> str:
    """The file name as it will be signed: NFC, without spaces at its ends or dots at its end. Fault "file-name".

    Refused rather than put right: a path, control, bidi and invisible characters, names that Windows can't have.
    """
    clean = unicodedata.normalize("NFC", name).strip().rstrip(". \u3000").lstrip()
    if not clean or "/" in clean or "\\" in clean or "\n" in clean or unprintable(clean):
        raise _refused("文件名为空，或含有路径、控制字符", "请改用普通文件名，例如 投诉书.pdf。")
    if any(unicodedata.category(c) in _INVISIBLE for c in clean):
        raise _refused("文件名中有看不见的字符", "请重新输入文件名。")
    if found := sorted(set(_FORBIDDEN) & set(clean)):
        raise _refused(f"文件名中有 Windows 不允许的字符 {' '.join(found)}", "请删去，或改用全角字符。")
    if _RESERVED.fullmatch(clean):
        raise _refused(f"“{clean[:20]}”是 Windows 的保留名称", "请改用普通文件名，例如 投诉书.pdf。")
    if len(clean) > MAX_NAME:
        raise _refused(f"文件名至多 {MAX_NAME} 字，实有 {len(clean)} 字", "请改短文件名。")
    return clean


def _refused(message: str, remedy: str) -> Fault:
    return Fault("file-name", message, remedy, field="name")
