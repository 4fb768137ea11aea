"""The log's files in a directory: what `/log/` serves, and what anybody may mirror (c2sp.org/tlog-tiles).

    tile/…                 tiles and bundles; written once
    checkpoint             the newest signed checkpoint; replaced in one step
    checkpoints/<size>     every checkpoint that was ever signed
    incoming/              what is being written; swept by the next writer

Keeps: a file appears whole and synced; one that is there is never written over with anything else: that would be a
second face.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from domain.errors import Fault, reason
from storage.evidence.durable import sync_directory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.formats.tiles import Tile

CHECKPOINT = "checkpoint"
_MODE = 0o644


class LogFiles:
    """The log's files under `root`, made if it is missing. Fault `log-unusable` where the disk refuses."""

    def __init__(self, root: Path) -> None:
        self._root, self._incoming = root, root / "incoming"
        with self._disk():
            self._incoming.mkdir(parents=True, exist_ok=True)

    def tile(self, tile: Tile) -> bytes | None:
        """The octets of a tile or bundle, None if it isn't there."""
        return self._read(tile.path)

    def add_tile(self, tile: Tile, data: bytes) -> None:
        """Write a tile; the same again is no change. Fault "log-altered" if other octets lie there."""
        there = self._read(tile.path)
        if there is None:
            self._write(tile.path, data)
        elif there != data:
            raise altered(tile.path)

    def checkpoint(self) -> bytes | None:
        """The newest checkpoint, None before the first."""
        return self._read(CHECKPOINT)

    def add_checkpoint(self, size: int, data: bytes) -> None:
        """Keep a checkpoint for good, then make it the newest."""
        self._write(f"checkpoints/{size}", data)
        self._write(CHECKPOINT, data)

    def sizes(self) -> list[int]:
        """The sizes of all checkpoints kept, ascending."""
        with self._disk():
            folder = self._root / "checkpoints"
            return sorted(int(path.name) for path in folder.iterdir()) if folder.is_dir() else []

    def checkpoint_of(self, size: int) -> bytes | None:
        """The checkpoint that was signed at `size`."""
        return self._read(f"checkpoints/{size}")

    def sweep(self) -> None:
        """Remove what a writer that died has left; for the one writer alone."""
        with self._disk():
            for path in self._incoming.iterdir():
                path.unlink()

    def _read(self, path: str) -> bytes | None:
        with self._disk():
            try:
                return (self._root / path).read_bytes()
            except FileNotFoundError:
                return None

    def _write(self, path: str, data: bytes) -> None:
        with self._disk():
            target = self._root / path
            if not target.parent.is_dir():
                self._make(target.parent)
            fd, draft = tempfile.mkstemp(dir=self._incoming)
            try:
                with os.fdopen(fd, "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fchmod(file.fileno(), _MODE)
                    os.fsync(file.fileno())
                Path(draft).replace(target)
            except BaseException:
                Path(draft).unlink(missing_ok=True)
                raise
            sync_directory(target.parent)

    def _make(self, folder: Path) -> None:
        """The folder with its ancestors, each name synced."""
        if not folder.parent.is_dir():
            self._make(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_directory(folder.parent)

    @contextmanager
    def _disk(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise Fault(
                "log-unusable", f"日志目录 {self._root} 无法使用：{reason(error)}。", "请检查路径、权限和磁盘空间。"
            ) from error


def altered(path: str) -> Fault:
    """`log-altered`: what was published isn't what the log's order makes of it."""
    return Fault(
        "log-altered",
        f"已公布的日志文件 {path} 与日志的次序不符。",
        "日志文件或次序被改动：请停止签署，保全现场，与见证人和镜像核对。",
    )
