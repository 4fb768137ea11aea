"""The immutable attribute of a file (`chattr +i`): nobody writes, renames, links or unlinks it until it is cleared.

FS_IOC_GETFLAGS and FS_IOC_SETFLAGS of Linux (ioctl_iflags(2)): ext4, xfs, btrfs and some others have it; setting and
clearing need CAP_LINUX_IMMUTABLE, which root has outside of most containers. It stops mistakes and programs that run
as the service's user; it doesn't stop root, who may clear it, or whoever writes to the device below the file system.
"""

from __future__ import annotations

import array
import fcntl
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_GET, _SET = 0x80086601, 0x40086602
_IMMUTABLE = 0x10


def set_immutable(path: Path, on: bool) -> None:
    """Set or clear the attribute; setting what is set is no change. OSError where file system or rights lack it."""
    fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        _set(fd, on)
    finally:
        os.close(fd)


def is_immutable(path: Path) -> bool:
    """Whether the attribute is set; False where the file system has none."""
    fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        return bool(_flags(fd)[0] & _IMMUTABLE)
    except OSError:
        return False
    finally:
        os.close(fd)


def try_immutable(directory: Path) -> None:
    """Set it on a file without a name, which nothing is left of. OSError where file system or rights lack it."""
    fd = os.open(directory, os.O_RDWR | os.O_TMPFILE | os.O_CLOEXEC, 0o600)
    try:
        _set(fd, on=True)
    finally:
        os.close(fd)


def _flags(fd: int) -> array.array[int]:
    flags = array.array("L", [0])
    fcntl.ioctl(fd, _GET, flags)
    return flags


def _set(fd: int, on: bool) -> None:
    flags = _flags(fd)
    wanted = flags[0] | _IMMUTABLE if on else flags[0] & ~_IMMUTABLE
    if wanted != flags[0]:
        flags[0] = wanted
        fcntl.ioctl(fd, _SET, flags)
        os.fsync(fd)
