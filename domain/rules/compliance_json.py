"""The compliance of a case as JSON: what `anjuan comply`, the API and report.json of a dossier give (FORMAT.md §8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .compliance_words import CONCLUSIONS, said

if TYPE_CHECKING:
    from datetime import date

    from ..formats.canonical import Json
    from .compliance import Compliance
    from .requirement import Exclusion, Requirement


def as_json(found: Compliance) -> dict[str, Json]:
    """Members day, conclusion, zh, en, provisional, counts, requirements, readings, undisclosed; all always present."""
    zh, en = CONCLUSIONS[found.conclusion]
    return {
        "day": found.day.isoformat(),
        "conclusion": found.conclusion.value,
        "zh": zh,
        "en": en,
        "provisional": found.provisional,
        "counts": {state.value: number for state, number in found.counts.items()},
        "requirements": [requirement_json(requirement, found) for requirement in found.requirements],
        "readings": [{"code": reading.code, "text": reading.text} for reading in found.readings],
        "undisclosed": list(found.undisclosed),
    }


def requirement_json(found: Requirement, within: Compliance) -> dict[str, Json]:
    """One requirement; days ISO, counts in `unit`, `days` the reckoning, `under` the same limit by each reading."""
    zh, en = said(found)
    return {
        "subject": found.subject.value,
        "code": found.code,
        "title": found.title,
        "article": found.article,
        "state": found.state.value,
        "zh": zh,
        "en": en,
        "of": found.of,
        "party": within.name(found.of),
        "record": found.record,
        "binding": found.binding,
        "provisional": found.provisional,
        "readings": list(found.readings),
        "reading": found.reading,
        **_dates(found),
        "exclusions": [_exclusion(exclusion) for exclusion in found.exclusions],
        "under": [requirement_json(way, within) for way in found.under],
    }


def _dates(found: Requirement) -> dict[str, Json]:
    d = found.deadline
    reckoning = d.reckoning if d else None
    steps = reckoning.steps if reckoning and not found.under else ()
    return {
        "start": _day(d.start.day if d and d.start else None),
        "start_record": d.start.seq if d and d.start else None,
        "due": _day(d.due if d else None),
        "due_at": d.due_at.isoformat() if d and d.due_at else None,
        "strict_due": _day(reckoning.strict_due if reckoning else None),
        "done": _day(d.done if d else None),
        "unit": d.unit.value if d else None,
        "length": reckoning.length if reckoning else None,
        "used": d.used if d else None,
        "left": d.left if d else None,
        "late": d.late if d else None,
        "days": [{"day": s.day.isoformat(), "n": s.n, "why": s.why, "window": s.window, "note": s.note} for s in steps],
    }


def _exclusion(found: Exclusion) -> dict[str, Json]:
    return {
        "window": found.window,
        "title": found.title,
        "sent": found.sent.isoformat(),
        "returned": _day(found.returned),
        "opening": found.opening,
        "closing": found.closing,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
