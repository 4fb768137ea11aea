"""Files that hold a secret: made once, for their owner only, durable before anything is made with what they hold.

Keeps: mode 0600 from the first moment; a file that group or others may read is refused, not quietly mended: whoever
could read it may have done so.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from domain.errors import Fault, reason
from storage.evidence.durable import sync_directory

if TYPE_CHECKING:
    from pathlib import Path

LIMIT = 16 << 10
_OWNER_ONLY = 0o600
_NOT_OURS = stat.S_IRWXG | stat.S_IRWXO


def write_secret(path: Path, data: bytes) -> None:
    """Write a file that doesn't exist yet, sync it and its name. Fault `key-exists`, `key-file`."""
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, _OWNER_ONLY)
        with os.fdopen(fd, "wb") as file:
            os.fchmod(fd, _OWNER_ONLY)
            file.write(data)
            file.flush()
            os.fsync(fd)
        sync_directory(path.parent)
    except FileExistsError as error:
        raise Fault(
            "key-exists", f"密钥文件 {path.name} 已经存在，不会覆盖。", "请另取文件名，或使用已有的密钥。"
        ) from error
    except OSError as error:
        raise _unusable(path, error) from error


def read_secret(path: Path) -> bytes:
    """The file's octets. Fault `key-missing`, `key-exposed` (others may read it), `key-file` (no plain small file)."""
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK), "rb") as file:
            state = os.fstat(file.fileno())
            if not stat.S_ISREG(state.st_mode) or not 0 < state.st_size <= LIMIT:
                raise Fault(
                    "key-file", f"{path.name} 不是密钥文件（应为 1 至 {LIMIT} 字节的普通文件）。", "请核对路径。"
                )
            if state.st_mode & _NOT_OURS:
                raise Fault(
                    "key-exposed",
                    f"密钥文件 {path.name} 的权限为 {stat.S_IMODE(state.st_mode):04o}，他人也能读取。",
                    f"如确认未曾泄露，请执行 chmod 600 {path.name}；否则请更换密钥。",
                )
            return file.read(LIMIT)
    except FileNotFoundError as error:
        raise Fault("key-missing", f"找不到密钥文件 {path.name}。", "请核对路径，或先生成密钥。") from error
    except OSError as error:
        raise _unusable(path, error) from error


def _unusable(path: Path, error: OSError) -> Fault:
    return Fault("key-file", f"密钥文件 {path.name} 无法读写：{reason(error)}。", "请检查路径和权限。")
