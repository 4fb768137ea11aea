"""Linked cases (关联案件): what an act says of another case, held against that case as it stood.

An act names a case by its id and the digest of one of its records; what is said to be told there must be told there.
Keeps: the act says everything itself, so that its case is judged alike where the other one isn't at hand.
Leaves: whether that case lives here (`linking`), and whether it is in what is verified (`verification`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import Defect
from .admissible import replay
from .case import corrected
from .dates import picked
from .sources import keyed
from .vocabulary import FactType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .case import Case, Entry
    from .vocabulary import Action, Fact, Linked, Ref


@dataclass(frozen=True, slots=True)
class Link:
    """A link that an act gives: the fact, the case, the digest of the record up to which it is looked at, if said."""

    fact: Fact
    case: str
    head: str | None

    @property
    def field(self) -> str:
        """The path of the fact."""
        return f"facts.{self.fact.name}"


def links(action: Action, facts: Mapping[str, Any]) -> Iterator[Link]:
    """The links among the facts of an act, as far as they are well written."""
    for fact in action.facts:
        value = facts.get(fact.name) if fact.type is FactType.LINK else None
        if isinstance(value, dict) and isinstance(value.get("case"), str):
            head = value.get("head")
            yield Link(fact, value["case"], head if isinstance(head, str) else None)


def linking(case: Case, entry: Entry) -> tuple[Action | None, Mapping[str, Any]]:
    """The action and facts whose links count after `entry`: its own, or those of the record that it corrects."""
    action = case.rulebook.by_action.get(entry.action)
    number = entry.facts.get("target") if action is not None and action.rectifies else None
    target = case.entry(number) if isinstance(number, int) else None
    if target is None or not isinstance(entry.facts.get("changes"), dict):
        return action, entry.facts
    return case.rulebook.by_action.get(target.action), corrected(target, entry).facts


def strange(link: Link, rulebook: str, digests: Sequence[str]) -> Iterator[Defect]:
    """What is wrong with a link to a case of `rulebook` (id) whose records have these digests."""
    if link.fact.to is not None and rulebook != link.fact.to:
        message = f"“{link.fact.title}”应为依“{link.fact.to}”办理的案件，实为“{rulebook}”"
        yield Defect("link", message, "请核对案件编号。", link.fact.article, field=f"{link.field}.case")
    elif link.head is not None and link.head not in digests:
        message = f"所关联的案件没有摘要为 {link.head} 的记录"
        yield Defect("link", message, "请核对摘要；不填的，由起草代填。", link.fact.article, field=f"{link.field}.head")


def up_to(case: Case, entered: Sequence[Entry], head: str) -> Case:
    """`case` as it stood with the record `head`; `entered` are its records as they were entered, head among them."""
    number = next(n for n, entry in enumerate(entered, 1) if entry.digest == head)
    return replay(case.id, case.rulebook, case.calendar, entered[:number])


def told(case: Case, action: Action, link: str) -> dict[str, Any]:
    """What the linked `case` tells, by fact of `action`; what it doesn't tell, or keeps back, is left out."""
    asked = [(f, f.linked) for f in action.facts if f.linked is not None and f.linked.link == link]
    found = {fact.name: _told(case, fact.type, linked) for fact, linked in asked if not _kept_back(case, linked)}
    return {name: value for name, value in found.items() if value}


def _kept_back(case: Case, linked: Linked) -> bool:
    """Whether that case keeps a fact of these back from those who don't handle it."""
    for ref in linked.from_.refs:
        action = case.rulebook.by_action.get(ref.action)
        fact = next((f for f in action.facts if f.name == ref.field), None) if action is not None else None
        col = next((c for c in fact.cols if c.name == ref.col), None) if fact is not None else None
        if any(spec is not None and spec.class_.withheld for spec in (fact, col)):
            return True
    return False


def _told(case: Case, kind: FactType, linked: Linked) -> Any:
    if kind is FactType.DATE:
        day = picked(case, linked.from_)
        return day.day.isoformat() if day is not None else None
    texts = [text for ref in linked.from_.refs for text in _texts(case, ref)]
    return texts if kind is FactType.TEXTS else (texts[-1] if texts else None)


def _texts(case: Case, ref: Ref) -> Iterator[str]:
    for entry in case.valid(ref.action):
        value = entry.facts.get(ref.field)
        items = [value] if isinstance(value, str) else [item for _, item in keyed(value)]
        for item in items:
            text = item.get(ref.col) if isinstance(item, dict) else item
            if isinstance(text, str):
                yield text


def differing(action: Action, facts: Mapping[str, Any], link: Link, case: Case) -> Iterator[Defect]:
    """Facts that aren't as the linked `case` has them."""
    there = told(case, action, link.fact.name)
    for fact in action.facts:
        if fact.name in there and facts.get(fact.name) != there[fact.name]:
            was = there[fact.name]
            text = "；".join(was) if isinstance(was, list) else was
            message = f"“{fact.title}”与所关联的案件不符，该案为 {text}"
            yield Defect(
                "linked", message, "请改为一致，或核对所关联的案件。", fact.article, field=f"facts.{fact.name}"
            )
