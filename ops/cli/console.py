"""What every command shares: options, output for people and for machines, errors, exit status."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from domain.errors import Fault

EXIT_FAULT, EXIT_USAGE = 1, 64

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

AsJson = Annotated[bool, typer.Option("--json", help="以 JSON 输出，供程序读取")]
ArchiveDir = Annotated[
    Path, typer.Option("--archive", "-a", envvar="ANJUAN_ARCHIVE", help="档案库目录", show_default="var/archive")
]
CaseName = Annotated[
    str | None, typer.Option("--case", "-c", help="案件编号、其前缀或案号；不写则为当前案件", show_default="当前案件")
]
DEFAULT_ARCHIVE = Path("var/archive")


def emit(value: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def report_fault(fault: Fault, *, as_json: bool) -> None:
    """A refusal: for people on standard error, for machines on standard output."""
    if as_json:
        emit({"defects": [d.as_json() for d in fault.defects]})
        return
    for defect in fault.defects:
        article = f"（第 {defect.article} 条）" if defect.article else ""
        err.print(f"[bold red]拒绝[/]：{_plain(defect.message)}{article}。", markup=True)
        if defect.remedy:
            err.print(f"    {_plain(defect.remedy)}")
        where = " ".join(x for x in (f"代码 {defect.code}", f"位置 {defect.field}" if defect.field else "") if x)
        err.print(f"    [dim]{_plain(where)}[/]")


def _plain(text: str) -> str:
    return text.rstrip("。").replace("[", r"\[")


def progress() -> Progress:
    """A progress bar over bytes, on standard error."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
        console=err,
        transient=True,
    )


def interactive() -> bool:
    """Whether a person sits at the terminal."""
    return sys.stdin.isatty() and sys.stdout.isatty()
