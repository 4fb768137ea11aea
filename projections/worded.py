"""A stored record in words, as the timeline shows it: by its rulebook, and with the names of the register.

Facts are worded as they were signed: a record that was rectified says so, and the rectification says what changed.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from domain.rules.wording import Line, Names, worded
from projections.rows import EvidenceRow, IrregularRow, LineRow, SignerRow, Stored, TimelineRow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from domain.rules.register import Register
    from domain.rules.rulebook import Rulebook

_SUMMARY_LINES, _SUMMARY_CHARACTERS = 3, 90
ROOT = "根密钥"


def timeline_row(
    books: Callable[[str], Rulebook], register: Register, parties: Mapping[str, str], titles: Mapping[int, str]
) -> Callable[[Stored], TimelineRow]:
    """A function from stored records of one case to rows; `parties` by id, `titles` of the case's records by seq.

    `books` gives the version of the rulebook with a digest.
    """
    names = Names(parties, {o.case: o.name for o in register.officers.values()}, titles)

    def row(stored: Stored) -> TimelineRow:
        rulebook = books(stored["rulebook"])
        lines = worded(rulebook, stored["action"], stored["facts"], names)
        action = rulebook.by_action.get(stored["action"])
        slots = {slot.name: slot.title for slot in action.slots} if action else {}
        return TimelineRow(
            case=stored["case"],
            seq=stored["seq"],
            act=stored["act"],
            digest=stored["digest"],
            action=stored["action"],
            title=stored["title"],
            kind=stored["kind"],
            group=stored["group"],
            occurred=stored["occurred"],
            day=stored["day"],
            received=stored["received"],
            summary=summary(lines),
            signers=[_signer(rulebook, names, officer, capacity) for officer, capacity in stored["signers"]],
            evidence=[_evidence(slots, item) for item in stored["evidence"]],
            irregular=[_irregular(defect) for defect in stored["irregular"]],
            voided_by=stored["voided_by"],
            rectified_by=stored["rectified_by"],
            undone=stored["undone"],
            backfilled=stored["backfilled"],
            parties=stored["parties"],
            lines=[LineRow(label=x.label, value=x.value, depth=x.depth, withheld=x.withheld) for x in lines],
        )

    return row


def summary(lines: tuple[Line, ...]) -> str:
    """The first few facts in one line: two plain ones, one with rows below it, then plain ones again."""
    tops = [i for i, line in enumerate(lines) if line.depth == 0]
    facts = [lines[start:end] for start, end in pairwise((*tops, len(lines)))]
    plain = [(fact[0].label, fact[0].value) for fact in facts if len(fact) == 1 and not fact[0].withheld]
    below = [(head.label, _in_short(rest)) for head, *rest in facts if rest and not head.withheld]
    told = [(label, value) for label, value in (*plain[:2], *below[:1], *plain[2:]) if value][:_SUMMARY_LINES]
    text = "；".join(f"{label}：{' '.join(value.split()).rstrip('。')}" for label, value in told)
    return text if len(text) <= _SUMMARY_CHARACTERS else text[: _SUMMARY_CHARACTERS - 1] + "…"


def _in_short(below: list[Line]) -> str:
    """What stands below a fact: of each row the first two values (whom and how), no codes; else label and value."""
    shown = [line for line in below if not line.withheld]
    if any(line.depth > 1 for line in shown):
        starts = [i for i, line in enumerate(shown) if line.depth == 1]
        rows = [shown[start + 1 : end] for start, end in pairwise((*starts, len(shown)))]
        told = [[line.value for line in row if not line.value.isascii()][:2] for row in rows]
        return "、".join(" ".join(values) for values in told if values)
    return "，".join(f"{line.label} {line.value}" for line in shown if line.value)


def officer_name(register: Register, officer: str | None) -> str | None:
    """The name of an officer (register case); the id where the register doesn't know it."""
    known = register.officers.get(officer or "")
    return known.name if known else officer


def _signer(rulebook: Rulebook, names: Names, officer: str, capacity: str) -> SignerRow:
    held = rulebook.by_capacity.get(capacity)
    name = names.officers.get(officer, ROOT if capacity == "root" else officer)
    return SignerRow(officer=officer, name=name, capacity=capacity, capacity_title=held.title if held else capacity)


def _evidence(slots: Mapping[str, str], item: Mapping[str, Any]) -> EvidenceRow:
    slot_title = slots.get(item["slot"], item["slot"])
    return {
        "object": item["object"],
        "slot": item["slot"],
        "slot_title": slot_title,
        "class": item["class"],
        "title": item["title"],
        "name": item["name"],
        "media": item["media"],
        "length": item["length"],
    }


def _irregular(defect: Mapping[str, Any]) -> IrregularRow:
    return IrregularRow(
        code=defect["code"], article=defect["article"], message=defect["message"], field=defect["field"]
    )
