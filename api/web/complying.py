"""程序合规 on the pages: every requirement of a case and where it stands, now or at a moment."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from starlette.responses import HTMLResponse

from api.context import ServerDep
from api.looking_back import AsOf, ByDays
from api.v1.complying import complied
from domain.rules.compliance import Compliance, Conclusion
from domain.rules.compliance_words import CONCLUSIONS, STATES, SUBJECTS, by_reading, days_used, last_day, said
from domain.rules.requirement import FAILING, UNSETTLED, Requirement, State, Subject

from .looks import Look, looked
from .rendering import page, this_machine

router = APIRouter(include_in_schema=False, dependencies=[Depends(this_machine)])
TONES = {Conclusion.KEPT: "kept", Conclusion.FAILED: "late", Conclusion.INDETERMINATE: "soon"}
_ZH = 0
_QUIET = (State.NOT_APPLICABLE, State.MOOT)


@router.get("/cases/{case}/compliance")
def compliance_page(
    server: ServerDep,
    case: Annotated[str, Path(max_length=64)],
    as_of: AsOf = None,
    by: ByDays = None,
) -> HTMLResponse:
    """程序合规，现在的或者当时的."""
    look = looked(server, case, as_of, by)
    found = complied(server, look.folded(), look.today, look.now)
    asked = [r for r in found.requirements if r.state is not State.NOT_APPLICABLE]
    groups = [(SUBJECTS[s][_ZH], [_row(r, found) for r in asked if r.subject is s]) for s in Subject]
    return page(
        server,
        "compliance.html",
        **look.shown(),
        **summary(look, found),
        case=look.row(),
        day=look.today,
        counts=[(STATES[state][_ZH], number) for state, number in found.counts.items() if number],
        groups=[(title, rows) for title, rows in groups if rows],
        idle=dict.fromkeys(r.title for r in found.requirements if r.state is State.NOT_APPLICABLE),
        readings=found.readings,
        undisclosed=found.undisclosed,
    )


def summary(look: Look, found: Compliance | None = None) -> dict[str, Any]:
    """The conclusion in words, with its tone; for the case's own page, too."""
    found = found or complied(look.server, look.folded(), look.today, look.now)
    return {
        "conclusion": CONCLUSIONS[found.conclusion][_ZH] + ("（暂定）" if found.provisional else ""),
        "conclusion_tone": TONES[found.conclusion],
    }


def _row(requirement: Requirement, found: Compliance) -> dict[str, Any]:
    deadline = requirement.deadline
    ways = requirement.under or (requirement,)
    return {
        "title": requirement.title,
        "party": found.name(requirement.of),
        "article": requirement.article,
        "words": said(requirement)[_ZH],
        "tone": _tone(requirement),
        "used": by_reading(requirement, lambda way: days_used(way)[_ZH]),
        "due": by_reading(requirement, last_day),
        "done": deadline.done if deadline else None,
        "record": requirement.record,
        "readings": requirement.readings,
        "ways": [_way(way) for way in ways if way.deadline and way.deadline.start],
        "open": requirement.binding and requirement.state in FAILING | UNSETTLED,
    }


def _way(way: Requirement) -> dict[str, Any]:
    deadline = way.deadline
    reckoning = deadline.reckoning if deadline else None
    return {
        "reading": way.reading,
        "words": said(way)[_ZH],
        "start": deadline.start.day if deadline and deadline.start else None,
        "start_record": deadline.start.seq if deadline and deadline.start else None,
        "ends": deadline.ends if deadline else "",
        "exclusions": way.exclusions,
        "steps": reckoning.steps if reckoning else (),
    }


def _tone(requirement: Requirement) -> str:
    if requirement.state in _QUIET or not requirement.binding:
        return "off"
    if requirement.state in FAILING:
        return "late"
    return "soon" if requirement.state in UNSETTLED else "kept" if requirement.state is State.KEPT else "open"
