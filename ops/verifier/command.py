"""`anjuan-verify`: a dossier package judged where nothing of the project is installed but this."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NoReturn, cast

from domain.errors import Fault, reason
from domain.formats.trust import TRUST_OCTETS, Trust
from domain.verification import LEVELS, verify_package
from domain.verification.told import LANGUAGES, conclusion, lines

if TYPE_CHECKING:
    from domain.formats.verdict import Report

NOT_A_PACKAGE, USAGE = 3, 64
AFTER, EVERY = 1.0, 0.1  # seconds before the progress line appears, and between two of them
PER_CENT = 100


class _Parser(argparse.ArgumentParser):
    """Usage in Chinese."""

    def error(self, message: str) -> NoReturn:
        """Wrong usage: exit status 64."""
        sys.stderr.write(f"用法有误：{message}\n请用 anjuan-verify --help 查看用法。\n")
        sys.exit(USAGE)

    def format_help(self) -> str:
        """The library's own words replaced."""
        return super().format_help().replace("usage: ", "用法：").replace("options:", "选项：")


def _parser() -> _Parser:
    parser = _Parser(
        prog="anjuan-verify",
        usage="anjuan-verify 案卷.zip [--trust 信任文件] [--require 层次] [--hash-only] [--lang zh|en] [--json]",
        description="离线核验案卷包，逐项给出结论、理由和位置。",
        epilog="退出状态：0 通过，1 未通过，2 无法判定，3 不是案卷，64 用法有误。",
        add_help=False,
        allow_abbrev=False,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("packages", metavar="案卷.zip", nargs="*", help=argparse.SUPPRESS)
    parser.add_argument("--trust", metavar="文件", nargs="?", const="", help="信任文件，须另行取得")
    parser.add_argument("--require", metavar="层次", nargs="?", const="", help=f"要求的层次：{'、'.join(LEVELS)}")
    parser.add_argument("--hash-only", action="store_true", help="只核对摘要和记录链，不判定签名、权限和程序")
    parser.add_argument("--lang", metavar="语言", nargs="?", const="", default=LANGUAGES[0], help="zh 或 en")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出，供程序读取")
    parser.add_argument("-h", "--help", action="help", help="显示用法")
    return parser


def run() -> NoReturn:
    """The console command."""
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a name on disk may be no text at all
    sys.exit(status(sys.argv[1:]))


def status(arguments: list[str]) -> int:
    """Verify what the command line names; the exit status. SystemExit on wrong usage and on --help."""
    given = _given(arguments)
    try:
        trust = _trust(given.trust)
    except Fault as fault:
        return _refused(fault, USAGE, as_json=given.json)
    try:
        report = _report(Path(given.packages[0]), trust, given.require, hash_only=given.hash_only)
    except Fault as fault:
        return _refused(fault, USAGE if fault.code == "require" else NOT_A_PACKAGE, as_json=given.json)
    if given.json:
        _emit(report.as_json())
    else:
        for line in lines(report, given.lang):
            sys.stdout.write(f"{line}\n")
        sys.stdout.write(f"\n{conclusion(report, given.lang).sentence}\n")
    return report.exit_status


def _given(arguments: list[str]) -> argparse.Namespace:
    parser = _parser()
    given, unknown = parser.parse_known_args(arguments)
    if unknown:
        parser.error(f"没有选项 {unknown[0]}")
    for option in ("trust", "require", "lang"):
        if getattr(given, option) == "":
            parser.error(f"选项 --{option} 没有写明内容")
    if len(given.packages) != 1:
        parser.error("缺少参数“案卷”" if not given.packages else f"多出参数：{' '.join(given.packages[1:])}")
    if given.lang not in LANGUAGES:
        parser.error(f"--lang 应为 zh 或 en，实为“{given.lang[:20]}”")
    return given


def _trust(path: str | None) -> Trust | None:
    if path is None:
        return None
    try:
        with Path(path).open("rb") as file:
            return Trust.parse(file.read(TRUST_OCTETS + 1))
    except OSError as error:
        raise Fault("trust-file", f"不能读取信任文件 {path}：{reason(error)}", "请核对路径") from error


def _report(path: Path, trust: Trust | None, require: str | None, *, hash_only: bool) -> Report:
    try:
        with path.open("rb") as file:
            seen = _Seen(file, os.fstat(file.fileno()).st_size)
            try:
                return verify_package(cast("BinaryIO", seen), trust, require, hash_only=hash_only)
            finally:
                seen.end()
    except OSError as error:
        raise Fault("file", f"不能读写 {path}：{reason(error)}", "请核对路径、权限和磁盘空间") from error


class _Seen:
    """A file that says on the terminal how much of it has been read."""

    def __init__(self, file: BinaryIO, total: int) -> None:
        self._file, self._total, self._done = file, max(total, 1), 0
        self._next, self._shown = time.monotonic() + AFTER, False

    def read(self, size: int = -1) -> bytes:
        """As the file's."""
        data = self._file.read(size)
        self._done = min(self._done + len(data), self._total)
        if sys.stderr.isatty() and time.monotonic() >= self._next:
            sys.stderr.write(f"\r核验案卷 {self._done * PER_CENT // self._total} %")
            sys.stderr.flush()
            self._next, self._shown = time.monotonic() + EVERY, True
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        """As the file's."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """As the file's."""
        return self._file.tell()

    def end(self) -> None:
        """Leave the line empty."""
        if self._shown:
            sys.stderr.write("\r\033[K")


def _refused(fault: Fault, status: int, *, as_json: bool) -> int:
    defects = [defect.as_json() for defect in fault.defects]
    if as_json and status == NOT_A_PACKAGE:
        _emit({"verdict": "NOT_A_PACKAGE", "exit_status": status, "defects": defects})
    elif as_json:
        _emit({"defects": defects})
    else:
        for defect in fault.defects:
            remedy = f"\n    {defect.remedy}" if defect.remedy else ""
            sys.stderr.write(f"{'无法核验' if status == NOT_A_PACKAGE else '拒绝'}：{defect.message}{remedy}\n")
    return status


def _emit(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
