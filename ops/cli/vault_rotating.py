"""`anjuan vault rotate`: a new key-encryption key."""

from __future__ import annotations

from typing import Annotated

import typer

from ops.rotating import rotate as rotated
from storage.key_encryption.places import FilePlace

from .console import DEFAULT_ARCHIVE, ArchiveDir, AsJson, emit, out, progress

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
