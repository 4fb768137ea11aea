"""Proving and serving: export, verify, rebuild, serve."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from secrets import token_hex
from typing import Annotated, BinaryIO, cast

import typer
from rich.markup import escape

from api.places import AT_ONCE, UploadRules
from domain.archive import receipt_moment
from domain.errors import Fault, reason
from domain.formats.trust import TRUST_OCTETS, Trust
from domain.formats.verdict import Report, Verdict
from domain.verification import Scope, verify_package
from domain.verification.told import LANGUAGES, conclusion, lines
from ops.verification_place import forget, own_folder
from ops.verifying import is_home, verify_home
from projections.dossier.package import export as export_dossier

from .console import (
    DEFAULT_ARCHIVE,
    EXIT_USAGE,
    ArchiveDir,
    AsJson,
    CaseName,
    Counted,
    beside,
    emit,
    err,
    out,
    progress,
    report_fault,
    unusable,
)
from .session import open_session

NOT_A_PACKAGE = 3
COLOUR = {
    Verdict.PASSED: "green",
    Verdict.FAILED: "bold red",
    Verdict.INDETERMINATE: "yellow",
    Verdict.NOT_CLAIMED: "dim",
    Verdict.NOT_JUDGED: "yellow",
}


def export(
    case: CaseName = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="案卷文件")] = Path("案卷.zip"),
    recipient: Annotated[str, typer.Option("--recipient", help="交给谁")] = "存档",
    redacted: Annotated[bool, typer.Option("--redacted", help="不含不公开事项和不公开文件")] = False,
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    as_json: AsJson = False,
) -> None:
    """导出案卷：一个压缩文件，含全部记录、证据、规则、日历、可读的案卷.pdf，任何人可离线核验。"""
    with open_session(archive) as session:
        case_id = session.begun(case)
        temporary = beside(output)
        exported = receipt_moment(session.archive.clock.now())
        papers = [item for entry in session.archive.case(case_id).entries for item in entry.evidence]
        octets = sum(item["length"] for item in papers if "length" in item) or 1
        try:
            with progress("制作案卷", octets, octets=True) as tell, temporary.open("w+b") as file:
                counted = cast("BinaryIO", Counted(file, octets, tell))
                made = session.archive, case_id, recipient, counted
                log = session.running.log
                export_dossier(*made, disclose=not redacted, exported=exported, log=log)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(output)
        finally:
            temporary.unlink(missing_ok=True)
        seq = session.archive.case(case_id).seq
    if as_json:
        emit({"file": str(output), "case": case_id, "seq": seq, "bytes": output.stat().st_size})
    else:
        out.print(f"案卷已导出：{output}（{seq} 条记录，{output.stat().st_size} 字节）")


def verify(
    target: Annotated[Path, typer.Argument(help="案卷文件（.zip）或档案库目录", metavar="案卷")],
    trust: Annotated[Path | None, typer.Option("--trust", help="信任文件，须另行取得")] = None,
    require: Annotated[
        str | None, typer.Option("--require", help="要求的层次：chain、logged、witnessed、timestamped")
    ] = None,
    hash_only: Annotated[bool, typer.Option("--hash-only", help="只核对摘要和记录链，不判定签名、权限和程序")] = False,
    sample: Annotated[int | None, typer.Option("--sample", help="只抽取若干案件核验（档案库）", min=1)] = None,
    seed: Annotated[
        str | None, typer.Option("--seed", help="抽样的种子；同一种子抽取相同", show_default="随机")
    ] = None,
    processes: Annotated[
        int | None,
        typer.Option("--processes", help="进程数（档案库）", min=1, max=1024, show_default="全部处理器"),
    ] = None,
    restart: Annotated[bool, typer.Option("--restart", help="不接续上次中断的核验（档案库）")] = False,
    lang: Annotated[str, typer.Option("--lang", help="zh 或 en")] = "zh",
    as_json: AsJson = False,
) -> None:
    """核验案卷或档案库；不需要档案库即可核验案卷。退出状态：0 通过，1 未通过，2 无法判定，3 不是案卷。"""
    if seed is not None and sample is None:
        raise typer.BadParameter("--seed 须与 --sample 一起使用")
    if lang not in LANGUAGES:
        raise typer.BadParameter(f"--lang 应为 zh 或 en，实为“{lang[:20]}”")
    try:
        trusted = _trust(trust)
    except Fault as fault:  # nothing has been said of the target yet
        report_fault(fault, as_json=as_json)
        raise typer.Exit(EXIT_USAGE) from fault
    try:
        scope = Scope(hash_only, sample, (seed or token_hex(8)) if sample is not None else "")
        report = _report(target, trusted, require, scope, processes, restart=restart)
    except Fault as fault:
        if fault.code in {"require", "scope"}:
            report_fault(fault, as_json=as_json)
            raise typer.Exit(EXIT_USAGE) from fault
        if as_json:
            emit(
                {
                    "verdict": "NOT_A_PACKAGE",
                    "exit_status": NOT_A_PACKAGE,
                    "defects": [d.as_json() for d in fault.defects],
                }
            )
        else:
            err.print(f"[bold red]无法核验[/]：{escape(str(fault))}", markup=True)
        raise typer.Exit(NOT_A_PACKAGE) from fault
    if as_json:
        emit(report.as_json())
    else:
        _print(report, lang)
    raise typer.Exit(report.exit_status)


def _report(
    target: Path, trust: Trust | None, require: str | None, scope: Scope, processes: int | None, *, restart: bool
) -> Report:
    place = own_folder()
    try:
        if is_home(target):
            if restart:
                forget(place, target)
            with progress("核验档案库") as tell:
                return verify_home(target, trust, require, tell, scope=scope, processes=processes, place=place)
        if scope.sample is not None:
            raise Fault("scope", "抽样只用于档案库；案卷总是全部核验。", "请去掉 --sample。", field="sample")
        with target.open("rb") as file:
            octets = os.fstat(file.fileno()).st_size
            with progress("核验案卷", octets, octets=True) as tell:
                counted = cast("BinaryIO", Counted(file, octets, tell))
                return verify_package(counted, trust, require, hash_only=scope.hash_only)
    except OSError as error:
        raise unusable(error) from error


def _trust(path: Path | None) -> Trust | None:
    if path is None:
        return None
    try:
        with path.open("rb") as file:
            return Trust.parse(file.read(TRUST_OCTETS + 1))
    except OSError as error:
        raise Fault("trust-file", f"不能读取信任文件 {path}：{reason(error)}", "请核对路径") from error


def _print(report: Report, lang: str) -> None:
    for line in lines(report, lang):
        word = f"[{COLOUR[line.verdict]}]{line.word}[/]"
        out.print(f"{word}  {escape(line.sentence)}  [dim]{escape(line.place)}[/]", markup=True)
    whole = conclusion(report, lang)
    out.print(f"\n[{COLOUR[whole.verdict]}]{whole.sentence}[/]", markup=True)


def rebuild(archive: ArchiveDir = DEFAULT_ARCHIVE, as_json: AsJson = False) -> None:
    """由记录重新生成全部视图；视图可随时删去重建，不影响记录。"""
    with open_session(archive) as session, progress("重建视图") as tell:
        position = session.running.rebuild(tell)
    if as_json:
        emit({"position": position})
    else:
        out.print(f"视图已重建至第 {position} 条记录。")


def serve(
    host: Annotated[str, typer.Option("--host", help="只应为本机地址")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="端口", min=0, max=65535)] = 8000,
    uploads: Annotated[int, typer.Option("--uploads", help="同时上传的文件数", min=1, max=1000)] = AT_ONCE,
    checksums: Annotated[bool, typer.Option("--checksums", help="断点续传的每一段都须附校验和")] = False,
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    as_json: AsJson = False,
) -> None:
    """启动网页和接口（默认 http://127.0.0.1:8000）；已在监听时给出地址。"""
    from ops.serving import serve_forever  # noqa: PLC0415  # the web stack loads only when asked for

    def told(address: str) -> None:
        if as_json:
            emit({"address": address})
        else:
            out.print(f"网页和接口：{address}\n按 Ctrl+C 结束。")
        sys.stdout.flush()

    serve_forever(archive, host, port, told, UploadRules(at_once=uploads, checksums=checksums))
