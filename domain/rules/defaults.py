"""What a draft fills in when its author leaves it open and only one answer makes sense.

The record answered where only one is open, who hands the case over to whom, everyone upon whom a paper must be served,
one row per signature on paper, values that are computed. What is filled in is shown and signed like the rest.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .backfill import batch
from .facts import Scope
from .in_charge import in_charge
from .service import due_recipients
from .sources import keys_of
from .waivers import derived_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .case import Case, Entry
    from .vocabulary import Action


def filled(case: Case, action: Action, entry: Entry) -> dict[str, Any]:
    """The facts of `entry` with open ones filled in; given ones are never touched."""
    facts: dict[str, Any] = dict(entry.facts)
    if action.answers and "answers" not in facts and (seq := _only_open(case, action, facts)) is not None:
        facts["answers"] = seq
    if action.serve is not None and "recipients" not in facts:
        everyone = [p.id for p in case.parties.values() if p.role in action.serve.all]
        facts["recipients"] = due_recipients(case, action, entry.occurred_on) or everyone
    facts = {**_handed_over(case, action, entry), **(batch(case) if action.closes_backfill else {}), **facts}
    for fact in action.facts:
        if fact.derived and fact.name not in facts:
            facts[fact.name] = derived_value(case, fact.derived, replace(entry, facts=facts))
    return _with_ink(case, action, entry, facts)


def _handed_over(case: Case, action: Action, entry: Entry) -> dict[str, Any]:
    """Who gives the case up and who takes it on: who is responsible now, and who signs in that capacity."""
    charge = case.rulebook.in_charge
    if charge is None or action.code != charge.to.action:
        return {}
    takes = next((s.officer for s in entry.signers if s.capacity == charge.capacity), None)
    found = {charge.from_.field: in_charge(case), charge.to.field: takes}
    return {name: officer for name, officer in found.items() if officer is not None}


def _only_open(case: Case, action: Action, facts: Mapping[str, Any]) -> int | None:
    """The one record of the answered action that `action` has not answered yet; else the only one.

    Where the action names whose answer it is, only papers to that party, and its own answers, are looked at.
    """
    who = facts.get(action.party) if action.party is not None else None
    papers = case.valid(action.answers or "")
    asked = [e for e in papers if who is None or who in (e.facts.get("recipients") or (who,))] or papers
    own = [e for e in case.valid(action.code) if who is None or e.facts.get(action.party or "") == who]
    answered = {e.facts.get("answers") for e in own}
    still_open = [e.seq for e in asked if e.seq not in answered]
    if len(still_open) == 1:
        return still_open[0]
    return asked[0].seq if len(asked) == 1 else None


def _with_ink(case: Case, action: Action, entry: Entry, facts: Mapping[str, Any]) -> dict[str, Any]:
    out = dict(facts)
    for ink in action.ink:
        spec = next(f for f in action.facts if f.name == ink.fact)
        if ink.fact not in out:
            keys = keys_of(Scope(case, replace(entry, facts=out), action), spec)
            out[ink.fact] = [{"of": key, "missing": []} for key in keys or ()]
    return out
