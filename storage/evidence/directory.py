"""Evidence in a directory: the embedded default.

    root/objects/<last two digits of the name>/<name>/bytes   0444, the evidence file as it came
    root/objects/<last two digits of the name>/<name>/note    0444, digest, size, case, retention, hold
    root/incoming/                                            what is being written; swept at opening
    root/writers.lock, root/changes.lock                      flock

Keeps: an object appears whole, with its note, by one rename of its directory that never replaces another; nothing is
answered before bytes, names and directories are synced and the bytes were re-read; retention is only lengthened.

Cannot promise: that nobody deletes or alters files behind its back. Whoever may write here (the service's user, root)
can; retention and hold bind this program only. With `immutable` the bytes also bear the file system's immutable
attribute until they are swept (directory_sweep.py): then only root can, who may clear it. What they did shows: `digest`
re-reads, and the blob's digest stands in signed records. Whoever needs a store that refuses its own administrator takes
the S3 vault with object lock. Nor can it see through a device that acknowledges fsync and forgets. One machine, one
local file system (flock, rename, fsync).
"""
# ruff: noqa: A002  # `object` is the port's word

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from domain.errors import reason
from domain.evidence_port import BlobState, StoredBlob
from storage.evidence import faults
from storage.evidence.durable import read_chunks, stored_digest, sync_directory, write_new
from storage.evidence.immutable import set_immutable, try_immutable
from storage.evidence.incoming import MAX_SIZE, Incoming, SourceBroke, checked_end, checked_name, span, whole_seconds
from storage.evidence.note import Note
from storage.evidence.shelves import Shelves

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

_TAKEN = (errno.ENOTEMPTY, errno.EEXIST)
_MUTABLE = (
    "请换用支持该属性的文件系统（ext4、xfs、btrfs），并给服务 CAP_LINUX_IMMUTABLE 权限；否则在设置中关闭 immutable。"
)


