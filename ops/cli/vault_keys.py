"""`anjuan vault rotate`, `copy-keys`, `check-keys`: a new key-encryption key; copies of keys, made and checked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ops.key_copies import check, copy
from ops.rotating import rotate as rotated
from storage.key_encryption.places import FilePlace

from .console import DEFAULT_ARCHIVE, EXIT_FAULT, ArchiveDir, AsJson, emit, out, progress

_UNTIL = "轮换之前备份的 case-keys.db 仍要用它才能打开；这些备份都已销毁或重做之后，方可"
_OLD_FILE = f"文件保留在原处。{_UNTIL}销毁该文件。"
_OLD_KEY = f"没有删除。{_UNTIL}在令牌或服务器上删除。"


def rotate(
    to: Annotated[
        str | None,
        typer.Option(
            "--to",
            metavar="位置",
            help="新的密钥放在哪里，写法同 anjuan init --keys；现用文件时可不写，即换一个新文件",
        ),
    ] = None,
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    as_json: AsJson = False,
) -> None:
    """更换密钥加密密钥：逐一重新包裹案件密钥，不动任何证据文件。中断后原样再运行即可接着完成。"""
    with progress("重新包裹案件密钥") as tell:
        done = rotated(archive, to, tell)
    if as_json:
        former = [str(place) for place in done.former]
        emit({"wrapped": done.wrapped, "current": str(done.current), "former": former})
        return
    out.print(f"密钥加密密钥已更换为 {done.current}，重新包裹案件密钥 {done.wrapped} 个。")
    out.print("请立即备份新密钥和 case-keys.db；正在运行的 anjuan serve 须重新启动。", style="bold")
    for place in done.former:
        out.print(f"原密钥 {place}：{_OLD_FILE if isinstance(place, FilePlace) else _OLD_KEY}")


def copy_keys(
    to: Annotated[Path, typer.Argument(help="副本放在哪个目录；不能在档案库目录之内", metavar="目录")],
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    as_json: AsJson = False,
) -> None:
    """备份案件密钥：把 case-keys.db 完整复制到目录，取代其中的旧副本；服务运行时也可以做。不复制密钥加密密钥。"""
    target = copy(archive, to)
    if as_json:
        emit({"copy": str(target)})
        return
    out.print(f"案件密钥已复制到 {target}。请接着核对：anjuan vault check-keys {to}")


def check_keys(
    copied: Annotated[Path, typer.Argument(help="放副本的目录", metavar="目录")],
    key: Annotated[
        Path | None, typer.Option("--key", help="用这份密钥加密密钥文件的副本来打开，以核对它；不写则用档案库现用的")
    ] = None,
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    as_json: AsJson = False,
) -> None:
    """核对密钥副本：逐个打开副本中的案件密钥，并与档案库比较。退出状态 1：副本不能用，或必须销毁。"""
    with progress("核对案件密钥") as tell:
        found = check(archive, copied, key, tell)
    if as_json:
        emit({"same": found.same, "absent": found.absent, "altered": found.altered, "revived": found.revived})
    else:
        out.print(f"副本中有 {found.same} 个案件密钥打开无误，与档案库相同。")
        if found.absent:
            out.print(f"缺少 {len(found.absent)} 个案件密钥：副本做成之后有新的案件。请重新备份。", style="bold")
        if found.altered:
            out.print(f"有 {len(found.altered)} 个案件密钥与档案库不同：这不是本档案库的副本，或已损坏。", style="bold")
        if found.revived:
            out.print(
                f"有 {len(found.revived)} 个已依法销毁的案件密钥在副本中仍能打开。请立即销毁该副本并重新备份。",
                style="bold",
            )
    if not found.fit:
        raise typer.Exit(EXIT_FAULT)
