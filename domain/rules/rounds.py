"""Rounds of a case (轮次): what is done anew after a ruling sent it back counts by itself.

Keeps: a record belongs to the round in which it was entered, an answer to that of what it answers; service belongs to
no round. Parties, windows and every record by its number stay those of the whole case.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .case import Part

if TYPE_CHECKING:
    from .case import Case, Entry


@dataclass(frozen=True, slots=True)
class SetAside:
    """By which record another was set aside, and how, in the word of the rulebook (撤销、变更)."""

    by: int
    how: str


def set_aside(case: Case, seq: int) -> SetAside | None:
    """What set record `seq` aside; None where nothing did."""
    if seq not in case.undone:
        return None
    ruling = case.entries[case.undone[seq] - 1]
    book = case.book_of(ruling.seq)
    action = book.action(ruling.action)
    name = action.undoes.if_.name if action.undoes else ""
    spec = next(fact for fact in action.facts if fact.name == name)
    code = str(ruling.facts.get(name))
    choice = book.by_choices.get(spec.of or "", {}).get(code)
    return SetAside(ruling.seq, choice.label if choice else "撤销")


def rounds(case: Case) -> tuple[Case, ...]:
    """The rounds of `case`, each as a case of which only its own records count; itself, if there is but one."""
    begun = case.beginnings
    if case.part is not None or not begun:
        return (case,)
    ends = (*begun, None)
    starts = (0, *(entry.seq for entry in begun))
    return tuple(_round(case, Part(case, n, ends[n - 1]), starts[n - 1]) for n in range(1, len(starts) + 1))


def current(case: Case, action: str) -> tuple[Entry, ...]:
    """The records of `action` that count in the round that is going on."""
    start = case.beginnings[-1].seq if case.beginnings else 0
    return tuple(entry for entry in case.valid(action) if entry.seq >= start)


def _round(case: Case, part: Part, start: int) -> Case:
    end = part.ended_by.seq if part.ended_by else case.seq + 1
    within = {
        action: tuple(e for e in entries if start <= _place(case, e) < end or _everywhere(case, action))
        for action, entries in case.by_action.items()
    }
    view = replace(case, part=part)
    view.__dict__.update(by_action=within, parties=case.parties)  # in place of what would be found in every record
    return view


def _place(case: Case, entry: Entry) -> int:
    """The number by which a record falls into a round."""
    action = case.action_of(entry)
    answered = entry.facts.get("answers") if action is not None and action.begins_round is None else None
    return answered if isinstance(answered, int) else entry.seq


def _everywhere(case: Case, action: str) -> bool:
    found = case.rulebook.by_action.get(action)
    return found is not None and found.serves
