"""Service of papers: who has been sent and served what, how, when, and on which proof."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from domain.rules.service_table import Standing, service_table

from .console import DEFAULT_ARCHIVE, ArchiveDir, AsJson, emit, out
from .looking import AsOf, ByDays, print_standpoint
from .session import open_session

if TYPE_CHECKING:
    from domain.rules.service_table import Service

STANDING = {Standing.UNSENT: "尚未发出", Standing.SENT: "已发出", Standing.SERVED: "已送达"}
DAYS = {Standing.SENT: "发出", Standing.SERVED: "送达"}


def service(
    case: Annotated[str | None, typer.Argument(help="案件编号、其前缀或案号；不写则为当前案件", metavar="案件")] = None,
    as_of: AsOf = None,
    by: ByDays = None,
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    as_json: AsJson = False,
) -> None:
    """送达情况：每份文书、每名受送达人的方式、发出和送达日期、凭证，以及各期限看哪一日。"""
    with open_session(archive) as session:
        seen = session.seen(case, as_of, by)
        rows = service_table(seen.case)
    if as_json:
        emit([row.as_json() for row in rows])
        return
    print_standpoint(seen)
    table = Table()
    for heading in ("文书", "受送达人", "状态", "方式", "发出", "送达", "凭证"):
        table.add_column(heading, overflow="fold", no_wrap=heading in DAYS.values())
    for row in rows:
        table.add_row(*map(Text, _cells(row)))
    out.print(table)
    for row in rows:
        for defect in row.amiss:
            out.print(
                f"第 {row.paper} 号《{row.title}》{row.name}：{defect.message}（第 {defect.article} 条）", style="red"
            )
    for line in dict.fromkeys(line for row in rows for line in _verbs(row)):
        out.print(line, style="dim")


def _cells(row: Service) -> tuple[str, ...]:
    days = (row.sent.day.isoformat() if row.sent else "", row.served.day.isoformat() if row.served else "")
    name = row.name if row.named else f"{row.name}（不是送达对象）"
    return (f"#{row.paper} {row.title}", name, STANDING[row.standing], row.way_title or "", *days, row.proof or "")


def _verbs(row: Service) -> list[str]:
    return [f"《{row.title}》：“{v.title}”（第 {v.article} 条）以{DAYS[v.day]}为准" for v in row.verbs]
