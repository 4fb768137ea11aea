"""Rows of the read models with withheld facts laid open, for those who may act in the case and are not recused.

The read models hold nothing withheld; what is added here comes from the records and the WithheldFacts store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.formats.withheld import facts_view
from domain.rules.wording import names_of, worded
from projections.rows import EvidenceRow, IrregularRow, LineRow, TimelineRow

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from domain.archive import Archive
    from domain.rules.case import Case


def opened(archive: Archive, case: Case, rows: list[TimelineRow]) -> list[TimelineRow]:
    """The rows of `case` with every fact and paper in full, as far as it has not been destroyed."""
    records = archive.records(case.id)
    names = names_of(case, archive.register())
    out: list[TimelineRow] = []
    for row in rows:
        record, entry = records[row["seq"] - 1], case.entries[row["seq"] - 1]
        facts, evidence = facts_view(record.act, archive.disclosures(record))
        lines = worded(case.book_of(row["seq"]), row["action"], facts, names)
        out.append(
            {
                **row,
                "lines": [LineRow(label=x.label, value=x.value, depth=x.depth, withheld=x.withheld) for x in lines],
                "evidence": [_named(old, new) for old, new in zip(row["evidence"], evidence, strict=True)],
                "irregular": [
                    IrregularRow(code=d.code, article=d.article, message=d.message, field=d.field)
                    for d in entry.defects
                ],
            }
        )
    return out


def _named(row: EvidenceRow, entry: Mapping[str, Any]) -> EvidenceRow:
    told: Any = {name: entry[name] for name in ("title", "name", "media", "length") if name in entry}
    return {**row, **told}
