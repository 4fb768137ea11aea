"""Adopting a year's calendar or a version of a rulebook: the draft for two registrars, with what it adopts inside."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from domain.adoption import CALENDAR
from domain.errors import Fault
from domain.formats.canonical import dump, parse_object
from domain.formats.encoding import digest
from domain.rules.calendar import compile_year
from domain.rules.calendar_adoption import added
from domain.rules.calendar_source import TABLE_LIMIT, read_json
from ops.founding import registrar_signers

from .console import DEFAULT_ARCHIVE, ArchiveDir, AsJson, emit, interactive, out
from .draft_file import DraftFile
from .session import Session, key_from, open_session
from .signing import Yes, entered, show_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from domain.formats.canonical import Json

By = Annotated[list[Path] | None, typer.Option("--by", help="登记员的密钥文件；两名，各写一次：当场签署并提交")]
As = Annotated[list[str] | None, typer.Option("--as", help="签署的登记员，写作 registrar:姓名，两名，按签署顺序")]
Output = Annotated[Path, typer.Option("--output", "-o", help="草稿文件")]


def calendar_adopt(
    file: Annotated[Path, typer.Argument(help="一年的节假日表（TOML），文件名形如 cn-2027.toml", metavar="文件")],
    by: By = None,
    signers: As = None,
    output: Output = Path("draft.json"),
    yes: Yes = False,
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    as_json: AsJson = False,
) -> None:
    """启用一年的节假日表：核对后起草，由两名登记员签署；入卷之前不生效。"""
    with file.open("rb") as source:
        table = compile_year(file.stem, source.read(TABLE_LIMIT + 1))
    data = dump(table)
    with open_session(archive) as session:
        adopted = session.register.calendars.get(file.stem)
        old = read_json(parse_object(session.archive.rulebooks.calendar(adopted))) if adopted else None
        new = read_json(table)
        notice = (added(old, new) or new.notices)[-1].number
        facts: dict[str, Json] = {"name": file.stem, "digest": digest(data), "notice": notice}
        adopt(session, CALENDAR, facts, {digest(data): data}, by, signers, output, yes=yes, as_json=as_json)


def adopt(  # one parameter per thing that a person chose
    session: Session,
    action: str,
    facts: Mapping[str, Json],
    brought: Mapping[str, bytes],
    by: Sequence[Path] | None,
    signers: Sequence[str] | None,
    output: Path,
    *,
    yes: bool,
    as_json: bool,
) -> None:
    """Draft an adoption in the archive's own case; with the registrars' keys at hand also sign and submit it."""
    home = session.register.archive
    if home is None:
        raise Fault("no-genesis", "本档案库尚未建档", "请先运行 anjuan init。")
    if not (by or signers):
        raise Fault("registrars", "启用须由两名登记员签署", "请以 --as registrar:姓名 指明，或以 --by 给出密钥文件。")
    keys = [key_from(path) for path in by or ()]
    who = registrar_signers(session.archive, keys) if keys else [session.signer(text) for text in signers or ()]
    made = session.archive.draft(case=home, action=action, facts=facts, signers=who, brought=brought)
    file = DraftFile(made.payload, made.disclosures, made.expires, brought=brought)
    if not as_json:
        show_words(session, file)
    if not keys:
        file.save(output)
        if as_json:
            emit({"draft": str(output), "act": made.act.id, "case": home, "signers": [s.officer for s in who]})
        else:
            out.print(f"草稿已存为 {output}；请依次由 {'、'.join(signers or ())} 用 anjuan sign 签署。")
        return
    if not yes and not (interactive() and typer.confirm("签署以上内容并提交？", default=False)):
        raise Fault("not-confirmed", "没有签署", "请在终端中确认，或加 --yes")
    for key in keys:
        file = file.signed_by(key)
    record = session.archive.submit(file.payload, file.signatures, file.disclosures, file.brought)
    entered(session, record, as_json=as_json)
