"""The census (普查): every case with its number of records and its head, so that nothing was left out (FORMAT.md §5).

The archive writes H(document) into the log as an entry of its own. A path shows one case's line together with its two
neighbours, so that whoever holds it sees that no line stands between them. Whoever may see all lines counts.

Keeps: lines ascend strictly by case; every record and every census before this one is accounted for (`counted`).
Leaves: whether the document stands in the log (`log_proof`) and at the index that it names.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from ..errors import Fault
from . import shapes
from .canonical import dump, parse
from .encoding import b64u, b64u_decode, sha256
from .merkle import inclusion, leaf_hash, reached, root_of, subtrees_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .canonical import Json

TYP = "anjuan.census/1"
DOCUMENT_OCTETS = 4096
PATH_OCTETS = 64 << 10
PATH_HASHES = 63
_MEMBERS = ("typ", "origin", "size", "taken", "cases", "root")
_LINE = ("case", "seq", "head")
_SHOWN = (*_LINE, "index", "path")


@dataclass(frozen=True, slots=True, order=True)
class CensusLine:
    """A case, how many records it has, and the b64u digest of the last one."""

    case: str
    seq: int
    head: str

    @property
    def data(self) -> bytes:
        """The leaf's data: three texts, LF between them."""
        return f"{self.case}\n{self.seq}\n{self.head}".encode("ascii")


@dataclass(frozen=True, slots=True)
class Census:
    """What the archive commits to: `size` is the index of its own entry, `cases` the number of lines, `root` b64u."""

    origin: str
    size: int
    taken: str
    cases: int
    root: str

    @classmethod
    def of(cls, origin: str, size: int, taken: str, lines: Sequence[CensusLine]) -> Census:
        """The census over `lines`, which must ascend strictly by case. Fault "census-order"."""
        return cls(origin, size, taken, len(lines), b64u(root_of(_leaves(lines))))

    @classmethod
    def parse(cls, data: bytes) -> Census:
        """The document in canonical octets. Faults of the parser, "shape"."""
        obj = shapes.members(parse(data, limit=DOCUMENT_OCTETS), _MEMBERS, "census")
        shapes.constant(obj["typ"], TYP, "census.typ")
        found = cls(
            origin=shapes.text(obj["origin"], "census.origin"),
            size=shapes.integer(obj["size"], "census.size"),
            taken=shapes.received(obj["taken"], "census.taken"),
            cases=shapes.integer(obj["cases"], "census.cases"),
            root=shapes.digest(obj["root"], "census.root"),
        )
        if found.dump() != data:
            raise shapes.refused("census", "规范的 JSON")
        return found

    def dump(self) -> bytes:
        """Canonical octets: what the log's entry is the digest of."""
        said: dict[str, Json] = {
            "typ": TYP,
            "origin": self.origin,
            "size": self.size,
            "taken": self.taken,
            "cases": self.cases,
            "root": self.root,
        }
        return dump(said)

    @property
    def entry(self) -> bytes:
        """The log entry: H(document)."""
        return sha256(self.dump())


@dataclass(frozen=True, slots=True)
class Shown:
    """A line with its place among the lines and its inclusion proof, bottom up."""

    line: CensusLine
    index: int
    path: tuple[bytes, ...]

    def as_json(self) -> dict[str, Json]:
        """Members case, seq, head, index, path."""
        line = self.line
        hashes: list[Json] = [b64u(hashed) for hashed in self.path]
        return {"case": line.case, "seq": line.seq, "head": line.head, "index": self.index, "path": hashes}


