"""A stored evidence file as a file object that can be read and sought: what inspects it needs no more."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, BinaryIO, cast

from .errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _typeshed import WriteableBuffer

    from .evidence_port import EvidenceVault, StoredBlob

BUFFER = 256 << 10
FIRST = 1 << 20  # octets asked for after a jump; doubled while reading goes straight on
LARGEST = 64 << 20
GAP = 1 << 20  # octets that are read over rather than asked for anew


class EvidenceReader(io.RawIOBase):
    """The plaintext of `stored`, range by range from the vault; holds one chunk of the vault's at a time.

    Reading raises the vault's Faults, and "blob-damaged" where it gives fewer octets than were stored.
    """

    def __init__(self, vault: EvidenceVault, stored: StoredBlob) -> None:
        super().__init__()
        self._vault, self._stored = vault, stored
        self._at = 0  # where the reader stands
        self._flow: Iterator[bytes] | None = None
        self._held = b""  # read from the vault already, from `_flowing` on
        self._flowing = 0
        self._span = FIRST

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """The position in octets."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move; nothing is asked of the vault until something is read."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._stored.length}[whence]
        if base + offset < 0:
            raise ValueError("negative seek position")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Some octets, at least one before the end."""
        view = memoryview(buffer).cast("B")
        if self._at >= self._stored.length or not view:
            return 0
        if not 0 <= self._at - self._flowing <= len(self._held) + GAP:
            self._restart()
        while (skipped := self._at - self._flowing) >= len(self._held):
            self._flowing += len(self._held)
            self._held = self._chunk()
        part = self._held[skipped : skipped + len(view)]
        view[: len(part)] = part
        self._at += len(part)
        return len(part)

    def close(self) -> None:
        """Let go of the range that is being read, too."""
        self._flow, self._held = None, b""
        super().close()

    def _restart(self) -> None:
        self._flow, self._held, self._flowing, self._span = None, b"", self._at, FIRST

    def _chunk(self) -> bytes:
        """The next chunk after `_held`; a range that has ended is followed by one of twice its length."""
        for _ in range(2):
            if self._flow is None:
                stored, begin = self._stored, self._flowing
                self._flow = self._vault.read(stored.object, stored.version, offset=begin, length=self._span)
                self._span = min(self._span * 2, LARGEST)
            chunk = next(self._flow, b"")
            if chunk:
                return chunk
            self._flow = None
        raise Fault("blob-damaged", "存证库给出的内容比存入时短", "请立即报告保管人员。", field="evidence")


def reading(vault: EvidenceVault, stored: StoredBlob) -> BinaryIO:
    """The file, buffered; close it when done."""
    return cast("BinaryIO", io.BufferedReader(EvidenceReader(vault, stored), BUFFER))
