"""The ports about evidence files: where they lie, and what was said of them when they came.

Every port has one contract suite in tests/contract, run over each of its back-ends.
"""
# ruff: noqa: A002  # `object` is the word of the formats for an evidence file's name in the vault

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, BinaryIO, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime


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
    the store keeps none; `case` (UUID) is the case it was stored for, None where that isn't noted. Notes, not proofs:
    `EvidenceVault.digest` re-reads.
    """

    size: int
    version: str | None
    retain_until: datetime | None
    hold: bool
    blob: str | None
    case: str | None


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
        raised by the call, not by the first chunk; so is `content-destroyed` (the case's key was destroyed); `range`
        (negative numbers); `vault-unreachable` and `blob-damaged` also between chunks.
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


class EvidenceSweep(Protocol):
    """What may take evidence files away: no part of `EvidenceVault`, and wired for sweeping alone."""

    def remove(self, object: str, version: str | None) -> None:
        """Remove one version for good. Fault `still-kept` (its retention hasn't ended, or it is on hold).

        Also `blob-missing`, `object-name`, `vault-unreachable`, `vault-refused`. Nothing is removed with a Fault.
        """
        ...


class State(StrEnum):
    """Where an evidence file stands between its arrival and being named by an act."""

    WAITING = "waiting"  # in quarantine: not checked yet, or the checker was away or unsure
    ADMITTED = "admitted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Attached:
    """An evidence file in the vault with what its sender said of it: name (normalised), media type, case.

    `state`: only an admitted file may be named by an act; `reason` says in words why it waits or was refused.
    """

    stored: StoredBlob
    case: str
    name: str
    media: str
    state: State
    reason: str = ""


class Attachments(Protocol):
    """Evidence files that were stored and may be named by drafts, by object; a convenience, never proof.

    What was refused is remembered with its digest for as long as this file is kept.
    """

    def put(self, attached: Attached) -> None:
        """Remember a stored file; the same again is no change. Fault `attachment-exists` for another file."""
        ...

    def settle(self, object: str, state: State, reason: str, media: str) -> Attached:
        """What a later check of a waiting file said. Fault `not-waiting` (admitted or refused already, or unknown)."""
        ...

    def get(self, object: str) -> Attached | None:
        """The stored file with this name, or None."""
        ...

    def same(self, case: str, sha256: str, name: str) -> Attached | None:
        """The file stored last for `case` with these octets (hex digest) under this name and not refused, or None."""
        ...

    def of_case(self, case: str) -> tuple[Attached, ...]:
        """Every file that was stored for a case, by order of its name in the vault."""
        ...

    def in_state(self, state: State) -> tuple[Attached, ...]:
        """Every file in this state, by order of its name in the vault."""
        ...


@dataclass(frozen=True, slots=True)
class Finding:
    """What looking into a file said; `media` is the type found in it, None where nobody could look."""

    state: State
    media: str | None
    reason: str = ""


class Inspection(Protocol):
    """Looks into a file that lies in quarantine."""

    def inspect(self, name: str, octets: BinaryIO) -> Finding:
        """What the file of this (normalised) name is; `octets` can be sought and stands at its start.

        ADMITTED only where every check was made and passed. REFUSED: another look would say the same. WAITING: a check
        couldn't be made or wasn't sure. Errors of reading `octets` pass through; everything else becomes a finding.
        """
        ...


class ContentKeys(Protocol):
    """One secret per case, from which the keys of its withheld facts and of its evidence files are derived."""

    def destroy(self, case: str) -> None:
        """Destroy the case's secret: what was enciphered under it can't be read ever again; again is no change."""
        ...

    def destroyed(self, case: str) -> bool:
        """Whether the case's secret was destroyed."""
        ...
