"""May this act be entered (可否入卷)? Accepted, refused, or entered as irregular.

An action that *does* something is refused when the law forbids it; an action that *reports* what happened in the
world is entered and marked, with the article. Lateness alone never refuses. Malformed acts are always refused.
Leaves: who the signers are (`register`), signatures (`formats`), whether evidence lies in the vault (`archive`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from ..errors import Defect
from . import facts as fact_rules
from .backfill import lacking, out_of_batch
from .binding import NO_BOOKS, rebinding_defects
from .case import Case, Entry, enter, settle
from .choosing import unfounded
from .chronology import unreal, untimely
from .dates import date_of
from .demands import short_of_the_law
from .facts import Scope
from .in_charge import handed_over
from .ink import misnumbered, unsigned
from .late import is_late
from .mandates import beyond_mandate
from .precedence import out_of_order
from .rectification import rectification_defects
from .service import answered, service_breaches
from .signatories import too_few_signers, unfit_signers
from .totals import uneven
from .vocabulary import NEW, Kind
from .waiting import against_the_clock
from .waivers import derived_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .binding import Books
    from .calendar import Calendar
    from .rulebook import Rulebook


class Answer(StrEnum):
    """What the archive answers to an act."""

    ACCEPTED = "accepted"
    IRREGULAR = "irregular"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer with everything found; `defects` is empty only when accepted."""

    answer: Answer
    defects: tuple[Defect, ...]


def admissible(case: Case, entry: Entry) -> Outcome:
    """Judge `entry` (seq = case.seq + 1) against the case as it stands; see the module."""
    action = case.rulebook.by_action.get(entry.action)
    if action is None:
        message = f"规则手册“{case.rulebook.title}”没有“{entry.action}”这一行为"
        return Outcome(
            Answer.REFUSED,
            (Defect("unknown-action", message, "anjuan actions 列出全部行为。", action=entry.action),),
        )
    scope = Scope(case, entry, action)
    impossible = tuple(_impossible(scope))
    if impossible:
        return Outcome(Answer.REFUSED, impossible)
    found = tuple(unlawful(scope))
    if not found:
        return Outcome(Answer.ACCEPTED, ())
    does = action.kind is Kind.DOES and not is_late(case.rulebook, entry)  # what was done then is reported now
    return Outcome(Answer.REFUSED if does else Answer.IRREGULAR, found)


def _judged(case: Case, entry: Entry) -> tuple[bool, tuple[Defect, ...]]:
    outcome = admissible(case, entry)
    return outcome.answer is Answer.REFUSED, outcome.defects


def replay(
    case_id: str, rulebook: Rulebook, calendar: Calendar, entries: Iterable[Entry], books: Books = NO_BOOKS
) -> Case:
    """The case as its records count now, each with what is wrong with it under today's knowledge.

    `rulebook` is the version by which it was opened, `books` those to which it may have been moved since.
    """
    case = Case(case_id, rulebook, calendar, books=books)
    for entry in settle(rulebook, entries, books):
        case = extend(case, entry)
    return case


def extend(case: Case, entry: Entry) -> Case:
    """The case with one more entry, judged."""
    defects = admissible(case, entry).defects if entry.voided_by is None else ()
    return enter(case, replace(entry, defects=defects))


def judged_in_turn(
    case_id: str, rulebook: Rulebook, calendar: Calendar, entries: Iterable[Entry], books: Books = NO_BOOKS
) -> Iterator[tuple[Entry, Outcome]]:
    """Each record with the answer it deserved when it came, knowing only what stood before it; as `replay`."""
    case = Case(case_id, rulebook, calendar, books=books)
    so_far: list[Entry] = []
    for entry in entries:
        outcome = admissible(case, entry)
        yield entry, outcome
        so_far.append(entry)
        action = case.rulebook.by_action.get(entry.action)
        rectifies = action is not None and action.rectifies
        entered = replace(entry, defects=outcome.defects)
        case = replay(case_id, rulebook, calendar, so_far, books) if rectifies else enter(case, entered)


