"""What may come into a vault: names, ends of retention, and the stream of bytes itself.

Keeps: every byte counted and hashed as it passes; a stream that is empty, too large, or not as long as declared ends
with a Fault before a store is asked to make it visible. Leaves: whether the store kept the bytes (the vaults re-read).
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, BinaryIO

from domain.evidence_port import StoredBlob
from domain.formats.encoding import b64u
from storage.evidence import faults

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK = 1 << 20
MAX_SIZE = 20 << 30
_NAME = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def checked_name(name: str, field: str = "object") -> str:
    """`name` if it is a lower-case UUID, so that it can't lead out of the vault. Fault `object-name`."""
    if not _NAME.fullmatch(name):
        raise faults.bad_name(name, field)
    return name


def whole_seconds(end: datetime) -> datetime:
    """`end` in UTC, rounded up to whole seconds, since stores drop fractions. Fault `retention` without a zone."""
    if end.tzinfo is None:
        raise faults.bad_end(end)
    rounded = end.astimezone(UTC)
    return rounded if rounded.microsecond == 0 else rounded.replace(microsecond=0) + timedelta(seconds=1)


def checked_end(end: datetime) -> datetime:
    """`whole_seconds(end)` if that is still ahead. Fault `retention`."""
    rounded = whole_seconds(end)
    if rounded <= datetime.now(UTC):
        raise faults.bad_end(end)
    return rounded


def span(size: int, offset: int, length: int | None) -> int:
    """How many bytes a range holds in a file of `size` bytes. Fault `range` for negative numbers."""
    if offset < 0 or (length is not None and length < 0):
        raise faults.bad_range()
    left = max(size - offset, 0)
    return left if length is None else min(left, length)


class SourceBroke(Exception):  # noqa: N818  # carries the source's own error through a store's error handling
    """Reading the source failed; `cause` is what it raised, and what the caller gets to see."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


class Incoming:
    """A source on its way into a vault: a file object to read from, once, to its end.

    `length` is the declared length in bytes or None, `limit` the largest size taken. Faults `empty`, `length`,
    `too-large`, at once where the declaration shows it, otherwise from `read`; SourceBroke where the source raises.
    """

    def __init__(self, source: BinaryIO, *, length: int | None, limit: int) -> None:
        if length is not None and length > limit:
            raise faults.too_large(limit)
        if length is not None and length < 0:
            raise faults.wrong_length(length, "的声明是负数")
        if length == 0:
            raise faults.empty()
        self._source, self._length, self._limit = source, length, limit
        self._hash = hashlib.sha256()
        self._ended = False
        self.size = 0

    def read(self, size: int) -> bytes:
        """Exactly `size` bytes, fewer only at the end: a short read in between costs the S3 client quadratic time."""
        parts: list[bytes] = []
        wanted = size
        while wanted and not self._ended:
            part = self._pull(wanted)
            if not part:
                self._end()
                break
            parts.append(part)
            wanted -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def chunks(self) -> Iterator[bytes]:
        """All that is left, in chunks of 1 MiB."""
        while chunk := self.read(CHUNK):
            yield chunk

    def drain(self) -> None:
        """Read to the end, only to count and hash."""
        for _ in self.chunks():
            pass

    @property
    def sha256(self) -> str:
        """Hex digest of all bytes; only after the end was reached."""
        return self._digest().hex()

    @property
    def blob(self) -> str:
        """b64u digest of all bytes; only after the end was reached."""
        return b64u(self._digest())

    def stored(self, name: str, version: str | None) -> StoredBlob:
        """The answer for an object that lies in the vault just as it came."""
        return StoredBlob(name, self.blob, self.size, version, self.sha256, self.size)

    def _digest(self) -> bytes:
        if not self._ended:
            raise RuntimeError("a stream has no digest before its end")
        return self._hash.digest()

    def _pull(self, wanted: int) -> bytes:
        try:
            part = self._source.read(wanted)
        except Exception as error:
            raise SourceBroke(error) from error
        if not isinstance(part, bytes) or len(part) > wanted:
            raise SourceBroke(TypeError("read(n) of an evidence source must return at most n bytes"))
        self.size += len(part)
        if self._length is not None and self.size > self._length:
            raise faults.wrong_length(self._length, "更多")
        if self.size > self._limit:
            raise faults.too_large(self._limit)
        self._hash.update(part)
        return part

    def _end(self) -> None:
        if self.size == 0:
            raise faults.empty()
        if self._length is not None and self.size < self._length:
            raise faults.wrong_length(self._length, f" {self.size} 字节")
        self._ended = True
