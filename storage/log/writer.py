"""The one writer of the log: follows the store, lays out tiles, signs checkpoints.

Keeps: a checkpoint is signed only when everything it speaks of lies there, synced, and when it is consistent with the
last one that was signed: proven from the files as published, not from memory. One writer at a time (flock); the next
waits for its turn and looks anew. Whatever moment one is killed at, the next goes on: the order is in `index`, tiles
follow from it, the checkpoint comes last.

Cannot promise: that whoever holds the log's key and all files shows everybody the same log. That is what witnesses are
for (`domain.formats.policy`).
"""

from __future__ import annotations

import fcntl
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from domain.archive import receipt_moment
from domain.errors import Fault
from domain.formats import merkle, tiles
from domain.formats.census import Census
from domain.formats.checkpoint import Checkpoint, judged, signed_line
from domain.formats.encoding import sha256
from domain.formats.note import KeyType, Note, NoteKey
from storage.evidence.durable import locked
from storage.log.files import altered
from storage.log.index import RecordEntry

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from domain.formats.checkpoint import Signs
    from domain.ports import Clock, EventStore
    from storage.log.files import LogFiles
    from storage.log.index import LogIndex

BATCH = 2000


@dataclass(frozen=True)
class LogSigner:
    """A private key with the note key it signs for."""

    key: NoteKey
    signer: Signs


class LogWriter:
    """Opens the log for writing, waiting for its turn; Fault "log-altered" if its files don't fit. Close it soon.

    `signers`: the log's Ed25519 key first, others (ML-DSA-44) after it.
    """

    def __init__(
        self,
        *,
        origin: str,
        events: EventStore,
        index: LogIndex,
        files: LogFiles,
        signers: tuple[LogSigner, ...],
        clock: Clock,
        lock: Path,
    ) -> None:
        self._origin, self._events, self._index, self._files = origin, events, index, files
        self._signers, self._clock = signers, clock
        self._opened = ExitStack()
        self._opened.enter_context(locked(lock, fcntl.LOCK_EX))
        with ExitStack() as failing:
            failing.callback(self._opened.close)
            self._files.sweep()
            self._last = self._published()
            failing.pop_all()

    @property
    def last(self) -> Checkpoint | None:
        """The newest checkpoint that was published."""
        return self._last

    def follow(self, tick: Callable[[int, int], None] = lambda _done, _all: None) -> Checkpoint:
        """Take in every record of the store, publish, sign; the checkpoint then. `tick(done, all)` counts records."""
        goal = self._events.position()
        while rows := self._events.after(self._index.position(), BATCH):
            self._index.add_records([RecordEntry(sha256(row.data), row.position, row.case, row.seq) for row in rows])
            tick(rows[-1].position, max(goal, rows[-1].position))
        return self.publish()

    def take_census(self) -> Checkpoint:
        """Follow, and let the last entry be a census of all before it, unless it is one; the checkpoint then."""
        last = self.follow()
        censuses = self._index.censuses(last.size)
        if not censuses or censuses[0][0] != last.size - 1:
            taken = receipt_moment(self._clock.now())
            census = Census.of(self._origin, last.size, taken, self._index.lines(last.size))
            self._index.add_census(census.entry, census.dump(), last.size)
        return self.publish()

    def publish(self) -> Checkpoint:
        """Publish what the index has and sign it, unless that was done already; the newest checkpoint."""
        size, old = self._index.size(), self._last.size if self._last else 0
        if self._last is not None and size == old:
            return self._last
        for level in range(tiles.ENTRIES, tiles.MAX_LEVEL + 1):
            below = 0 if level == tiles.ENTRIES else level * tiles.HEIGHT
            if not size >> below:
                break
            for tile in tiles.tiles_between(level, old >> below, size >> below):
                self._files.add_tile(tile, self._made(tile))
        self._last = self._signed(size)
        return self._last

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the log up for another writer."""
        self._opened.close()

    def _made(self, tile: tiles.Tile) -> bytes:
        """A tile's octets: entries and leaves from the index, upper levels from the whole tiles below."""
        start = tile.n * tiles.WIDTH
        if tile.level <= 0:
            entries = self._index.entries(start, start + tile.width)
            return tiles.bundle(entries) if tile.level == tiles.ENTRIES else tiles.leaves_of(entries)
        before = self._narrower(tile)
        known = len(before) // merkle.HASH_OCTETS
        whole = [tiles.Tile(tile.level - 1, start + i) for i in range(known, tile.width)]
        return before + b"".join(merkle.root_of(tiles.parse_hashes(self._read(t), tiles.WIDTH)) for t in whole)

    def _narrower(self, tile: tiles.Tile) -> bytes:
        """What the last published tree had of a tile: the next root is only signed if it bears out the last one."""
        had = (self._last.size if self._last else 0) >> (tile.level * tiles.HEIGHT)
        width = had - tile.n * tiles.WIDTH
        return self._read(tiles.Tile(tile.level, tile.n, width)) if width > 0 else b""

    def _signed(self, size: int) -> Checkpoint:
        subtrees = tiles.subtrees_in(size, self._remembering())
        new = Checkpoint(self._origin, size, merkle.root(size, subtrees))
        old = self._last
        if old is not None and old.size:
            path = merkle.consistency(old.size, size, subtrees)
            if merkle.joined(old.size, size, old.root, path) != (old.root, new.root):
                raise altered("tile/")
        now = _seconds(self._clock.now())
        lines = [signed_line(new, one.key, one.signer, _time(one.key, now)) for one in self._signers]
        self._files.add_checkpoint(size, Note(new.body, tuple(lines)).dump().encode())
        return new

    def _published(self) -> Checkpoint | None:
        """The checkpoint that lies there, held against our key, the tiles and the index. Fault "log-altered"."""
        sizes = self._files.sizes()
        data = self._files.checkpoint_of(sizes[-1]) if sizes else None
        if data is None:
            if self._files.checkpoint() is not None:
                raise altered("checkpoints/")
            return None
        last, holds = self._judged(data)
        if last.origin != self._origin or not holds or last.size > self._index.size():
            raise altered(f"checkpoints/{last.size}")
        if merkle.root(last.size, tiles.subtrees_in(last.size, self._remembering())) != last.root:
            raise altered("tile/")
        self._files.add_checkpoint(last.size, data)  # where the last writer died between keeping and showing it
        return last

    def _judged(self, data: bytes) -> tuple[Checkpoint, bool]:
        """A checkpoint, and whether the log's key signed it and no line by another key of ours is wrong."""
        note = Note.parse(data)
        last = Checkpoint.parse(note.text)
        try:
            signed = judged(last, note, [one.key for one in self._signers])
        except Fault:
            return last, False
        return last, self._signers[0].key in {line.key for line in signed}

    def _remembering(self) -> Callable[[tiles.Tile], bytes]:
        """Reads each tile once."""
        read = dict[tiles.Tile, bytes]()

        def tile(wanted: tiles.Tile) -> bytes:
            if wanted not in read:
                read[wanted] = self._read(wanted)
            return read[wanted]

        return tile

    def _read(self, tile: tiles.Tile) -> bytes:
        data = self._files.tile(tile)
        if data is None:
            raise altered(tile.path)
        return data


def _time(key: NoteKey, now: int) -> int | None:
    return None if key.type is KeyType.ED25519 else now


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
