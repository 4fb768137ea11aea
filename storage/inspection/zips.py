"""Zip files, read with distrust: what the central directory says, held against what is really there.

Keeps: the directory is at the end and of a bounded size; members lie apart from each other between the file's first
octet and the directory; each local header says what the directory says; what comes out is counted while it comes out,
and is exactly as long as said, with the checksum said. Leaves: what the members are (packages).
"""

from __future__ import annotations

import io
import struct
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

from . import limits

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCAL, EMPTY = b"PK\x03\x04", b"PK\x05\x06"
CHUNK = 64 << 10
_END, _END_SIZE = struct.Struct("<4s4H2IH"), 22
_LOCATOR, _LOCATOR_SIZE = struct.Struct("<4sIQI"), 20
_END64 = struct.Struct("<4sQ2H2I4Q")
_LOCAL_HEAD = struct.Struct("<4s5H3I2H")
_COMMENT = 0xFFFF
_TOPS = (0xFFFF,) * 4 + (0xFFFFFFFF,) * 2  # what stands in the end for "see the ZIP64 end" (APPNOTE 4.4.1.4)
_ENCRYPTED = 0x2041  # general purpose bits 0, 6, 13 (APPNOTE 4.4.4)
_UTF8 = 0x0800
_UNICODE_PATH = 0x7075  # APPNOTE 4.6.9
_STORED, _DEFLATED = 0, 8


class Unfit(Exception):  # noqa: N818  # what the zip is
    """Why a zip isn't admitted, in words for people; `encrypted` where that is why."""

    def __init__(self, reason: str, *, encrypted: bool = False) -> None:
        super().__init__(reason)
        self.encrypted = encrypted


@dataclass(slots=True)
class Budget:
    """What may still come out of one file and of all zips inside it; `length` of the file in octets."""

    length: int
    members: int = field(default=0, init=False)
    octets: int = field(default=0, init=False)

    def members_come(self, count: int) -> None:
        """Count members. Unfit."""
        self.members += count
        if self.members > limits.MEMBERS:
            raise Unfit(f"压缩包内有 {self.members} 个文件，至多 {limits.MEMBERS} 个")

    def octets_come(self, count: int) -> None:
        """Count octets. Unfit."""
        self.octets += count
        if self.octets > limits.UNPACKED:
            raise Unfit(f"压缩包解开后超过 {limits.UNPACKED} 字节")
        if self.octets > max(limits.RATIO_FROM, self.length * limits.RATIO):
            raise Unfit(f"压缩包解开后超过本身大小的 {limits.RATIO} 倍，疑为压缩炸弹")


@dataclass(frozen=True, slots=True)
class Member:
    """One file in a zip: its number, every name that a program may give it, where its octets lie, its stated length."""

    number: int
    names: tuple[str, ...]
    begin: int
    packed: int
    size: int
    crc: int
    deflated: bool

    @property
    def name(self) -> str:
        """The name by which people are told of it."""
        return self.names[-1]


def members(octets: BinaryIO, budget: Budget) -> list[Member]:
    """The files in the zip, folders left out, checked as far as that goes without unpacking. Unfit."""
    length, start = octets.seek(0, io.SEEK_END), _directory(octets, budget)
    try:
        infos = zipfile.ZipFile(octets).infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, OverflowError) as error:
        raise Unfit("压缩包的目录损坏") from error
    spans, found = [], []
    for number, info in enumerate(infos, 1):
        begin = _begin(octets, info, length, number)
        spans.append((info.header_offset, begin + info.compress_size))
        names = _names(info)
        if not names[-1].endswith("/"):
            found.append(
                Member(
                    number, names, begin, info.compress_size, info.file_size, info.CRC, info.compress_type == _DEFLATED
                )
            )
        elif info.file_size:
            raise Unfit(f"压缩包内第 {number} 个文件夹带有内容")
    _apart(sorted(spans), start)
    _once(found)
    return found


def unpacked(octets: BinaryIO, member: Member, budget: Budget) -> Iterator[bytes]:
    """The member's octets in chunks, counted. Unfit where they aren't what the directory says."""
    crc = size = 0
    for chunk in _inflated(octets, member) if member.deflated else _packed(octets, member):
        size += len(chunk)
        if size > member.size:
            raise Unfit(f"压缩包内第 {member.number} 个文件比目录所说的长")
        budget.octets_come(len(chunk))
        crc = zlib.crc32(chunk, crc)
        yield chunk
    if (size, crc) != (member.size, member.crc):
        raise Unfit(f"压缩包内第 {member.number} 个文件与目录所说的不符")


def ends_as_zip(tail: bytes) -> bool:
    """Whether these last octets of a file end a zip: a file that is also something else is two files in one."""
    at = tail.rfind(EMPTY)
    while at >= 0:
        if len(tail) - at >= _END_SIZE and at + _END_SIZE + _END.unpack_from(tail, at)[7] == len(tail):
            return True
        at = tail.rfind(EMPTY, 0, at)
    return False


