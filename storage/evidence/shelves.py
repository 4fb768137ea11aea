"""The folders of a directory vault: where an object lies, who may change what at the same time, errors in words.

root/objects/<last two digits of the name>/<name>/bytes, note
root/incoming/                                            what is being written or taken away
root/writers.lock, root/changes.lock                      flock
"""
# ruff: noqa: A002  # `object` is the port's word

from __future__ import annotations

import fcntl
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from domain.errors import Fault, reason
from storage.evidence import faults
from storage.evidence.durable import locked, read_chunks
from storage.evidence.incoming import checked_name
from storage.evidence.note import LIMIT, Note

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Shelves:
    """What the vault and the sweep of one directory have in common."""

    def __init__(self, root: Path) -> None:
        self.root, self.objects, self.incoming = root, root / "objects", root / "incoming"

    def home(self, object: str) -> Path:
        """The object's directory, whether it is there or not. Fault `object-name`."""
        # A v7 UUID begins with the time: only its last digits spread evenly.
        return self.objects / checked_name(object)[-2:] / object

    def note(self, object: str, version: str | None = None) -> Note:
        """What is noted of an object. Fault `blob-missing`, `blob-damaged`."""
        home = self.home(object)
        if version is not None or not home.exists():
            raise faults.missing(object, version)
        try:
            return Note.parse(b"".join(read_chunks(home / "note", 0, LIMIT)))
        except FileNotFoundError as error:
            if not home.exists():  # swept just now
                raise faults.missing(object, version) from error
            raise faults.damaged(object, "说明文件缺失") from error
        except Fault as fault:
            raise faults.damaged(object, "说明文件无法解读") from fault

    def sweep(self) -> None:
        """Remove what dead writers left; while one is at work, leave it to the next opening."""
        try:
            with locked(self.root / "writers.lock", fcntl.LOCK_EX | fcntl.LOCK_NB):
                for path in self.incoming.iterdir():
                    if path.is_dir() and not path.is_symlink():
                        shutil.rmtree(path)
                    else:
                        path.unlink()
        except BlockingIOError:
            return

    @contextmanager
    def writing(self) -> Iterator[None]:
        """While this is held, nobody sweeps `incoming`."""
        with locked(self.root / "writers.lock", fcntl.LOCK_SH):
            yield

    @contextmanager
    def changing(self) -> Iterator[None]:
        """One change of a note, or removal, at a time."""
        with locked(self.root / "changes.lock", fcntl.LOCK_EX):
            yield

    @contextmanager
    def disk(self) -> Iterator[None]:
        """What the system refuses, as Fault `vault-refused`."""
        try:
            yield
        except OSError as error:
            raise faults.refused(str(self.root), reason(error)) from error
