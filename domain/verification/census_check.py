"""Step 17, census: what the archive has committed to about each enclosed case (FORMAT.md §5).

Stops: the tail of a case cut off from an export, as far as the archive had committed to it. Leaves: whether other cases
were hidden; only who may see all lines can count them (`formats.census.counted`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import Fault
from ..formats.census import DOCUMENT_OCTETS, PATH_OCTETS, Census, CensusPath
from ..formats.encoding import digest
from .proofs import CENSUS, CENSUS_PROOF, census_place, holds

if TYPE_CHECKING:
    from ..formats.package import Package
    from .findings import Findings
    from .proofs import Proofs
    from .register_fold import Registry
    from .source import Material, Piece


def judge_census(package: Package, proofs: Proofs, material: Material, registry: Registry, findings: Findings) -> None:
    """The document, that it is in the log where it says, and the line of every enclosed case."""
    if CENSUS not in package.sizes:
        findings.unclaimed("census", "census-not-claimed")
        return
    try:
        census = Census.parse(package.read(CENSUS, DOCUMENT_OCTETS))
    except Fault as fault:
        findings.failed("census", "census-malformed", CENSUS, detail=str(fault))
        return
    if registry.founded and census.origin != registry.final.origin:
        findings.failed("census", "census-malformed", CENSUS, "origin", detail="不是本档案库的普查")
    proof = proofs.proofs.get(CENSUS_PROOF)
    if proof is None or proof.index != census.size or not holds(proof, census.entry):
        findings.failed("census", "census-unlogged", CENSUS_PROOF)
    for cases in (material.records, material.register):
        for case in cases:
            _judge_case(package, census, case, cases[case], findings)
    findings.passed("census", "census-valid", taken=census.taken, cases=census.cases)


def _judge_case(package: Package, census: Census, case: str, pieces: tuple[Piece, ...], findings: Findings) -> None:
    where = census_place(case)
    if where not in package.sizes:
        findings.failed("census", "census-path-missing", where)
        return
    try:
        path = CensusPath.parse(package.read(where, PATH_OCTETS))
    except Fault as fault:
        findings.failed("census", "census-malformed", where, detail=str(fault))
        return
    line, wrong = path.shown.line, path.shortcoming(census)
    if wrong is not None or line.case != case:
        findings.failed("census", wrong or "census-path", where)
    elif line.seq > len(pieces):
        findings.failed("census", "census-tail", where, "seq", seq=line.seq, found=len(pieces))
    elif digest(pieces[line.seq - 1].data) != line.head:
        findings.failed("census", "census-head", where, "head", seq=line.seq)
