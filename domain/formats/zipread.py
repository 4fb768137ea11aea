"""Reading a package's zip from hostile hands: which members there are, and whether the form is exact.

Keeps: work and memory are bounded by the file's own length and by the limits below; nothing is decompressed; names
lead nowhere but into one base directory; two readers can't see different members without `deviation` naming it.
Leaves: content, digests (bag).
"""

from __future__ import annotations

import io
import struct
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import Fault
from . import zipform
from .zipform import Member

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO

MEMBERS = 20_000
NAME_OCTETS = 512
EXTRA_OCTETS = 256
_DIRECTORY_OCTETS = MEMBERS * (zipform.CENTRAL.size + NAME_OCTETS + EXTRA_OCTETS)
_READABLE_FLAGS = (0, zipform.UTF8)


@dataclass(frozen=True, slots=True)
class Listing:
    """Members in the directory's order, where each one's content starts, and how the zip deviates from the form.

    `deviation` is None for an exact zip, else the reason code of the first deviation. Directory entries are left out;
    a zip that has any deviates.
    """

    members: tuple[Member, ...]
    starts: tuple[int, ...]
    deviation: str | None


def not_a_package(detail: str) -> Fault:
    """The fault for a file that can't be opened as one bag (exit status 3)."""
    return Fault("not-a-package", f"不能作为一个案卷包打开：{detail}。", "请确认文件是完整的案卷包。")


def list_members(file: BinaryIO) -> Listing:
    """The members of the zip in `file`. Fault "not-a-package" when it isn't one, or isn't safe to read."""
    length = file.seek(0, io.SEEK_END)
    count, size, offset = _end(file, length)
    if count > MEMBERS or size > _DIRECTORY_OCTETS:
        raise not_a_package(f"成员超过 {MEMBERS} 个")
    central = _read_at(file, offset, size)
    entries = _central(central, count)
    if sum(entry.size for entry in entries) > length:  # stored members can't hold more than the file
        raise not_a_package("成员总长超过文件长度")
    starts = [_content_start(file, entry, offset) for entry in entries]
    deviation = _deviation(file, entries, central, offset, length)
    kept = [index for index, entry in enumerate(entries) if not entry.name.endswith(b"/")]
    folders = [entry for entry in entries if entry.name.endswith(b"/")]
    names = [entries[index].name for index in kept]
    _check_folders(folders, check_names(names), names)
    if folders:
        deviation = deviation or "zip-folder"
    return Listing(tuple(entries[index] for index in kept), tuple(starts[index] for index in kept), deviation)


def check_names(names: Sequence[bytes]) -> str:
    """The one base directory of member `names`. Fault "not-a-package" for names that are unsafe, repeated or apart."""
    bases = set()
    for name in names:
        base, _, rest = _safe(name).partition("/")
        if not rest:
            raise not_a_package("有成员不在基目录之下")
        bases.add(base)
    if len(bases) != 1:
        raise not_a_package("应恰有一个基目录")
    if len(set(names)) != len(names):
        raise not_a_package("成员名重复")
    folders = {name[:position] for name in names for position in range(len(name)) if name[position] == ord("/")}
    if folders & set(names):
        raise not_a_package("同一名称既是文件又是目录")
    return bases.pop()


def _check_folders(folders: Sequence[Member], base: str, names: Sequence[bytes]) -> None:
    """Directory entries, which other packers write, hold nothing and lead nowhere else."""
    for folder in folders:
        name = folder.name[:-1]
        if _safe(name).partition("/")[0] != base or folder.size or name in names:
            raise not_a_package("目录条目不符")


def _safe(name: bytes) -> str:
    try:
        text = name.decode("utf-8")
    except UnicodeDecodeError as error:
        raise not_a_package("成员名不是 UTF-8") from error
    parts = text.split("/")
    if len(name) > NAME_OCTETS or any(part in ("", ".", "..") for part in parts):
        raise not_a_package("成员名含空段、“.”或“..”，或过长")
    if any(char in '\\:%"' or not char.isprintable() for char in text) or not unicodedata.is_normalized("NFC", text):
        raise not_a_package("成员名含不允许的字符")
    return text


def _end(file: BinaryIO, length: int) -> tuple[int, int, int]:
    """Count, size and offset of the central directory, which with the end records must reach the file's end."""
    if length < zipform.END.size:
        raise not_a_package("不是压缩包，或已截断")
    tail = _read_at(file, length - zipform.END.size, zipform.END.size)
    magic, disk, start, here, count, size, offset, comment = zipform.END.unpack(tail)
    if magic != zipform.END_MAGIC or comment:
        raise not_a_package("不是压缩包、已截断，或末尾有多余内容")
    if (disk, start) != (0, 0) or here != count:
        raise not_a_package("是分卷压缩包")
    end = length - zipform.END.size
    if zipform.ALL_ONES in (size, offset) or count == zipform.ALL_ONES_16:
        count, size, offset, end = _end64(file, end)
    if not count or offset + size != end:
        raise not_a_package("中央目录不在其应在之处")
    return count, size, offset


