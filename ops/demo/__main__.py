"""`python -m ops.demo run` serves the sample cases; `python -m ops.demo demo` makes, exports and verifies one."""

from __future__ import annotations

import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from api.wiring import open_archive
from domain.archive import receipt_moment
from domain.errors import Fault
from ops.cli.console import EXIT_FAULT, EXIT_USAGE, err, out, report_fault
from ops.cli.main import UsageError
from ops.cli.main import status as anjuan
from ops.serving import serve_forever
from projections.dossier.package import export

from .player import Played
from .samples import ARCHIVE, KEYS, LOCK, Demonstration, prepared
from .telling import told

BASE = Path("var")
SHOWN = "complaint-2023"  # the case that `demo` exports
RECIPIENT = "演示"

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)

Base = Annotated[Path, typer.Option("--base", help="演示目录")]


@app.command()
def run(
    base: Base = BASE,
    host: Annotated[str, typer.Option("--host", help="只应为本机地址")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="端口", min=0, max=65535)] = 8000,
    play_only: Annotated[bool, typer.Option("--play-only", help="只制作案件，不提供网页")] = False,
) -> None:
    """制作演示案件（已有的不再制作），然后在本机提供网页和接口。"""
    found = _prepared(base)
    if play_only:
        return
    serve_forever(found.archive, host, port, lambda address: out.print(told(found, address), markup=False))


@app.command()
def demo(base: Base = BASE / "demo") -> None:
    """在全新的目录中制作演示案件，导出一份案卷并核验；退出状态即核验结论。"""
    _cleared(base)
    found = _prepared(base)
    package, trust = base / "案卷.zip", base / "trust.json"
    with open_archive(found.archive) as running, err.status("正在制作案卷…"):
        trust.write_bytes(running.archive.trust().dump() + b"\n")
        exported = receipt_moment(datetime.now(UTC))
        draft = package.with_name(package.name + ".new")
        with draft.open("w+b") as file:
            export(running.archive, found.cases[SHOWN], RECIPIENT, file, exported=exported, log=running.log)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(package)
    out.print(f"案卷：{package}（{package.stat().st_size} 字节）\n信任文件：{trust}\n核验：", markup=False)
    raise typer.Exit(anjuan(["verify", str(package), "--trust", str(trust)]))


def _prepared(base: Path) -> Demonstration:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("演示案件", total=None)

        def tell(done: int, total: int, played: Played) -> None:
            bar.update(task, completed=done, total=total)
            if not err.is_terminal and not played.stood and played.record is not None:
                sys.stderr.write(f"演示案件 {done}/{total} 已入卷 {played.record.digest}\n")
                sys.stderr.flush()

        return prepared(base, tell)


def _cleared(base: Path) -> None:
    """Remove an earlier demonstration, and nothing else. Fault "demo-directory"."""
    if not base.exists():
        return
    known = {ARCHIVE, KEYS, LOCK, "案卷.zip", "案卷.zip.new", "trust.json"}
    strange = [
        path.name for path in base.iterdir() if path.name not in known and not path.name.startswith(f".{ARCHIVE}.")
    ]
    if strange:
        raise Fault("demo-directory", f"{base} 中有演示以外的文件：{strange[0]}", "请移走它，或以 --base 另选目录。")
    shutil.rmtree(base)


def status(arguments: list[str]) -> int:
    """Run one command; its exit status, as `anjuan` has them."""
    try:
        code = app(arguments, standalone_mode=False, prog_name="python -m ops.demo")
    except Fault as fault:
        report_fault(fault, as_json=False)
        return EXIT_FAULT
    except UsageError as error:
        err.print(f"用法有误：{error.format_message()}", markup=False)
        return EXIT_USAGE
    except typer.Exit as leave:
        return leave.exit_code
    return code if isinstance(code, int) else 0


if __name__ == "__main__":
    sys.exit(status(sys.argv[1:]))
