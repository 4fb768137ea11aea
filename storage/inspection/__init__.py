"""Inspection of evidence in quarantine: put together here from its parts, one file each."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO

from domain.evidence_port import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from domain.evidence_port import Finding

    from .clamd import Clamd


class EvidenceInspection:
    """An Inspection (domain.evidence_port): first what the file is, then, where one is set up, the scanner for malware.

    `look` judges by the content (`Confined.inspect`, or `content.judged`). Without a scanner the other checks decide.
    """

    def __init__(self, look: Callable[[str, BinaryIO], Finding], scanner: Clamd | None = None) -> None:
        self._look, self._scanner = look, scanner

    def inspect(self, name: str, octets: BinaryIO) -> Finding:
        """What the file is, and whether it may be named."""
        found = self._look(name, octets)
        if found.state is not State.ADMITTED or self._scanner is None:
            return found
        octets.seek(0)
        return replace(self._scanner.scan(octets), media=found.media)