def _directory(octets: BinaryIO, budget: Budget) -> int:
    """Where the central directory begins; its size and count are within the limits and it ends where the end begins."""
    length = octets.seek(0, io.SEEK_END)
    octets.seek(max(0, length - _END_SIZE - _COMMENT))
    tail = octets.read(_END_SIZE + _COMMENT)
    at = tail.rfind(EMPTY)
    if at < 0 or len(tail) - at < _END_SIZE:
        raise Unfit("压缩包不完整，没有结尾")
    _, *told, comment = _END.unpack_from(tail, at)
    if at + _END_SIZE + comment != len(tail):
        raise Unfit("压缩包结尾之后还有内容")
    end = length - len(tail) + at
    octets.seek(max(0, end - _LOCATOR_SIZE))
    locator = octets.read(_LOCATOR_SIZE)
    if locator[:4] == b"PK\x06\x07":
        end -= _LOCATOR_SIZE + _END64.size
        octets.seek(max(0, end))
        head = octets.read(_END64.size)
        if head[:4] != b"PK\x06\x06" or _LOCATOR.unpack(locator)[2] != end:
            raise Unfit("压缩包的 ZIP64 结尾损坏")
        wide = list(_END64.unpack(head)[4:])
        if any(short not in (long, top) for short, long, top in zip(told, wide, _TOPS, strict=True)):
            raise Unfit("压缩包的两个结尾互相矛盾")
        told = wide
    disk, disk_start, here, count, size, start = map(int, told)
    if disk or disk_start or here != count:
        raise Unfit("压缩包分卷，不能检查。请合并成一个后存入")
    if start + size != end:
        raise Unfit("压缩包的目录位置不对，前面或后面夹有别的内容")
    if size > limits.DIRECTORY:
        raise Unfit(f"压缩包的目录有 {size} 字节，至多 {limits.DIRECTORY} 字节")
    budget.members_come(count)
    return start


def _begin(octets: BinaryIO, info: zipfile.ZipInfo, length: int, number: int) -> int:
    """Where the member's octets begin; its local header says the same as the directory."""
    if info.flag_bits & _ENCRYPTED:
        raise Unfit("压缩包已加密", encrypted=True)
    if info.compress_type not in (_STORED, _DEFLATED):
        raise Unfit(f"压缩包用了不能检查的压缩方式（{info.compress_type}）。请用普通 ZIP 方式重新压缩")
    if info.compress_type == _STORED and info.compress_size != info.file_size:
        raise Unfit(f"压缩包内第 {number} 个文件与目录所说的不符")
    octets.seek(info.header_offset)
    head = octets.read(_LOCAL_HEAD.size)
    if len(head) < _LOCAL_HEAD.size or head[:4] != LOCAL:
        raise Unfit("压缩包的目录指向不存在的内容")
    _, _, flags, method, _, _, _, _, _, name_length, extra_length = _LOCAL_HEAD.unpack(head)
    raw = info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8 else "cp437")
    if octets.read(name_length) != raw or method != info.compress_type or flags & _ENCRYPTED:
        raise Unfit(f"压缩包内第 {number} 个文件与目录所说的不符")
    begin: int = info.header_offset + _LOCAL_HEAD.size + name_length + extra_length
    if begin + info.compress_size > length:
        raise Unfit("压缩包不完整")
    return begin


def _apart(spans: list[tuple[int, int]], directory: int) -> None:
    """Members follow each other from the first octet on and end before the directory."""
    if spans and spans[0][0] != 0:
        raise Unfit("压缩包之前夹有别的内容")
    ends = [begin for begin, _ in spans[1:]] + [directory]
    if any(end > following for (_, end), following in zip(spans, ends, strict=False)):
        raise Unfit("压缩包内的文件互相重叠，疑为压缩炸弹")


def _once(found: list[Member]) -> None:
    seen: set[str] = set()
    for member in found:
        folded = {unicodedata.normalize("NFKC", name).casefold() for name in member.names}
        if seen & folded:
            raise Unfit(f"压缩包内第 {member.number} 个文件与前面的同名")
        seen |= folded


def _names(info: zipfile.ZipInfo) -> tuple[str, ...]:
    """The member's path as programs may read it: as it stands, by GB18030, by the Unicode extra field."""
    names = [info.orig_filename]
    if not info.flag_bits & _UTF8 and not info.orig_filename.isascii():
        try:
            names.append(info.orig_filename.encode("cp437").decode("gb18030"))
        except UnicodeDecodeError:
            names.append(info.orig_filename)
    extra = info.extra
    while len(extra) >= 4:  # noqa: PLR2004  # a field's head: kind and length, two octets each
        kind, size = struct.unpack_from("<HH", extra)
        if kind == _UNICODE_PATH:
            try:
                names.append(extra[9 : 4 + size].decode())
            except UnicodeDecodeError as error:
                raise Unfit("压缩包内有不能读出的文件名") from error
        extra = extra[4 + size :]
    return tuple(dict.fromkeys(_safe(name) for name in names))


def _safe(name: str) -> str:
    """The path with "/" between its steps. Unfit where it leads elsewhere or can't be shown."""
    path = name.replace("\\", "/")
    steps = path.removesuffix("/").split("/")
    shown = all(unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for c in path)
    if not shown or path.startswith("/") or ":" in path or any(step.strip(". ") == "" for step in steps):
        raise Unfit("压缩包内有文件名会通向别处，或含有控制字符")
    return path


def _packed(octets: BinaryIO, member: Member) -> Iterator[bytes]:
    left = member.packed
    octets.seek(member.begin)
    while left:
        chunk = octets.read(min(CHUNK, left))
        if not chunk:
            raise Unfit("压缩包不完整")
        left -= len(chunk)
        yield chunk


def _inflated(octets: BinaryIO, member: Member) -> Iterator[bytes]:
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for packed in _packed(octets, member):
            if engine.eof:
                raise Unfit(f"压缩包内第 {member.number} 个文件与目录所说的不符")
            data = packed
            while data and not engine.eof:
                if out := engine.decompress(data, CHUNK):
                    yield out
                data = engine.unconsumed_tail
        while not engine.eof and (out := engine.decompress(engine.unconsumed_tail, CHUNK)):
            yield out
    except zlib.error as error:
        raise Unfit(f"压缩包内第 {member.number} 个文件损坏") from error
    if not engine.eof or engine.unused_data:
        raise Unfit(f"压缩包内第 {member.number} 个文件与目录所说的不符")
