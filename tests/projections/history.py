"""Some months of a small department: cases that went each its own way, and what a reader of views must be told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from domain.archive import Archive
from domain.formats.canonical import dump
from domain.formats.encoding import digest
from domain.formats.record import parse_record
from domain.rules.calendar import compile_year
from projections.tables import GENERATIONS, tables
from projections.views import CaseViews
from storage.events.sqlite import SqliteEventStore
from tests.office import DECISION, PARTIES, Office

if TYPE_CHECKING:
    from pathlib import Path

HANDLER, REVIEWER = "handler:陈立", "reviewer:李敏"
SECRET, INTERNAL, PERSONAL = "投影机光源配方一号", "内部研判：疑点在第四章", "赵一鸣"
AGENCY = {**PARTIES[1], "id": "agency", "name": "江北华采招标代理有限公司"}

# A day of 2023 that no notice names, made a holiday: every limit that counts it moves.
EXTRA = """
[[notice]]
number = "国办发明电〔2023〕99号"
issued = 2023-03-05
title = "关于临时放假的通知"
holidays = [{ name = "临时", from = 2023-03-07, to = 2023-03-07 }]
"""


def told(office: Office) -> dict[str, str]:
    """Cases by what became of them; their records lie between each other's."""
    cases = {
        "decided": office.notified(parties=[*PARTIES, AGENCY]),
        "corrected": office.opened(),
        "waiting": office.opened(),
    }
    _answered(office, cases["decided"])
    notice = {"grounds": ["no-fact"], "items": ["补充检测报告原件"], "due": "2023-03-10"}
    sent = office.do(cases["corrected"], "correction-notice", notice, HANDLER)
    office.on("2023-03-02")
    office.serve(cases["corrected"], sent.seq)
    cases["withdrawn"] = office.accepted(number="临财采诉〔2023〕2号", project="100%_合格'的项目")
    _rectified(office, cases["decided"])
    cases["stopped"] = _stopped(office)
    office.on("2023-03-09")
    papers = [{"object": office.file(cases["corrected"], "补正.pdf"), "slot": "papers"}]
    corrected = {"received_on": "2023-03-09", "items": ["检测报告"], "sufficient": True}
    office.do(cases["corrected"], "corrected-papers", corrected, HANDLER, evidence=papers)
    application = [{"object": office.file(cases["withdrawn"], "撤回.pdf"), "slot": "application"}]
    office.do(cases["withdrawn"], "withdrawal", {"received_on": "2023-03-09"}, HANDLER, evidence=application)
    decision = {**DECISION, "parties": ["complainant", "hospital", "agency"]}
    office.do(cases["decided"], "decision", decision, HANDLER, REVIEWER, "head:王强")
    return cases


def _answered(office: Office, case: str) -> None:
    """One respondent answers, with a secret, and is entered twice."""
    paper = [{"object": office.file(case, "配方.docx"), "slot": "confidential", "title": "光源配方"}]
    paper.append({"object": office.file(case, "书面说明.pdf"), "slot": "statement"})
    answer = {"answers": 3, "party": "hospital", "received_on": "2023-03-01", "statement": "合法。", "progress": "无。"}
    office.do(case, "written-answer", {**answer, "trade_secret": SECRET}, HANDLER, evidence=paper)
    office.do(case, "written-answer", answer, HANDLER, evidence=paper[1:])


def _stopped(office: Office) -> str:
    """An expert review that has not come back, and an answer that lacks what it must say."""
    case = office.notified()
    review = {"kind": "expert-review", "institution": "省专家库", "matters": ["评分标准"], "days": 20}
    office.do(case, "commission", {**review, "dispatched_on": "2023-03-02"}, HANDLER)
    paper = [{"object": office.file(case, "书面说明.pdf"), "slot": "statement"}]
    answer = {"answers": 3, "party": "hospital", "received_on": "2023-03-02", "statement": "合法。"}
    office.do(case, "written-answer", answer, HANDLER, evidence=paper)
    return case


def _rectified(office: Office, case: str) -> None:
    """The second answer is voided, the intake corrected."""
    reason = {"reason": "重复录入"}
    office.do(case, "rectification", {"target": 6, "mode": "voids", **reason}, HANDLER, REVIEWER)
    changes = {"project": "更正后的项目名称", "received_on": "2023-02-28"}
    office.do(case, "rectification", {"target": 1, "mode": "corrects", "changes": changes, **reason}, HANDLER, REVIEWER)


def adopt_calendar(office: Office) -> None:
    """A holiday more in 2023, signed by two registrars."""
    with (office.path / "cn-2023.toml").open("wb") as file:
        file.write(_installed_2023() + EXTRA.encode())
    table = dump(compile_year("cn-2023", (office.path / "cn-2023.toml").read_bytes()))
    kept = office.path / "calendars" / f"{digest(table)}.json"
    kept.parent.mkdir(exist_ok=True)
    kept.write_bytes(table)
    register = office.archive.register()
    assert register.archive is not None
    facts = {"name": "cn-2023", "digest": digest(table), "notice": "国办发明电〔2023〕99号"}
    office.do(register.archive, "calendar-adopted", facts, "registrar:陈立", "registrar:李敏")


def _installed_2023() -> bytes:
    from importlib.resources import files  # noqa: PLC0415  # only here

    return (files("domain") / "calendars" / "cn-2023.toml").read_bytes()


class Growing:
    """The same archive again on an event store that is fed record by record from `office`, with views of its own."""

    def __init__(self, office: Office, path: Path) -> None:
        path.mkdir(exist_ok=True)
        self.path, self._source = path, office.archive.events
        whole = office.archive
        self.events = SqliteEventStore(path / "events.db")
        self.archive = Archive(
            events=self.events,
            attaching=whole.attaching,
            withheld=whole.withheld,
            keys=whole.keys,
            rulebooks=whole.rulebooks,
            signer=whole.signer,
            clock=whole.clock,
            ids=whole.ids,
        )
        self.views = CaseViews(path / "views.db", self.archive)

    def feed(self, until: int) -> None:
        """Append records up to position `until`."""
        for stored in self._source.after(self.events.position(), until - self.events.position()):
            self.events.append(parse_record(stored.data))

    def close(self) -> None:
        self.views.close()
        self.events.close()


def everything(views: CaseViews) -> dict[str, list[tuple[Any, ...]]]:
    """Every row that is read, by table; the generation's number is of no matter."""
    with views._engine.connect() as read:
        active = read.execute(select(GENERATIONS).where(GENERATIONS.c.active)).one()
        here = tables(active.generation)
        rows = {
            table.name.rpartition("_")[0]: [tuple(row) for row in read.execute(select(table)).all()]
            for table in (here.cases, *here.of_a_case())
        }
    rows["generations"] = [(active.position, active.head, active.calendars, active.version)]
    return {name: sorted(found, key=repr) for name, found in rows.items()}
