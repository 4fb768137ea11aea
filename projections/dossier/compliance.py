"""Compliance with procedure (程序合规) as the dossier tells it: one table, then day by day what is late or disputed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.rules.citing import cited
from domain.rules.civil import chinese
from domain.rules.compliance import Conclusion, compliance, with_unsaid
from domain.rules.compliance_words import CONCLUSIONS, STATES, SUBJECTS, by_reading, days_used, last_day, said
from domain.rules.requirement import FAILING, UNSETTLED, State, Subject

from .data import ComplianceRow, ComplianceSheet, Reckoned

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from domain.rules.case import Case
    from domain.rules.compliance import Compliance
    from domain.rules.requirement import Requirement

_TONES = {Conclusion.KEPT: "kept", Conclusion.FAILED: "failed", Conclusion.INDETERMINATE: "open"}
_ZH = 0


def compliance_sheet(case: Case, today: date, unsaid: tuple[int, ...]) -> ComplianceSheet:
    """The compliance of `case` as of `today`, in words; `unsaid` as in `with_unsaid`."""
    found = with_unsaid(compliance(case, today), unsaid)
    asked = [r for r in found.requirements if r.state is not State.NOT_APPLICABLE]
    provisional = "（暂定）" if found.provisional else ""
    counts = [f"{STATES[state][_ZH]} {n} 项" for state, n in found.counts.items() if n]
    return ComplianceSheet(
        conclusion=CONCLUSIONS[found.conclusion][_ZH] + provisional,
        tone=_TONES[found.conclusion],
        counts="，".join(counts),
        rows=tuple(_rows(asked, found)),
        idle="；".join(dict.fromkeys(r.title for r in found.requirements if r.state is State.NOT_APPLICABLE)),
        reckoned=tuple(_reckoned(asked, found)),
        readings=tuple((reading.code, reading.text) for reading in found.readings),
        undisclosed="、".join(map(str, found.undisclosed)),
    )


def _rows(asked: list[Requirement], found: Compliance) -> Iterator[ComplianceRow]:
    """One row each; where nothing more is told of a duty, its records share one."""
    groups: dict[tuple[object, ...], list[Requirement]] = {}
    for requirement in asked:
        alone = requirement.record if requirement.deadline or requirement.told[_ZH] else None
        key = (requirement.subject, requirement.code, requirement.of, requirement.state, alone)
        groups.setdefault(key, []).append(requirement)
    for first, *rest in groups.values():
        yield _row(first, [r.record for r in (first, *rest) if r.record is not None], found)


def _row(requirement: Requirement, records: list[int], found: Compliance) -> ComplianceRow:
    deadline, party = requirement.deadline, found.name(requirement.of)
    return ComplianceRow(
        subject=SUBJECTS[requirement.subject][_ZH],
        title=requirement.title,
        party=party or "",
        article=cited(requirement.article),
        verdict=said(requirement)[_ZH],
        tone=_tone(requirement),
        used=by_reading(requirement, lambda way: days_used(way)[_ZH]),
        due=by_reading(requirement, last_day),
        done=_day(deadline.done_at.day, deadline.done_at.at) if deadline and deadline.done_at else "",
        records="、".join(map(str, records)),
    )


def _day(day: date | None, at: datetime | None) -> str:
    """A day, or the moment of it where the limit is in hours."""
    return f"{at:%Y-%m-%d %H:%M}" if at else day.isoformat() if day else ""


def _tone(requirement: Requirement) -> str:
    if not requirement.binding:
        return ""
    return "failed" if requirement.state in FAILING else "open" if requirement.state in UNSETTLED else ""


def _reckoned(asked: list[Requirement], found: Compliance) -> Iterator[Reckoned]:
    """Every limit that was missed, is overdue, differs by reading or can't be told; day by day."""
    for requirement in asked:
        if requirement.subject is Subject.LIMIT and requirement.state in FAILING | UNSETTLED:
            for way in requirement.under or (requirement,):
                yield _reckoning(way, found)


def _reckoning(way: Requirement, found: Compliance) -> Reckoned:
    deadline, party = way.deadline, found.name(way.of)
    reckoning = deadline.reckoning if deadline else None
    named = [way.title, f"（{party}）" if party else "", f"（读法 {way.reading}）" if way.reading else ""]
    left_out = [
        f"不计入：{e.title}，{chinese(e.sent)}发出（第 {e.opening} 号记录），"
        + (f"{chinese(e.returned)}返回（第 {e.closing} 号记录）" if e.returned else "尚未返回")
        for e in way.exclusions
    ]
    return Reckoned(
        title="".join(named),
        article=cited(way.article),
        told=_told(way),
        excluded=tuple(left_out),
        steps=tuple((step.day.isoformat(), step.note) for step in reckoning.steps) if reckoning else (),
        readings="、".join(way.readings),
    )


def _told(way: Requirement) -> str:
    deadline = way.deadline
    if deadline is None or deadline.start is None:
        return said(way)[_ZH]
    parts = [f"自{chinese(deadline.start.day)}（第 {deadline.start.seq} 号记录）起算"]
    parts += [f"至{deadline.ends}届满"] if deadline.due else []
    if deadline.done_at:
        parts.append(f"{chinese(deadline.done_at.day)}完成（第 {deadline.done_at.seq} 号记录）")
    return "，".join([*parts, said(way)[_ZH]])
