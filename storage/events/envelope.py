"""The one event of the library's that this archive has: an envelope whose stored state is the record, octet for octet.

Keeps: no class name, transcoder, compression or upcasting ever touches signed octets; `topic` is the action code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from eventsourcing.persistence import IntegrityError, JSONTranscoder, Mapper, StoredEvent

from domain.formats.record import parse_record

if TYPE_CHECKING:
    from eventsourcing.domain import DomainEventProtocol

    from domain.formats.record import Record


@dataclass(frozen=True, slots=True)
class RecordStored:
    """A record as the library's domain event: the case is its originator, seq its version."""

    record: Record

    @property
    def originator_id(self) -> str:
        """The case's id."""
        return self.record.case

    @property
    def originator_version(self) -> int:
        """The record's seq."""
        return self.record.seq


@dataclass(frozen=True)
class StoredRecord(StoredEvent):
    """What the recorder writes in one row; `act` is the act's id, unique in the archive."""

    act: str


class EnvelopeMapper(Mapper[str]):
    """Octets in, octets out."""

    def __init__(self) -> None:
        super().__init__(transcoder=JSONTranscoder())  # the library wants one; nothing here ever calls it

    def to_stored_event(self, domain_event: DomainEventProtocol[str]) -> StoredEvent:
        """The row of a `RecordStored`."""
        if not isinstance(domain_event, RecordStored):
            raise TypeError(type(domain_event).__qualname__)
        record = domain_event.record
        return StoredRecord(record.case, record.seq, record.act.action, record.data, record.act.id)

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[str]:
        """The record in a row. Faults of `parse_record`; IntegrityError where the row's keys aren't the record's."""
        record = parse_record(stored_event.state)
        keys = (str(stored_event.originator_id), stored_event.originator_version, stored_event.topic)
        if keys != (record.case, record.seq, record.act.action):
            raise IntegrityError(f"row {keys} holds another record")
        return RecordStored(record)
