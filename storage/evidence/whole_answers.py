"""Answers over HTTP whose head came whole: a pool of connections that takes no answer cut off within its headers.

Python's http.client takes the end of the stream for the end of the headers (RFC 9112 §2.1 wants an empty line), so that
an answer that was cut off there looks whole and lacks, say, its size or its hold. Bodies are held to their length by
urllib3 already.
"""

from __future__ import annotations

from http.client import HTTPResponse, RemoteDisconnected
from typing import TYPE_CHECKING, Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

if TYPE_CHECKING:
    from io import BufferedReader

_END = {b"\r\n", b"\n"}


class _Remembering:
    """A stream that remembers the line it gave last."""

    def __init__(self, stream: BufferedReader) -> None:
        self._stream, self.last = stream, b""

    def readline(self, limit: int = -1) -> bytes:
        self.last = self._stream.readline(limit)
        return self.last

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class _WholeResponse(HTTPResponse):
    def begin(self) -> None:
        stream = self.fp
        remembering = _Remembering(stream)
        self.fp = remembering  # type: ignore[assignment]  # a stream as far as http.client asks
        super().begin()
        if remembering.last not in _END:
            self.close()
            raise RemoteDisconnected("the answer ends within its headers")
        if self.fp is not None:  # an answer without a body has closed it already
            self.fp = stream


class _Connection(HTTPConnection):
    response_class = _WholeResponse


class _SecureConnection(HTTPSConnection):
    response_class = _WholeResponse


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


def whole_answers(**how: Any) -> urllib3.PoolManager:
    """A PoolManager, with its own arguments, whose answers came whole; a broken one is urllib3's ProtocolError."""
    manager = urllib3.PoolManager(**how)
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
    return manager
