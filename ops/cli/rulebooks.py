"""`anjuan rulebook`: the versions that the archive has adopted, what tells them apart, and the adoption of another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from domain.adoption import RULEBOOK
from domain.errors import Fault
from domain.formats.encoding import digest
from domain.rules.adoptions import rulebooks_adopted
from domain.rules.civil import civil_day
from domain.rules.differences import differences, named
from domain.rules.loader import FILE_LIMIT, HEAD, compile_rulebook
from storage.rulebooks import folder, installed

from .adopting import As, By, Output, adopt
from .console import DEFAULT_ARCHIVE, ArchiveDir, AsJson, emit, out
from .session import Session, open_session
from .signing import Yes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.rules.rulebook import Rulebook

app = typer.Typer(help="规则手册：已启用的版本、比较、启用", no_args_is_help=True)

READ = (".toml", ".typ")
Version = Annotated[
    str, typer.Argument(help="代号（现行版本）、代号:installed（随程序安装的）、摘要或文件夹", metavar="版本")
]


@app.command("list")
def list_(archive: ArchiveDir = DEFAULT_ARCHIVE, as_json: AsJson = False) -> None:
    """本档案库启用的规则手册：各版本的摘要、自何时起；随程序安装而尚未启用的版本也列出。"""
    with open_session(archive) as session:
        rows = _rows(session)
    if as_json:
        emit(rows)
        return
    for row in rows:
        state = "新案适用" if row["current"] else "不再用于新案" if row["since"] else "随程序安装，尚未启用"
        since = f"自 {civil_day(row['since'])} 起启用（第 {row['record']} 号登记记录）" if row["since"] else ""
        out.print(f"[bold]{row['id']}[/]  {row['digest'][:12]}…  {state}  {since}".rstrip(), markup=True)
        out.print(f"    {row['title']}（{row['number']}）")


def _rows(session: Session) -> list[dict[str, Any]]:
    home, shelf = session.register.archive, session.archive.rulebooks
    found = rulebooks_adopted(session.archive.case(home)) if home else ()
    current = {name: adopted[-1] for name, adopted in session.register.rulebooks.items()}
    rows = [
        {**_named(shelf.rulebook(a.digest)), "current": current.get(a.name) == a.digest and a.until is None}
        | {"record": a.seq, "since": a.received, "until": a.until}
        for a in found
    ]
    known = {row["digest"] for row in rows}
    rows += [
        {**_named(book), "current": False, "record": None, "since": None, "until": None}
        for book in installed().values()
        if book.digest not in known
    ]
    return sorted(rows, key=lambda row: (row["id"], row["record"] is None, row["record"]))


def _named(book: Rulebook) -> dict[str, Any]:
    return {"id": book.id, "title": book.title, "number": book.number, "digest": book.digest}


@app.command()
def diff(
    old: Version,
    new: Annotated[str | None, typer.Argument(help="另一版本；不写为随程序安装的版本", metavar="版本")] = None,
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    as_json: AsJson = False,
) -> None:
    """两个版本的差别：行为、事实、期限等的增加、删去和改动。"""
    with open_session(archive) as session:
        before = version(session, old)
        after = version(session, new if new is not None else f"{before.id}:installed")
    found = differences(before, after)
    if as_json:
        changes = [difference.as_json() for difference in found]
        emit({"old": _named(before), "new": _named(after), "differences": changes})
        return
    out.print(f"{named(before)}\n→ {named(after)}", style="bold")
    for difference in found:
        out.print(f"  {difference.words}")
    if not found:
        out.print("没有差别。")


@app.command("adopt")
def adopt_(
    source: Annotated[str, typer.Argument(help="代号（随程序安装的版本），或规则手册的文件夹", metavar="版本")],
    by: By = None,
    signers: As = None,
    output: Output = Path("draft.json"),
    yes: Yes = False,
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    as_json: AsJson = False,
) -> None:
    """启用规则手册的一个版本：逐项显示与现行版本的差别，由两名登记员签署；此后的新案适用，在办案件不变。"""
    files = _folder(Path(source)) if Path(source).is_dir() else folder(source)
    book = compile_rulebook(files)
    brought = {book.digest: book.data, **{digest(files[pin.path]): files[pin.path] for pin in book.forms}}
    with open_session(archive) as session:
        facts = {"id": book.id, "digest": book.digest}
        adopt(session, RULEBOOK, facts, brought, by, signers, output, yes=yes, as_json=as_json)


def version(session: Session, text: str) -> Rulebook:
    """The version that a person named. Fault "version"."""
    name, colon, which = text.partition(":")
    if colon and which == "installed" and name in installed():
        return installed()[name]
    if Path(text).is_dir():
        return compile_rulebook(_folder(Path(text)))
    adopted = session.register.rulebooks
    if text in adopted:
        return session.archive.rulebooks.rulebook(adopted[text][-1])
    found = [pinned for digests in adopted.values() for pinned in digests if pinned.startswith(text)]
    if len(found) != 1:
        count = "没有" if not found else f"有 {len(found)} 个"
        raise Fault("version", f"{count}版本与“{text[:60]}”相符", "请用 anjuan rulebook list 查看。", field="版本")
    return session.archive.rulebooks.rulebook(found[0])


def _folder(path: Path) -> Mapping[str, bytes]:
    """The files of a rulebook in a folder. Fault "no-rulebook" if it is none."""
    if not (path / HEAD).is_file():
        raise Fault("no-rulebook", f"{path} 中没有 {HEAD}", "请指明规则手册的文件夹。")
    found = sorted(file for file in path.rglob("*") if file.suffix in READ and file.is_file())
    return {file.relative_to(path).as_posix(): _read(file) for file in found}


def _read(file: Path) -> bytes:
    with file.open("rb") as source:
        return source.read(FILE_LIMIT + 1)  # one octet more than the loader takes
