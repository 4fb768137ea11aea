"""The dossier package: one bag in one zip, written deterministically and read with distrust (FORMAT.md §8).

Keeps: the same content gives the same octets; big files stream; what `open_package` opens has safe names only.
Leaves: which files a dossier holds and what they prove (projections, verification).
"""

from __future__ import annotations

import hashlib
import io
import zlib
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from ..errors import Fault
from . import bag, zipform
from .bag import bag_findings
from .encoding import sha256
from .zipform import Member
from .zipread import MEMBERS, check_names, list_members

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import BinaryIO

__all__ = ["Package", "Source", "SourceFile", "bag_findings", "open_package", "payload_digests", "write_package"]

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class SourceFile:
    """Content that is streamed: `size` octets with SHA-256 `sha256` (hexadecimal), read from what `open` answers."""

    size: int
    sha256: str
    open: Callable[[], BinaryIO]


Source: TypeAlias = "bytes | SourceFile"


@dataclass(frozen=True, slots=True)
class Package:
    """An opened package. Names are relative to the bag ("bagit.txt", "data/…"), in the zip's order.

    `checksums` are CRC-32 as the zip states them; `deviation` is the reason code of the first
    way in which the zip isn't in the exact form, None if it is.
    The file must stay open; reading moves its position.
    """

    base: str
    names: tuple[str, ...]
    sizes: Mapping[str, int]
    checksums: Mapping[str, int]
    deviation: str | None
    _file: BinaryIO
    _starts: Mapping[str, int]

    def open(self, name: str) -> BinaryIO:
        """The content of a file as a stream. Fault "file-missing" if there is none of that name."""
        self._check(name)
        return io.BufferedReader(_Slice(self._file, self._starts[name], self.sizes[name]))

    def read(self, name: str, limit: int) -> bytes:
        """The content of a file of at most `limit` octets. Faults "file-missing", "too-large"."""
        self._check(name)
        if self.sizes[name] > limit:
            raise Fault("too-large", f"{name} 超过 {limit} 字节。", field=name)
        with self.open(name) as file:
            return file.read()

    def _check(self, name: str) -> None:
        if name not in self.sizes:
            raise Fault("file-missing", f"案卷包中没有 {name}。", field=name)


def open_package(file: BinaryIO) -> Package:
    """The package in a seekable `file`. Fault "not-a-package" when it can't be opened as one bag (exit status 3).

    Nothing is judged beyond that: `bag_findings` says whether form, manifests and digests are right.
    """
    listing = list_members(file)
    base = check_names([member.name for member in listing.members])
    names = tuple(member.name.decode()[len(base) + 1 :] for member in listing.members)
    return Package(
        base=base,
        names=names,
        sizes=MappingProxyType({name: m.size for name, m in zip(names, listing.members, strict=True)}),
        checksums=MappingProxyType({name: m.crc for name, m in zip(names, listing.members, strict=True)}),
        deviation=listing.deviation,
        _file=file,
        _starts=MappingProxyType(dict(zip(names, listing.starts, strict=True))),
    )


def payload_digests(package: Package) -> Mapping[str, str]:
    """SHA-256 (hexadecimal) by "data/…" name, as the manifest states them; empty if it can't be read."""
    if package.sizes.get(bag.MANIFEST, bag.MANIFEST_OCTETS + 1) > bag.MANIFEST_OCTETS:
        return {}
    return bag.read_manifest(package.read(bag.MANIFEST, bag.MANIFEST_OCTETS))[0]


def write_package(out: BinaryIO, base: str, payload: Mapping[str, Source], sign_export: Callable[[bytes], str]) -> None:
    """Write a package to a seekable `out`, from its present position on.

    `payload` maps "data/…" names to content; `sign_export` gets H(manifest-sha256.txt) and answers export.jws.
    Faults: "package-name" for names that no package may hold, "source-changed" when a streamed file isn't what was
    said of it (what was written by then is not a package).
    """
    files = _bag_files(payload, sign_export)
    names = sorted(f"{base}/{name}".encode() for name in files)
    _check_writable(base, payload, names)
    start = out.tell()
    members: list[Member] = []
    for name in names:
        source = files[name.decode()[len(base) + 1 :]]
        members.append(_write_member(out, name, source, out.tell() - start))
    out.write(zipform.directory(members, out.tell() - start))


def _bag_files(payload: Mapping[str, Source], sign_export: Callable[[bytes], str]) -> dict[str, Source]:
    sizes = [len(source) if isinstance(source, bytes) else source.size for source in payload.values()]
    manifest = bag.manifest({name: _hex(source) for name, source in payload.items()})
    tags = {
        bag.BAGIT: bag.DECLARATION,
        bag.INFO: bag.bag_info(sum(sizes), len(sizes)),
        bag.EXPORT: sign_export(sha256(manifest)).encode("ascii"),
        bag.MANIFEST: manifest,
    }
    tag_manifest = bag.manifest({name: _hex(data) for name, data in tags.items()})
    return {**payload, **tags, bag.TAG_MANIFEST: tag_manifest}


def _check_writable(base: str, payload: Mapping[str, Source], names: list[bytes]) -> None:
    if len(names) > MEMBERS:
        raise Fault("package-name", f"案卷包的成员超过 {MEMBERS} 个。")
    try:
        found = check_names(names)
    except Fault as fault:
        raise Fault("package-name", f"案卷包不能有这样的文件名：{fault}") from fault
    if found != base or not payload or not all(name.startswith("data/") for name in payload):
        raise Fault("package-name", "案卷包的内容应都在 data/ 之下，且不为空。")


def _write_member(out: BinaryIO, name: bytes, source: Source, offset: int) -> Member:
    if isinstance(source, bytes):
        member = Member(name, zlib.crc32(source), len(source), offset)
        out.write(zipform.local_header(member))
        out.write(source)
        return member
    place = out.tell()
    out.write(zipform.local_header(Member(name, 0, source.size, offset)))
    member = Member(name, _copy(out, source, name), source.size, offset)
    end = out.tell()
    out.seek(place + zipform.CRC_OFFSET)  # the checksum is known only now
    out.write(member.crc.to_bytes(4, "little"))
    out.seek(end)
    return member


def _copy(out: BinaryIO, source: SourceFile, name: bytes) -> int:
    """Copy a streamed file; its CRC-32. Fault "source-changed" unless size and digest are as said."""
    running, checksum, size = hashlib.sha256(), 0, 0
    with source.open() as file:
        while (chunk := file.read(CHUNK)) and size <= source.size:
            running.update(chunk)
            checksum = zlib.crc32(chunk, checksum)
            size += len(chunk)
            out.write(chunk)
    if size != source.size or running.hexdigest() != source.sha256:
        raise Fault("source-changed", f"文件内容与其摘要或长度不符：{name.decode()}。", "请重新导出。")
    return checksum


def _hex(source: Source) -> str:
    return sha256(source).hex() if isinstance(source, bytes) else source.sha256


class _Slice(io.RawIOBase):
    """A read-only window on a file."""

    def __init__(self, file: BinaryIO, start: int, size: int) -> None:
        self._file, self._position, self._left = file, start, size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # any writable buffer
        self._file.seek(self._position)
        data = self._file.read(min(len(buffer), self._left))
        buffer[: len(data)] = data
        self._position += len(data)
        self._left -= len(data)
        return len(data)