def _impossible(scope: Scope) -> Iterator[Defect]:
    """What no act may be, lawful or not."""
    case, action = scope.case, scope.action
    if case.stage == NEW and not action.opens:
        first = "、".join(a.title for a in case.rulebook.actions if a.opens)
        yield Defect("not-opened", f"案件尚未立案，不能作“{action.title}”", f"请先作“{first}”。", action=action.code)
        return
    if case.stage != NEW and action.in_ == (NEW,):
        yield Defect("already-open", f"案件已经立案，不能再作“{action.title}”", "请另立新案。", action=action.code)
    yield from unreal(scope)
    yield from _not_in_force(scope)
    malformed = tuple(fact_rules.malformed(scope))
    yield from malformed
    if not malformed:  # what refers to other records can only be asked of facts that are in form
        yield from misnumbered(scope)
        yield from answered(scope)
        yield from _derived(scope)
    yield from _unknown_papers(scope)
    yield from unfit_signers(scope)
    yield from out_of_batch(scope)
    if action.rebinds and not malformed:
        yield from rebinding_defects(scope)
    if action.rectifies and not malformed:
        yield from rectification_defects(scope, _judged)


def _not_in_force(scope: Scope) -> Iterator[Defect]:
    law, action = scope.case.rulebook.in_force, scope.action
    if law.on is None or law.on.action != action.code or scope.case.stage != NEW:
        return
    found = date_of(scope.case, scope.entry, law.on.field)
    if found is None:
        return
    day = found.day.isoformat()
    if day < law.from_:
        message = f"{scope.case.rulebook.number}自 {law.from_} 起施行，{day} 收到的事项不能适用"
        yield Defect(
            "not-in-force", message, "请适用当时有效的规定。", law.article, action.code, f"facts.{law.on.field}"
        )
    elif law.until and day > law.until and law.basis and not scope.entry.facts.get(law.basis):
        message = f"{scope.case.rulebook.number}有效期至 {law.until}，{day} 收到的事项须写明适用依据"
        yield Defect("not-in-force", message, "请填写适用依据。", law.article, action.code, f"facts.{law.basis}")


def _derived(scope: Scope) -> Iterator[Defect]:
    for fact in scope.action.facts:
        if fact.derived is None:
            continue
        given, computed = scope.entry.facts.get(fact.name), derived_value(scope.case, fact.derived, scope.entry)
        if (given or []) != computed:
            message = f"“{fact.title}”由系统推算，应为 {computed}，实为 {given}"
            yield Defect("derived", message, "请重新起草。", fact.article, scope.action.code, f"facts.{fact.name}")


def _unknown_papers(scope: Scope) -> Iterator[Defect]:
    slots = {s.name: s for s in scope.action.slots}
    counts: dict[str, int] = {}
    for i, item in enumerate(scope.entry.evidence):
        name = str(item.get("slot"))
        counts[name] = counts.get(name, 0) + 1
        if name not in slots:
            message = f"“{scope.action.title}”没有“{name}”这一类附件"
            options = "、".join(f"{s.name}({s.title})" for s in slots.values()) or "（无）"
            yield Defect("slot", message, f"可附：{options}", action=scope.action.code, field=f"evidence[{i}].slot")
        elif counts[name] > slots[name].max:
            message = f"“{slots[name].title}”至多 {slots[name].max} 件"
            yield Defect("too-many", message, "请减少附件。", action=scope.action.code, field=f"evidence[{i}].slot")
        if name in slots and item.get("class") != slots[name].class_.value:
            message = f"“{slots[name].title}”的密级应为 {slots[name].class_.value}，实为 {str(item.get('class'))[:20]}"
            yield Defect("class", message, "请重新起草。", action=scope.action.code, field=f"evidence[{i}].class")


def unlawful(scope: Scope) -> Iterator[Defect]:
    """What the law forbids or misses in this act: refuses what does, marks what reports."""
    yield from out_of_order(scope)
    yield from untimely(scope)
    yield from against_the_clock(scope)
    yield from unfounded(scope)
    yield from too_few_signers(scope)
    yield from handed_over(scope)
    yield from service_breaches(scope)
    yield from fact_rules.missing(scope)
    yield from lacking(scope)
    yield from short_of_the_law(scope)
    yield from beyond_mandate(scope)
    yield from uneven(scope)
    yield from unsigned(scope)