def _end64(file: BinaryIO, end: int) -> tuple[int, int, int, int]:
    place = end - zipform.LOCATOR64.size - zipform.END64.size
    if place < 0:
        raise not_a_package("缺少 zip64 目录")
    raw = _read_at(file, place, zipform.END64.size + zipform.LOCATOR64.size)
    magic, _, _, _, _, _, _, count, size, offset = zipform.END64.unpack_from(raw)
    locator, _, at, _ = zipform.LOCATOR64.unpack_from(raw, zipform.END64.size)
    if magic != zipform.END64_MAGIC or locator != zipform.LOCATOR64_MAGIC or at != place:
        raise not_a_package("zip64 目录不符")
    return count, size, offset, place


def _central(raw: bytes, count: int) -> list[Member]:
    members, position = [], 0
    for _ in range(count):
        member, position = _central_entry(raw, position)
        members.append(member)
    if position != len(raw):
        raise not_a_package("中央目录有多余内容")
    return members


def _central_entry(raw: bytes, position: int) -> tuple[Member, int]:
    if position + zipform.CENTRAL.size > len(raw):
        raise not_a_package("中央目录已截断")
    (magic, _, _, flags, method, _, _, crc, packed, size, name_length, extra_length, comment, disk, _, _, offset) = (
        zipform.CENTRAL.unpack_from(raw, position)
    )
    after = position + zipform.CENTRAL.size + name_length + extra_length + comment
    if magic != zipform.CENTRAL_MAGIC or disk or after > len(raw):
        raise not_a_package("中央目录条目不符")
    name_start = position + zipform.CENTRAL.size
    name = raw[name_start : name_start + name_length]
    if flags not in _READABLE_FLAGS or (flags == 0 and not name.isascii()):
        raise not_a_package("成员标志不符（须为 UTF-8，不得加密或用数据描述符）")
    if method != zipform.STORED:
        raise not_a_package("成员须为“存储”方式，不得压缩")
    extra = raw[name_start + name_length : name_start + name_length + extra_length]
    packed, size, offset = _wide(extra, [packed, size, offset])
    if packed != size:
        raise not_a_package("存储方式的成员长度不一")
    return Member(name, crc, size, offset), after


def _wide(extra: bytes, values: list[int]) -> list[int]:
    """`values` with those that are all ones taken from the zip64 field (APPNOTE §4.5.3)."""
    wanted = [index for index, value in enumerate(values) if value == zipform.ALL_ONES]
    position = 0
    while wanted and position + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, position)
        if kind == 1 and length >= 8 * len(wanted) and position + 4 + length <= len(extra):
            found = struct.unpack_from(f"<{len(wanted)}Q", extra, position + 4)
            return [found[wanted.index(index)] if index in wanted else value for index, value in enumerate(values)]
        position += 4 + length
    if wanted:
        raise not_a_package("缺少 zip64 长度")
    return values


def _content_start(file: BinaryIO, member: Member, limit: int) -> int:
    """Where the member's content begins, by its local header, which must name the same member."""
    if member.offset + zipform.LOCAL.size > limit:
        raise not_a_package("成员位置超出文件")
    fixed = zipform.LOCAL.unpack(_read_at(file, member.offset, zipform.LOCAL.size))
    start = member.offset + zipform.LOCAL.size + fixed[-2] + fixed[-1]
    if fixed[0] != zipform.LOCAL_MAGIC or start + member.size > limit:
        raise not_a_package("成员位置超出文件或不符")
    if fixed[-2] != len(member.name) or _read_at(file, member.offset + zipform.LOCAL.size, fixed[-2]) != member.name:
        raise not_a_package("成员名前后不一")
    return int(start)


def _deviation(file: BinaryIO, members: Sequence[Member], central: bytes, offset: int, length: int) -> str | None:
    """The first way in which the zip's structure isn't what `zipform` writes for these members, or None."""
    position = 0
    for member in members:
        header = zipform.local_header(member)
        if member.offset != position or _read_at(file, position, len(header)) != header:
            return "zip-header"
        position += len(header) + member.size
    names = [member.name for member in members]
    if names != sorted(names):
        return "zip-order"
    if position != offset:
        return "zip-gap"
    expected = zipform.directory(members, offset)
    tail = length - offset - len(central)
    if expected != central + _read_at(file, offset + len(central), tail):
        return "zip-directory"
    return None


def _read_at(file: BinaryIO, offset: int, size: int) -> bytes:
    file.seek(offset)
    data = file.read(size)
    if len(data) != size:
        raise not_a_package("文件已截断")
    return data
