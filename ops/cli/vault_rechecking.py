"""`anjuan vault recheck`: files that wait in quarantine are inspected again."""

from __future__ import annotations

import typer

from domain.evidence_port import State

from .console import DEFAULT_ARCHIVE, EXIT_FAULT, ArchiveDir, AsJson, emit, out, progress
from .papers import attached_json
from .sending import tell_stored
from .session import open_session

WAITING = 2


def recheck(archive: ArchiveDir = DEFAULT_ARCHIVE, as_json: AsJson = False) -> None:
    """重新检查隔离待查的文件。退出状态：0 全部准用，1 有文件被拒收，2 仍有文件待查。"""
    with open_session(archive) as session:
        attaching, scanned = session.archive.attaching, session.running.home.scanner is not None
        waiting, found = session.archive.attachments.in_state(State.WAITING), []
        with progress("检查隔离待查的文件", len(waiting)) as tell:
            for number, attached in enumerate(waiting, 1):
                found.append(attaching.recheck(attached.stored.object))
                tell(number, len(waiting))
    states = {attached.state for attached in found}
    if as_json:
        emit({"scanner": scanned, "rows": [attached_json(attached) for attached in found]})
    else:
        if not scanned:
            out.print("没有设置查毒服务（archive.json 的 scanner），只做其他检查。")
        for attached in found:
            tell_stored(attached_json(attached), attached.name)
        out.print(f"检查 {len(found)} 份。")
    if states - {State.ADMITTED}:
        raise typer.Exit(EXIT_FAULT if State.REFUSED in states else WAITING)
