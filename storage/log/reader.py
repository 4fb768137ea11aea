"""The log as it was published, read: proofs of records, and the census, all under one checkpoint."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from domain.errors import Fault
from domain.formats import merkle, tiles
from domain.formats.census import Census, CensusPath, paths
from domain.formats.checkpoint import Checkpoint
from domain.formats.log_proof import LogProof
from domain.formats.note import Note
from storage.log.files import altered

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.log.files import LogFiles
    from storage.log.index import LogIndex


class LogView:
    """The log at its newest checkpoint; what comes later isn't seen. Fault "log-empty" before the first one."""

    def __init__(self, index: LogIndex, files: LogFiles) -> None:
        data = files.checkpoint()
        if data is None:
            raise Fault("log-empty", "日志还没有检查点。", "请先运行 anjuan log follow。")
        self.note = Note.parse(data)
        self.checkpoint = Checkpoint.parse(self.note.text)
        self._index, self._files = index, files
        self._read = dict[tiles.Tile, bytes]()

    def place(self, case: str, seq: int) -> int | None:
        """The index of a record under this checkpoint, None if it has none."""
        index = self._index.find(case, seq)
        return index if index is not None and index < self.checkpoint.size else None

    def proof(self, case: str, seq: int) -> LogProof:
        """That a record stands in the log. Fault "not-logged" while it has no place under this checkpoint."""
        index = self.place(case, seq)
        if index is None:
            message, remedy = f"第 {seq} 号记录尚未进入日志。", "请稍候，或运行 anjuan log follow。"
            raise Fault("not-logged", message, remedy, record=seq)
        return self._proof(index)

    def consistency(self, old: int) -> tuple[bytes, ...]:
        """That the log of `old` entries is the beginning of this one. Fault "log-range"."""
        return merkle.consistency(old, self.checkpoint.size, self._subtrees)

    def census(self) -> tuple[Census, LogProof] | None:
        """The newest census with the proof that it is in the log; None before the first."""
        if self._census is None:
            return None
        index, document = self._census
        return document, self._proof(index)

    def census_paths(self, cases: Iterable[str]) -> dict[str, CensusPath]:
        """What the newest census says of `cases`, by case; one without a line there is left out."""
        return paths(self._index.lines(self._census[0]), cases) if self._census else {}

    @cached_property
    def _census(self) -> tuple[int, Census] | None:
        found = self._index.censuses(self.checkpoint.size)
        return (found[0][0], Census.parse(found[0][1])) if found else None

    def _proof(self, index: int) -> LogProof:
        return LogProof(index, merkle.inclusion(index, self.checkpoint.size, self._subtrees), self.note)

    @cached_property
    def _subtrees(self) -> merkle.Subtrees:
        return tiles.subtrees_in(self.checkpoint.size, self._tile)

    def _tile(self, tile: tiles.Tile) -> bytes:
        """Each tile is read once."""
        if tile not in self._read:
            data = self._files.tile(tile)
            if data is None:
                raise altered(tile.path)
            self._read[tile] = data
        return self._read[tile]
