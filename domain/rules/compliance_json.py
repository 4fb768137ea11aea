"""The compliance of a case as JSON: what `anjuan comply`, the API and report.json of a dossier give (FORMAT.md §8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .compliance import UNSAID
from .compliance_words import CONCLUSIONS, said

if TYPE_CHECKING:
    from datetime import date

    from ..formats.canonical import Json
    from .binding import Binding
    from .compliance import Compliance
    from .reckoning import DayStep
    from .requirement import Exclusion, Requirement


TYP = "anjuan.compliance/1"


def as_json(found: Compliance, *, worded: bool = True) -> dict[str, Json]:
    """As FORMAT.md §8 says. `worded` adds sentences in Chinese and English, which no report is held to."""
    zh, en = CONCLUSIONS[found.conclusion]
    return {
        "typ": TYP,
        "day": found.day.isoformat(),
        "conclusion": found.conclusion.value,
        **({"zh": zh, "en": en} if worded else {}),
        "provisional": found.provisional,
        "counts": {state.value: number for state, number in found.counts.items()},
        "requirements": [requirement_json(requirement, found, worded=worded) for requirement in found.requirements],
        "readings": [{"code": reading.code, "text": reading.text} for reading in found.readings],
        "undisclosed": list(found.undisclosed),
        "versions": [version_json(binding) for binding in found.bindings],
        "unsaid": [r.record for r in found.requirements if r.code == UNSAID],
    }


def version_json(binding: Binding) -> dict[str, Json]:
    """A version of the rulebook that bound the records from `first` to `last`; why it came to, and when."""
    return {
        "digest": binding.book.digest,
        "first": binding.first,
        "last": binding.last,
        "reason": binding.reason,
        "since": binding.received,
    }


def requirement_json(found: Requirement, within: Compliance, *, worded: bool) -> dict[str, Json]:
    """One requirement; days ISO, counts in `unit`, `days` the reckoning, `under` the same limit by each reading."""
    zh, en = said(found)
    return {
        "subject": found.subject.value,
        "code": found.code,
        "title": found.title,
        "article": found.article,
        "state": found.state.value,
        **({"zh": zh, "en": en} if worded else {}),
        "round": found.round,
        "of": found.of,
        "party": within.name(found.of),
        "record": found.record,
        "binding": found.binding,
        "provisional": found.provisional,
        "readings": list(found.readings),
        "reading": found.reading,
        **_dates(found, worded=worded),
        "exclusions": [_exclusion(exclusion) for exclusion in found.exclusions],
        "under": [requirement_json(way, within, worded=worded) for way in found.under],
    }


def _dates(found: Requirement, *, worded: bool) -> dict[str, Json]:
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
        "days": [_step(step, worded=worded) for step in steps],
    }


def _step(step: DayStep, *, worded: bool) -> dict[str, Json]:
    told: dict[str, Json] = {"note": step.note} if worded else {}
    return {"day": step.day.isoformat(), "n": step.n, "why": step.why, "window": step.window, **told}


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
