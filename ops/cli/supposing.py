"""`anjuan whatif`: where time limits would stand if something were done; nothing is stored."""

from __future__ import annotations

from typing import Annotated

import typer

from domain.rules.civil import SHANGHAI
from domain.rules.what_if import suppose, what_if
from projections.supposing import as_json as told_json
from projections.supposing import lines

from .asking import given_facts
from .console import DEFAULT_ARCHIVE, ArchiveDir, AsJson, emit, out
from .session import open_session

From = Annotated[str | None, typer.Option("--from", help="哪一天，或者带时区的时刻；不写为今天", metavar="日期")]
Days = Annotated[int | None, typer.Option("--days", help="多少日之后结束；不写的，尚未结束，有上限的用足余下日数")]
Set = Annotated[list[str] | None, typer.Option("--set", "-s", help="一项事实：名称=值；可重复")]


def whatif(
    case: Annotated[str | None, typer.Argument(help="案件编号、其前缀或案号；不写则为当前案件", metavar="案件")] = None,
    window: Annotated[str | None, typer.Option("--window", help="期间代码，例如 correction、appraisal")] = None,
    action: Annotated[str | None, typer.Option("--do", help="行为代码，例如 acceptance")] = None,
    start: From = None,
    days: Days = None,
    settings: Set = None,
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    as_json: AsJson = False,
) -> None:
    """假设推算：如果今天通知补正、委托鉴定、暂停采购或者作出别的行为，能否作出、各项期限怎样变化。不存任何内容。"""
    with open_session(archive) as session:
        folded = session.case(case)
        now = session.archive.clock.now().astimezone(SHANGHAI)
        on = start or now.date().isoformat()
        supposed = suppose(folded.rulebook, on, window=window, action=action, days=days)
        facts = given_facts(None, settings or (), folded.rulebook.action(supposed.action))
        found = what_if(folded, supposed.saying(facts), now.date(), now)
    if as_json:
        emit({"case": folded.id, **told_json(found, folded)})
    else:
        out.print("\n".join(lines(found, folded)))
