"""Old Office files and Outlook messages (OLE compound files): what they are by the streams in them."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, BinaryIO

import olefile

if TYPE_CHECKING:
    from collections.abc import Callable

SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")
MACRO, ENCRYPTED, UNKNOWN = "office/macro", "office/encrypted", "application/x-ole-storage"
_MACROS = {"macros", "_vba_project_cur", "vba", "_vba_project"}
_PROTECTED = {"encryptedpackage", "encryptioninfo"}
_WORD_MAGIC = b"\xec\xa5"
_WORD_ENCRYPTED = 0x0100  # [MS-DOC] 2.5.2 FibBase: fEncrypted
_FILE_PASS = 0x2F  # [MS-XLS] 2.4.117
_XLS_RECORDS = 8  # FilePass stands among the first records
_PPT_ENCRYPTED = 0xF3D1C4DF  # [MS-PPT] 2.3.2 CurrentUserAtom: headerToken


class Damaged(Exception):  # noqa: N818  # what the file is
    """Not a compound file that could be read."""


def found_in_ole(octets: BinaryIO) -> str:
    """The media type, or `MACRO`, `ENCRYPTED`, `UNKNOWN`. Damaged for a file that can't be read as it says it is."""
    try:
        octets.seek(0)
        with olefile.OleFileIO(octets) as ole:
            return _found(ole)
    except (OSError, ValueError, IndexError, KeyError, TypeError, struct.error, RecursionError) as error:
        raise Damaged(str(error)) from error  # olefile promises no error of its own for every hostile file


def _found(ole: olefile.OleFileIO) -> str:
    paths = [[step.casefold() for step in path] for path in ole.listdir(streams=True, storages=True)]
    steps = {step for path in paths for step in path}
    if steps & _PROTECTED:
        return ENCRYPTED
    if steps & _MACROS:
        return MACRO
    roots = {path[0] for path in paths}
    for names, media, locked in _KINDS:
        if name := next((name for name in names if name in roots), None):
            return ENCRYPTED if locked(ole, name) else media
    return UNKNOWN


def _word_locked(ole: olefile.OleFileIO, stream: str) -> bool:
    head = _head(ole, stream, 12)
    return head[:2] == _WORD_MAGIC and bool(struct.unpack_from("<H", head, 10)[0] & _WORD_ENCRYPTED)


def _excel_locked(ole: olefile.OleFileIO, stream: str) -> bool:
    with ole.openstream(stream) as records:
        for _ in range(_XLS_RECORDS):
            head = records.read(4)
            if len(head) < 4:  # noqa: PLR2004  # a record's head: kind and length, two octets each
                return False
            kind, length = struct.unpack("<HH", head)
            if kind == _FILE_PASS:
                return True
            records.read(length)
    return False


def _slides_locked(ole: olefile.OleFileIO, _stream: str) -> bool:
    if not ole.exists("Current User"):
        return False
    head = _head(ole, "Current User", 16)
    return len(head) == 16 and struct.unpack_from("<I", head, 12)[0] == _PPT_ENCRYPTED  # noqa: PLR2004  # the atom


def _open(_ole: olefile.OleFileIO, _stream: str) -> bool:
    return False


def _head(ole: olefile.OleFileIO, stream: str, size: int) -> bytes:
    with ole.openstream(stream) as opened:
        return bytes(opened.read(size))


_KINDS: tuple[tuple[tuple[str, ...], str, Callable[[olefile.OleFileIO, str], bool]], ...] = (
    (("worddocument",), "application/msword", _word_locked),
    (("workbook", "book"), "application/vnd.ms-excel", _excel_locked),
    (("powerpoint document",), "application/vnd.ms-powerpoint", _slides_locked),
    (("__properties_version1.0",), "application/vnd.ms-outlook", _open),
)
