"""An evidence file streaming in: the request's body as a file that a worker thread reads, nothing buffered.

Keeps: at most one chunk in memory; a sender that stalls is given up; a sender that breaks off is an error of the
source, which the vault turns into nothing stored.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from anyio import fail_after, from_thread

from domain.errors import Fault

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

STALLED = 60  # seconds without a byte


class BodyStream(io.RawIOBase):
    """A request's body, to be read in a worker thread of its event loop."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks, self._rest, self._ended = chunks, memoryview(b""), False

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Fill `buffer` as far as the next chunk reaches; 0 at the end. Fault "upload-stalled"."""
        while not self._rest and not self._ended:
            chunk = from_thread.run(self._next)
            self._ended, self._rest = chunk is None, memoryview(chunk or b"")
        with memoryview(buffer) as view:
            size = min(len(view), len(self._rest))
            view[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size

    async def _next(self) -> bytes | None:
        try:
            with fail_after(STALLED):
                return await anext(self._chunks, None)
        except TimeoutError as error:
            raise Fault("upload-stalled", f"{STALLED} 秒没有收到数据", "请检查网络后重新上传。") from error
