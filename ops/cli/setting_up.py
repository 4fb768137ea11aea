"""Setting up: init, key new, enrol, revoke, capacities, recuse, deputise, officers."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.wiring import bucket_of, open_archive
from domain.errors import Fault
from domain.formats.act import Signer, sign_act
from domain.rules.custody import PERIODS
from domain.rules.deputies import capacities_of
from domain.rules.rulebook import capacity_titles
from ops.founding import RETENTION, Newcomer, enrol, genesis, registrar_signers
from storage.home import Home
from storage.key_encryption.places import key_place
from storage.keys import load_key, new_key
from storage.log.opened import signers_of

from .buckets import bucket_at
from .console import DEFAULT_ARCHIVE, ArchiveDir, AsJson, CaseName, emit, out
from .session import Session, open_session

if TYPE_CHECKING:
    from domain.formats.keys import Signing
    from domain.formats.record import Record
    from domain.formats.trust import Trust
    from domain.rules.register import Officer

keys_app = typer.Typer(help="密钥文件", no_args_is_help=True)

Root = Annotated[Path | None, typer.Option("--root", help="创始密钥文件")]
By = Annotated[list[Path] | None, typer.Option("--by", help="登记员的密钥文件；两名，各写一次")]
OfficerName = Annotated[str, typer.Argument(help="姓名或其登记案件编号", metavar="人员")]
From = Annotated[str | None, typer.Option("--from", help="自何时起，例如 2026-03-02T09:00:00+08:00；不写为现在")]


def init(
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    origin: Annotated[str, typer.Option("--origin", help="档案名称，不含空格，例如 临江市财政局")] = "临江市财政局",
    root: Annotated[Path, typer.Option("--root", help="创始密钥文件；没有则新建")] = Path("root.pem"),
    bucket: Annotated[
        str | None, typer.Option("--bucket", help="证据存入 S3 桶，写作 https://主机:端口/桶；不写则存入档案库目录")
    ] = None,
    region: Annotated[str, typer.Option("--region", help="S3 桶所在区域")] = "us-east-1",
    keys: Annotated[
        str,
        typer.Option(
            "--keys",
            metavar="位置",
            help="密钥加密密钥放在哪里：file 为档案库目录中的文件；"
            "pkcs11:token=令牌;object=密钥?module-path=模块 为令牌；"
            "https://主机:端口/v1/transit/keys/密钥 为 OpenBao 服务器",
        ),
    ] = "file",
    retention: Annotated[
        str, typer.Option("--retention", help=f"本档案库的保管期限：{'、'.join(PERIODS)} 之一")
    ] = RETENTION,
    demonstration: Annotated[bool, typer.Option("--demonstration", help="演示档案：核验时会说明")] = False,
    as_json: AsJson = False,
) -> None:
    """建档：建立档案库目录和密钥，签署第一条记录，给出信任文件。"""
    key = load_key(root) if root.exists() else None
    place = bucket_at(bucket, region) if bucket else None
    if place:
        bucket_of(place)  # unfit or unreachable: better known before there is an archive
    home = Home.create(archive, place, key_place(keys))
    try:
        named: dict[str, Any] = {"origin": origin, "demonstration": demonstration, "retention": retention}
        trust = _founded(home, key or new_key(root), **named)
    except (Fault, OSError):  # the same name can be used again once what is wrong has been put right
        shutil.rmtree(home.path)
        raise
    if as_json:
        emit({"archive": str(archive), "origin": origin, "genesis": trust.genesis, "fingerprint": trust.fingerprint})
        return
    out.print(f"档案库已建立：{archive}（{origin}）\n创始密钥：{root}（登记两名登记员后请封存）")
    out.print(f"密钥加密密钥：{home.keys.current}（请现在就备份，与档案库分开保管；丢失则证据无法读取）")
    out.print(f"信任文件：{home.trust}\n请当面核对指纹：{trust.fingerprint}", style="bold")


def _founded(home: Home, root: Signing, **facts: Any) -> Trust:
    """Enter the genesis with `facts`, begin the log, write the trust file; what stands in it."""
    with open_archive(home.path) as running:
        genesis(running.archive, root, log=signers_of(home.path, facts["origin"])[0].key.vkey, **facts)
        running.log.follow()
        trust = running.archive.trust()
        running.catch_up()
    home.trust.write_bytes(trust.dump() + b"\n")
    return trust


@keys_app.command("new")
def key_new(
    files: Annotated[list[Path], typer.Argument(help="要新建的密钥文件，可一次多个")], as_json: AsJson = False
) -> None:
    """新建 Ed25519 密钥文件，只有本人可读；已有的文件不会被覆盖。"""
    made = {str(path): new_key(path).kid for path in files}
    if as_json:
        emit([{"file": file, "kid": kid} for file, kid in made.items()])
    else:
        for file, kid in made.items():
            out.print(f"{file}  密钥标识 {kid}")


def enrol_(
    people: Annotated[
        list[str],
        typer.Argument(help="姓名=密钥文件:身份+身份，例如 陈立=chen.pem:registrar+handler", metavar="人员…"),
    ],
    unit: Annotated[str | None, typer.Option("--unit", help="单位；不写为档案名称")] = None,
    root: Root = None,
    by: By = None,
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    as_json: AsJson = False,
) -> None:
    """登记人员、密钥和身份，可一次多人；最初两人由创始密钥和本人签署，以后由两名登记员签署。"""
    with open_session(archive) as session:
        parsed = [_newcomer(session, text, unit or session.register.origin) for text in people]
        root_key = load_key(root) if root else None
        registrars: list[Signing] = [load_key(path) for path in by or ()]
        done: list[dict[str, Any]] = []
        for newcomer in parsed:
            if not registrars and len(session.archive.register().officers) >= 2:  # noqa: PLR2004  # the founders
                registrars = _registrars_among(parsed)
            record = enrol(session.archive, newcomer, root=root_key, registrars=registrars[:2])
            done.append({"name": newcomer.name, "officer": record.case, "kid": newcomer.key.kid})
        session.running.catch_up()
    if as_json:
        emit(done)
    else:
        for row in done:
            out.print(f"已登记 {row['name']}  登记案件 {row['officer']}  密钥 {row['kid']}")


def _newcomer(session: Session, text: str, unit: str) -> Newcomer:
    name, equals, rest = text.partition("=")
    file, colon, capacities = rest.rpartition(":")
    if not equals or not colon or not name:
        raise Fault(
            "enrol", f"应写作 姓名=密钥文件:身份+身份，实为“{text[:60]}”", "例如 陈立=chen.pem:registrar+handler"
        )
    return Newcomer(name, unit, load_key(Path(file)), _capacities(session, capacities))


def _capacities(session: Session, text: str) -> tuple[str, ...]:
    """`handler+host` as codes that some rulebook here knows. Fault "enrol"."""
    titles = capacity_titles(session.archive.reader.books().values())
    known = {code: title for code, title in titles.items() if code not in ("root", "self")}
    wanted = tuple(text.split("+"))
    for capacity in wanted:
        if capacity not in known:
            options = "、".join(f"{code}（{title}）" for code, title in known.items())
            raise Fault("enrol", f"没有“{capacity[:40]}”这一身份", f"可用：{options}", field="capacities")
    return wanted


def _registrars_among(people: list[Newcomer]) -> list[Signing]:
    """The keys of the registrars enrolled in this very call."""
    return [p.key for p in people if "registrar" in p.capacities]


def _register_act(
    session: Session, officer: Officer, action: str, facts: dict[str, Any], keys: list[Signing]
) -> Record:
    signers: list[Signer] = registrar_signers(session.archive, keys)
    made = session.archive.draft(case=officer.case, action=action, facts=facts, signers=signers)
    return session.archive.submit(made.payload, [sign_act(made.payload, k) for k in keys], made.disclosures)


def _change(
    archive: Path, name: str, action: str, facts: dict[str, Any], by: list[Path] | None, *, as_json: bool
) -> None:
    with open_session(archive) as session:
        officer = session.officer(name)
        facts = {
            k: session.archive.clock.now().isoformat(timespec="seconds") if v is None else v for k, v in facts.items()
        }
        record = _register_act(session, officer, action, facts, [load_key(path) for path in by or ()])
        session.running.catch_up()
        title = session.archive.case(officer.case).rulebook.action(action).title
    if as_json:
        emit({"officer": officer.case, "seq": record.seq, "action": action, "digest": record.digest})
    else:
        out.print(f"{officer.name}：已入卷“{title}”")


def revoke(
    officer: OfficerName,
    by: By = None,
    kid: Annotated[str | None, typer.Option("--kid", help="密钥标识；只有一把时可不写")] = None,
    since: From = None,
    reason: Annotated[str, typer.Option("--reason", help="理由")] = "密钥停用",
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    as_json: AsJson = False,
) -> None:
    """撤销人员的密钥：自所写时间起，该密钥的签名不再可信。"""
    with open_session(archive) as session:
        keys = session.officer(officer).keys
        if kid is None and len(keys) != 1:
            raise Fault("kid", "此人有不止一把密钥", f"请以 --kid 指明：{'、'.join(keys)}", field="kid")
        chosen = kid or next(iter(keys))
    _change(
        archive,
        officer,
        "key-revoked",
        {"kid": chosen, "not_trusted_from": since, "reason": reason},
        by,
        as_json=as_json,
    )


def capacities(
    officer: OfficerName,
    wanted: Annotated[str, typer.Argument(help="变更后的全部身份，例如 handler+host", metavar="身份")],
    by: By = None,
    since: From = None,
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    as_json: AsJson = False,
) -> None:
    """变更人员的身份。"""
    with open_session(archive) as session:
        chosen = list(_capacities(session, wanted))
    facts = {"capacities": chosen, "from": since}
    _change(archive, officer, "capacities-changed", facts, by, as_json=as_json)


def recuse(
    officer: OfficerName,
    by: By = None,
    case: CaseName = None,
    since: From = None,
    reason: Annotated[str, typer.Option("--reason", help="理由（不公开）")] = "依法应当回避",
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    as_json: AsJson = False,
) -> None:
    """登记回避：此人不能再在该案签署。由一名登记员签署。"""
    with open_session(archive) as session:
        target = session.case_id(case)
    _change(archive, officer, "recusal", {"case": target, "from": since, "reason": reason}, by, as_json=as_json)


def deputise(
    deputy: Annotated[str, typer.Argument(help="代行人的姓名或其登记案件编号", metavar="代行人")],
    away: Annotated[str, typer.Argument(help="被代行人的姓名或其登记案件编号", metavar="被代行人")],
    wanted: Annotated[str, typer.Argument(help="代行的身份，例如 head", metavar="身份")],
    until: Annotated[str, typer.Option("--until", help="至何时止，例如 2026-03-20T18:00:00+08:00")],
    since: From = None,
    by: By = None,
    reason: Annotated[str, typer.Option("--reason", help="理由（不公开）")] = "因公外出",
    archive: ArchiveDir = DEFAULT_ARCHIVE,
    as_json: AsJson = False,
) -> None:
    """登记代行职务：期间之内，代行人可以被代行人的身份签署。由两名登记员签署。"""
    with open_session(archive) as session:
        chosen = list(_capacities(session, wanted))
        absent = session.officer(away).case
    facts = {"away": absent, "capacities": chosen, "from": since, "until": until, "reason": reason}
    _change(archive, deputy, "deputised", facts, by, as_json=as_json)


def officers(archive: ArchiveDir = DEFAULT_ARCHIVE, as_json: AsJson = False) -> None:
    """已登记的人员、身份和密钥。"""
    with open_session(archive) as session:
        now = session.archive.clock.now()
        titles = capacity_titles(session.archive.reader.books().values())
        rows: list[dict[str, Any]] = [
            {
                "officer": o.case,
                "name": o.name,
                "unit": o.unit,
                "capacities": sorted(o.capacities(now)),
                "deputising": sorted(capacities_of(session.register, o, now) - o.capacities(now)),
                "keys": {kid: k.trusted(now) for kid, k in o.keys.items()},
            }
            for o in session.register.officers.values()
        ]
    if as_json:
        emit(rows)
        return
    for row in rows:
        held = "、".join(titles.get(c, c) for c in row["capacities"]) or "（无身份）"
        lent = "、".join(titles.get(c, c) for c in row["deputising"])
        out.print(f"{row['name']}（{row['unit']}）  {held}{f'  代行{lent}' if lent else ''}")
        for kid, trusted in row["keys"].items():
            out.print(f"    {kid}  {'有效' if trusted else '已撤销'}")
