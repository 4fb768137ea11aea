"""Acting on a case: open, draft, act."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from domain.archive import Draft
from domain.errors import Fault
from domain.rules.admissible import Answer
from domain.rules.case import Case

from .asking import ask, given_facts
from .console import DEFAULT_ARCHIVE, ArchiveDir, AsJson, CaseName, emit, err, interactive, out
from .draft_file import DraftFile
from .papers import evidence_from
from .session import Session, key_from, open_session
from .signing import Yes, entered, show_words

if TYPE_CHECKING:
    from domain.rules.vocabulary import Action

Action_ = Annotated[str, typer.Argument(help="行为代码，例如 acceptance；anjuan actions 列出全部", metavar="行为")]
Facts = Annotated[str | None, typer.Option("--facts", "-f", help="事实：JSON 文本、文件，或 - 表示标准输入")]
Set = Annotated[list[str] | None, typer.Option("--set", "-s", help="一项事实：名称=值；可重复")]
Papers = Annotated[list[str] | None, typer.Option("--evidence", "-e", help="附件：类别=文件 或 类别=存证编号；可重复")]
On = Annotated[str | None, typer.Option("--on", help="发生之日或时刻；不写为现在")]
Keys = Annotated[list[Path], typer.Option("--key", "-k", help="密钥文件")]


def open_(
    rulebook: Annotated[str, typer.Argument(help="规则手册代号")] = "lu-cai-cai-2018-72",
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    as_json: AsJson = False,
) -> None:
    """立新案：取得案件编号并作为当前案件；第一个行为（签收）入卷之前不存任何内容。"""
    with open_session(archive) as session:
        book = session.archive.rulebook(rulebook[:60])
        case = session.archive.ids.uuid7()
        session.remember(case, rulebook)
        if as_json:
            emit({"case": case, "rulebook": rulebook})
        else:
            first = "、".join(a.code for a in book.actions if a.opens)
            out.print(f"案件编号 {case}（{book.title}）\n下一步：anjuan act {first} …")


def _prepared(
    session: Session,
    case: str | None,
    action: str,
    facts: str | None,
    settings: list[str] | None,
    papers: list[str] | None,
) -> tuple[str, str | None, Action, dict[str, Any], list[dict[str, Any]]]:
    case_id = session.case_id(case)
    current, rulebook = session.remembered()
    new = not session.archive.events.case(case_id)
    if new and (case_id != current or rulebook is None):
        raise Fault("unknown-case", f"没有案件 {case_id}", "请先用 anjuan open 立新案")
    book = session.archive.rulebook(rulebook or "") if new else session.archive.case(case_id).rulebook
    spec = book.action(action)
    given = given_facts(facts, settings or (), spec)
    if facts is None and not settings and interactive():
        folded = Case(case_id, book, session.archive.calendar()) if new else session.archive.case(case_id)
        given = ask(folded, spec, given)
    return case_id, rulebook if new else None, spec, given, evidence_from(session, case_id, papers)


def draft(
    action: Action_,
    signers: Annotated[list[str], typer.Option("--as", help="签署人，写作 身份:姓名，按签署顺序；可重复")],
    facts: Facts = None,
    settings: Set = None,
    papers: Papers = None,
    on: On = None,
    case: CaseName = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="草稿文件")] = Path("draft.json"),
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    as_json: AsJson = False,
) -> None:
    """起草：得出各签署人要签署的确切内容，存为草稿文件。"""
    with open_session(archive) as session:
        case_id, rulebook, _, given, evidence = _prepared(session, case, action, facts, settings, papers)
        who = [session.signer(text) for text in signers]
        made = session.archive.draft(
            case=case_id, rulebook=rulebook, action=action, facts=given, evidence=evidence, occurred=on, signers=who
        )
        DraftFile(made.payload, made.disclosures, made.expires).save(output)
        if as_json:
            emit(
                {
                    "draft": str(output),
                    "act": made.act.id,
                    "case": case_id,
                    "outcome": made.outcome.answer.value,
                    "defects": [d.as_json() for d in made.outcome.defects],
                    "signers": [s.officer for s in made.act.signers],
                }
            )
            return
        _show_outcome(made)
        out.print(f"草稿已存为 {output}；请依次由 {'、'.join(signers)} 用 anjuan sign 签署。")


def _show_outcome(made: Draft) -> None:
    if made.outcome.answer is Answer.IRREGULAR:
        err.print("将作为不合规定的行为入卷：", style="yellow")
        for defect in made.outcome.defects:
            err.print(f"  · {defect.message}（第 {defect.article} 条）" if defect.article else f"  · {defect.message}")


def act(
    action: Action_,
    keys: Keys,
    facts: Facts = None,
    settings: Set = None,
    papers: Papers = None,
    on: On = None,
    chosen: Annotated[
        list[str] | None, typer.Option("--as", help="身份，与 --key 依次对应；不写则取本人有而行为需要的身份")
    ] = None,
    case: CaseName = None,
    yes: Yes = False,
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    as_json: AsJson = False,
) -> None:
    """起草、签署、提交一次完成：签署人的密钥都在本机时使用。"""
    with open_session(archive) as session:
        case_id, rulebook, spec, given, evidence = _prepared(session, case, action, facts, settings, papers)
        opened = [key_from(path) for path in keys]
        wanted = [s.capacity for s in spec.by[0] for _ in range(s.count)]
        others = [s.capacity for way in spec.by for s in way]  # who else may sign: in other ways, or by a level
        who = [
            session.signer_for(k, [*wanted[i:], *others], chosen[i] if chosen and i < len(chosen) else None)
            for i, k in enumerate(opened)
        ]
        made = session.archive.draft(
            case=case_id, rulebook=rulebook, action=action, facts=given, evidence=evidence, occurred=on, signers=who
        )
        file = DraftFile(made.payload, made.disclosures, made.expires)
        if not as_json:
            _show_outcome(made)
            show_words(session, file)
        if not yes and not (interactive() and typer.confirm("签署以上内容并提交？", default=False)):
            raise Fault("not-confirmed", "没有签署", "请在终端中确认，或加 --yes")
        for key in opened:
            file = file.signed_by(key)
        entered(session, session.archive.submit(file.payload, file.signatures, file.disclosures), as_json=as_json)
