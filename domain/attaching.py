"""Evidence files on their way in: named, stored under retention, remembered, before any act may name them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, BinaryIO

from .admission import admitted_name, media_type
from .evidence_port import Attached, State

if TYPE_CHECKING:
    from .evidence_port import Attachments, EvidenceVault
    from .ports import Clock, Ids

RETENTION = timedelta(days=365 * 30)


@dataclass(frozen=True, slots=True)
class Attaching:
    """Takes evidence files in; it speaks only through the ports."""

    vault: EvidenceVault
    attachments: Attachments
    clock: Clock
    ids: Ids

    def attach(
        self,
        *,
        case: str,
        source: BinaryIO,
        name: str,
        media: str | None = None,
        length: int | None = None,
        object: str | None = None,  # noqa: A002  # the formats' word
    ) -> Attached:
        """Store one evidence file under retention, before any act may name it. Faults of the vault; "file-name".

        `object` is its name in the vault where that was given before: the same file again is no change.
        """
        clean = admitted_name(name)
        stored = self.vault.put(
            object or self.ids.uuid7(), source, length=length, retain_until=self.clock.now() + RETENTION, case=case
        )
        attached = Attached(stored, case, clean, media or media_type(clean), State.ADMITTED)
        self.attachments.put(attached)
        return attached
