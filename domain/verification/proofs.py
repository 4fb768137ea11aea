"""What a package brings to prove that it stands in the log: files under data/proofs, read (FORMAT.md §8).

records/NNNN.tlog-proof                  one per record of the case
register/<case>/NNNN.tlog-proof          one per record of a register case
census/document.json, .tlog-proof        the census, and that it is in the log
census/<case>.json                       its path for the case and for every register case
<size>.checkpoint, <size>.tst, consistency/<old>-<new>      checkpoints with time stamps
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..errors import Fault
from ..formats.log_proof import PROOF_OCTETS, LogProof

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..formats.note import Note
    from ..formats.package import Package
    from .findings import Findings

FOLDER = "data/proofs/"
CENSUS = f"{FOLDER}census/document.json"
CENSUS_PROOF = f"{FOLDER}census/document.tlog-proof"
_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_SEQ = r"(?:000[1-9]|00[1-9]\d|0[1-9]\d\d|[1-9]\d{3,11})"
_NUMBER = "(?:0|[1-9][0-9]{0,18})"
PATTERN = re.compile(
    f"{FOLDER}(?:(?:records|register/{_UUID})/{_SEQ}\\.tlog-proof|census/(?:document\\.(?:json|tlog-proof)|{_UUID}\\.json)"
    f"|{_NUMBER}\\.(?:checkpoint|tst)|consistency/{_NUMBER}-{_NUMBER})",
    re.ASCII,
)


def proof_place(record: str) -> str:
    """Where the proof of the record at `record` (data/records/0001.json) stands."""
    return f"{FOLDER}{record.removeprefix('data/').removesuffix('.json')}.tlog-proof"


def census_place(case: str) -> str:
    """Where the census path of a case stands."""
    return f"{FOLDER}census/{case}.json"


@dataclass(slots=True)
class Proofs:
    """The proof files of a package that could be read, by name; `note` is the one checkpoint that all stand under."""

    proofs: dict[str, LogProof] = field(default_factory=dict)
    note: Note | None = None


def read_proofs(package: Package, findings: Findings) -> Proofs:
    """Every .tlog-proof, strictly; one under another checkpoint than the first is named and left out."""
    out = Proofs()
    for name in package.names:
        if name.startswith(FOLDER) and name.endswith(".tlog-proof"):
            check = "census" if name == CENSUS_PROOF else "log"
            try:
                proof = LogProof.parse(package.read(name, PROOF_OCTETS))
            except Fault as fault:
                findings.failed(check, "log-proof-malformed", name, detail=str(fault))
                continue
            out.note = out.note or proof.note
            if proof.note == out.note:
                out.proofs[name] = proof
            else:
                findings.failed(check, "log-checkpoint-differs", name)
    return out


def holds(proof: LogProof, entry: bytes) -> bool:
    """Whether the proof leads from `entry` to its checkpoint's root; one that can't doesn't."""
    try:
        return proof.holds(entry)
    except Fault:
        return False


def surplus(names: Iterable[str], findings: Findings) -> None:
    """Proof files that belong to nothing enclosed."""
    for name in names:
        findings.failed("package", "file-unexpected", name)
