"""Signing and submitting a draft; what is signed is first put into words from the very bytes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from domain.archive import receipt_moment
from domain.errors import Fault
from domain.formats.withheld import facts_view
from domain.reading import REGISTER
from domain.rules.case import Case
from domain.rules.wording import worded

from .adopted import adopted_words, changed, lines, moved_words
from .console import DEFAULT_ARCHIVE, ArchiveDir, AsJson, emit, interactive, out
from .draft_file import DraftFile
from .session import Session, key_from, open_session

if TYPE_CHECKING:
    from domain.changes import Change
    from domain.formats.record import Record

Yes = Annotated[bool, typer.Option("--yes", "-y", help="不再询问是否签署")]


def show_words(session: Session, file: DraftFile) -> None:
    """What is about to be signed, in words, from the very bytes (every digest recomputed on the way)."""
    act = file.act
    book = session.archive.rulebooks.rulebook(act.rulebook_digest)
    facts, evidence = facts_view(act, file.disclosures)
    spec = book.action(act.action)
    folded = (
        session.archive.case(act.case)
        if session.archive.events.case(act.case)
        else Case(act.case, book, session.archive.calendar())
    )
    basis = escape(f"第 {'、'.join(spec.article)} 条  案件 {folded.heading()[0]}")
    out.print(f"[bold]{escape(spec.title)}[/]  {basis}", markup=True)
    out.print(f"发生：{act.occurred}   已见记录：{act.seen.seq} 条   行为编号：{act.id}")
    for line in worded(book, act.action, facts, session.names(folded)):
        out.print(said(f"  {'  ' * line.depth}", line.label, line.value))
    for told in adopted_words(session, act.action, facts, file.brought) if book.id == REGISTER else ():
        out.print(f"  {told}")
    for told in moved_words(session, book, facts) if spec.rebinds else ():
        out.print(f"  {told}")
    for item in evidence:
        what = f"{item.get('title')}  {item.get('name')}  {item.get('length')} 字节  SHA-256 {item.get('sha256')}"
        out.print(said("  ", "附", what))
    for i, signer in enumerate(act.signers):
        officer = session.register.officers.get(signer.officer)
        state = "已签" if i < len(file.signatures) else "待签"
        capacity = book.by_capacity[signer.capacity].title if signer.capacity in book.by_capacity else signer.capacity
        out.print(f"  签署人：{officer.name if officer else signer.officer}（{capacity}） {state}")


def said(indent: str, label: str, value: str) -> str:
    """A fact as a line; the further lines of its value are marked, so that none can pass for a line of ours."""
    return f"{indent}{label}：" + value.replace("\n", f"\n{indent}  ┆ ")


def sign(
    file: Annotated[Path, typer.Argument(help="草稿文件")],
    key: Annotated[Path, typer.Option("--key", "-k", help="密钥文件")],
    yes: Yes = False,
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    as_json: AsJson = False,
) -> None:
    """签署：先以文字显示所签内容，确认后以自己的密钥签名；密钥不离开本机。"""
    with open_session(archive) as session:
        loaded = DraftFile.load(file)
        _still_open(session, loaded)
        if not as_json:
            show_words(session, loaded)
        if not yes and not (interactive() and typer.confirm("签署以上内容？", default=False)):
            raise Fault("not-confirmed", "没有签署", "请在终端中确认，或加 --yes")
        signed = loaded.signed_by(key_from(key))
        signed.save(file)
        if as_json:
            emit({"draft": str(file), "signed": len(signed.signatures), "waiting": list(signed.waiting)})
        else:
            waiting = len(signed.waiting)
            rest = f"尚待 {waiting} 人签署。" if waiting else "全部签署完毕，请用 anjuan submit 提交。"
            out.print(f"已签署。{rest}")


def submit(
    file: Annotated[Path, typer.Argument(help="草稿文件")],
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    as_json: AsJson = False,
) -> None:
    """提交：全部核对后入卷，得到回执。"""
    with open_session(archive) as session:
        loaded = DraftFile.load(file)
        _still_open(session, loaded)
        record = session.archive.submit(loaded.payload, loaded.signatures, loaded.disclosures, loaded.brought)
        entered(session, record, as_json=as_json)


def _still_open(session: Session, draft: DraftFile) -> None:
    """Fault "draft-expired" for a draft past its end; one that was entered gives the same answer for ever."""
    now = receipt_moment(session.archive.clock.now())
    if draft.expires <= now and session.archive.events.find_act(draft.act.id) is None:
        raise Fault("draft-expired", f"草稿已于 {draft.expires} 过期", "请重新起草", field="expires")


def entered(session: Session, record: Record, *, as_json: bool) -> None:
    """Say what was entered, and make its case the current one."""
    session.running.catch_up()
    folded = session.archive.case(record.case)
    if folded.rulebook.id != REGISTER:
        session.remember(record.case)
    entry = folded.entries[record.seq - 1]
    stage = folded.rulebook.by_stage[folded.stage].title
    moved = _changed_by(session, record)
    if as_json:
        emit(
            {
                "case": record.case,
                "seq": record.seq,
                "act": record.act.id,
                "digest": record.digest,
                "received": record.receipt.received,
                "stage": folded.stage,
                "irregular": [d.as_json() for d in entry.defects],
                **({} if moved is None else {"changes": [change.as_json() for change in moved]}),
            }
        )
        return
    title = folded.book_of(record.seq).action(record.act.action).title
    out.print(
        f"[green]已入卷[/]：第 {record.seq} 号记录“{title}”，{record.receipt.received}，现处于“{stage}”阶段",
        markup=True,
    )
    for defect in entry.defects:
        out.print(f"  [yellow]不合规定[/]：{escape(defect.message)}", markup=True)
    if moved is not None:
        out.print(f"变动的期限：{len(moved)} 项" if moved else "没有期限因此变动。")
        for line in lines(moved):
            out.print(line)


def _changed_by(session: Session, record: Record) -> list[Change] | None:
    """The limits that a record of the register moved; None where it didn't change the calendar."""
    turn = next((t for t in session.archive.reader.turns() if t.seq == record.seq), None)
    if record.case != session.archive.register().archive or turn is None:
        return None
    return [change for change in changed(session, since=turn.received) if change.turn.seq == turn.seq]