class DirectoryVault:
    """An EvidenceVault under `root`, made if it is missing; files of more than `max_size` bytes are refused.

    With `immutable` what is put gets the immutable attribute; Fault `vault-unfit` on opening where file system or
    rights lack it. Objects have no versions: `version` is always None. Every method's contract: domain.evidence_port.
    """

    def __init__(self, root: Path, *, max_size: int = MAX_SIZE, immutable: bool = False) -> None:
        self._shelves, self._max_size, self._immutable = Shelves(root), max_size, immutable
        with self._shelves.disk():
            if root.is_dir() and not os.access(root, os.W_OK):
                return  # a read-only medium: to be read and audited; every write is refused by the system
            for path in (root, self._shelves.objects, self._shelves.incoming):
                path.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync_directory(root)
            sync_directory(root.parent)
            self._shelves.sweep()
        if immutable:
            self._try_immutable()

    def put(
        self, object: str, source: BinaryIO, *, length: int | None, retain_until: datetime, case: str
    ) -> StoredBlob:
        """Store once; the same bytes for the same case again give the same answer."""
        home, end = self._shelves.home(object), checked_end(retain_until)
        checked_name(case, "case")
        incoming = Incoming(source, length=length, limit=self._max_size)
        try:
            with self._shelves.disk(), self._shelves.writing():
                if home.exists():
                    incoming.drain()
                    self._same(object, incoming, case)
                elif not self._placed(object, incoming, end, case):
                    self._same(object, incoming, case)
                self._change(object, lambda note: replace(note, retain_until=max(note.retain_until, end)))
                if self._immutable:
                    set_immutable(home / "bytes", on=True)
                sync_directory(home.parent)
                sync_directory(self._shelves.objects)
                return incoming.stored(object, None)
        except SourceBroke as broke:
            raise broke.cause from None

    def stat(self, object: str, version: str | None) -> BlobState:
        """Size from the file system, the rest from the note."""
        with self._shelves.disk():
            note = self._shelves.note(object, version)
            size = (self._shelves.home(object) / "bytes").lstat().st_size
        return BlobState(size, None, note.retain_until, note.hold, note.blob, note.case)

    def read(self, object: str, version: str | None, *, offset: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Chunks of at most 1 MiB."""
        wanted = span(self.stat(object, version).size, offset, length)
        return self._chunks(self._shelves.home(object) / "bytes", offset, wanted)

    def digest(self, object: str, version: str | None) -> str:
        """Past the page cache where the kernel allows it."""
        with self._shelves.disk():
            self._shelves.note(object, version)
            return stored_digest(self._shelves.home(object) / "bytes")

    def extend(self, object: str, version: str | None, retain_until: datetime) -> None:
        """Lengthen retention in the note."""
        end = whole_seconds(retain_until)

        def later(note: Note) -> Note:
            if end < note.retain_until:
                raise faults.shortened(note.retain_until, end)
            return replace(note, retain_until=end)

        with self._shelves.disk(), self._shelves.writing():
            self._shelves.note(object, version)
            self._change(object, later)

    def hold(self, object: str, version: str | None, on: bool) -> None:
        """Set or lift the hold in the note."""
        with self._shelves.disk(), self._shelves.writing():
            self._shelves.note(object, version)
            self._change(object, lambda note: replace(note, hold=on))

    def objects(self) -> Iterator[tuple[str, str | None]]:
        """Sorted by directory, then by name; also what a stranger has put there."""
        with self._shelves.disk():
            for shelf in sorted(self._shelves.objects.iterdir()):
                for home in sorted(shelf.iterdir()):
                    yield home.name, None

    def _placed(self, object: str, incoming: Incoming, end: datetime, case: str) -> bool:
        """Write, sync, re-read, then rename into place; False if another writer was there first."""
        home = self._shelves.home(object)
        work = Path(tempfile.mkdtemp(prefix=f"{object}.", dir=self._shelves.incoming))
        try:
            write_new(work / "bytes", incoming.chunks())
            if stored_digest(work / "bytes") != incoming.blob:
                raise faults.damaged(object, "存入后读回的内容与送入的不一致")
            note = Note(incoming.blob, incoming.size, incoming.sha256, incoming.size, case, end, hold=False)
            write_new(work / "note", [note.dump()])
            sync_directory(work)
            home.parent.mkdir(mode=0o700, exist_ok=True)
            work.rename(home)  # onto a directory that holds something, POSIX rename fails: it never replaces
        except OSError as error:
            if error.errno in _TAKEN and home.exists():
                return False
            raise
        finally:
            shutil.rmtree(work, ignore_errors=True)  # gone if renamed; what stays is swept at the next opening
        return True

    def _same(self, object: str, incoming: Incoming, case: str) -> None:
        """Nothing if just these bytes lie there for this case, re-read. Fault `blob-exists`, `blob-damaged`."""
        note = self._shelves.note(object, None)
        if (note.blob, note.case) != (incoming.blob, case):
            raise faults.taken(object)
        if stored_digest(self._shelves.home(object) / "bytes") != note.blob:
            raise faults.damaged(object, "内容与存入时记下的摘要不一致")

    def _change(self, object: str, change: Callable[[Note], Note]) -> None:
        """Replace the note by a changed one in one step, one change at a time."""
        home = self._shelves.home(object)
        with self._shelves.changing():
            before = self._shelves.note(object, None)
            after = change(before)
            if after != before:
                draft = self._shelves.incoming / f"{object}.note"
                draft.unlink(missing_ok=True)
                write_new(draft, [after.dump()])
                draft.replace(home / "note")
            sync_directory(home)

    def _chunks(self, path: Path, offset: int, length: int) -> Iterator[bytes]:
        with self._shelves.disk():
            yield from read_chunks(path, offset, length)

    def _try_immutable(self) -> None:
        try:
            try_immutable(self._shelves.incoming)
        except OSError as error:
            raise faults.unfit(str(self._shelves.root), f"不能设置不可变属性（{reason(error)}）", _MUTABLE) from error
