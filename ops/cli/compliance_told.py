"""How compliance with procedure (程序合规) is told: line by line, what it rests on, the conclusion; or JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.markup import escape

from domain.rules.citing import cited
from domain.rules.civil import chinese
from domain.rules.compliance import Conclusion
from domain.rules.compliance_json import as_json as compliance_json
from domain.rules.compliance_words import CONCLUSIONS, STATES, SUBJECTS, by_reading, days_used, last_day, said
from domain.rules.requirement import FAILING, UNSETTLED, State, Subject

from .console import out

if TYPE_CHECKING:
    from domain.rules.compliance import Compliance
    from domain.rules.requirement import Requirement

COLOUR = {Conclusion.KEPT: "green", Conclusion.FAILED: "bold red", Conclusion.INDETERMINATE: "yellow"}
LANGUAGES = ("zh", "en")


def report(found: Compliance) -> dict[str, Any]:
    """For machines: the case, its rulebook, and `compliance_json`."""
    rulebook = {"id": found.rulebook.id, "digest": found.rulebook.digest}
    return {"case": found.case, "rulebook": rulebook, **compliance_json(found)}


def show(found: Compliance, lang: int, *, explain: bool) -> None:
    """For people: every requirement that was asked for, what it rests on, the conclusion."""
    asked = [requirement for requirement in found.requirements if requirement.state is not State.NOT_APPLICABLE]
    for subject in Subject:
        of_it = [requirement for requirement in asked if requirement.subject is subject]
        if of_it:
            out.print(f"\n{SUBJECTS[subject][lang]}", style="bold")
        for requirement in of_it:
            out.print(_line(requirement, found, lang), markup=True)
            _detail(requirement, lang, explain=explain)
    out.print()
    for binding in found.bindings if len(found.bindings) > 1 else ():
        out.print(binding.words, style="dim")
    for reading in found.readings:
        out.print(f"{reading.code}  {reading.text}", style="dim")
    _conclude(found, lang)


def _line(requirement: Requirement, found: Compliance, lang: int) -> str:
    party = found.name(requirement.of)
    title = f"{_title(requirement, lang)}（{party}）" if party else _title(requirement, lang)
    article = cited(requirement.article) if lang == 0 else f"art. {requirement.article}"
    words = f"[{_colour(requirement)}]{escape(said(requirement)[lang])}[/]"
    return "  ".join(x for x in (escape(title), article, words, escape(_days(requirement, lang))) if x)


def _title(requirement: Requirement, lang: int) -> str:
    return requirement.title if lang == 0 else f"{requirement.code} {requirement.title}"


def _colour(requirement: Requirement) -> str:
    if not requirement.binding:
        return "dim"
    if requirement.state in FAILING:
        return "bold red"
    return "yellow" if requirement.state in UNSETTLED else "bold"


def _days(requirement: Requirement, lang: int) -> str:
    """Days used of those there are, last day, day done, record."""
    deadline, record = requirement.deadline, requirement.record
    told = [] if deadline is None else [by_reading(requirement, lambda way: days_used(way)[lang])]
    ways = requirement.under or (requirement,)
    due = by_reading(requirement, last_day) if any(last_day(way) for way in ways) else ""  # stopped: there is none
    told += [("届满 ", "due ")[lang] + due] if due else []
    if deadline is not None and deadline.done is not None:
        told.append(("完成 ", "done ")[lang] + deadline.done.isoformat())
    told += [f"#{record}"] if record is not None else []
    return "  ".join(filter(None, told))


def _detail(requirement: Requirement, lang: int, *, explain: bool) -> None:
    ways = requirement.under or (requirement,)
    for way in ways:
        steps = way.deadline.reckoning.steps if explain and way.deadline and way.deadline.reckoning else ()
        told = [*_exclusions(way, lang), *(f"{step.day}  {step.note}" for step in steps)]
        if told and requirement.under:
            out.print(("    读法 ", "    reading ")[lang] + str(way.reading))
        for line in told:
            out.print(f"    {line}", style="dim")


def _exclusions(way: Requirement, lang: int) -> list[str]:
    if lang == 0:
        return [
            f"不计入：{e.title}，{chinese(e.sent)}发出（第 {e.opening} 号记录），"
            + (f"{chinese(e.returned)}返回（第 {e.closing} 号记录）" if e.returned else "尚未返回")
            for e in way.exclusions
        ]
    return [
        f"excluded: {e.window}, sent {e.sent} (record {e.opening}), "
        + (f"returned {e.returned} (record {e.closing})" if e.returned else "not returned")
        for e in way.exclusions
    ]


def _conclude(found: Compliance, lang: int) -> None:
    names = [(state, count) for state, count in found.counts.items() if count]
    counted = ("，" if lang == 0 else ", ").join(f"{STATES[state][lang]} {count}" for state, count in names)
    if found.undisclosed:
        numbers = "、".join(map(str, found.undisclosed))
        told = f"第 {numbers} 号记录有不公开事项未予披露。", f"Facts of records {numbers} stay withheld."
        out.print(told[lang], style="dim")
    provisional = (("（暂定）", " (provisional)") if found.provisional else ("", ""))[lang]
    day = (f"截至 {found.day}：", f"as of {found.day}: ")[lang]
    out.print(f"\n{day}{counted}")
    label = ("结论：", "conclusion: ")[lang]
    out.print(f"{label}{CONCLUSIONS[found.conclusion][lang]}{provisional}", style=COLOUR[found.conclusion])
