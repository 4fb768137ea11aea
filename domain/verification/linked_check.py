"""Step 13, procedure, continued: what a case says of another one is what that one says, where both are verified.

Keeps: a link to a record that the other case doesn't have, or a statement that it contradicts, is FAILED. Where the
other case isn't at hand, this case was judged by what it states; that is said, and takes nothing from the verdict.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..rules.case import Case, settle
from ..rules.links import Link, differing, links, strange, up_to
from .findings import UNJUDGEABLE, Findings
from .strand import strand
from .withheld import viewed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..errors import Defect
    from ..rules.rulebook import Rulebook
    from ..rules.vocabulary import Action
    from .register_fold import Registry
    from .rules_pinned import Pinned
    from .source import Material
    from .withheld import Viewed


@dataclass(frozen=True, slots=True)
class Said:
    """A link as it counts now: where it stands, and the act's facts, which say what is told there."""

    where: str
    action: Action
    facts: Mapping[str, Any]
    link: Link


def links_in(views: tuple[Viewed, ...], book: Rulebook) -> Iterator[Said]:
    """The links of a case, as corrected; none of what was voided."""
    for one, entry in zip(views, settle(book, [view.entry for view in views]), strict=True):
        action = book.by_action.get(entry.action)
        if action is not None and entry.voided_by is None:
            yield from (Said(one.where, action, entry.facts, link) for link in links(action, entry.facts))


def judge_links(said: list[Said], material: Material, pinned: Pinned, registry: Registry, findings: Findings) -> None:
    """Hold every link against the case it names, if that is part of the material."""
    for one in said:
        if one.link.case not in material.records:
            findings.noted("procedure", "link-elsewhere", one.where, one.link.field, case=one.link.case)
            continue
        try:
            found = list(_against(one, material, pinned, registry))
        except UNJUDGEABLE as error:
            detail = str(error) or type(error).__name__
            findings.unsettled("procedure", "procedure-unjudged", one.where, one.link.field, detail=detail)
            continue
        for defect in found:
            findings.failed("procedure", "link-wrong", one.where, defect.field, detail=defect.message)


def _against(one: Said, material: Material, pinned: Pinned, registry: Registry) -> Iterator[Defect]:
    case, unheard = one.link.case, Findings()  # that case has been judged in its own place
    views = viewed(strand(case, material.records[case], material.place, {}, unheard), material, unheard)
    book = pinned.rulebook(views[0])
    wrong = tuple(strange(one.link, views[0].record.act.rulebook_id, [view.record.digest for view in views]))
    yield from wrong
    calendar = pinned.calendar(book.calendar, registry.final) if book is not None else None
    if wrong or book is None or calendar is None or one.link.head is None:
        return
    entered = [view.entry for view in views]
    yield from differing(one.action, one.facts, one.link, up_to(Case(case, book, calendar), entered, one.link.head))
