"""Entering a paper case late, as a whole (补录): one look, one yes, many acts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from domain.archive import receipt_moment
from domain.errors import Fault
from domain.formats.act import Signer, sign_act
from domain.rules.admissible import Answer
from domain.rules.case import Case
from domain.rules.deputies import capacities_of
from ops.backfilling import PaperCase, checked, paper_case, refusals

from .console import DEFAULT_ARCHIVE, ArchiveDir, AsJson, emit, interactive, out, progress
from .papers import evidence_from
from .session import Session, key_from, open_session
from .signing import Yes

if TYPE_CHECKING:
    from domain.formats.keys import Signing
    from domain.formats.record import Record
    from domain.rules.rulebook import Rulebook
    from ops.backfilling import Checked


def backfill(
    file: Annotated[Path, typer.Argument(help="补录文件（TOML）：案号、规则手册、逐件的行为", metavar="文件")],
    keys: Annotated[list[Path], typer.Option("--key", "-k", help="补录人的密钥文件；可重复")],
    scans: Annotated[Path | None, typer.Option("--scans", help="扫描件所在目录；不写为补录文件旁的 scans")] = None,
    check: Annotated[bool, typer.Option("--check", help="只核对，不入卷")] = False,
    yes: Yes = False,
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    as_json: AsJson = False,
) -> None:
    """补录纸质案件：逐件核对当时的行为，一次确认，逐件签署、入卷；中断后再次执行即从断处继续。

    全部入卷之后，用 anjuan act backfill-closed 由补录人和审核人签署“补录完成”。
    """
    paper, folder = paper_case(file), scans or file.parent / "scans"
    with open_session(archive) as session:
        opened = [key_from(path) for path in keys]
        case = _case(session, paper)
        signers = [_signer(session, case.rulebook, key) for key in opened]
        found = list(checked(case, paper, signers, receipt_moment(session.archive.clock.now())))
        _refuse_missing(found, folder)
        if refused := refusals(found):
            raise Fault.of(refused)
        if not as_json:
            _show(case, found, len(paper.act))
        if not check and found:
            if not yes and not (interactive() and typer.confirm(f"签署并入卷以上 {len(found)} 件？", default=False)):
                raise Fault("not-confirmed", "没有签署", "请在终端中确认，或加 --yes")
            with progress("补录", len(found)) as tell:
                for done, one in enumerate(found, 1):
                    _enter(session, paper, case.id, one, folder, signers, opened)
                    tell(done, len(found))
            session.running.catch_up()
            session.remember(case.id)
        _tell(case, found, entered=not check, as_json=as_json)


def _case(session: Session, paper: PaperCase) -> Case:
    """The case as far as it has been entered; the empty one before."""
    books, home = session.archive.rulebooks.current(), session.register.archive
    if paper.rulebook not in books:
        raise Fault("unknown-rulebook", f"没有规则手册“{paper.rulebook[:60]}”", f"可用：{'、'.join(books)}")
    book = books[paper.rulebook]
    if not book.late:
        raise Fault("backfill", f"规则手册“{book.title}”没有补录", "请改用有补录人的规则手册。")
    case = paper.case_id(home or "")
    if session.archive.events.case(case):
        return session.archive.case(case)
    return Case(case, book, session.archive.calendar())


def _signer(session: Session, book: Rulebook, key: Signing) -> Signer:
    owner = next((o for o in session.register.officers.values() if key.kid in o.keys), None)
    if owner is None:
        raise Fault("not-enrolled", "这把密钥没有登记", "请先用 anjuan enrol 登记")
    held = capacities_of(session.register, owner, session.archive.clock.now()) & book.late
    titles = "、".join(book.by_capacity[code].title for code in sorted(book.late))
    if not held:
        raise Fault("no-capacity", f"{owner.name}没有“{titles}”身份", "请先用 anjuan capacities 变更登记")
    return Signer(owner.case, key.kid, min(held))


def _refuse_missing(found: list[Checked], folder: Path) -> None:
    lacking = [name for one in found for _, name in one.act.scans if not (folder / name).is_file()]
    if lacking:
        more = f"等 {len(lacking)} 件" if len(lacking) > 1 else ""
        raise Fault(
            "file", f"{folder} 中没有扫描件 {lacking[0]}{more}", "请补齐扫描件，或以 --scans 指明目录", field="files"
        )


def _show(case: Case, found: list[Checked], whole: int) -> None:
    if len(found) < whole:
        out.print(f"已有 {whole - len(found)} 件入卷，从第 {whole - len(found) + 1} 件继续。")
    table = Table("件", "发生", "行为", "当时的签署人", "扫描件", "核对")
    for one in found:
        title = case.rulebook.action(one.act.do).title
        told = "；".join(_worded(d.message, d.article) for d in one.outcome.defects)
        verdict = f"[yellow]标明：{escape(told)}[/]" if told else "合规定"
        people = "、".join(text.split(":", 1)[1] for text in one.act.then)
        table.add_row(str(one.number), one.act.on, title, people, str(len(one.act.scans)), verdict)
    out.print(table, markup=True)


def _worded(message: str, article: str | None) -> str:
    return f"{message}（第 {article} 条）" if article else message


def _enter(
    session: Session,
    paper: PaperCase,
    case: str,
    one: Checked,
    folder: Path,
    signers: list[Signer],
    keys: list[Signing],
) -> Record:
    papers = [f"{slot}={folder / name}" for slot, name in one.act.scans]
    made = session.archive.draft(
        case=case,
        rulebook=paper.rulebook if one.number == 1 else None,
        action=one.act.do,
        facts=one.facts,
        evidence=evidence_from(session, case, papers),
        occurred=one.act.occurred,
        signers=signers,
    )
    return session.archive.submit(made.payload, [sign_act(made.payload, key) for key in keys], made.disclosures)


def _tell(case: Case, found: list[Checked], *, entered: bool, as_json: bool) -> None:
    irregular = sum(one.outcome.answer is Answer.IRREGULAR for one in found)
    if as_json:
        rows: list[dict[str, Any]] = [
            {
                "number": one.number,
                "action": one.act.do,
                "occurred": one.act.occurred,
                "answer": one.outcome.answer.value,
                "defects": [d.as_json() for d in one.outcome.defects],
            }
            for one in found
        ]
        emit({"case": case.id, "entered": entered, "acts": rows})
    elif entered:
        out.print(f"已入卷 {len(found)} 件，其中 {irregular} 件标明不合规定。案件编号 {case.id}")
        closing = "、".join(a.code for a in case.rulebook.closing)
        out.print(f"核对无误后：anjuan act {closing} --key 补录人 --key 审核人")
    else:
        out.print(f"核对完毕：{len(found)} 件可以入卷，其中 {irregular} 件将标明不合规定；没有入卷。")
