"""Compliance with procedure (程序合规): of one case, or of the whole archive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from domain.rules.civil import SHANGHAI, chinese
from domain.rules.compliance import Compliance, Conclusion, compliance
from domain.rules.compliance_json import as_json as compliance_json
from domain.rules.compliance_words import CONCLUSIONS, STATES, days_used, said
from domain.rules.requirement import FAILING, UNSETTLED, State, Subject
from projections.dossier.phrasing import cited

from .console import DEFAULT_ARCHIVE, ArchiveDir, AsJson, emit, out
from .session import open_session

if TYPE_CHECKING:
    from rich.console import RenderableType

    from domain.rules.requirement import Requirement

COLOUR = {Conclusion.KEPT: "green", Conclusion.FAILED: "bold red", Conclusion.INDETERMINATE: "yellow"}
LANGUAGES = ("zh", "en")
HEADINGS = (
    ("要求", "条款", "情况", "用时/期限", "届满", "办结", "记录"),
    ("requirement", "article", "verdict", "used/length", "due", "done", "record"),
)
AsOf = Annotated[str | None, typer.Option("--as-of", help="截至哪一天或者哪一时刻（按入卷时间）；不写为今天")]
Explain = Annotated[bool, typer.Option("--explain", help="逐日说明每项期限")]
Lang = Annotated[str, typer.Option("--lang", help="zh 或 en")]


def comply(
    case: Annotated[str | None, typer.Argument(help="案件编号、其前缀或案号；不写则为当前案件", metavar="案件")] = None,
    as_of: AsOf = None,
    explain: Explain = False,
    lang: Lang = "zh",
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    as_json: AsJson = False,
) -> None:
    """程序合规：逐项核对期限、义务和记录。退出状态：0 符合，1 违反，2 不能判定。"""
    if lang not in LANGUAGES:
        raise typer.BadParameter(f"--lang 应为 zh 或 en，实为“{lang[:20]}”")
    with open_session(archive) as session:
        case_id = session.begun(case)
        if as_of is None:
            today = session.archive.clock.now().astimezone(SHANGHAI).date()
            found = compliance(session.archive.case(case_id), today)
        else:
            past = session.archive.as_of(case_id, as_of)
            found = compliance(past.case, past.at.day)
    if as_json:
        emit(report(found))
    else:
        show(found, LANGUAGES.index(lang), explain=explain)
    raise typer.Exit(found.exit_status)


def report(found: Compliance) -> dict[str, Any]:
    """For machines: the case, its rulebook, and `compliance_json`."""
    rulebook = {"id": found.rulebook.id, "digest": found.rulebook.digest}
    return {"case": found.case, "rulebook": rulebook, **compliance_json(found)}


def show(found: Compliance, lang: int, *, explain: bool) -> None:
    """For people: one table, what it rests on, the reckonings that were asked for, the conclusion."""
    asked = [requirement for requirement in found.requirements if requirement.state is not State.NOT_APPLICABLE]
    table = Table()
    for heading in HEADINGS[lang]:
        table.add_column(heading, overflow="fold")
    for requirement in asked:
        table.add_row(*_cells(requirement, found, lang))
    out.print(table)
    for requirement in asked:
        _detail(requirement, found, lang, explain=explain)
    for reading in found.readings:
        out.print(f"{reading.code}  {reading.text}", style="dim")
    _conclude(found, lang)


def _cells(requirement: Requirement, found: Compliance, lang: int) -> list[RenderableType]:
    deadline = requirement.deadline
    title = requirement.title if lang == 0 else f"{requirement.code} {requirement.title}"
    party = found.name(requirement.of)
    colour = "red" if requirement.state in FAILING and requirement.binding else ""
    colour = "yellow" if requirement.state in UNSETTLED and requirement.binding else colour
    due = deadline.due.isoformat() if deadline and deadline.due and not requirement.under else ""
    cells = (
        f"{title}（{party}）" if party else title,
        cited(requirement.article) if lang == 0 else requirement.article,
        "",
        days_used(requirement)[lang] if not requirement.under else "",
        due,
        deadline.done.isoformat() if deadline and deadline.done else "",
        f"#{requirement.record}" if requirement.record else "",
    )
    return [Text(said(requirement)[lang], colour) if i == 2 else Text(cell) for i, cell in enumerate(cells)]  # noqa: PLR2004  # the third column


def _detail(requirement: Requirement, found: Compliance, lang: int, *, explain: bool) -> None:
    ways = requirement.under or (requirement,)
    for way in ways:
        told = [*_exclusions(way, lang), *(_days(way) if explain and way.subject is Subject.LIMIT else ())]
        if told:
            name = f"{way.title}（{found.name(way.of)}）" if way.of else way.title
            out.print(f"\n{name}", style="bold")
            for line in told:
                out.print(f"    {line}")


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


def _days(way: Requirement) -> list[str]:
    steps = way.deadline.reckoning.steps if way.deadline and way.deadline.reckoning else ()
    return [f"{step.day}  {step.note}" for step in steps]


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
