"""data/proofs of a package: that each enclosed record stands in the log, and the census of each enclosed case.

All under one checkpoint. Leaves: whether they hold (verification); witnesses' lines are in the checkpoint already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.verification.proofs import CENSUS, CENSUS_PROOF, census_place, proof_place

if TYPE_CHECKING:
    from domain.formats.package import Source
    from domain.ports import Logged
    from domain.verification import Material


def proofs_of(log: Logged, material: Material) -> dict[str, Source]:
    """The proof files by name. Fault "not-logged" for a record that came after the log's checkpoint."""
    out: dict[str, Source] = {}
    for cases in (material.records, material.register):
        for case in cases:
            for piece in cases[case]:
                out[proof_place(piece.where)] = log.proof(case, piece.seq).dump().encode()
    if (taken := log.census()) is not None:
        census, proof = taken
        out[CENSUS], out[CENSUS_PROOF] = census.dump(), proof.dump().encode()
        paths = log.census_paths([*material.records, *material.register])
        out |= {census_place(case): path.dump() for case, path in paths.items()}
    return out
