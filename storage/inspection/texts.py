"""Text: UTF-8 or GB18030 from its first to its last octet, without control characters; e-mail among it."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, BinaryIO

from . import limits

if TYPE_CHECKING:
    from collections.abc import Iterator

EMAIL = "message/rfc822"
_CHUNK = 1 << 20
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")  # tabs, line ends, form feed and escape may stand in text
_HEADER = re.compile(rb"^([A-Za-z][A-Za-z0-9-]{0,60}):", re.MULTILINE)
_SENT = {b"from", b"date"}  # RFC 5322 §3.6: the two that every message has


def text_defect(octets: BinaryIO) -> str | None:
    """Why this isn't text that everybody can read, or None."""
    octets.seek(0)
    if len(octets.read(limits.TEXT + 1)) > limits.TEXT:
        return f"文本至多 {limits.TEXT} 字节。请压缩成 ZIP 或分成几份后存入"
    if not any(_decodes(octets, encoding) for encoding in ("utf-8-sig", "gb18030")):
        return "文本既不是 UTF-8 也不是 GB18030 编码，或者含有控制字符。请另存为 UTF-8 文本后存入"
    return None


def is_email(head: bytes) -> bool:
    """Whether these first octets are the header of a message, in whatever order its fields stand."""
    header = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    return {name.lower() for name in _HEADER.findall(header)} >= _SENT and bool(_HEADER.match(header))


def _decodes(octets: BinaryIO, encoding: str) -> bool:
    octets.seek(0)
    try:
        return not any(_CONTROLS.search(text) for text in _decoded(octets, encoding))
    except UnicodeDecodeError:
        return False


def _decoded(octets: BinaryIO, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    while chunk := octets.read(_CHUNK):
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)
