"""`anjuan comply`: was procedure kept, in a case, in a package alone, in every case of the archive?

Exit status: 0 kept, 1 not kept, 2 it can't be told, 3 nothing to judge (no such case, no package), 64 wrong usage.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer
from rich.markup import escape

from domain.errors import Fault
from domain.formats.verdict import Verdict
from domain.rules.citing import cited
from domain.rules.compliance import EXIT_STATUS, Conclusion, compliance
from domain.rules.compliance_words import CONCLUSIONS
from domain.rules.moments import By
from domain.verification import package_compliance
from ops.complying import Complied, complied

from .calendars import a_day
from .compliance_told import COLOUR, LANGUAGES, report, show
from .console import DEFAULT_ARCHIVE, ArchiveDir, AsJson, Counted, emit, err, out, progress, report_fault, unusable
from .looking import ByDays, print_standpoint
from .session import open_session

if TYPE_CHECKING:
    from typing import BinaryIO

    from domain.rules.compliance import Compliance

NOTHING_TO_JUDGE = 3
PACKAGE = ".zip"
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of", help="截至哪一天，案件还可写时刻或 before-9；不写的，案件为今天，案卷为导出之日", metavar="日期"
    ),
]


def comply(
    target: Annotated[
        str | None,
        typer.Argument(help="案件编号、其前缀或案号，或者案卷文件（.zip）；不写则为当前案件", metavar="案件"),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="核对档案库的全部案件，逐件一行")] = False,
    as_of: AsOf = None,
    by: ByDays = None,
    explain: Annotated[bool, typer.Option("--explain", help="逐日说明每项期限")] = False,
    lang: Annotated[str, typer.Option("--lang", help="zh 或 en")] = "zh",
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    as_json: AsJson = False,
) -> None:
    """程序合规：逐项核对期限、义务和记录；案卷文件无需档案库。

    退出状态：0 符合，1 违反或者案卷未通过核验，2 不能判定，3 无从核对。
    """
    if lang not in LANGUAGES:
        raise typer.BadParameter(f"--lang 应为 zh 或 en，实为“{lang[:20]}”")
    if every and (target is not None or as_of is not None or by is not None or explain):
        raise typer.BadParameter("--all 核对截至今天的全部案件，不与案件、--as-of、--by、--explain 同用")
    try:
        if every:
            status = _every(archive, LANGUAGES.index(lang), as_json=as_json)
        else:
            found, sound = _one(target, as_of, by, archive, as_json=as_json)
            status = found.exit_status if sound else EXIT_STATUS[Conclusion.FAILED]
            told = {**report(found), **({} if sound else {"verified": False})}
            emit(told) if as_json else show(found, LANGUAGES.index(lang), explain=explain)
    except Fault as fault:
        report_fault(fault, as_json=as_json)
        status = NOTHING_TO_JUDGE
    raise typer.Exit(status)


def _one(
    target: str | None, as_of: str | None, by: str | None, archive: Path, *, as_json: bool
) -> tuple[Compliance, bool]:
    """What was found, and whether what it was found in is sound: a package that doesn't verify isn't."""
    if target is not None and target.endswith(PACKAGE):
        if by not in (None, By.RECEIVED):
            raise Fault("by", "案卷只能按入卷时间核对", "请去掉 --by，或核对档案库中的案件", field="by")
        return _package(Path(target), as_of)
    with open_session(archive) as session:
        seen = session.seen(target, as_of, by)
        if not as_json:
            print_standpoint(seen)
        if seen.at is not None:
            return compliance(seen.case, seen.at.day, seen.at.instant), True
        return compliance(seen.case, session.running.today, session.archive.clock.now()), True


def _package(path: Path, as_of: str | None) -> tuple[Compliance, bool]:
    """Of a package, by the rulebook and the calendars inside it; on standard error if it doesn't verify."""
    try:
        with path.open("rb") as file:
            octets = os.fstat(file.fileno()).st_size
            with progress("核对案卷", octets, octets=True) as tell:
                counted = cast("BinaryIO", Counted(file, octets, tell))
                verified, found = package_compliance(counted, as_of=a_day(as_of) if as_of else None)
    except OSError as error:
        raise unusable(error) from error
    if found is None:
        reasons = [f.zh for f in verified.findings if f.verdict is Verdict.FAILED]
        reasons += [f.zh for f in verified.findings if f.check == "procedure" and f.verdict is Verdict.INDETERMINATE]
        why = reasons[0].rstrip("。") if reasons else "截至该日，案卷中还没有记录"
        raise Fault("not-judged", f"不能由此案卷核对程序：{why}", "请用 anjuan verify 核验案卷，或改用较晚的日期")
    sound = not any(f.verdict is Verdict.FAILED for f in verified.findings)
    if not sound:
        err.print("注意：本案卷未通过核验（anjuan verify），下列结果仅就其所载内容而言。", style="bold red")
    return found, sound


def _every(archive: Path, lang: int, *, as_json: bool) -> int:
    with progress("核对案件") as tell:
        rows = complied(archive, tell)
    counts = Counter(row.conclusion for row in rows)
    if as_json:
        summary = {conclusion.value: counts[conclusion] for conclusion in Conclusion}
        emit({"cases": [row.as_json() for row in rows], "counts": summary})
    else:
        for row in rows:
            _print(row, lang)
        told = [f"{CONCLUSIONS[conclusion][lang]} {counts[conclusion]}" for conclusion in Conclusion]
        out.print((f"共 {len(rows)} 件：", f"{len(rows)} cases: ")[lang] + ("，", ", ")[lang].join(told))
    worst = (Conclusion.FAILED, Conclusion.INDETERMINATE, Conclusion.KEPT)
    return next((EXIT_STATUS[conclusion] for conclusion in worst if counts[conclusion]), 0)


def _print(row: Complied, lang: int) -> None:
    words = f"[{COLOUR[row.conclusion]}]{CONCLUSIONS[row.conclusion][lang]}[/]"
    out.print(f"{escape(row.number)}  {escape(row.title)}  {words}", markup=True)
    if row.unkept:
        told = "；".join(f"{title}（{cited(article)}）" for title, article in row.unkept)
        out.print(f"    {told if lang == 0 else ', '.join(row.codes)}", style="dim")
