"""What every command shares: options, output for people and for machines, errors, exit status."""

from __future__ import annotations

import json
import os
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from domain.errors import Fault, reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

AFTER = 1.0  # seconds before a progress bar appears
EXIT_FAULT, EXIT_USAGE = 1, 64

# Text is printed as it stands; markup only where it is asked for, and then what people wrote is escaped.
out = Console(highlight=False, soft_wrap=True, markup=False)
err = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)

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
        err.print(f"[bold red]拒绝[/]：{escape(defect.message.rstrip('。'))}{article}。", markup=True)
        if defect.remedy:
            err.print(f"    {defect.remedy.rstrip('。')}")
        where = " ".join(x for x in (f"代码 {defect.code}", f"位置 {defect.field}" if defect.field else "") if x)
        err.print(f"    {where}", style="dim")


def beside(path: Path) -> Path:
    """Where this process writes a file until it takes its place, whole or not at all. Fault "file": no file name."""
    if not path.name or path.is_dir():
        raise Fault("file", f"{path} 是目录，不是文件名", "请写明文件名")
    return path.with_name(f"{path.name}.{os.getpid()}.new")


def unusable(error: OSError) -> Fault:
    """A file that can't be read or written, as a Fault "file"."""
    name = str(error.filename) if error.filename is not None else "文件"
    return Fault("file", f"不能读写 {name[:200]}：{reason(error)}", "请核对路径、权限和磁盘空间")


@contextmanager
def progress(what: str, total: int | None = None, *, octets: bool = False) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error for whatever takes longer than a second; gives `tell(done, all)`.

    Nothing is shown before, nothing stays behind, and nothing at all unless a person looks on.
    """
    counted = (DownloadColumn(), TimeRemainingColumn()) if octets else (MofNCompleteColumn(),)
    bar = Progress(TextColumn("{task.description}"), BarColumn(), *counted, console=err, transient=True)
    task = bar.add_task(escape(what), total=total)
    late = threading.Timer(AFTER, bar.start)
    if err.is_terminal:
        late.start()
    try:
        yield lambda done, whole: bar.update(task, completed=done, total=whole)
    finally:
        late.cancel()
        if err.is_terminal:
            late.join()
        if bar.live.is_started:
            bar.stop()


class Counted:
    """A file that says how much of it has been read or written so far."""

    def __init__(self, file: BinaryIO, total: int, tell: Callable[[int, int], None]) -> None:
        self._file, self._total, self._tell, self._done = file, total, tell, 0

    def read(self, size: int = -1) -> bytes:
        """As the file's."""
        data = self._file.read(size)
        self._count(len(data))
        return data

    def write(self, data: bytes) -> int:
        """As the file's."""
        self._count(len(data))
        return self._file.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def _count(self, octets: int) -> None:
        self._done += octets
        self._tell(min(self._done, self._total), self._total)


def interactive() -> bool:
    """Whether a person sits at the terminal."""
    return sys.stdin.isatty() and sys.stdout.isatty()
