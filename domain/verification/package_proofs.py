"""Steps 17 to 19 of a package: log, witnesses, census, time; what is brought is judged, what isn't is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .census_check import judge_census
from .layers import LAYERS, asked_for, judge_absent
from .log_check import judge_log, judge_witnesses
from .proofs import CENSUS, CENSUS_PROOF, FOLDER, census_place, proof_place, read_proofs, surplus

if TYPE_CHECKING:
    from ..formats.export import ExportClaim
    from ..formats.package import Package
    from ..formats.trust import Trust
    from .findings import Findings
    from .register_fold import Registry
    from .source import Material

_STAMPED = (".checkpoint", ".tst")


def judge_proofs(
    package: Package,
    material: Material,
    export: ExportClaim | None,
    trust: Trust | None,
    level: str,
    registry: Registry,
    findings: Findings,
) -> None:
    """Everything under data/proofs. A package without any claims none of these layers."""
    brought = [name for name in package.names if name.startswith(FOLDER)]
    if not brought:
        judge_absent(level, LAYERS, findings)
        return
    proofs = read_proofs(package, findings)
    judge_log(proofs, material, export.checkpoint if export else None, trust, registry, findings)
    judge_witnesses(proofs, asked_for(level, "witness"), trust, registry, findings)
    judge_census(package, proofs, material, registry, findings)
    known = _known(material)
    surplus([name for name in brought if name not in known and not _stamped(name)], findings)
    if any(_stamped(name) for name in brought):
        findings.unsettled("time", "layer-unjudged", FOLDER, layer="time")
    else:
        judge_absent(level, ("time",), findings)


def _known(material: Material) -> set[str]:
    """The proofs that belong to something enclosed."""
    cases = [*material.records, *material.register]
    pieces = [piece for group in (material.records, material.register) for case in group for piece in group[case]]
    return {CENSUS, CENSUS_PROOF, *map(census_place, cases), *(proof_place(piece.where) for piece in pieces)}


def _stamped(name: str) -> bool:
    return name.endswith(_STAMPED) or name.startswith(f"{FOLDER}consistency/")
