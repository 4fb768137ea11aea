"""Acts of custody in the archive's own case, by two registrars: hold, release, extend, period, destroy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from domain.custody_check import open_digests
from domain.errors import Fault
from domain.formats.act import sign_act
from domain.rules.custody import CHANGED, DESTROYED, EXTENDED, HELD, PERIODS, RELEASED
from ops.founding import registrar_signers
from storage.keys import load_key

from .console import DEFAULT_ARCHIVE, ArchiveDir, AsJson, emit, interactive, out
from .draft_file import DraftFile
from .session import Session, open_session
from .signing import Yes, show_words

if TYPE_CHECKING:
    from collections.abc import Callable

By = Annotated[list[Path] | None, typer.Option("--by", help="登记员的密钥文件；两名，各写一次")]
Of = Annotated[str, typer.Argument(help="案件编号、其前缀或案号", metavar="案件")]
Reason = Annotated[str, typer.Option("--reason", help="理由")]


def hold(
    case: Of,
    basis: Annotated[str, typer.Option("--basis", help="依据，例如应诉通知书、复议受理通知书的文号")],
    why: Annotated[
        str, typer.Option("--why", help="事由：litigation（行政诉讼）、reconsideration（行政复议）、other（其他）")
    ] = "litigation",
    by: By = None,
    yes: Yes = False,
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    as_json: AsJson = False,
) -> None:
    """冻结一件案件的证据：解除之前不论保管期限一律不得销毁。由两名登记员签署。"""
    with open_session(archive) as session:
        facts = {"case": session.case_id(case), "reason": why, "basis": basis}
        _enter(session, HELD, facts, by, yes=yes, as_json=as_json)


def release(
    case: Of,
    reason: Reason,
    record: Annotated[
        int | None, typer.Option("--record", help="冻结的记录编号；只有一次冻结时可不写", metavar="编号")
    ] = None,
    by: By = None,
    yes: Yes = False,
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    as_json: AsJson = False,
) -> None:
    """解除一次冻结；其他的冻结不受影响。由两名登记员签署。"""
    with open_session(archive) as session:
        held = session.register.custody.held(session.case_id(case))
        if record is None and len(held) != 1:
            known = "、".join(one.told() for one in held) or "（无）"
            raise Fault("not-held", f"该案现有冻结：{known}", "请以 --record 指明解除哪一次", field="record")
        facts = {"answers": record or held[0].seq, "reason": reason}
        _enter(session, RELEASED, facts, by, yes=yes, as_json=as_json)


def extend(
    case: Of,
    until: Annotated[str, typer.Argument(help="保管至哪一天，例如 2060-12-31", metavar="日期")],
    reason: Reason,
    by: By = None,
    yes: Yes = False,
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    as_json: AsJson = False,
) -> None:
    """延长一件案件证据的保管期限；不能缩短。由两名登记员签署。"""
    with open_session(archive) as session:
        facts = {"case": session.case_id(case), "until": until, "reason": reason}
        _enter(session, EXTENDED, facts, by, yes=yes, as_json=as_json)


def period(
    retention: Annotated[str, typer.Argument(help=f"{'、'.join(PERIODS)} 之一", metavar="期限")],
    reason: Reason,
    by: By = None,
    yes: Yes = False,
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    as_json: AsJson = False,
) -> None:
    """变更本档案库的保管期限：变长的适用于全部案件，变短的只适用于此后立案的案件。由两名登记员签署。"""
    with open_session(archive) as session:
        _enter(session, CHANGED, {"retention": retention, "reason": reason}, by, yes=yes, as_json=as_json)
        if not as_json:
            out.print("请运行 anjuan vault keep，按新的期限锁定全部案件的证据。")


def destroy(
    case: Of,
    reason: Reason,
    by: By = None,
    yes: Yes = False,
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    as_json: AsJson = False,
) -> None:
    """销毁一件案件的证据和不公开事项：保管期限届满、没有冻结的才能销毁，销毁后无法恢复。由两名登记员签署。"""
    with open_session(archive) as session:
        name = session.case_id(case)
        facts = {"case": name, "sha256": list(open_digests(session.archive.case(name))), "reason": reason}
        _enter(session, DESTROYED, facts, by, yes=yes, as_json=as_json)


COMMANDS: dict[str, Callable[..., None]] = {
    "hold": hold,
    "release": release,
    "extend": extend,
    "period": period,
    "destroy": destroy,
}


def _enter(
    session: Session, action: str, facts: dict[str, Any], by: list[Path] | None, *, yes: bool, as_json: bool
) -> None:
    """Draft in the archive's case, show, sign by both, submit. Faults of the archive; "not-confirmed"."""
    archive, home = session.archive, session.register.archive
    if home is None:
        raise Fault("no-genesis", "本档案库尚未建档", "请先运行 anjuan init。")
    keys = [load_key(path) for path in by or ()]
    made = archive.draft(case=home, action=action, facts=facts, signers=registrar_signers(archive, keys))
    if not as_json:
        show_words(session, DraftFile(made.payload, made.disclosures, made.expires))
    if not yes and not (interactive() and typer.confirm("签署以上内容并提交？", default=False)):
        raise Fault("not-confirmed", "没有签署", "请在终端中确认，或加 --yes")
    record = archive.submit(made.payload, [sign_act(made.payload, key) for key in keys], made.disclosures)
    session.running.catch_up()
    if as_json:
        emit({"case": record.case, "seq": record.seq, "action": action, "digest": record.digest})
    else:
        title = archive.case(home).rulebook.action(action).title
        done = "" if action == CHANGED else "，并已落实"
        out.print(f"已入卷：档案案件第 {record.seq} 号记录“{title}”{done}。")
