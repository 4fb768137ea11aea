"""A small archive made from fixed seeds, through the formats alone: its register, one case, and the package of it.

Every maker takes what an attacker would exchange; nothing here knows how verification works.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from domain.formats.act import Act, Seen, SignedAct, Signer, sign_act
from domain.formats.bag import manifest
from domain.formats.canonical import dump
from domain.formats.encoding import digest, sha256
from domain.formats.export import ExportClaim, issue_export
from domain.formats.keys import PrivateKey
from domain.formats.package import write_package
from domain.formats.receipt import issue
from domain.formats.record import Record, make_record
from domain.formats.trust import Trust
from domain.formats.withheld import withhold
from domain.rules.calendar import compile_year
from domain.rules.confidential import secret
from domain.rules.loader import compile_rulebook

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from domain.rules.rulebook import Rulebook

DOMAIN = Path(__file__).resolve().parents[2] / "domain"
ORIGIN = "archive.example.test/2023"
FORM = b"#let paper = [..]\n" * 3
COMPLAINT = b"%PDF-1.7 a complaint, as it came in\n" + bytes(range(256)) * 600
DOSSIER = b"%PDF-1.7 a readable dossier\n" * 40
START = 1_678_060_800  # 2023-03-06T00:00:00Z

SMALL_RULES = """
id = "small"
title = "小规则"
number = "试〔2023〕1号"
vocabulary = 1
calendar = "cn"
in-force = { from = 2019-01-01 }
[stage.review]
title = "审查"
[stage.accepted]
title = "已受理"
[stage.decided]
title = "已决定"
final = true
[capacity.handler]
title = "承办人"
[capacity.head]
title = "负责人"
[action.intake]
title = "签收"
article = "1"
kind = "reports"
by = { handler = 1 }
in = ["new"]
then = "review"
form = "forms/paper.typ"
facts.received_on = { title = "收到日期", type = "date", article = "1" }
facts.contact = { title = "联系人", type = "text", article = "1", class = "personal" }
evidence.complaint = { title = "投诉书", min = 1, max = 3, class = "party", article = "1" }
evidence.private = { title = "身份材料", class = "personal" }
[action.acceptance]
title = "受理"
form = "forms/paper.typ"
article = "2"
kind = "does"
by = { handler = 1 }
in = ["review"]
then = "accepted"
once = true
[action.visit]
title = "勘验"
form = "forms/paper.typ"
article = "3"
kind = "reports"
by = { handler = 2 }
in = ["accepted"]
facts.heard_on = { title = "询问日期", type = "date", class = "internal", optional = true }
[action.decision]
title = "决定"
form = "forms/paper.typ"
article = "4"
kind = "does"
by = { handler = 1, head = 1 }
in = ["accepted"]
then = "decided"
fresh = true
[action.destruction]
title = "销毁"
form = "forms/paper.typ"
article = "5"
kind = "does"
by = { head = 1 }
in = ["review", "accepted", "decided"]
facts.sha256 = { title = "销毁的文件", type = "texts", optional = true }
[limit.decide]
title = "决定期限"
article = "6"
from = "intake.received_on"
to = "decision.occurred_on"
length = "5 workdays"
"""


@cache
def small_rules(title: str = "小规则") -> Rulebook:
    text = SMALL_RULES.replace("小规则", title)
    return compile_rulebook({"rulebook.toml": text.encode(), "forms/paper.typ": FORM})


@cache
def register_files() -> Mapping[str, bytes]:
    root = DOMAIN / "rulebooks/register"
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@cache
def register_rules() -> Rulebook:
    return compile_rulebook(register_files())


@cache
def calendar(name: str) -> bytes:
    return dump(compile_year(name, (DOMAIN / f"calendars/{name}.toml").read_bytes()))


def uuid7(number: int) -> str:
    return f"0186b4a0-0000-7000-8000-{number:012x}"


def moment(step: int) -> str:
    """UTC, one minute a step from START on."""
    seconds = START + 60 * step
    day, rest = divmod(seconds - START, 86400)
    return f"2023-03-{6 + day:02}T{rest // 3600:02}:{rest % 3600 // 60:02}:00.000Z"


@dataclass
class Archive:
    """Keys from `seed`; records by case in order; nothing is checked on the way in."""

    seed: str = "archive"
    records: dict[str, list[Record]] = field(default_factory=dict)
    disclosures: dict[str, tuple[str, ...]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    order: list[Record] = field(default_factory=list)
    step: int = 0
    numbers: int = 0x100
    case: str = uuid7(1)
    own: str = uuid7(2)
    book: Rulebook = field(default_factory=small_rules)

    def key(self, name: str) -> PrivateKey:
        return PrivateKey.from_seed(sha256(f"{self.seed}/{name}".encode()))

    def officer(self, name: str) -> str:
        return self.own if name == "root" else uuid7(16 + "abcdef".index(name))

    def enter(
        self,
        case: str,
        action: str,
        given: dict[str, Any],
        signers: Sequence[tuple[str, str]],
        *,
        book: Rulebook | None = None,
        evidence: Sequence[dict[str, Any]] = (),
        occurred: str | None = None,
        receipt_by: str = "archive",
        named: Sequence[tuple[str, str, str]] | None = None,
        clear: bool = False,
        **changes: Any,
    ) -> Record:
        """Append a record; `signers` are (key name, capacity), `named` (officer, key name, capacity) if they differ.

        `given` are facts before any is withheld (none is if `clear`); `changes` replace members of the act.
        """
        book = book or (register_rules() if case != self.case else self.book)
        chain = self.records.setdefault(case, [])
        self.step += 1
        self.numbers += 1
        spec = book.by_action.get(action)
        whole: dict[str, Any] = {"facts": given, "evidence": list(evidence)}
        judge = secret(spec, evidence) if spec and not clear else lambda _: False
        salted = iter(range(1000))
        closed, shown = withhold(whole, judge, lambda: sha256(f"{self.numbers}/{next(salted)}".encode())[:16])
        members: dict[str, Any] = {
            "id": uuid7(self.numbers),
            "case": case,
            "seen": Seen(len(chain), chain[-1].digest if chain else None),
            "signers": tuple(
                Signer(self.officer(officer), self.key(name).kid, capacity)
                for officer, name, capacity in named or [(name, name, capacity) for name, capacity in signers]
            ),
            "rulebook_id": book.id,
            "rulebook_digest": book.digest,
            "action": action,
            "occurred": occurred or moment(self.step)[:10],
            "facts": closed["facts"],
            "evidence": tuple(closed["evidence"]),
        }
        payload = Act(**{**members, **changes}).payload()
        signed = SignedAct(payload, tuple(sign_act(payload, self.key(name)) for name, _ in signers))
        record = self.receive(case, signed, receipt_by)
        if shown:
            self.disclosures[f"{case}/{record.seq}"] = tuple(sorted(shown))
        return record

    def receive(self, case: str, signed: SignedAct, by: str = "archive") -> Record:
        chain = self.records.setdefault(case, [])
        compact = issue(
            self.key(by),
            case=case,
            seq=len(chain) + 1,
            prev=chain[-1].digest if chain else None,
            act=signed.digest,
            received=moment(self.step),
        )
        record = make_record(signed, compact)
        chain.append(record)
        self.order.append(record)
        return record

    def found(self, *, demonstration: bool = False, calendars: Iterable[str] = ("cn-2023",)) -> None:
        facts = {
            "origin": ORIGIN,
            "archive": self.key("archive").public.jwk,
            "root": self.key("root").public.jwk,
            "calendars": [{"name": name, "digest": digest(calendar(name))} for name in calendars],
            "rulebooks": [{"id": b.id, "digest": b.digest} for b in (register_rules(), self.book)],
            "retention": "30-years",
            "demonstration": demonstration,
        }
        self.enter(self.own, "genesis", facts, [("root", "root")])

    def enrol(self, name: str, capacities: Sequence[str], signers: Sequence[tuple[str, str]], **more: Any) -> Record:
        facts = {
            "name": f"经办{name}",
            "unit": "财政局",
            "key": self.key(name).public.jwk,
            "from": moment(self.step + 1),
            "capacities": list(capacities),
            **more,
        }
        return self.enter(self.officer(name), "key-enrolled", facts, signers)

    def staff(self) -> None:
        self.enrol("a", ["registrar", "handler"], [("root", "root"), ("a", "self")])
        self.enrol("b", ["registrar"], [("root", "root"), ("b", "self")])
        self.enrol("c", ["head"], [("a", "registrar"), ("b", "registrar")])

    def evidence(self, content: bytes = COMPLAINT, *, slot: str = "complaint", level: str = "party") -> dict[str, Any]:
        self.numbers += 1
        self.files[sha256(content).hex()] = content
        return {
            "object": uuid7(self.numbers), "blob": digest(content), "size": len(content), "version": None,
            "class": level, "slot": slot, "sha256": sha256(content).hex(), "length": len(content),
            "media": "application/pdf", "name": "投诉书.pdf",
        }  # fmt: skip

    def hear(self) -> None:
        """The case: taken in, accepted, visited, decided."""
        facts = {"received_on": "2023-03-06", "contact": "张三"}
        self.enter(self.case, "intake", facts, [("a", "handler")], evidence=[self.evidence()])
        self.enter(self.case, "acceptance", {}, [("a", "handler")])
        self.enter(self.case, "decision", {}, [("a", "handler"), ("c", "head")])

    def trust(self) -> Trust:
        return Trust(ORIGIN, self.records[self.own][0].digest, None, None, ())

    def needed(self) -> set[str]:
        """The case, the archive's own, and those of all who sign, recursively."""
        found: set[str] = set()
        sought = {self.case, self.own}
        while sought - found:
            found |= sought
            chains = [self.records[case] for case in sorted(found) if case in self.records]
            sought = {signer.officer for chain in chains for record in chain for signer in record.act.signers}
        return found

    def payload(self, calendars: Iterable[str] = ("cn-2023",), *, everyone: bool = False) -> dict[str, bytes]:
        """The files of the package, by name; `everyone`: with all register cases, needed or not."""
        out: dict[str, bytes] = {"data/案卷.pdf": DOSSIER, "data/report.json": dump({"levels": "not claimed"})}
        needed = set(self.records) if everyone else self.needed()
        for case, chain in ((case, chain) for case, chain in self.records.items() if case in needed):
            folder = "data/records" if case == self.case else f"data/register/{case}"
            out |= {f"{folder}/{record.seq:04}.json": record.data for record in chain}
        out["data/disclosures.json"] = dump({key: list(shown) for key, shown in sorted(self.disclosures.items())})
        out |= {f"data/files/{name}": content for name, content in self.files.items()}
        forms = {path: data for path, data in register_files().items() if path.endswith(".typ")}
        for book, files in ((register_rules(), forms), (self.book, {"forms/paper.typ": FORM})):
            folder = f"data/rulebook/{book.digest}"
            out |= {f"{folder}/rulebook.json": book.data, **{f"{folder}/{path}": data for path, data in files.items()}}
        out |= {f"data/calendar/{digest(calendar(name))}.json": calendar(name) for name in calendars}
        out["data/keys.json"] = dump({"keys": [self.key(name).public.jwk for name in ("archive", "a", "b", "c")]})
        return out

    def export(self, payload: Mapping[str, bytes], **claims: Any) -> str:
        """export.jws over the manifest of `payload`; `claims` replace members of the claim, `by` names the key."""
        chain = self.records[self.case]
        by = claims.pop("by", "archive")
        claim: dict[str, Any] = {
            "case": self.case, "seq": chain[-1].seq, "head": chain[-1].digest, "checkpoint": None,
            "recipient": "省级监督机构", "exported": moment(self.step + 1),
            "manifest": digest(manifest({name: sha256(data).hex() for name, data in payload.items()})),
        }  # fmt: skip
        return issue_export(self.key(by), ExportClaim(**{**claim, **claims}))

    def sealed(self, payload: Mapping[str, bytes], export: str, base: str | None = None) -> bytes:
        """The zip of `payload` with manifests made for it and an export.jws from wherever."""
        out = io.BytesIO()
        write_package(out, base or f"{self.case}-{self.records[self.case][-1].seq}", dict(payload), lambda _: export)
        return out.getvalue()

    def package(self, payload: Mapping[str, bytes] | None = None, base: str | None = None, **claims: Any) -> bytes:
        """The zip, exported as `export` says."""
        files = self.payload() if payload is None else payload
        return self.sealed(files, self.export(files, **claims), base)


def archive(seed: str = "archive", **founding: Any) -> Archive:
    """An archive with three officers and one decided case."""
    made = Archive(seed)
    made.found(**founding)
    made.staff()
    made.hear()
    return made
