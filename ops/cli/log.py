"""The transparency log: follow, show, prove, key."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from domain.formats.encoding import b64

from .console import DEFAULT_ARCHIVE, ArchiveDir, AsJson, CaseName, emit, out, progress
from .session import open_session

app = typer.Typer(help="透明日志：跟进、查看、取证明", no_args_is_help=True)


@app.command()
def follow(archive: ArchiveDir = DEFAULT_ARCHIVE, as_json: AsJson = False) -> None:
    """把全部记录写入日志并签署检查点；服务运行时自动进行。"""
    with open_session(archive) as session:
        total = session.archive.events.position()
        with progress("写入日志", total) as tell:
            checkpoint = session.running.log.follow(tell)
    if as_json:
        emit({"origin": checkpoint.origin, "size": checkpoint.size, "root": b64(checkpoint.root)})
    else:
        out.print(f"日志已有 {checkpoint.size} 项，根哈希 {b64(checkpoint.root)}")


@app.command()
def show(archive: ArchiveDir = DEFAULT_ARCHIVE, as_json: AsJson = False) -> None:
    """最新的检查点，照原样。"""
    with open_session(archive) as session:
        view = session.running.log.view()
        found = view.census()
    if as_json:
        checkpoint = view.checkpoint
        census = {"size": found[0].size, "taken": found[0].taken, "cases": found[0].cases} if found else None
        emit(
            {
                "origin": checkpoint.origin,
                "size": checkpoint.size,
                "root": b64(checkpoint.root),
                "note": view.note.dump(),
                "census": census,
            }
        )
        return
    out.print(view.note.dump(), markup=False, highlight=False, soft_wrap=True, end="")
    if found:
        out.print(f"最近一次普查：{found[0].taken}，{found[0].cases} 个案件，日志序号 {found[0].size}")


@app.command()
def prove(
    seq: Annotated[int, typer.Argument(help="记录序号", min=1)],
    case: CaseName = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="证明文件；不写则显示")] = None,
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    as_json: AsJson = False,
) -> None:
    """一条记录的日志证明（.tlog-proof），可离线核验。"""
    with open_session(archive) as session:
        case_id = session.begun(case)
        proof = session.running.log.view().proof(case_id, seq)
    text = proof.dump()
    if output is not None:
        output.write_text(text, encoding="utf-8")
    if as_json:
        emit({"case": case_id, "seq": seq, "index": proof.index, "size": proof.checkpoint.size, "proof": text})
    elif output is None:
        out.print(text, markup=False, highlight=False, soft_wrap=True, end="")
    else:
        out.print(f"证明已写入 {output}")


@app.command()
def key(archive: ArchiveDir = DEFAULT_ARCHIVE, as_json: AsJson = False) -> None:
    """日志的公钥（vkey），供见证人和核验人登记。"""
    with open_session(archive) as session:
        keys = session.running.log.keys()
    if as_json:
        emit([{"name": one.name, "type": one.type.name, "vkey": one.vkey} for one in keys])
    else:
        for one in keys:
            out.print(one.vkey, markup=False, highlight=False, soft_wrap=True)
