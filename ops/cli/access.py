"""Tokens for the HTTP interface: told once, ended by their public number."""

from __future__ import annotations

from typing import Annotated

import typer

from api.access.tokens import Tokens

from .console import DEFAULT_ARCHIVE, ArchiveDir, AsJson, emit, out
from .session import open_session


def token(
    name: Annotated[str, typer.Argument(help="姓名或登记案件编号")],
    withdraw: Annotated[str | None, typer.Option("--withdraw", help="收回这一编号的令牌，不再发放")] = None,
    listed: Annotated[bool, typer.Option("--list", help="列出已发放的令牌（不含令牌本身）")] = False,
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    as_json: AsJson = False,
) -> None:
    """发放接口访问令牌：只显示这一次，库中只存摘要。身份以登记为准，令牌只说明是谁。"""
    with open_session(archive) as session:
        officer, now = session.officer(name), session.archive.clock.now()
        tokens = Tokens(session.path)
        try:
            if withdraw is not None:
                tokens.withdraw(withdraw, officer.case, now)
            elif not listed:
                issued = tokens.issue(officer.case, now)
                if as_json:
                    emit({"officer": officer.case, "token": issued})
                else:
                    out.print(issued)
                return
            notes = tokens.issued(officer.case)
        finally:
            tokens.close()
    if as_json:
        emit([{"id": n.id, "issued": n.issued, "expires": n.expires, "withdrawn": n.withdrawn} for n in notes])
        return
    for note in notes:
        state = f"已于 {note.withdrawn} 收回" if note.withdrawn else f"至 {note.expires}"
        out.print(f"{note.id}  {note.issued} 发放  {state}")
