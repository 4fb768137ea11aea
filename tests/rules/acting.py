"""Acts one after another in a case, as law tests tell them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from domain.rules.admissible import Outcome, admissible, extend, replay
from domain.rules.case import Case, Entry
from tests.rules.calendars import cn
from tests.rules.sample_acts import DAY, RULEBOOK, sample

if TYPE_CHECKING:
    from collections.abc import Iterable

NEW = Case("case", RULEBOOK, cn())
WINNER = {"id": "winner", "role": "related", "name": "华东影像设备有限公司"}
AGENCY = {"id": "agency", "role": "respondent", "name": "临江正衡招标代理有限公司"}


def judged(case: Case, code: str, on: str = DAY, **changes: Any) -> Outcome:
    """What the archive would answer to this act."""
    return admissible(case, sample(case, code, on, **changes))


def told(outcome: Outcome) -> set[tuple[str, str | None]]:
    """Codes and articles of what was found."""
    return {(defect.code, defect.article) for defect in outcome.defects}


def done(case: Case, code: str, on: str = DAY, **changes: Any) -> Case:
    """The case after a lawful act."""
    entered = extend(case, sample(case, code, on, **changes))
    assert entered.entries[-1].defects == ()
    return entered


def entered(case: Case, entry: Entry) -> Case:
    """The case after an act, lawful or not, as its records then count."""
    return replay(case.id, case.rulebook, case.calendar, (*case.entries, entry))


def after(*codes: str) -> Case:
    """The case after these lawful acts, all on the sample day."""
    case = NEW
    for code in codes:
        case = done(case, code)
    return case


def served(case: Case, *upon: tuple[str, str], paper: int | None = None, on: str | None = None) -> Case:
    """The case after service of its last paper: (recipient, day)."""
    number = paper or next(e.seq for e in reversed(case.entries) if "recipients" in e.facts)
    how = {"way": "direct", "proof": "送达回证"}
    rows = [{"recipient": who, "sent_on": day, "served_on": day, **how} for who, day in upon]
    return done(case, "service", on or max(day for _, day in upon), paper=number, deliveries=rows)


def received(entry: Entry, moment: str) -> Entry:
    """The act as the archive received it at that moment."""
    return replace(entry, received=moment)


def codes(outcomes: Iterable[Outcome]) -> list[set[str]]:
    """Codes of what was found in each."""
    return [{defect.code for defect in outcome.defects} for outcome in outcomes]
