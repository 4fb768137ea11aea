"""Scenarios played on the rules alone: no keys, no store, whatever rulebook they are given.

What only an archive knows (who is enrolled, in which capacity, recused; what stood when) is left out: acts of the
register, refusals that come from it or from another case, looks back, and what follows upon a move to another version.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from domain.archive import receipt_moment
from domain.formats.act import Seen, Signer
from domain.formats.encoding import b64u
from domain.rules.admissible import Answer, admissible, replay
from domain.rules.case import Case, Entry
from domain.rules.defaults import filled
from domain.rules.links import links, told
from ops.acts_in_toml import resolved
from ops.demo.player import derived_id
from ops.demo.scenario import ActSpec, Scenario
from storage.rulebooks import installed
from tests.rules.calendars import cn
from tests.scenarios.playing import Told, moment_of, scenario, unmet

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from datetime import datetime

    from domain.rules.rulebook import Rulebook
    from domain.rules.vocabulary import Action

OF_THE_REGISTER = {"deputy-period", "link", "linked", "no-capacity", "not-enrolled", "recused", "revoked"}


def amiss(found: Scenario, rulebook: Rulebook, until: datetime | None = None) -> Generator[str, None, Case]:
    """Where the rules answer otherwise than the scenario says, in its order; the case that comes of it by `until`."""
    case, numbers, entries = Case(case_id(found), rulebook, cn()), {}, ()
    officers = {officer_id(found, person.name): person.name for person in found.officers}
    last, read = found.acts[0], Told(numbers, lambda value: resolved(value, meaning(numbers, found)), officers.get)
    for step in found.steps:
        if not isinstance(step, ActSpec):
            if step.as_of is not None or step.before is not None:
                continue
            today, now = moment_of(step)
            yield from unmet(read, case, step, today or last.moment.date(), now)
            continue
        if until is not None and step.moment > until:
            return case
        last = step
        if step.register is not None or step.code in OF_THE_REGISTER:
            continue
        if step.do not in rulebook.by_action:
            yield f"{step.do}: unknown"
            return case
        if rulebook.action(step.do).rebinds:
            return case
        entry = entry_of(case, step, resolved(step.facts or {}, meaning(numbers, found)), found)
        outcome = admissible(case, entry)
        yield from _otherwise(step, outcome)
        if outcome.answer is not Answer.REFUSED:
            numbers[step.label or step.do] = entry.seq
            entries = (*entries, replace(entry, digest=b64u(sha256(str(entry.seq).encode()).digest())))
            case = replay(case.id, rulebook, case.calendar, entries)
    return case


@cache
def ended(name: str, until: datetime) -> Case:
    """The case of a scenario that another comes after, as far as it has come by then; two may speak of each other."""
    found = scenario(name)
    play = amiss(found, installed()[found.rulebook], until)
    while True:
        try:
            next(play)
        except StopIteration as end:
            return end.value


def linked(action: Action, facts: dict[str, Any], found: Scenario, by: datetime) -> dict[str, Any]:
    """Facts with what the linked case tells by then."""
    for link in links(action, facts) if found.after is not None else ():
        other = ended(found.after, by)
        facts = {
            **told(other, action, link.fact.name),
            **facts,
            link.fact.name: {"case": link.case, "head": other.head},
        }
    return facts


def case_id(found: Scenario) -> str:
    return derived_id(found.acts[0].moment, found.name, "case")


def officer_id(found: Scenario, name: str) -> str:
    return derived_id(found.acts[0].moment, name)


def entry_of(case: Case, act: ActSpec, facts: dict[str, Any], found: Scenario) -> Entry:
    """The act as it reaches the archive, with what a draft fills in."""
    action = case.rulebook.action(act.do)
    classes = {slot.name: slot.class_.value for slot in action.slots}
    entry = Entry(
        seq=case.seq + 1,
        digest="",
        act=f"act-{case.seq + 1}",
        action=act.do,
        occurred=act.occurred,
        received=receipt_moment(act.moment.astimezone(UTC)),
        signers=tuple(_signer(found, *text.split(":")) for text in act.by),
        seen=Seen(case.seq, case.head),
        facts=linked(action, facts, found, act.moment),
        evidence=tuple({"slot": slot, "class": classes.get(slot, "party")} for slot, _ in act.papers),
    )
    return replace(entry, facts=filled(case, action, entry))


def meaning(numbers: dict[str, int], found: Scenario) -> Callable[[str], Any]:
    """What `@label` stands for: the record's number, `@case` the case, `@name` the officer."""

    def of(label: str) -> Any:
        if label == found.after:
            return case_id(scenario(label))
        return case_id(found) if label == "case" else numbers.get(label) or officer_id(found, label)

    return of


def _signer(found: Scenario, capacity: str, name: str) -> Signer:
    return Signer(officer_id(found, name), f"kid-{name}", capacity)


def _otherwise(act: ActSpec, outcome: Any) -> Iterator[str]:
    asked = (act.code, act.article, act.field)
    told = [(d.code, d.article, d.field) for d in outcome.defects]
    fits = any(all(want in (None, came) for want, came in zip(asked, one, strict=True)) for one in told)
    if outcome.answer is not act.expect or (act.code is not None and not fits):
        yield f"{act.do} on {act.on}: want {act.expect} {act.code}, got {outcome.answer} {told}"
