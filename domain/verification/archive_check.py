"""An archive's own store, judged from its rows and its vault.

Says plainly what no store can show of itself: whether its tail, or whole cases with the positions after them moved up,
were cut off. Only a log and a census that others have seen can show that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..formats.encoding import sha256
from .examination import examine, in_turn
from .findings import Findings
from .layers import LAYERS, judge_absent, required_level
from .outcome import DIGEST
from .scope import EVERYTHING

if TYPE_CHECKING:
    from datetime import date

    from ..formats.trust import Trust
    from ..formats.verdict import Report
    from .examination import Lines, Outcomes
    from .scope import Scope
    from .source import Material


def verify_store(
    material: Material,
    trust: Trust | None,
    require: str | None = None,
    *,
    as_of: date | None = None,
    scope: Scope = EVERYTHING,
    outcomes: Outcomes = in_turn,
) -> Report:
    """All checks over a store that `scope` asks for; `as_of` is the civil day for time limits, None for each case's
    last record; `outcomes` judges the cases. Fault "require" (wrong usage). Faults of the mappings that read the store
    pass through.
    """  # noqa: D205  # the parameters are one list
    level, findings = required_level(require, hash_only=scope.hash_only), Findings()
    examined = examine(material, trust, findings, as_of=as_of, scope=scope, outcomes=outcomes)
    judge_absent(level, LAYERS, findings)
    coverage = examined.coverage
    if coverage.seed is not None:
        findings.unjudged("store", "not-sampled", seed=coverage.seed, of=coverage.of, count=coverage.cases)
    else:
        count = _judge_rows(material, examined.lines, findings)
        if not scope.hash_only:
            _judge_index(material, examined.lines, findings)
        if count and findings.clean("store"):
            findings.noted("store", "store-valid", count=count)
    findings.unclaimed("store", "store-tail")
    return findings.report(coverage)


def _judge_rows(material: Material, lines: Lines, findings: Findings) -> int:
    """Rows stand at dense positions, once per (case, seq), and are the bytes that were judged case by case."""
    rows, count = material.rows, 0
    if rows is None:
        return 0
    seen = {case: bytearray(len(digests) // DIGEST) for case, digests in lines.digests.items()}
    for row in rows():
        count += 1
        where = f"{row.case}/{row.seq}"
        if row.position != count:
            findings.failed("store", "store-position", where, "position")
            count = row.position
        marks, at = seen.get(row.case, b""), row.seq - 1
        if not 0 <= at < len(marks) or marks[at] or lines.digest(row.case, at) != sha256(row.data):
            findings.failed("store", "store-altered", where)
        if isinstance(marks, bytearray) and 0 <= at < len(marks):
            marks[at] = 1
    for case, marks in sorted(seen.items()):
        for at, mark in enumerate(marks):
            if not mark:
                findings.failed("store", "store-altered", f"{case}/{at + 1}")
    return count


def _judge_index(material: Material, lines: Lines, findings: Findings) -> None:
    """What the store finds records by is what they say: a revocation filed as something else would go unseen."""
    actions = tuple(lines.actions)
    for kept in material.index() if material.index else ():
        act = lines.act(kept.case, kept.seq - 1, actions)
        for name, found, said in zip(("act", "action"), (kept.act, kept.action), act or (), strict=False):
            if found != said:
                findings.failed("store", "store-altered", f"{kept.case}/{kept.seq}", name)
