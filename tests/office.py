"""A small finance department for tests: a founded archive on real stores, three officers, a settable clock."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from domain.archive import Archive
from domain.attaching import Attaching
from domain.formats.act import Signer, sign_act
from domain.formats.keys import PrivateKey
from ops.founding import Newcomer, enrol, genesis
from storage.attachments import SqliteAttachments
from storage.case_keys import CaseKeys
from storage.clock import ScenarioClock, SystemClock, SystemIds
from storage.events.sqlite import SqliteEventStore
from storage.evidence.directory import DirectoryVault
from storage.evidence.sealed import SealedVault
from storage.inspection import EvidenceInspection
from storage.inspection.content import judged
from storage.key_encryption.file import FileKey, new_key_file
from storage.log import opened
from storage.rulebook_store import RulebookStore
from storage.rulebooks import form_bytes
from storage.withheld import SqliteWithheldFacts
from tests.real_files import real

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from domain.formats.record import Record
    from domain.rules.rulebook import Rulebook

SHANGHAI = timezone(timedelta(hours=8))
RULEBOOK = "lu-cai-cai-2018-72"
STAFF = {
    "陈立": ("registrar", "handler", "investigator", "host"),
    "李敏": ("registrar", "reviewer", "investigator", "host"),
    "王强": ("head", "investigator"),
}
PARTIES = [
    {
        "id": "complainant",
        "role": "complainant",
        "name": "江北恒信医疗器械有限公司",
        "kind": "entity",
        "address": "江北市建设路 18 号",
        "postcode": "250000",
        "contact": "赵一鸣",
        "phone": "0531-5550101",
        "signed": ["representative", "representative-seal", "seal"],
        "identified": ["licence", "representative"],
    },
    {
        "id": "hospital",
        "role": "respondent",
        "name": "临江市第二人民医院",
        "kind": "entity",
        "address": "临江市滨河路 2 号",
        "postcode": "276000",
        "contact": "孙敏",
        "phone": "0539-5550102",
    },
]
INTAKE: dict[str, Any] = {
    "received_on": "2023-03-01",
    "manner": "direct",
    "project": "临江市第二人民医院 64 排 CT 采购项目",
    "project_number": "LJZC2023-0417",
    "matters": ["评分标准设置不合理", "中标供应商提供虚假材料"],
    "requests": ["认定中标结果无效"],
    "reasons": "招标文件第四章评分标准与项目需求不符。",
    "laws": "政府采购法第二十二条。",
    "challenge": "已于 2023 年 2 月 1 日提出质疑，答复不满意。",
    "challenged_on": "2023-02-01",
    "challenge_received_on": "2023-02-01",
    "answered_on": "2023-02-08",
    "filed_on": "2023-03-01",
    "signature": "in-order",
    "by_agent": False,
    "copies_needed": 2,
    "copies_received": 2,
    "parties": PARTIES,
}
DECISION: dict[str, Any] = {
    "number": "临财采决〔2023〕1号",
    "annex": "annex-13",
    "parties": ["complainant", "hospital"],
    "claims": "投诉事项一、二及其依据。",
    "found": "经查，评分标准与需求不符。",
    "result": "投诉事项一成立，责令重新开展采购活动。",
    "remedies": "可以依法申请行政复议或者提起行政诉讼。",
    "remedy_period": "六十日内申请行政复议，六个月内提起行政诉讼。",
    "remedy_source": "行政复议法（2017年修正）第九条",
    "findings": [
        {"of": "1", "outcome": "upheld", "remedy": "重新开展采购活动", "reasons": "评分标准与需求不符"},
        {"of": "2", "outcome": "rejected", "ground": "no-facts", "reasons": "没有证据"},
    ],
}

ORIGIN = "临江市财政局"


def case_keys(path: Path) -> CaseKeys:
    """Secrets of cases in the directory `path`, under a key file beside them, both made if they are missing."""
    if not (path / "key-encryption.key").exists():
        new_key_file(path / "key-encryption.key")
    return CaseKeys(path / "case-keys.db", FileKey(path / "key-encryption.key"))


class Office:
    """An archive in `path` with keys in memory; `do` drafts, signs and submits in one step."""

    def __init__(self, path: Path, *, at: str = "2023-03-01", retention: str = "permanent") -> None:
        self.content_keys = case_keys(path)
        self.clock = ScenarioClock(datetime.fromisoformat(f"{at}T09:00:00").replace(tzinfo=SHANGHAI))
        self.key, self.root = PrivateKey.from_seed(b"a" * 32), PrivateKey.from_seed(b"r" * 32)
        self.path = path
        ids = SystemIds(self.clock)
        attachments = SqliteAttachments(path / "attachments.db")
        vault = SealedVault(DirectoryVault(path / "vault"), self.content_keys)
        attaching = Attaching(vault, attachments, EvidenceInspection(judged), SystemClock(), ids)
        self.archive = Archive(
            events=SqliteEventStore(path / "events.db"),
            attaching=attaching,
            withheld=SqliteWithheldFacts(path / "withheld.db", self.content_keys),
            keys=self.content_keys,
            rulebooks=RulebookStore(path),
            signer=self.key,
            clock=self.clock,
            ids=ids,
        )
        self.keys = {name: PrivateKey.from_seed(bytes([i]) * 32) for i, name in enumerate(STAFF, 1)}
        (path / "keys").mkdir(mode=0o700)
        opened.furnish(path)
        archive = self.archive
        self.log = opened.OpenLog(path, origin=lambda: ORIGIN, events=archive.events, clock=self.clock)
        genesis(archive, self.root, origin=ORIGIN, demonstration=True, retention=retention, log=self.log.keys()[0].vkey)
        for name, key in self.keys.items():
            registrars = [self.keys["陈立"], self.keys["李敏"]]
            enrol(self.archive, Newcomer(name, "临江市财政局", key, STAFF[name]), root=self.root, registrars=registrars)
        self.officers = {o.name: o.case for o in self.archive.register().officers.values()}

    def close(self) -> None:
        """Close every store."""
        self.log.close()
        for port in (self.archive.events, self.archive.withheld, self.archive.attachments, self.archive.keys):
            port.close()  # type: ignore[attr-defined]  # the SQLite back-ends have it

    def on(self, day: str) -> None:
        """Set the clock to nine o'clock of a day."""
        self.clock.set(datetime.fromisoformat(f"{day}T09:00:00").replace(tzinfo=SHANGHAI))

    @property
    def today(self) -> date:
        """The clock's civil day."""
        return self.clock.now().astimezone(SHANGHAI).date()

    def signers(self, *who: str) -> list[Signer]:
        """Signers from "capacity:name"."""
        pairs = [text.split(":") for text in who]
        return [Signer(self.officers[name], self.keys[name].kid, capacity) for capacity, name in pairs]

    def adopt(self, book: Rulebook) -> Record:
        """Two registrars adopt a version of an installed rulebook; its forms are those installed."""
        forms = {pin.digest: form_bytes(book.id, pin.path) for pin in book.forms}
        brought = {book.digest: book.data, **forms}
        home, who = self.archive.register().archive or "", ("registrar:陈立", "registrar:李敏")
        facts = {"id": book.id, "digest": book.digest}
        made = self.archive.draft(
            case=home, action="rulebook-adopted", facts=facts, signers=self.signers(*who), brought=brought
        )
        signatures = [sign_act(made.payload, self.keys[text.split(":")[1]]) for text in who]
        return self.archive.submit(made.payload, signatures, made.disclosures, brought)

    def custody(self, action: str, **facts: Any) -> Record:
        """Two registrars enter an act of custody in the archive's case."""
        home = self.archive.register().archive or ""
        return self.do(home, action, facts, "registrar:陈立", "registrar:李敏")

    def file(self, case: str, name: str = "投诉书.pdf", data: bytes | None = None) -> str:
        """Store a file, one that is what its name says unless `data` is given; its object id."""
        source = io.BytesIO(real(name) if data is None else data)
        return self.archive.attaching.attach(case=case, source=source, name=name).stored.object

    def papers(self, case: str) -> list[dict[str, str]]:
        """What a complaint brings (第二十六条): itself, its proof, and who the complainant is."""
        names = {"complaint": "投诉书.pdf", "proof": "证明材料.pdf", "identity": "身份证明.pdf"}
        return [
            {"object": self.file(case, name, f"%PDF-1.4 {slot}".encode()), "slot": slot} for slot, name in names.items()
        ]

    def draft(
        self,
        case: str,
        action: str,
        facts: Mapping[str, Any],
        *who: str,
        evidence: Sequence[Mapping[str, Any]] = (),
        **more: Any,
    ) -> Any:
        """A draft, `rulebook` chosen for a new case, `occurred` today unless given."""
        new = not self.archive.events.case(case)
        return self.archive.draft(
            case=case,
            rulebook=more.get("rulebook", RULEBOOK) if new else None,
            action=action,
            facts=facts,
            evidence=evidence,
            occurred=more.get("occurred", self.today.isoformat()),
            signers=self.signers(*who),
        )

    def do(self, case: str, action: str, facts: Mapping[str, Any], *who: str, **more: Any) -> Record:
        """Draft, sign by everyone, submit."""
        made = self.draft(case, action, facts, *who, **more)
        signatures = [sign_act(made.payload, self.keys[text.split(":")[1]]) for text in who]
        return self.archive.submit(made.payload, signatures, made.disclosures)

    def opened(self, **changes: Any) -> str:
        """A case with its 签收 entered today."""
        case = self.archive.ids.uuid7()
        self.do(case, "intake", {**INTAKE, **changes}, "handler:陈立", evidence=self.papers(case))
        return case

    def accepted(self, **changes: Any) -> str:
        """A case accepted today."""
        case = self.opened(**changes)
        self.do(case, "acceptance", {}, "handler:陈立")
        return case

    def notified(self, **changes: Any) -> str:
        """A case with its notice to answer sent and served today."""
        case = self.accepted(**changes)
        facts = {"copies": 1, "duties": "作出书面说明并提交证据。", "progress": "请说明项目进展情况。"}
        notice = self.do(case, "answer-notice", facts, "handler:陈立")
        self.serve(case, notice.seq)
        return case

    def serve(self, case: str, paper: int, day: str | None = None) -> Record:
        """Report the service of a paper upon all its recipients."""
        day = day or self.today.isoformat()
        record = self.archive.case(case).entries[paper - 1]
        how = {"way": "direct", "sent_on": day, "served_on": day, "proof": "送达回证"}
        rows = [{"recipient": r, **how} for r in record.facts["recipients"]]
        return self.do(case, "service", {"paper": paper, "deliveries": rows}, "handler:陈立")

    def filed(self, **facts: Any) -> str:
        """A case decided and filed today."""
        case = self.decided()
        told = {"contents": ["投诉书", "处理决定书"], "volumes": 1, "keeper": "办公室", **facts}
        self.do(case, "filing", told, "handler:陈立")
        return case

    def decided(self) -> str:
        """A case decided today."""
        case = self.notified()
        self.do(case, "decision", DECISION, "handler:陈立", "reviewer:李敏", "head:王强")
        return case
