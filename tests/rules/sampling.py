"""One lawful act of every action of a procedure, and the cases in which each may be entered."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from domain.formats.act import Seen, Signer
from domain.formats.encoding import digest
from domain.rules.admissible import extend
from domain.rules.case import Case, Entry
from domain.rules.defaults import filled
from domain.rules.rectification import ways
from tests.rules.calendars import cn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.rules.rulebook import Rulebook
    from domain.rules.vocabulary import Action, Signatures

DAY = "2023-03-06"
ENTERED_BY = (Signer("00000000-0000-7000-8000-000000000009", "kid-9", "backfiller"),)


@dataclass(frozen=True)
class Samples:
    """`acts`: facts of each action; `otherwise`: others, by the name after a colon; `before`: what must stand."""

    rulebook: Rulebook
    acts: Mapping[str, dict[str, Any]]
    before: Mapping[str, tuple[str, ...]]
    otherwise: Mapping[str, dict[str, Any]]
    books: Mapping[str, Rulebook] = field(default_factory=dict)  # other versions, by digest

    def sample(self, case: Case, code: str, on: str = DAY, **changes: Any) -> Entry:
        """The lawful act `code` as the next of `case`, done `on` that day; a change to None leaves that fact out."""
        code, _, variant = code.partition(":")
        action = self.rulebook.action(code)
        usual = service(case) if code == "service" else {**self.acts[code], **self.otherwise.get(variant, {})}
        facts = {**usual, **changes}
        given = {name: value for name, value in facts.items() if value is not None}
        papers = tuple(
            {"slot": slot.name, "class": slot.class_.value} for slot in action.slots for _ in range(slot.min)
        )
        seen = Seen(case.seq, case.head)
        who = ENTERED_BY if "then_signers" in given else signers(action)  # a paper of then, entered late
        entry = Entry(
            case.seq + 1, digest(f"{code} {case.seq}".encode()), code, code, on, None, who, seen, given, papers
        )
        whole = replace(entry, facts=filled(case, action, entry))
        if action.route is None or "then_signers" in given:
            return whole
        return replace(whole, signers=signers(action, ways(action, whole.facts)[0]))

    def case_before(self, code: str) -> Case:
        """The case in which the act `code` may be entered."""
        case = Case("case", self.rulebook, cn(), books=self.books)
        for earlier in self.before[code]:
            case = extend(case, self.sample(case, earlier))
        return case


def officer(number: int) -> str:
    return f"00000000-0000-7000-8000-{number:012}"


def signers(action: Action, way: tuple[Signatures, ...] | None = None) -> tuple[Signer, ...]:
    """As many as the way asks for, the first if none is given; who takes a case on isn't who opened it."""
    needed = [need.capacity for need in way or action.by[0] for _ in range(need.count)]
    first = 5 if action.code == "handover" else 0
    return tuple(Signer(officer(i), f"kid-{i}", capacity) for i, capacity in enumerate(needed, first))


def service(case: Case) -> dict[str, Any]:
    """The service of the last paper upon everyone, that day."""
    paper = next(e for e in reversed(case.entries) if "recipients" in e.facts)
    how = {"way": "direct", "sent_on": DAY, "served_on": DAY, "proof": "送达回证"}
    rows = [{"recipient": r, **how} for r in paper.facts["recipients"]]
    return {"paper": paper.seq, "deliveries": rows}
