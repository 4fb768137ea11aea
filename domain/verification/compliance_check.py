"""Compliance recomputed: by what limits a case fell short, and whether a dossier's report says so (FORMAT.md §8).

Keeps: a limit missed is noted, since lateness voids no act; where two readings differ both are told (R22). A report
that doesn't agree with the records, rulebook and calendars beside it is FAILED at the first member that differs.
"""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from ..rules.admissible import replay
from ..rules.binding import in_force
from ..rules.case import Case, settle
from ..rules.civil import SHANGHAI, civil_day
from ..rules.compliance import Compliance, compliance, limit_requirements
from ..rules.compliance_json import as_json
from ..rules.compliance_words import said
from ..rules.requirement import FAILING, State
from .findings import UNJUDGEABLE
from .register_fold import received

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from ..formats.canonical import Json
    from ..rules.requirement import Requirement
    from ..rules.rulebook import Rulebook
    from .findings import Findings
    from .register_fold import Registry
    from .rules_pinned import Pinned
    from .withheld import Viewed

REPORT_TYP = "anjuan.report/2"  # the first that holds compliance
COMPLIANCE = "compliance"


def judge_compliance(
    views: tuple[Viewed, ...],
    book: Rulebook,
    pinned: Pinned,
    registry: Registry,
    findings: Findings,
    as_of: date | None,
    *,
    fully: bool,
) -> Compliance | None:
    """Note the limits missed by the end of `as_of`: by the records received and the calendars adopted by then.

    If it is None: by all of them, as of the day of the last record.
    `fully`: the compliance of the case as a whole; otherwise, or with the reason if it can't be judged, None.
    """
    state = registry.final
    if as_of is not None:
        end = datetime.combine(as_of, time.max, SHANGHAI)
        views, state = tuple(viewed for viewed in views if received(viewed) <= end), registry.at(end)[-1]
    calendar = pinned.calendar(book.calendar, state) if views else None
    if calendar is None:
        return None
    day = as_of or civil_day(views[-1].record.receipt.received)
    case, entries = views[0].record.case, [viewed.entry for viewed in views]
    books = pinned.books(case)
    try:
        if fully:
            found = compliance(replay(case, book, calendar, entries, books), day)
            limits: Iterable[Requirement] = found.requirements
        else:  # no limit asks whether an act was in order
            settled = Case(case, in_force(book, entries, books), calendar, settle(book, entries, books))
            found, limits = None, limit_requirements(settled, day)
        for requirement in limits:
            _note(requirement, views[-1].where, findings)
    except UNJUDGEABLE as error:
        detail = str(error) or type(error).__name__
        findings.unsettled("procedure", "procedure-unjudged", views[-1].where, detail=detail)
        return None
    return found


def _note(found: Requirement, where: str, findings: Findings) -> None:
    deadline = found.deadline
    if deadline is None or deadline.limit.advisory:
        return
    if found.state is State.DISPUTED:
        zh, en = said(found)
        findings.noted("procedure", "procedure-disputed", where, limit=found.title, zh=zh, en=en)
    elif found.state in FAILING:  # late by 0 on a non-working day is late (R30)
        findings.noted("procedure", "procedure-late", where, limit=found.title, due=deadline.due)


def unsaid_in(report: Json) -> list[int]:
    """The records that a report calls irregular in what stays withheld."""
    said_of = report.get(COMPLIANCE) if isinstance(report, dict) else None
    listed = said_of.get("unsaid") if isinstance(said_of, dict) else None
    return [n for n in listed if type(n) is int] if isinstance(listed, list) else []


def judge_report(report: dict[str, Json], found: Compliance | None, where: str, findings: Findings) -> None:
    """The report of a dossier against the compliance that its records come to."""
    if report.get("typ") != REPORT_TYP:
        findings.noted("report", "report-without-compliance", where, "typ")
        return
    if found is None:
        if report.get(COMPLIANCE) is not None:
            findings.blocked("report", where)
        return
    differing = next(_differing(report.get(COMPLIANCE), as_json(found, worded=False), COMPLIANCE), None)
    if differing is not None:
        place, came, want = differing
        findings.failed("report", "report-compliance", where, place, came=came, want=want)


def _differing(came: Json, want: Json, path: str) -> Iterator[tuple[str, str, str]]:
    """Each place at which two values differ, with what stands there and what should."""
    if isinstance(came, dict) and isinstance(want, dict) and came.keys() == want.keys():
        for name, member in want.items():
            yield from _differing(came[name], member, f"{path}.{name}")
    elif isinstance(came, list) and isinstance(want, list) and len(came) == len(want):
        for i, (one, other) in enumerate(zip(came, want, strict=True)):
            yield from _differing(one, other, f"{path}[{i}]")
    elif type(came) is not type(want) or came != want:
        yield path, _shown(came), _shown(want)


def _shown(value: Json) -> str:
    return "（多项）" if isinstance(value, dict | list) else str(value)
