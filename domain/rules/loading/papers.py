"""Words that a capacity which `backfills` brings along (补录): who signed then, the scan, and what the closing says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..late import ORIGINAL, THEN_SIGNERS
from ..vocabulary import Fact, FactType, Slot
from .findings import defect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...errors import Defect
    from ..rulebook import Rulebook
    from ..vocabulary import Action, Capacity

_COLS = (
    Fact("capacity", "身份", FactType.CODE),
    Fact("name", "姓名", FactType.TEXT, max=100),
)
_THEN = Fact(THEN_SIGNERS, "当时的签署人", FactType.ROWS, optional=True, cols=_COLS, note="只在补录时填写")
_ORIGINAL = Slot(ORIGINAL, "原件扫描件")


def with_paper_words(actions: tuple[Action, ...], capacities: tuple[Capacity, ...]) -> tuple[Action, ...]:
    """Every action as it can be entered late, if anybody may do so; a closing says how far the batch goes."""
    if not any(capacity.backfills for capacity in capacities):
        return actions
    return tuple(_closing(a) if a.closes_backfill else a if a.rectifies else _late(a) for a in actions)


def _late(action: Action) -> Action:
    return replace(action, facts=(*action.facts, _THEN), slots=(*action.slots, _ORIGINAL))


def _closing(action: Action) -> Action:
    article = action.article[0] if action.article else None
    says = (
        Fact("first_record", "第一号补录记录", FactType.INT, article=article, min=1),
        Fact("last_record", "最后一号补录记录", FactType.INT, article=article, min=1),
        Fact("last_digest", "最后一号记录的摘要", FactType.DIGEST, article=article),
        Fact("records", "补录的记录数", FactType.INT, article=article, min=1),
    )
    return replace(action, facts=(*says, *action.facts))


def backfill_defects(rulebook: Rulebook) -> Iterator[Defect]:
    """Who enters late, and what ends it: both or neither. Code: backfill."""
    if rulebook.late and not rulebook.closing:
        yield defect(
            "backfill", f"capacity.{min(rulebook.late)}.backfills", "没有结束补录的行为", "请有行为写 closes-backfill。"
        )
    for action in rulebook.closing:
        if not rulebook.late:
            path = f"action.{action.code}.closes-backfill"
            yield defect("backfill", path, "没有补录的身份", "请有身份写 backfills。")
