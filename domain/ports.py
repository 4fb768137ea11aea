"""The ports: what the archive asks of the world, as Protocols named after what they do.

Every port has one contract suite in tests/contract, run over each of its back-ends. Those about evidence files stand in
`evidence_port`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from .formats.census import Census, CensusPath
    from .formats.checkpoint import Checkpoint
    from .formats.log_proof import LogProof
    from .formats.record import Record
    from .rules.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Stored:
    """A record as the store holds it: its dense position in the store (from 1), case, seq, and bytes."""

    position: int
    case: str
    seq: int
    data: bytes


class EventStore(Protocol):
    """Where records lie: append-only, one row per record, (case, seq) unique, act id unique in the archive.

    Positions are dense and in the order of commitment. Fault `store-unknown` means the outcome of a write is unknown:
    repeat the same call. Nothing is ever changed or removed through this port.
    """

    def append(self, record: Record) -> int:
        """Commit one record durably; its position. Fault `seq-taken` ((case, seq) exists), `act-taken` (act id)."""
        ...

    def case(self, case: str) -> tuple[bytes, ...]:
        """The record bytes of a case in order of seq; empty if there is none."""
        ...

    def since(self, case: str, seq: int) -> tuple[bytes, ...]:
        """The record bytes of a case that follow number `seq`, in order; `case` is `since(case, 0)`."""
        ...

    def find_act(self, act: str) -> Stored | None:
        """The record that holds the act with this id."""
        ...

    def after(self, position: int, limit: int, actions: Collection[str] = ()) -> tuple[Stored, ...]:
        """Up to `limit` records that follow `position`, in order; only those of `actions` where any are given."""
        ...

    def cases(self) -> tuple[tuple[str, int], ...]:
        """Every case with its number of records, by order of first commitment."""
        ...

    def position(self) -> int:
        """The position of the last record; 0 if there is none."""
        ...


class WithheldFacts(Protocol):
    """Disclosures of withheld facts, encrypted under one key per case; never in records, logs or errors.

    What destroys them is `evidence_port.ContentKeys`.
    """

    def put(self, case: str, act: str, disclosures: tuple[str, ...]) -> None:
        """Keep an act's disclosures; the same again is no change, others under the same id: Fault `withheld-exists`."""
        ...

    def get(self, case: str, act: str) -> tuple[str, ...]:
        """The act's disclosures; empty if there are none or they were destroyed."""
        ...


class Clock(Protocol):
    """Where time enters."""

    def now(self) -> datetime:
        """The present moment, aware, UTC."""
        ...


class Ids(Protocol):
    """Where identity and chance enter."""

    def uuid7(self) -> str:
        """A fresh UUID version 7, lower case."""
        ...

    def salt(self) -> bytes:
        """16 random bytes."""
        ...


class Rulebooks(Protocol):
    """Compiled rulebooks, forms and year tables: those installed now, and by digest those adopted in the past."""

    def current(self) -> Mapping[str, Rulebook]:
        """The installed version of each rulebook, by id."""
        ...

    def calendars(self) -> Mapping[str, bytes]:
        """Every installed year's table as canonical JSON, by name (`cn-2023`)."""
        ...

    def rulebook(self, pinned: str) -> Rulebook:
        """The rulebook with this digest. Fault `unknown-rulebook`, `rulebook-altered`."""
        ...

    def form(self, pinned: str, path: str) -> bytes:
        """The bytes of a form of the rulebook with digest `pinned`. Fault `unknown-form`, and as `rulebook`."""
        ...

    def calendar(self, pinned: str) -> bytes:
        """The year table with this digest. Faults as `rulebook`."""
        ...

    def keep_calendar(self, data: bytes) -> None:
        """Keep a compiled year table durably, by its digest; the same again is no change. Adopts nothing."""
        ...

    def keep_rulebook(self, book: Rulebook, forms: Mapping[str, bytes]) -> None:
        """Keep a rulebook and its forms (path → bytes) durably, by digest; the same again is no change."""
        ...


class Log(Protocol):
    """The transparency log of the archive."""

    def settle(self) -> Logged:
        """Take in every record there is, take a census, sign; the log as it stands then."""
        ...


class Logged(Protocol):
    """The transparency log at one checkpoint: what is read from it belongs together."""

    @property
    def checkpoint(self) -> Checkpoint:
        """Its size and root."""
        ...

    def proof(self, case: str, seq: int) -> LogProof:
        """That a record stands in the log. Fault `not-logged` while it has no place under this checkpoint."""
        ...

    def census(self) -> tuple[Census, LogProof] | None:
        """The newest census with the proof that it is in the log; None before the first."""
        ...

    def census_paths(self, cases: Iterable[str]) -> dict[str, CensusPath]:
        """What that census says of `cases`, by case; one without a line there is left out."""
        ...
