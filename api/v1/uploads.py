"""An evidence file streaming in: the request's body, and the same as a file that a worker thread reads.

Keeps: at most one chunk in memory; a sender that stalls is given up, and so is one that trickles only to keep its
place; a sender that breaks off is an error of the source, which the vault turns into nothing stored.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from anyio import current_time, fail_after, from_thread

from domain.errors import Fault

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ENOUGH = 16 << 10  # octets that must come in the time after which a silent sender is given up


class Body:
    """A request's body, chunk by chunk; `stalled` seconds of waiting may not pass without ENOUGH octets."""

    def __init__(self, chunks: AsyncIterator[bytes], stalled: float) -> None:
        self._chunks, self._stalled = chunks, stalled
        self._waited, self._came = 0.0, 0

    async def next(self) -> bytes | None:
        """The next chunk, None at the end. Fault "upload-stalled"; ClientDisconnect passes through."""
        begun = current_time()
        try:
            with fail_after(self._stalled - self._waited):
                chunk = await anext(self._chunks, None)
        except TimeoutError as error:
            raise Fault(
                "upload-stalled", f"{self._stalled:g} 秒没有收到足够的数据", "请检查网络后重新上传。"
            ) from error
        self._waited += current_time() - begun  # what the vault takes is not the sender's fault
        self._came += len(chunk or b"")
        if self._came >= ENOUGH:
            self._waited, self._came = 0.0, 0
        return chunk


class BodyStream(io.RawIOBase):
    """A body, to be read in a worker thread of its event loop."""

    def __init__(self, body: Body) -> None:
        self._body, self._rest, self._ended = body, memoryview(b""), False

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Fill `buffer` as far as the next chunk reaches; 0 at the end. Faults of `Body.next`."""
        while not self._rest and not self._ended:
            chunk = from_thread.run(self._body.next)
            self._ended, self._rest = chunk is None, memoryview(chunk or b"")
        with memoryview(buffer) as view:
            size = min(len(view), len(self._rest))
            view[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size
