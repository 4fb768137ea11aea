"""Files that are still there after a power cut: written, synced, put in place, and their directories synced too.

Linux semantics (Debian 12, ext4, xfs, btrfs): a file's bytes are durable after fsync of the file, its name after fsync
of the directory that holds it. A disk or controller that lies about fsync breaks this; nothing here can show that.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from domain.formats.encoding import b64u

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_CHUNK = 1 << 20
READ_ONLY = 0o444


def write_new(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a file that doesn't exist yet, read-only for all, and sync its bytes. FileExistsError, OSError."""
    with path.open("xb") as file:
        for chunk in chunks:
            file.write(chunk)
        file.flush()
        os.fchmod(file.fileno(), READ_ONLY)
        os.fsync(file.fileno())


def sync_directory(path: Path) -> None:
    """Make the names in a directory durable."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def read_chunks(path: Path, offset: int, length: int) -> Iterator[bytes]:
    """`length` bytes from `offset` in chunks of at most 1 MiB; ends early if the file does; follows no link."""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb", buffering=0) as file:
        file.seek(offset)
        while length > 0 and (chunk := file.read(min(_CHUNK, length))):
            length -= len(chunk)
            yield chunk


def stored_digest(path: Path) -> str:
    """b64u SHA-256 of the file as the device gives it: cached pages are dropped first, so far as they are synced."""
    digest = hashlib.sha256()
    fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    with os.fdopen(fd, "rb", buffering=0) as file:
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return b64u(digest.digest())


@contextmanager
def locked(path: Path, how: int) -> Iterator[None]:
    """Hold a flock on a lock file; each call opens it anew, so threads exclude each other as processes do."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, how)
        yield
    finally:
        os.close(fd)
