"""What a verification is given: bytes, each with the place it comes from. A package and a store give the same kind.

Leaves: how the bytes were got. Mappings may read lazily: a store of many cases is gone through case by case.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Piece:
    """The bytes at one place that should hold record `seq` of `case`; `where` names the place for people.

    `position` is the row's position in a store, 0 where there is none.
    """

    where: str
    case: str
    seq: int
    data: bytes
    position: int = 0


class Row(Protocol):
    """A row of a store, as `EventStore.after` gives it (ports.Stored fits)."""

    @property
    def position(self) -> int:
        """Dense position in the store, from 1."""
        ...

    @property
    def case(self) -> str:
        """The case as the row's column says."""
        ...

    @property
    def seq(self) -> int:
        """The record's number as the row's column says."""
        ...

    @property
    def data(self) -> bytes:
        """Record bytes."""
        ...


class Indexed(NamedTuple):
    """What a store keeps beside record `seq` of `case` to find it by: the act's id and its action code."""

    case: str
    seq: int
    act: str
    action: str


@dataclass(frozen=True, slots=True)
class Original:
    """An enclosed evidence file: `size` in octets, `sha256` (hexadecimal) of what is there."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Blob:
    """An object re-read from a vault: `size` in octets and `digest` (b64u) as it lies there.

    `plain` re-reads its plaintext and answers SHA-256 (hexadecimal) and length; None where that is the same bytes.
    """

    size: int
    digest: str
    plain: Callable[[], tuple[str, int]] | None = None


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that is judged.

    `register` and `records` hold pieces by case, in order of place; `disclosures` those shown by "case/seq", or
    `withheld` those kept for (case, act id), Fault if they can't be read; `rulebooks`, `forms` (path → bytes) and
    `calendars` by the b64u digest under which they were found. `place` names where record seq of a case should lie.
    `exact`: nothing may be there that no record names (a package).
    `files` are enclosed originals by name; `vault` re-reads (object, version), Fault "blob-missing"; one of them
    is None. `rows` goes through a store in order of position, `index` through what it keeps beside the bytes to
    find them by; `prefix` stands before the place of all other things.
    """

    register: Mapping[str, tuple[Piece, ...]]
    records: Mapping[str, tuple[Piece, ...]]
    disclosures: Mapping[str, tuple[str, ...]]
    rulebooks: Mapping[str, bytes]
    forms: Mapping[str, Mapping[str, bytes]]
    calendars: Mapping[str, bytes]
    place: Callable[[str, int], str]
    exact: bool = False
    files: Mapping[str, Original] | None = None
    vault: Callable[[str, str | None], Blob] | None = None
    withheld: Callable[[str, str], tuple[str, ...]] | None = None
    rows: Callable[[], Iterable[Row]] | None = field(default=None, repr=False)
    index: Callable[[], Iterable[Indexed]] | None = field(default=None, repr=False)
    prefix: str = ""
