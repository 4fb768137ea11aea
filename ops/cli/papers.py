"""Evidence files from the command line into the vault."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, cast

import typer

from domain.errors import Fault, reason
from domain.evidence_port import State

from .console import DEFAULT_ARCHIVE, EXIT_FAULT, ArchiveDir, AsJson, CaseName, Counted, emit, progress
from .sending import send, tell_stored
from .session import Session, open_session

if TYPE_CHECKING:
    from domain.evidence_port import Attached


def attach(
    files: Annotated[list[Path], typer.Argument(help="文件")],
    case: CaseName = None,
    server: Annotated[
        str | None, typer.Option("--server", help="上传到这一服务器，断线续传；不写则存入本机的档案库")
    ] = None,
    token: Annotated[Path | None, typer.Option("--token-file", help="令牌文件（只有本人可读）")] = None,
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    as_json: AsJson = False,
) -> None:
    """存入证据文件，给出存证编号；检查通过的，此后行为才可以附上它。

    中断后再次执行同一命令，接着上传。有文件被拒收的，退出状态为 1。
    """
    if server is not None:
        send(files, case, server, token, as_json=as_json)
        return
    with open_session(archive) as session:
        stored = [(path, _attach(session, session.case_id(case), path)) for path in files]
    if as_json:
        emit([attached_json(attached) for _, attached in stored])
    else:
        for path, attached in stored:
            tell_stored(attached_json(attached), path.name)
    if any(attached.state is State.REFUSED for _, attached in stored):
        raise typer.Exit(EXIT_FAULT)


def attached_json(attached: Attached) -> dict[str, Any]:
    """The same for machines."""
    stored = attached.stored
    return {
        "object": stored.object,
        "name": attached.name,
        "media": attached.media,
        "sha256": stored.sha256,
        "length": stored.length,
        "state": attached.state.value,
        "reason": attached.reason,
    }


def _attach(session: Session, case: str, path: Path) -> Attached:
    try:
        size = path.stat().st_size
        with path.open("rb") as file, progress(path.name, size, octets=True) as tell:
            source = cast("BinaryIO", Counted(file, size, tell))
            return session.archive.attaching.attach(case=case, source=source, name=path.name, length=size)
    except OSError as error:
        raise Fault("file", f"不能读取 {path}：{reason(error)}", "请核对路径和权限") from error


def _attached_already(session: Session, case: str, path: Path) -> Attached | None:
    try:
        with path.open("rb") as file:
            octets = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None  # said by `_attach`
    return session.archive.attachments.same(case, octets, path.name)


def evidence_from(session: Session, case: str, papers: list[str] | None) -> list[dict[str, Any]]:
    """The `--evidence` of a command as evidence of a draft. Faults "evidence", "file"."""
    out_ = []
    for paper in papers or ():
        slot, equals, name = paper.partition("=")
        if not equals:
            raise Fault(
                "evidence", f"--evidence 应为 类别=文件，实为“{paper[:60]}”", "例如 --evidence complaint=投诉书.pdf"
            )
        known = session.archive.attachments.get(name) or _attached_already(session, case, Path(name))
        attached = known or _attach(session, case, Path(name))
        out_.append({"object": attached.stored.object, "slot": slot})
    return out_
