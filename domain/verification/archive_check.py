"""An archive's own store, judged from its rows and its vault.

Says plainly what no store can show of itself: whether its tail, or whole cases with the positions after them moved up,
were cut off. Only a log and a census that others have seen can show that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..formats.encoding import sha256
from .examination import examine
from .findings import Findings
from .layers import LAYERS, judge_absent, required_level

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from ..formats.trust import Trust
    from ..formats.verdict import Report
    from .source import Material


def verify_store(
    material: Material, trust: Trust | None, require: str | None = None, *, as_of: date | None = None
) -> Report:
    """All checks over a store; `as_of` is the civil day for time limits, None for each case's last record.

    Fault "require" (wrong usage). Faults of the mappings that read the store pass through.
    """
    level, findings = required_level(require), Findings()
    examined = examine(material, trust, findings, as_of=as_of)
    judge_absent(level, LAYERS, findings)
    count = _judge_rows(material, findings)
    _judge_index(material, examined.acts, findings)
    if count and findings.clean("store"):
        findings.noted("store", "store-valid", count=count)
    findings.unclaimed("store", "store-tail")
    return findings.report()


def _judge_rows(material: Material, findings: Findings) -> int:
    """Rows stand at dense positions, once per (case, seq), and are the bytes that were judged case by case."""
    rows, count = material.rows, 0
    if rows is None:
        return 0
    judged = {
        (case, piece.seq): sha256(piece.data)
        for cases in (material.register, material.records)
        for case in cases
        for piece in cases[case]
    }
    for row in rows():
        count += 1
        where = f"{row.case}/{row.seq}"
        if row.position != count:
            findings.failed("store", "store-position", where, "position")
            count = row.position
        if judged.pop((row.case, row.seq), None) != sha256(row.data):
            findings.failed("store", "store-altered", where)
    for case, seq in sorted(judged):
        findings.failed("store", "store-altered", f"{case}/{seq}")
    return count


def _judge_index(material: Material, acts: Mapping[str, tuple[str, str]], findings: Findings) -> None:
    """What the store finds records by is what they say: a revocation filed as something else would go unseen."""
    for kept in material.index() if material.index else ():
        where = f"{kept.case}/{kept.seq}"
        act = acts.get(where)
        for field, found, said in zip(("act", "action"), (kept.act, kept.action), act or (), strict=False):
            if found != said:
                findings.failed("store", "store-altered", where, field)
