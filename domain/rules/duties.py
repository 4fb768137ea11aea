"""Duties (义务) that the law lays down beside time limits, asked of each record they concern.

Keeps: what nothing shows is never called kept or missed: a fact that nobody recorded, or that stays withheld, leaves
it open. A duty that can still be done while the case runs is running; once the case is closed it is missed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .dates import dates, deliveries
from .requirement import Requirement, State, Subject
from .sources import applies
from .undisclosed import may_matter
from .vocabulary import FactType

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from .case import Case, Entry
    from .vocabulary import Action, Duty, Fact, If

_INDEX = re.compile(r"\[\d+\]")
_WORST = (State.MISSED, State.INDETERMINATE, State.RUNNING, State.KEPT)
Said = tuple[State, str, str]  # the answer to one question, in Chinese and in English


def duty_requirements(case: Case, duty: Duty) -> Iterator[Requirement]:
    """One requirement for each record that the duty concerns; one that says why there is none."""
    given = [entry for action in duty.given for entry in case.valid(action)]
    asked = [entry for entry in case.valid(duty.of) if _asked(case, duty, entry)]
    if duty.given and not given:
        yield _requirement(duty, State.NOT_APPLICABLE, None, ("", ""))
    elif given and not case.valid(duty.of):
        title = case.rulebook.action(duty.of).title
        told = f"没有“{title}”的记录，无从判断", f"there is no record of {duty.of}"
        yield _requirement(duty, State.INDETERMINATE, given[0].seq, told)
    elif not asked:
        yield _requirement(duty, State.NOT_APPLICABLE, None, ("", ""))
    else:
        found = [_of_record(case, duty, entry) for entry in asked]
        yield from [max(found, key=lambda f: _WORST.index(f.state))] if duty.any_ else found


def _of_record(case: Case, duty: Duty, entry: Entry) -> Requirement:
    answers = list(_answers(case, duty, entry))
    state = next(s for s in _WORST if s is State.KEPT or any(said[0] is s for said in answers))
    told = [said for said in answers if said[0] is state and said[1]]
    words = "；".join(zh for _, zh, _ in told), "; ".join(en for _, _, en in told)
    return _requirement(duty, state, entry.seq, words)


def choices_of(action: Action, name: str) -> Fact | None:
    """The fact of choices, or the column "rows.choice", that `name` means; None if it is no such thing, or withheld."""
    first, _, column = name.partition(".")
    fact = next((f for f in action.facts if f.name == first), None)
    if fact is None or fact.class_.withheld:
        return None
    if not column:
        return fact if fact.type is FactType.CHOICES else None
    cell = next((c for c in fact.cols if c.name == column and not c.class_.withheld), None)
    return cell if cell is not None and cell.type in (FactType.CHOICE, FactType.CHOICES) else None


def breaks(duty: Duty, action: str, code: str, field: str | None) -> bool:
    """Whether a defect of a record of `action` breaks `duty`."""
    member = _INDEX.sub("", field or "")
    return duty.of == action and code in duty.broken_by and (not duty.at or member in duty.at)


def _requirement(duty: Duty, state: State, record: int | None, told: tuple[str, str]) -> Requirement:
    return Requirement(
        Subject.DUTY,
        duty.code,
        duty.title,
        duty.article,
        state,
        record=record,
        readings=duty.readings,
        told=told,
    )


def _asked(case: Case, duty: Duty, entry: Entry) -> bool:
    unknown = duty.if_ is not None and duty.if_.name not in entry.facts and may_matter(entry, case.rulebook)
    return applies(duty.if_, entry.facts) or unknown


def _answers(case: Case, duty: Duty, entry: Entry) -> Iterator[Said]:
    broken = [d for d in entry.defects if breaks(duty, entry.action, d.code, d.field)]
    for found in broken:
        yield State.MISSED, found.message, f"record {entry.seq}: {found.code}"
    if not broken and may_matter(entry, case.rulebook):
        yield State.INDETERMINATE, "有关事项不公开，未予披露，不能判断", "facts stay withheld, it cannot be judged"
    if duty.says is not None:
        yield _says(case, entry, duty.says)
    if duty.covers is not None:
        yield _covers(case, entry, duty.covers)
    if duty.sent or duty.served:
        yield from _reached(case, duty, entry)
    if duty.followed_by:
        yield _followed(case, duty, entry)


def _says(case: Case, entry: Entry, wanted: If) -> Said:
    value = entry.facts.get(wanted.name)
    title = next(f.title for f in case.rulebook.action(entry.action).facts if f.name == wanted.name)
    if value is None:
        return State.INDETERMINATE, f"没有记载“{title}”", f"{wanted.name} is not recorded"
    if applies(wanted, entry.facts):
        return State.KEPT, "", ""
    return State.MISSED, f"“{title}”的记载与要求不符", f"{wanted.name} is not as required"


def _covers(case: Case, entry: Entry, name: str) -> Said:
    fact = choices_of(case.rulebook.action(entry.action), name)
    chosen = _chosen(entry.facts, name)
    if fact is None or chosen is None:
        return State.INDETERMINATE, "没有逐项记载，无从判断", f"{name} is not recorded"
    left = [c for code, c in case.rulebook.by_choices[fact.of or ""].items() if code not in chosen]
    if not left:
        return State.KEPT, "", ""
    labels, codes = "、".join(f"“{c.label}”" for c in left), ", ".join(c.code for c in left)
    return State.MISSED, f"没有涉及{labels}", f"not looked at: {codes}"


def _chosen(facts: Any, name: str) -> set[str] | None:
    first, _, column = name.partition(".")
    value = facts.get(first)
    if not isinstance(value, list):
        return None
    items = [row.get(column) for row in value if isinstance(row, dict)] if column else value
    return {item for each in items for item in (each if isinstance(each, list) else [each]) if isinstance(item, str)}


def _reached(case: Case, duty: Duty, entry: Entry) -> Iterator[Said]:
    """Whether everyone whom the paper names in the roles asked for was sent it, or served with it, in time."""
    named = entry.facts.get("recipients")
    parties = [case.parties[r] for r in named if r in case.parties] if isinstance(named, list) else []
    found, by = deliveries(case, entry.seq), _by(case, duty, entry)
    for side, roles, verb, done in (("sent", duty.sent, "发出", "sent"), ("served", duty.served, "送达", "served")):
        concerned = [party for party in parties if party.role in roles]
        if roles and not concerned:
            yield State.MISSED, f"没有应当{verb}的对象", f"names nobody to be {done}"
        for party in concerned:
            delivery = found.get(party.id)
            at = getattr(delivery, side) if delivery is not None else None
            if at is None:
                over = by is not None or _closed(case)
                state, so_far = (State.MISSED, "未") if over else (State.RUNNING, "尚未")
                yield state, f"{so_far}向{party.name}{verb}", f"not {done} on {party.name}"
            elif by is not None and at.day > by:
                words = f"{at.day} 才向{party.name}{verb}，晚于 {by}"
                yield State.MISSED, words, f"{done} on {party.name} on {at.day}, after {by}"


def _by(case: Case, duty: Duty, entry: Entry) -> date | None:
    """The first date `by` that belongs to this record: of what answers it, or else of what came after it."""
    if duty.by is None:
        return None
    answers = case.rulebook.action(duty.by.action).answers == duty.of
    later = [
        day.day
        for day in dates(case, duty.by)
        if (case.entries[day.seq - 1].facts.get("answers") == entry.seq if answers else day.seq > entry.seq)
    ]
    return min(later, default=None)


def _followed(case: Case, duty: Duty, entry: Entry) -> Said:
    if any(later.seq > entry.seq for action in duty.followed_by for later in case.valid(action)):
        return State.KEPT, "", ""
    titles = "”或者“".join(case.rulebook.action(code).title for code in duty.followed_by)
    codes = " or ".join(duty.followed_by)
    if _closed(case):
        return State.MISSED, f"没有“{titles}”", f"no {codes} followed"
    return State.RUNNING, f"尚待“{titles}”", f"{codes} is still to come"


def _closed(case: Case) -> bool:
    stage = case.rulebook.by_stage.get(case.stage)
    return stage is not None and stage.final