@dataclass(frozen=True, slots=True)
class CensusPath:
    """One case's line with the lines before and after it, None at the edges."""

    shown: Shown
    before: Shown | None
    after: Shown | None

    @classmethod
    def parse(cls, data: bytes) -> CensusPath:
        """The path in canonical octets. Faults of the parser, "shape"."""
        obj = shapes.members(parse(data, limit=PATH_OCTETS), (*_SHOWN, "before", "after"), "path")
        own = _shown({name: obj[name] for name in _SHOWN}, "path")
        found = cls(own, *(None if obj[side] is None else _shown(obj[side], side) for side in ("before", "after")))
        if found.dump() != data:
            raise shapes.refused("path", "规范的 JSON")
        return found

    def dump(self) -> bytes:
        """Canonical octets."""
        sides = {"before": self.before, "after": self.after}
        return dump(self.shown.as_json() | {name: side.as_json() if side else None for name, side in sides.items()})

    def shortcoming(self, census: Census) -> str | None:
        """The reason code for which this path doesn't show that its case has just this line in `census`; None if so.

        "census-path": a line isn't under the root; "census-neighbours": the neighbours aren't next to it, don't ascend,
        or one is missing that must be there.
        """
        own = self.shown
        for shown in (self.before, own, self.after):
            if shown is not None and not _under(shown, census):
                return "census-path"
        first, last = own.index == 0, own.index == census.cases - 1
        if (self.before is None) != first or (self.after is None) != last:
            return "census-neighbours"
        if self.before and (self.before.index != own.index - 1 or self.before.line.case >= own.line.case):
            return "census-neighbours"
        if self.after and (self.after.index != own.index + 1 or self.after.line.case <= own.line.case):
            return "census-neighbours"
        return None


def paths(lines: Sequence[CensusLine], cases: Iterable[str]) -> dict[str, CensusPath]:
    """The paths of those `cases` that have a line. Fault "census-order"."""
    leaves = _leaves(lines)
    subtrees, places = subtrees_of(leaves), {line.case: index for index, line in enumerate(lines)}

    def shown(index: int) -> Shown:
        return Shown(lines[index], index, inclusion(index, len(lines), subtrees))

    out = {}
    for case in cases:
        if (index := places.get(case)) is not None:
            before = shown(index - 1) if index else None
            after = shown(index + 1) if index + 1 < len(lines) else None
            out[case] = CensusPath(shown(index), before, after)
    return out


def counted(census: Census, lines: Sequence[CensusLine], earlier: int) -> str | None:
    """Oversight's check, over all lines and the number of `earlier` censuses in the log; None if nothing is hidden.

    "census-order": lines don't ascend strictly; "census-root": they aren't what the document commits to;
    "census-count": records and earlier censuses together aren't as many as the log has entries before this one.
    """
    try:
        root = b64u(root_of(_leaves(lines)))
    except Fault:
        return "census-order"
    if (root, len(lines)) != (census.root, census.cases):
        return "census-root"
    return None if sum(line.seq for line in lines) + earlier == census.size else "census-count"


def _leaves(lines: Sequence[CensusLine]) -> list[bytes]:
    if any(a.case >= b.case for a, b in pairwise(lines)):
        raise Fault("census-order", "普查各行应按案件编号严格递增，不得重复。")
    return [leaf_hash(line.data) for line in lines]


def _under(shown: Shown, census: Census) -> bool:
    try:
        return b64u(reached(leaf_hash(shown.line.data), shown.index, census.cases, shown.path)) == census.root
    except Fault:
        return False


def _shown(value: Json, field: str) -> Shown:
    obj = shapes.members(value, _SHOWN, field)
    line = CensusLine(
        case=shapes.uuid7(obj["case"], f"{field}.case"),
        seq=shapes.integer(obj["seq"], f"{field}.seq", low=1),
        head=shapes.digest(obj["head"], f"{field}.head"),
    )
    hashes = shapes.items(obj["path"], f"{field}.path", low=0, high=PATH_HASHES)
    path = tuple(b64u_decode(shapes.digest(hashed, f"{field}.path[{i}]")) for i, hashed in enumerate(hashes))
    return Shown(line, shapes.integer(obj["index"], f"{field}.index"), path)
