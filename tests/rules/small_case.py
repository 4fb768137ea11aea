"""A case of the small rulebook, for tests of words that no installed rulebook needs in just that way."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from domain.formats.act import Seen, Signer
from domain.rules.admissible import extend
from domain.rules.case import Case, Entry
from domain.rules.loader import compile_tables
from tests.rules.calendars import cn
from tests.rules.rulebook_files import SMALL, forms_of, place, small

if TYPE_CHECKING:
    from domain.rules.rulebook import Rulebook

OPENING = {
    "received_on": "2023-03-06",
    "urgent": False,
    "number": "1",
    "project": "试",
    "points": ["一"],
    "parties": [{"id": "asker", "role": "asker", "name": "甲", "phone": "1"}],
}


def book(**changes: Any) -> Rulebook:
    """The small rulebook with what stands at these keys ("limit.callback.length") replaced."""
    tables = small()
    for key, value in changes.items():
        holder, name = place(tables, key)
        holder[name] = copy.deepcopy(value)
    return compile_tables(tables, forms_of(SMALL))


def opened(rulebook: Rulebook | None = None, **facts: Any) -> Case:
    """A case after its opening on 2023-03-06."""
    case = Case("case", rulebook or book(), cn())
    return done(case, "opening", "2023-03-06", {**OPENING, **facts})


def act(
    case: Case,
    code: str,
    on: str,
    facts: dict[str, Any],
    by: tuple[str, ...] = ("writer",),
    received: str | None = None,
) -> Entry:
    """An act of the case, by one officer for each capacity."""
    return Entry(
        seq=case.seq + 1,
        digest=f"d{case.seq + 1}",
        act=f"a{case.seq + 1}",
        action=code,
        occurred=on,
        received=received,
        signers=tuple(Signer(f"officer-{n}", f"kid-{n}", capacity) for n, capacity in enumerate(by)),
        seen=Seen(case.seq, case.head),
        facts=facts,
        evidence=(),
    )


def done(case: Case, code: str, on: str, facts: dict[str, Any], by: tuple[str, ...] = ("writer",)) -> Case:
    """The case after an act, lawful or not."""
    return extend(case, act(case, code, on, facts, by))
