"""One request at a time for each upload; a newer one ends an older one that still waits for bytes.

A client that comes back has lost its connection: the server may not know it yet, and would wait for a dead one. What
had come until then counts. A request that is past waiting (the file goes into the vault) is waited for, a little.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from anyio import CancelScope, Event, move_on_after

from domain.errors import Fault

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from .v1.uploads import Body

PATIENCE = 10.0  # seconds


class Turn:
    """One request's hold on an upload."""

    def __init__(self) -> None:
        self.ended = Event()
        self._waiting: CancelScope | None = None
        self._overtaken = False

    def overtake(self) -> None:
        """Make it break off as soon as it waits for bytes."""
        self._overtaken = True
        if self._waiting is not None:
            self._waiting.cancel()

    async def next(self, body: Body) -> bytes | None:
        """The next chunk of a body. Fault "upload-overtaken"; those of `Body.next`."""
        if not self._overtaken:
            with CancelScope() as self._waiting:
                return await body.next()
        raise Fault("upload-overtaken", "同一上传有了更新的请求，本请求到此为止", "请先查询已收到多少，再继续。")


class Turns:
    """Who holds which upload; asked for in the event loop alone."""

    def __init__(self) -> None:
        self._held: dict[str, Turn] = {}

    @asynccontextmanager
    async def of(self, name: str) -> AsyncIterator[Turn]:
        """The upload's turn. Fault "upload-busy" if whoever holds it neither waits for bytes nor ends soon."""
        with move_on_after(PATIENCE):
            while held := self._held.get(name):
                held.overtake()
                await held.ended.wait()
        if name in self._held:
            raise Fault("upload-busy", "这个文件正在存入证据库", "请稍候再查询。")
        turn = self._held[name] = Turn()
        try:
            yield turn
        finally:
            del self._held[name]
            turn.ended.set()
