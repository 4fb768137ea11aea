"""Steps 6 and 17: trust from elsewhere, and the layers above signatures and chain.

Keeps: without a trust file nothing is authentic; a layer that was asked for and isn't there never passes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..formats.trust import Trust
    from .findings import Findings
    from .register_fold import Registry

# What `--require` may ask for, each with all before it, and the check that it adds.
LEVELS = ("chain", "logged", "witnessed", "timestamped")
_LAYERS = {"log": "logged", "witness": "witnessed", "time": "timestamped", "census": None}
LAYERS = tuple(_LAYERS)


def required_level(require: str | None, *, hash_only: bool = False) -> str:
    """The level asked for, "chain" if none; Fault "require" for a word that is none of LEVELS, or for a level that
    digests alone can't show.
    """  # noqa: D205  # one sentence
    level = require or LEVELS[0]
    if level not in LEVELS:
        raise Fault("require", f"没有“{level[:40]}”这一层级。", f"可选：{'、'.join(LEVELS)}。", field="require")
    if hash_only and level != LEVELS[0]:
        raise Fault("require", f"只核对摘要时不能要求“{level}”这一层级。", "请去掉其中一项。", field="require")
    return level


def judge_trust(trust: Trust | None, registry: Registry, findings: Findings) -> None:
    """Whether the archive is the one that its reader got to know elsewhere."""
    genesis = registry.genesis
    if trust is None:
        findings.unsettled("trust", "trust-absent")
        return
    if genesis is None:
        findings.blocked("trust")
        return
    if genesis.record.digest != trust.genesis:
        findings.failed("trust", "trust-genesis", genesis.where)
    if registry.final.origin != trust.origin:
        findings.failed("trust", "trust-origin", genesis.where, "facts.origin")
    findings.passed("trust", "trust-valid")


def asked_for(level: str, check: str) -> bool:
    """Whether `level` demands that `check` (log, witness, time) passes."""
    return _LAYERS[check] in LEVELS[1 : LEVELS.index(level) + 1]


def judge_absent(level: str, checks: Iterable[str], findings: Findings) -> None:
    """Layers for which nothing was brought."""
    for check in checks:
        if asked_for(level, check):
            findings.unsettled(check, "layer-absent", layer=check)
        else:
            findings.unclaimed(check, f"{check}-not-claimed")
