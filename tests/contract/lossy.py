"""A bad network between the vault and its store: before, during and after a request, and in the answer to it."""

from __future__ import annotations

import re
import socket
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Callable

_PIECE = 1 << 16
_METHODS = (b"GET ", b"HEAD ", b"PUT ", b"POST ", b"PATCH ", b"DELETE ")
_ERROR = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

How = Literal["before", "during", "after", "500", "truncated", "silent"]
WAYS: tuple[How, ...] = get_args(How)


class Lossy:
    """Passes bytes on to `target` (host:port), except where it was told to strike.

    `before`: the request never comes to the store; `during`: its first half does; `after`: the store carries it out and
    the answer is lost; `500`: the store doesn't get it and the answer is an error; `truncated`: the first half of the
    answer comes; `silent`: the store carries it out and no answer comes while the client waits. `alter(piece)` changes
    what goes to the store, `cut_after` ends an answer after so many bytes, once.
    """

    def __init__(self, target: str) -> None:
        host, port = target.split(":")
        self._target = (host, int(port))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.alter: Callable[[bytes], bytes] = lambda piece: piece
        self.cut_after: int | None = None
        self.struck = 0
        self._strike: tuple[How, Callable[[bytes], bool]] | None = None
        self.seen: list[str] = []
        self._open: list[socket.socket] = []
        self._threads = [Thread(target=self._accept)]
        self._threads[0].start()

    def strike(self, how: How, when: int | Callable[[bytes], bool]) -> None:
        """Strike once, at the request with this number from now on (0 is the next), or whose first bytes are so."""
        self.seen.clear()
        self._strike = (how, when if callable(when) else lambda _: len(self.seen) == when + 1)

    def calm(self) -> None:
        """Strike no more."""
        self._strike = None

    def judged(self, request: bytes) -> How | None:
        """What befalls the request that begins so."""
        self.seen.append(request.split(b"\r\n", 1)[0].decode())
        if self._strike is None or not self._strike[1](request):
            return None
        how, self._strike = self._strike[0], None
        self.struck += 1
        return how

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
        self._how: How | None = None

    def requests(self) -> None:
        with suppress(OSError):
            while piece := self._client.recv(_PIECE):
                if piece.startswith(_METHODS):
                    self._how = self._lossy.judged(piece)
                if self._how == "before":
                    break
                if self._how == "during":
                    self._store.sendall(piece[: len(piece) // 2])
                    break
                if self._how == "500":
                    self._answer_error(piece)
                    break
                self._store.sendall(self._lossy.alter(piece))
        _end(self._store)
        if self._how in {"before", "during", "500"}:
            _end(self._client)

    def replies(self) -> None:
        with suppress(OSError):
            while piece := self._store.recv(_PIECE):
                if self._how == "after":
                    break
                if self._how == "silent":
                    continue
                if self._how == "truncated":
                    self._client.sendall(piece[: len(piece) // 2])
                    break
                left = self._lossy.cut_after
                if left is not None:
                    self._lossy.cut_after = None if left <= len(piece) else left - len(piece)
                    self._client.sendall(piece[:left])
                    if left <= len(piece):
                        break
                else:
                    self._client.sendall(piece)
        if self._how not in {"silent", "500"}:
            _end(self._client)
        _end(self._store)

    def _answer_error(self, piece: bytes) -> None:
        """Take the request to its end first: who is still sending may not see an answer."""
        head, _, body = piece.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        left = int(length[1]) - len(body) if length else 0
        while left > 0 and (more := self._client.recv(_PIECE)):
            left -= len(more)
        self._client.sendall(_ERROR)


def _end(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
