"""`anjuan vault`: the evidence store looked after: audited, kept as the records demand, swept."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from domain.auditing import FAILING, PROBLEMS, Problem
from domain.errors import Fault
from ops.auditing import Auditing
from ops.sweeping import swept

from .console import DEFAULT_ARCHIVE, EXIT_FAULT, ArchiveDir, AsJson, emit, err, out, progress, report_fault
from .session import open_session

if TYPE_CHECKING:
    from domain.keeping import Kept
    from domain.sweeping import Sweepable
    from ops.auditing import Report

app = typer.Typer(help="存证库：核对、落实保管期限和冻结、清理", no_args_is_help=True)
INDETERMINATE = 2
SHOWN = 50  # findings of one kind that are listed for people


@app.command()
def audit(
    sample: Annotated[
        int | None, typer.Option("--sample", help="只抽查这么多份；不写则全部核对", min=1, metavar="份数")
    ] = None,
    seed: Annotated[
        str | None, typer.Option("--seed", help="抽查的种子：同一种子、同样的记录抽到同样的文件；不写则随机取一个")
    ] = None,
    restart: Annotated[bool, typer.Option("--restart", help="从头核对，不接着上次中断处")] = False,
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    as_json: AsJson = False,
) -> None:
    """核对存证库：记录所引的每份文件是否都在，摘要、大小、版本是否相符，锁定和冻结是否足够。

    不需要任何密钥。可以中断，再次运行从中断处继续。退出状态：0 通过，1 有缺失、改动或未锁定的，2 有未能读取的。
    """
    if seed is not None and sample is None:
        raise Fault("seed", "--seed 须与 --sample 一同使用", "请写明抽查的份数", field="seed")
    auditing = Auditing.open(archive)
    with auditing.opened, progress("核对存证库") as tell:
        try:
            if sample is not None:
                report = auditing.sample(sample, seed or secrets.token_hex(8), tell)
            else:
                report = auditing.whole(tell, restart=restart)
        except Fault as fault:
            if fault.code != "audit-stopped":
                raise
            report_fault(fault, as_json=as_json)
            raise typer.Exit(INDETERMINATE) from fault
        except KeyboardInterrupt:
            err.print("已中断；再次运行从中断处继续。" if sample is None else "已中断。")
            raise
    if as_json:
        emit(report.as_json())
    else:
        _print(report)
    raise typer.Exit(report.exit_status)


@app.command()
def keep(archive: ArchiveDir = DEFAULT_ARCHIVE, as_json: AsJson = False) -> None:
    """落实记录对存证库的要求：延长保管期限、冻结和解除、销毁密钥；可以反复执行，只做尚未落实的。

    永久保管的、起算日未到的由此顺延，宜每月执行。退出状态：1 有缺失的文件。
    """
    done: list[Kept] = []
    with open_session(archive) as session, progress("落实保管要求") as tell:
        cases = session.archive.events.cases()
        for number, (case, _) in enumerate(cases, 1):
            done.append(session.archive.keeping.keep(case))
            tell(number, len(cases))
    missing = [(kept.case, name) for kept in done for name in kept.missing]
    if as_json:
        emit({"cases": len(done), "changed": [asdict(kept) for kept in done if kept.changed or kept.missing]})
    else:
        for case, name in missing[:SHOWN]:
            out.print(f"[red]缺失[/]  案件 {case}  文件 {name}", markup=True)
        counts = (
            f"延长 {sum(kept.lengthened for kept in done)} 份",
            f"冻结 {sum(kept.held for kept in done)} 份",
            f"解除冻结 {sum(kept.released for kept in done)} 份",
            f"销毁 {sum(kept.destroyed for kept in done)} 件案件的密钥",
        )
        out.print(f"{len(done)} 件案件、{sum(kept.objects for kept in done)} 份文件：{'，'.join(counts)}。")
        if missing:
            out.print(f"有 {len(missing)} 份文件不在存证库中，请运行 anjuan vault audit。", style="red")
    raise typer.Exit(EXIT_FAULT if missing else 0)


@app.command(name="sweep")
def sweep_(
    yes: Annotated[bool, typer.Option("--yes", help="确实清除；不写则只列出")] = False,
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    as_json: AsJson = False,
) -> None:
    """清理没有记录和有效草稿引用、锁定已经届满的文件；不加 --yes 只列出。清除的文件，登记和摘要仍然保留。"""
    with progress("清理存证库") as tell:
        found = swept(archive, tell, remove=yes)
    if as_json:
        emit({"removed": [_swept_json(one) for one in found.removed], "kept": [_swept_json(one) for one in found.kept]})
        return
    word = "已清除" if yes else "可清除"
    for one in (found.removed if yes else found.kept)[:SHOWN]:
        version = f" 版本 {one.version}" if one.version else ""
        out.print(f"{word}  文件 {one.object}{version}  {one.size} 字节，锁定已于 {one.ended:%Y-%m-%d} 届满")
    if not yes:
        out.print(f"可清除 {len(found.kept)} 份；加 --yes 清除。" if found.kept else "没有可清除的文件。")
        return
    locked = f"；{len(found.kept)} 份又被锁定，没有清除" if found.kept else ""
    out.print(f"已清除 {len(found.removed)} 份{locked}。")


def _swept_json(one: Sweepable) -> dict[str, Any]:
    return {**asdict(one), "ended": one.ended.isoformat()}


def _print(report: Report) -> None:
    for problem, word in PROBLEMS.items():
        found = [finding for finding in report.findings if finding.problem is problem]
        colour = "red" if problem in FAILING else "yellow"
        for finding in found[:SHOWN]:
            where = f"案件 {finding.case} 第 {finding.seq} 号记录  " if finding.case else ""
            version = f" 版本 {finding.version}" if finding.version else ""
            line = f"[{colour}]{word}[/]  {where}文件 {finding.object}{version}：{escape(finding.told)}"
            out.print(line, markup=True)
        if len(found) > SHOWN:
            out.print(f"……{word}共 {len(found)} 份，全部见 --json。")
    drawn = f"（抽查，种子 {report.sample[1]}）" if report.sample else ""
    out.print(f"记录引用 {report.objects} 份，核对 {report.checked} 份{drawn}，每秒 {report.rate:.0f} 份。")
    counts = {word: sum(f.problem is p for f in report.findings) for p, word in PROBLEMS.items()}
    told = "，".join(f"{word} {n} 份" for word, n in counts.items() if n) or "没有问题"
    words: dict[int, Any] = {0: "通过", 1: "不通过", INDETERMINATE: "无法判定"}
    out.print(f"结论：{words[report.exit_status]}（{told}）", style="bold")
    if any(finding.problem is Problem.UNPROTECTED for finding in report.findings):
        out.print("未锁定的，请运行 anjuan vault keep，再行核对。")
