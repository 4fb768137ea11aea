"""The process that looks into files for `confined`: `python -m storage.inspection.worker FD`.

It waits at the socket FD for sockets, forks for each, and ends when FD is closed. The fork limits itself before it has
seen one octet of the file, and says nothing but a finding; an error of ours is told by its place alone, because its
message could repeat what is in the file.
"""

from __future__ import annotations

import io
import os
import resource
import signal
import socket
import sys
import traceback
from typing import TYPE_CHECKING, BinaryIO, cast

import orjson

from . import limits
from .confined import FOUND, LENGTH, MOST, RANGE, RANGE_HEAD, receive
from .content import judged, type_of

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

BUFFER = 256 << 10
_FILES = 16
_LIMITS = (
    (resource.RLIMIT_AS, limits.MEMORY),
    (resource.RLIMIT_CPU, limits.CPU),
    (resource.RLIMIT_FSIZE, limits.TEMPORARY),
    (resource.RLIMIT_NOFILE, _FILES),
    (resource.RLIMIT_NPROC, 0),
    (resource.RLIMIT_CORE, 0),
)


class Far(io.RawIOBase):
    """The file at the other end of the socket."""

    def __init__(self, connection: socket.socket, length: int) -> None:
        super().__init__()
        self._connection, self._length, self._at = connection, length, 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move; nothing is asked for yet."""
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._length}[whence]
        if self._at < 0:
            raise ValueError("negative seek position")
        return self._at

    def tell(self) -> int:
        """The position in octets."""
        return self._at

    def readinto(self, buffer: WriteableBuffer) -> int:
        """The octets from here on, as many as fit and are there."""
        view = memoryview(buffer).cast("B")
        size = max(0, min(len(view), MOST, self._length - self._at))
        if size:
            self._connection.sendall(RANGE + RANGE_HEAD.pack(self._at, size))
            view[:size] = receive(self._connection, size)
            self._at += size
        return size


def serve(control: socket.socket) -> None:
    """Fork for every socket that comes, until no more can come."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the forks; the kernel clears them away
    type_of(b"-")  # libmagic's table is loaded once, before the first fork
    while True:
        data, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not data:
            return
        for descriptor in descriptors:
            if os.fork() == 0:
                control.close()
                _look(descriptor)
            os.close(descriptor)


def _look(descriptor: int) -> None:
    """Answer one request and end this process."""
    try:
        for kind, limit in _LIMITS:
            resource.setrlimit(kind, (limit, limit))
        signal.alarm(limits.SECONDS)
        with socket.socket(fileno=descriptor) as connection:
            length, size = RANGE_HEAD.unpack(receive(connection, RANGE_HEAD.size))
            name = receive(connection, size).decode()
            octets = cast("BinaryIO", io.BufferedReader(Far(connection, length), BUFFER))
            found = judged(name, octets)
            answer = orjson.dumps({"state": found.state, "media": found.media, "reason": found.reason})
            connection.sendall(FOUND + LENGTH.pack(len(answer)) + answer)
    except BaseException as error:  # noqa: BLE001  # told by its place, then this process ends; the other side sees that
        *_, place = traceback.extract_tb(error.__traceback__)
        sys.stderr.write(f"storage.inspection.worker: {type(error).__name__} in {place.name} line {place.lineno}\n")
        sys.stderr.flush()
    finally:
        os._exit(0)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
