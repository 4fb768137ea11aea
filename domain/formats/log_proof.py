"""A proof file: this entry stands in the log under this checkpoint (c2sp.org/tlog-proof@v1; FORMAT.md §4).

    c2sp.org/tlog-proof@v1 LF
    index <N> LF
    <b64(hash)> LF …            inclusion proof, bottom up
    LF
    <checkpoint, verbatim>

It goes offline with the entry; whom to trust comes from elsewhere. An `extra` line is refused: nothing here needs it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import Fault
from .checkpoint import Checkpoint
from .encoding import b64, b64_decode
from .merkle import HASH_OCTETS, MAX_SIZE, leaf_hash, reached
from .note import NOTE_OCTETS, Note

HEADER = "c2sp.org/tlog-proof@v1"
PATH_HASHES = 63
PROOF_OCTETS = NOTE_OCTETS + PATH_HASHES * 45 + 100
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class LogProof:
    """Where an entry stands (`index`), the proof up to the root, and the signed checkpoint it belongs to."""

    index: int
    path: tuple[bytes, ...]
    note: Note

    @property
    def checkpoint(self) -> Checkpoint:
        """The checkpoint in the note; its signatures are not judged here. Fault "checkpoint"."""
        return Checkpoint.parse(self.note.text)

    def holds(self, entry: bytes) -> bool:
        """Whether the proof leads from `entry` (its data, not its hash) to the checkpoint's root. Fault "log-range"."""
        checkpoint = self.checkpoint
        return reached(leaf_hash(entry), self.index, checkpoint.size, self.path) == checkpoint.root

    def dump(self) -> str:
        """The file."""
        hashes = "".join(f"{b64(hashed)}\n" for hashed in self.path)
        return f"{HEADER}\nindex {self.index}\n{hashes}\n{self.note.dump()}"

    @classmethod
    def parse(cls, data: bytes) -> LogProof:
        """The proof in `data`, strictly. Fault "log-proof", "note", "checkpoint"."""
        if len(data) > PROOF_OCTETS:
            raise _bad("文件过大")
        head, separator, note = data.partition(b"\n\n")
        lines = head.decode("ascii", "replace").split("\n")
        found = _INDEX.fullmatch(lines[1]) if len(lines) > 1 else None
        if not separator or lines[0] != HEADER or found is None or int(found[1]) > MAX_SIZE:
            raise _bad("开头应为格式名称和序号")
        if len(lines) - 2 > PATH_HASHES:
            raise _bad(f"哈希多于 {PATH_HASHES} 个")
        proof = cls(int(found[1]), tuple(_hash(line) for line in lines[2:]), Note.parse(note))
        _ = proof.checkpoint
        return proof


def _hash(line: str) -> bytes:
    try:
        hashed = b64_decode(line)
    except Fault as fault:
        raise _bad("哈希不是规范的 base64") from fault
    if len(hashed) != HASH_OCTETS:
        raise _bad("哈希长度不符")
    return hashed


def _bad(why: str) -> Fault:
    return Fault("log-proof", f"日志证明的格式不符：{why}。", "请重新取得证明文件。")
