"""Are links to other cases, what is said to be told there, and numbers of items well said?

What the other rulebook calls its actions and facts can't be asked here: each rulebook stands alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..vocabulary import FactType
from .findings import defect, fact_named, undefined
from .reading import CODE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...errors import Defect
    from ..vocabulary import Action, Fact

TOLD = (FactType.DATE, FactType.TEXT, FactType.TEXTS)
ITEMS = (FactType.TEXTS, FactType.ROWS)


def link_defects(action: Action) -> Iterator[Defect]:
    """Defects of links in the facts of `action`. Codes: link, name, undefined, withheld, each-source."""
    for fact in action.facts:
        path = f"action.{action.code}.facts.{fact.name}"
        yield from _link(fact, path)
        yield from _linked(action, fact, path)
        yield from _items(action, fact, path)
        for col in fact.cols:
            at = f"{path}.cols.{col.name}"
            if col.type is FactType.LINK or col.to is not None or col.linked is not None:
                yield defect("link", at, "列不能写关联案件", "请写在事实上。")
            yield from _items(action, col, at)


def _link(fact: Fact, path: str) -> Iterator[Defect]:
    if fact.type is not FactType.LINK:
        if fact.to is not None:
            yield defect("link", f"{path}.to", "只有关联案件项写 to", "请核对 type。")
    elif fact.to is None or not CODE.fullmatch(fact.to):
        yield defect(
            "name", f"{path}.to", f"没有写明所关联案件的规则手册，或者写法不对：{fact.to}", "请写规则手册的代号。"
        )
    elif fact.class_.withheld:
        yield defect("withheld", path, f"“{fact.title}”不公开，不能核对", "请改变其密级。")


def _linked(action: Action, fact: Fact, path: str) -> Iterator[Defect]:
    if fact.linked is None:
        return
    link = fact_named(action, fact.linked.link)
    if link is None or link.type is not FactType.LINK:
        known = [f.name for f in action.facts if f.type is FactType.LINK]
        yield undefined(f"{path}.linked.link", "关联案件项", fact.linked.link, known)
    if fact.type not in TOLD:
        yield defect(
            "link", f"{path}.linked", f"类型 {fact.type.value} 不能取自关联案件", "只能是日期、文字、若干文字。"
        )
    elif fact.class_.withheld:
        yield defect("withheld", f"{path}.linked", f"“{fact.title}”不公开，不能核对", "请改变其密级。")


def _items(action: Action, fact: Fact, path: str) -> Iterator[Defect]:
    for i, must in enumerate(fact.must):
        found = fact_named(action, must.item_of) if must.item_of is not None else None
        at = f"{path}.must[{i}].item-of"
        if must.item_of is not None and found is None:
            yield undefined(at, "事实", must.item_of, [f.name for f in action.facts if f.type in ITEMS])
        elif found is not None and found.type not in ITEMS:
            yield defect("each-source", at, f"“{found.title}”不是若干行或若干文字", "请改写来源。")
