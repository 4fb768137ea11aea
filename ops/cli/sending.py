"""Evidence files from the command line to a server, over lines that break."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from domain.errors import Fault, reason
from domain.evidence_port import State
from ops.uploading.remote import Remote
from ops.uploading.sending import Sending
from storage.secret_files import read_secret

from .console import EXIT_FAULT, emit, out, progress, report_fault

if TYPE_CHECKING:
    from collections.abc import Mapping

_STATES = {State.WAITING: "尚在隔离待查", State.REFUSED: "已被拒收"}


def send(files: list[Path], case: str | None, server: str, token: Path | None, *, as_json: bool) -> None:
    """Every file, one after another; what became of each is told, also where another one failed."""
    if token is None or case is None:
        raise Fault("server", "向服务器上传须写明 --token-file 和 --case", "令牌文件用 anjuan token 领取，权限 600。")
    told: list[dict[str, Any]] = []
    with closing(Remote(server, _token(token))) as remote:
        where = remote.case(case)
        for path in files:
            try:
                told.append({"file": str(path), **_sent(remote, where, path)})
            except Fault as fault:
                told.append({"file": str(path), "defects": [defect.as_json() for defect in fault.defects]})
                if not as_json:
                    out.print(f"{path.name}  没有存入")
                    report_fault(fault, as_json=False)
            else:
                if not as_json:
                    tell_stored(told[-1], path.name)
    if as_json:
        emit(told)
    if any("defects" in row or row["state"] == State.REFUSED for row in told):
        raise typer.Exit(EXIT_FAULT)


def tell_stored(row: Mapping[str, Any], name: str) -> None:
    """A stored file and where it stands, for people; `name` is what it was called where it came from."""
    told = f"{row['object']}  {row['name']}  {row['length']} 字节"
    if row["state"] == State.ADMITTED:
        out.print(told)
    else:
        out.print(f"{told}  {_STATES[row['state']]}：{row['reason']}")
        out.print(f"    SHA-256 {row['sha256']}")
    if row["name"] != name:
        out.print(f"    文件名已规范为“{row['name']}”。")


def _token(path: Path) -> str:
    try:
        return read_secret(path).decode("ascii").strip()
    except UnicodeDecodeError as error:
        raise Fault("token-unknown", f"{path.name} 不是令牌文件", "请用 anjuan token 领取令牌。") from error


def _sent(remote: Remote, case: str, path: Path) -> dict[str, Any]:
    try:
        size = path.stat().st_size
        with path.open("rb") as file, progress(path.name, size, octets=True) as tell:
            return Sending(remote, case, path, file, tell).evidence()
    except OSError as error:
        raise Fault("file", f"不能读取 {path}：{reason(error)}", "请核对路径和权限") from error
