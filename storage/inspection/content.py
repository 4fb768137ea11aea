"""What a file is by its content, whether its name agrees, and whether it may come in: every check but that for viruses.

`judged` parses whatever anybody sends: it belongs in a process of its own (confined).
"""

from __future__ import annotations

import io
from functools import cache
from typing import BinaryIO

import magic

from domain.evidence_port import Finding, State

from . import limits, ole, texts, zips
from .packages import Look, found_in_zip
from .types import judged_type, refused
from .zips import Budget

_TEXTS = ("application/json", "application/x-ndjson", "application/csv")  # besides text/*
_TAIL = 22 + 0xFFFF  # octets in which a zip ends


def judged(name: str, octets: BinaryIO) -> Finding:
    """The finding for one file; `octets` can be sought. Never WAITING."""
    return _judged(name, octets, Budget(octets.seek(0, io.SEEK_END)), depth=0, whole=True)


def type_of(head: bytes) -> str:
    """The media type by libmagic, of the first octets of a file."""
    return str(_libmagic().from_buffer(head[: limits.HEAD]))


def _judged(name: str, octets: BinaryIO, budget: Budget, depth: int, whole: bool) -> Finding:
    octets.seek(0)
    head = octets.read(limits.HEAD)
    if head[:4] in (zips.LOCAL, zips.EMPTY):
        if not whole:
            return refused("application/zip", f"压缩包内的压缩包或 Office 文件至多 {limits.MEMBER} 字节。请单独存入。")
        found = found_in_zip(octets, budget, depth, Look(type_of, _judged))
        return judged_type(name, str(found.media)) if found.state is State.ADMITTED else found
    if head[:8] == ole.SIGNATURE:
        return _office(name, octets, whole)
    found_type = type_of(head)
    if _is_text(found_type):
        if defect := texts.text_defect(octets) if whole else f"压缩包内的文本至多 {limits.MEMBER} 字节":
            return refused(found_type, f"{defect}。")
        found_type = texts.EMAIL if texts.is_email(head) else found_type
    elif whole and _ends_as_zip(octets):
        return refused(found_type, "文件末尾又是一个压缩包：一份文件只能是一种文件。请分开存入。")
    return judged_type(name, found_type)


def _office(name: str, octets: BinaryIO, whole: bool) -> Finding:
    if not whole:
        return refused(ole.UNKNOWN, f"压缩包内的压缩包或 Office 文件至多 {limits.MEMBER} 字节。请单独存入。")
    try:
        return judged_type(name, ole.found_in_ole(octets))
    except ole.Damaged:
        return refused(ole.UNKNOWN, "Office 文件损坏，读不出其中的内容。请核对文件后重新存入。")


def _is_text(found: str) -> bool:
    return found.startswith(("text/", "message/")) or found in (
        "application/json",
        "application/x-ndjson",
        "application/csv",
    )


def _ends_as_zip(octets: BinaryIO) -> bool:
    octets.seek(max(0, octets.seek(0, io.SEEK_END) - _TAIL))
    return zips.ends_as_zip(octets.read(_TAIL))


@cache
def _libmagic() -> magic.Magic:
    return magic.Magic(mime=True)
