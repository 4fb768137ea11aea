"""Evidence in a directory: the embedded default.

    root/objects/<last two digits of the name>/<name>/bytes   0444, the evidence file as it came
    root/objects/<last two digits of the name>/<name>/note    0444, digest, size, case, retention, hold
    root/incoming/                                            what is being written; swept at opening
    root/writers.lock, root/changes.lock                      flock

Keeps: an object appears whole, with its note, by one rename of its directory that never replaces another; nothing is
answered before bytes, names and directories are synced and the bytes were re-read; retention is only lengthened.

Cannot promise: that nobody deletes or alters files behind its back. Whoever may write here (the service's user, root)
can; retention and hold bind this program only. What they did shows: `digest` re-reads, and the blob's digest stands in
signed records. Whoever needs a store that refuses its own administrator takes the S3 vault with object lock. Nor can it
see through a device that acknowledges fsync and forgets. One machine, one local file system (flock, rename, fsync).
"""
# ruff: noqa: A002  # `object` is the port's word

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from domain.errors import Fault, reason
from domain.evidence_port import BlobState, StoredBlob
from storage.evidence import faults
from storage.evidence.durable import locked, read_chunks, stored_digest, sync_directory, write_new
from storage.evidence.incoming import MAX_SIZE, Incoming, SourceBroke, checked_end, checked_name, span, whole_seconds
from storage.evidence.note import LIMIT, Note

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

_TAKEN = (errno.ENOTEMPTY, errno.EEXIST)


class DirectoryVault:
    """An EvidenceVault under `root`, made if it is missing; files of more than `max_size` bytes are refused.

    Its objects have no versions: `version` is always None. Every method's contract: domain.evidence_port.
    """

    def __init__(self, root: Path, *, max_size: int = MAX_SIZE) -> None:
        self._root, self._max_size = root, max_size
        self._objects, self._incoming = root / "objects", root / "incoming"
        with self._disk():
            if root.is_dir() and not os.access(root, os.W_OK):
                return  # a read-only medium: to be read and audited; every write is refused by the system
            for path in (root, self._objects, self._incoming):
                path.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync_directory(root)
            sync_directory(root.parent)
            self._sweep()

    def put(
        self, object: str, source: BinaryIO, *, length: int | None, retain_until: datetime, case: str
    ) -> StoredBlob:
        """Store once; the same bytes for the same case again give the same answer."""
        home, end = self._home(object), checked_end(retain_until)
        checked_name(case, "case")
        incoming = Incoming(source, length=length, limit=self._max_size)
        try:
            with self._disk(), self._writing():
                if home.exists():
                    incoming.drain()
                    self._same(object, incoming, case)
                elif not self._placed(object, incoming, end, case):
                    self._same(object, incoming, case)
                self._change(object, lambda note: replace(note, retain_until=max(note.retain_until, end)))
                sync_directory(home.parent)
                sync_directory(self._objects)
                return incoming.stored(object, None)
        except SourceBroke as broke:
            raise broke.cause from None

    def stat(self, object: str, version: str | None) -> BlobState:
        """Size from the file system, the rest from the note."""
        with self._disk():
            note = self._note(object, version)
            size = (self._home(object) / "bytes").lstat().st_size
        return BlobState(size, None, note.retain_until, note.hold, note.blob, note.case)

    def read(self, object: str, version: str | None, *, offset: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Chunks of at most 1 MiB."""
        wanted = span(self.stat(object, version).size, offset, length)
        return self._chunks(self._home(object) / "bytes", offset, wanted)

    def digest(self, object: str, version: str | None) -> str:
        """Past the page cache where the kernel allows it."""
        with self._disk():
            self._note(object, version)
            return stored_digest(self._home(object) / "bytes")

    def extend(self, object: str, version: str | None, retain_until: datetime) -> None:
        """Lengthen retention in the note."""
        end = whole_seconds(retain_until)

        def later(note: Note) -> Note:
            if end < note.retain_until:
                raise faults.shortened(note.retain_until, end)
            return replace(note, retain_until=end)

        with self._disk(), self._writing():
            self._note(object, version)
            self._change(object, later)

    def hold(self, object: str, version: str | None, on: bool) -> None:
        """Set or lift the hold in the note."""
        with self._disk(), self._writing():
            self._note(object, version)
            self._change(object, lambda note: replace(note, hold=on))

    def objects(self) -> Iterator[tuple[str, str | None]]:
        """Sorted by directory, then by name; also what a stranger has put there."""
        with self._disk():
            for shelf in sorted(self._objects.iterdir()):
                for home in sorted(shelf.iterdir()):
                    yield home.name, None

    def _home(self, object: str) -> Path:
        # A v7 UUID begins with the time: only its last digits spread evenly.
        return self._objects / checked_name(object)[-2:] / object

    def _placed(self, object: str, incoming: Incoming, end: datetime, case: str) -> bool:
        """Write, sync, re-read, then rename into place; False if another writer was there first."""
        home = self._home(object)
        work = Path(tempfile.mkdtemp(prefix=f"{object}.", dir=self._incoming))
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
        note = self._note(object, None)
        if (note.blob, note.case) != (incoming.blob, case):
            raise faults.taken(object)
        if stored_digest(self._home(object) / "bytes") != note.blob:
            raise faults.damaged(object, "内容与存入时记下的摘要不一致")

    def _note(self, object: str, version: str | None) -> Note:
        home = self._home(object)
        if version is not None or not home.exists():
            raise faults.missing(object, version)
        try:
            return Note.parse(b"".join(read_chunks(home / "note", 0, LIMIT)))
        except FileNotFoundError as error:
            raise faults.damaged(object, "说明文件缺失") from error
        except Fault as fault:
            raise faults.damaged(object, "说明文件无法解读") from fault

    def _change(self, object: str, change: Callable[[Note], Note]) -> None:
        """Replace the note by a changed one in one step, one change at a time."""
        home = self._home(object)
        with locked(self._root / "changes.lock", fcntl.LOCK_EX):
            before = self._note(object, None)
            after = change(before)
            if after != before:
                draft = self._incoming / f"{object}.note"
                draft.unlink(missing_ok=True)
                write_new(draft, [after.dump()])
                draft.replace(home / "note")
            sync_directory(home)

    def _chunks(self, path: Path, offset: int, length: int) -> Iterator[bytes]:
        with self._disk():
            yield from read_chunks(path, offset, length)

    def _sweep(self) -> None:
        """Remove what dead writers left; while one is at work, leave it to the next opening."""
        try:
            with locked(self._root / "writers.lock", fcntl.LOCK_EX | fcntl.LOCK_NB):
                for path in self._incoming.iterdir():
                    if path.is_dir() and not path.is_symlink():
                        shutil.rmtree(path)
                    else:
                        path.unlink()
        except BlockingIOError:
            return

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with locked(self._root / "writers.lock", fcntl.LOCK_SH):
            yield

    @contextmanager
    def _disk(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise faults.refused(str(self._root), reason(error)) from error
