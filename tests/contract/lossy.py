"""A bad network between the vault and its store: loses a reply, alters a body, cuts off a download."""

from __future__ import annotations

import socket
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_PIECE = 1 << 16


class Lossy:
    """Passes bytes on to `target` (host:port), except where a hook interferes.

    `lose(request)` sees the first piece of each request: True loses the reply to it, once, after the store has carried
    it out. `alter(piece)` changes what goes to the store. `cut_after` ends a reply after so many bytes, once.
    """

    def __init__(self, target: str) -> None:
        host, port = target.split(":")
        self._target = (host, int(port))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.lose: Callable[[bytes], bool] = lambda _: False
        self.alter: Callable[[bytes], bytes] = lambda piece: piece
        self.cut_after: int | None = None
        self.lost = 0
        self._open: list[socket.socket] = []
        self._threads = [Thread(target=self._accept)]
        self._threads[0].start()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in self._open:
            _end(one)
        for thread in self._threads:
            thread.join()
        for one in self._open:
            one.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                store = socket.create_connection(self._target)
                self._open += [client, store]
                pair = _Pair(self, client, store)
                for way in (pair.requests, pair.replies):
                    thread = Thread(target=way)
                    self._threads.append(thread)
                    thread.start()


class _Pair:
    def __init__(self, lossy: Lossy, client: socket.socket, store: socket.socket) -> None:
        self._lossy, self._client, self._store = lossy, client, store
        self._losing = False

    def requests(self) -> None:
        with suppress(OSError):
            while piece := self._client.recv(_PIECE):
                self._losing = self._losing or self._lossy.lose(piece)
                self._store.sendall(self._lossy.alter(piece))
        _end(self._store)

    def replies(self) -> None:
        with suppress(OSError):
            while piece := self._store.recv(_PIECE):
                if self._losing:
                    self._lossy.lose = lambda _: False
                    self._lossy.lost += 1
                    break
                left = self._lossy.cut_after
                if left is not None:
                    self._lossy.cut_after = None if left <= len(piece) else left - len(piece)
                    self._client.sendall(piece[:left])
                    if left <= len(piece):
                        break
                else:
                    self._client.sendall(piece)
        _end(self._client)
        _end(self._store)


def _end(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
