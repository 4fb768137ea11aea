"""The ports: what the archive asks of the world, as Protocols named after what they do.

Every port has one contract suite in tests/contract, run over each of its back-ends.
"""
# ruff: noqa: A002  # `object` is the word of the formats for an evidence file's name in the vault

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import datetime

    from .formats.record import Record
    from .rules.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """One evidence file as it was stored and read back.

    `object` is its name in the vault (lower-case UUID, given before the first byte). `blob` = b64u H(object as it
    lies in the vault) and `size` its length in bytes: what an audit without any key can check. `version` is the
    store's version id, None where the store has none. `sha256` (hex) and `length` (bytes) are those of the plaintext.
    A vault that doesn't encrypt gives the same digest and the same number twice.
    """

    object: str
    blob: str
    size: int
    version: str | None
    sha256: str
    length: int


@dataclass(frozen=True, slots=True)
class BlobState:
    """What the store says of one stored object now.

    `size` in bytes as stored; `retain_until` (aware, UTC) is the end of its retention, None if it has none; `hold` is
    True while it may not be destroyed whatever its retention; `blob` (b64u) is the digest noted at storing: None if
    the store keeps none. It is a note, not a proof: `EvidenceVault.digest` re-reads.
    """

    size: int
    version: str | None
    retain_until: datetime | None
    hold: bool
    blob: str | None


class EvidenceVault(Protocol):
    """Where evidence files lie: written once, kept under retention, never deleted through this port.

    Every method may raise Fault with code `object-name` (`object` is no lower-case UUID), `vault-unreachable` (the
    store doesn't answer: outcome unknown, repeat the same call) or `vault-refused` (the store answers with an error).
    """

    def put(
        self,
        object: str,
        source: BinaryIO,
        *,
        length: int | None,
        retain_until: datetime,
        case: str,
    ) -> StoredBlob:
        """Store the bytes of `source` once, from where it stands to its end, and read them back.

        Streams in bounded memory. `length` in bytes if known; `retain_until` aware and ahead of now; `case` is the
        case's id (UUID). Returns only after the bytes are durable, were re-read and hashed, and retention was re-read.
        The same bytes under the same name again give the same answer (and lengthen retention where the later call asks
        for more): so a lost reply is healed by repeating. Codes: `blob-exists` (other bytes lie there), `empty` (no
        byte), `length` (the stream isn't as long as declared), `too-large`, `retention` (no time zone or not ahead),
        `blob-damaged` (what lies there isn't what was sent). After a Fault or an error of `source` nothing is visible
        under the name that wasn't before. An error raised by `source` passes through.
        """
        ...

    def stat(self, object: str, version: str | None) -> BlobState:
        """What the store says of the object. Fault `blob-missing`."""
        ...

    def read(
        self,
        object: str,
        version: str | None,
        *,
        offset: int = 0,
        length: int | None = None,
    ) -> Iterator[bytes]:
        """The plaintext in chunks, from byte `offset`, at most `length` bytes (None: to the end).

        A range that ends beyond the file stops at its end; one that begins there is empty. Fault `blob-missing` is
        raised by the call, not by the first chunk; `range` (negative numbers); `vault-unreachable` also between chunks.
        """
        ...

    def digest(self, object: str, version: str | None) -> str:
        """Re-read the object as it is stored and hash it: b64u, comparable with `StoredBlob.blob`. Needs no key."""
        ...

    def extend(self, object: str, version: str | None, retain_until: datetime) -> None:
        """Lengthen retention; the present end again is no change. Fault `retention-shortened`, `blob-missing`."""
        ...

    def hold(self, object: str, version: str | None, on: bool) -> None:
        """Set or lift the hold; setting what is set is no change. Fault `blob-missing`."""
        ...

    def objects(self) -> Iterator[tuple[str, str | None]]:
        """(object, version) of everything that lies there, every version, in no promised order."""
        ...


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
    """Disclosures of withheld facts, encrypted under one key per case; never in records, logs or errors."""

    def put(self, case: str, act: str, disclosures: tuple[str, ...]) -> None:
        """Keep an act's disclosures; the same again is no change, others under the same id: Fault `withheld-exists`."""
        ...

    def get(self, case: str, act: str) -> tuple[str, ...]:
        """The act's disclosures; empty if there are none or they were destroyed."""
        ...

    def destroy(self, case: str) -> None:
        """Destroy the case's key: its disclosures can never be read again."""
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


@dataclass(frozen=True, slots=True)
class Attached:
    """An evidence file in the vault with what its sender said of it: name (normalised), media type, case."""

    stored: StoredBlob
    case: str
    name: str
    media: str


class Attachments(Protocol):
    """Evidence files that were stored and may be named by drafts, by object; a convenience, never proof."""

    def put(self, attached: Attached) -> None:
        """Remember a stored file; the same again is no change."""
        ...

    def get(self, object: str) -> Attached | None:
        """The stored file with this name, or None."""
        ...

    def same(self, case: str, sha256: str, name: str) -> Attached | None:
        """The file stored last for `case` with these octets (hex digest) under this file name, or None."""
        ...
