"""What a dossier's PDF says, as plain data: everything is text, every decision about wording has been made.

`render` hands this to typst as JSON; nothing in a template reads a record. Shapes only; `gather` makes them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from domain.rules.wording import Line

# what a remark says in a word, by kind
REMARKED = {
    "voided": "已作废",
    "backfilled": "补录",
    "undone": "已被撤销、变更",
    "rectified": "已更正",
    "irregular": "不合规",
    "late": "逾期",
}


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signed: name, unit, capacity's title, key id."""

    name: str
    unit: str
    capacity: str
    kid: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file attached to a record; members are 不公开 where they stand behind digests that aren't shown.

    `sha256` (hexadecimal, of the original) is None when it isn't shown; `enclosed`: the original is in the package.
    """

    number: str
    title: str
    slot: str
    class_: str
    name: str
    media: str
    length: str
    sha256: str | None
    enclosed: bool


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to know about a record: `kind` is irregular, late, rectified or voided; `article` may be empty."""

    kind: str
    text: str
    article: str = ""
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """One record as a readable paper. `facts` are those that were signed, also when they were rectified later.

    `form` is the pinned form's path in the rulebook; `occurred` and `received` are as in the record, the two `…_words`
    say them in Chinese.
    """

    seq: int
    title: str
    document: str
    responsible: str
    form: str
    volume: str
    articles: str
    day: str
    occurred: str
    occurred_words: str
    received: str
    received_words: str
    lines: tuple[Line, ...]
    signatories: tuple[Signatory, ...]
    attachments: tuple[Attachment, ...]
    remarks: tuple[Remark, ...]
    digest: str
    prev: str
    act: str

    @property
    def note(self) -> str:
        """The catalogue's 备注."""
        kinds = {remark.kind for remark in self.remarks}
        return "；".join(text for kind, text in REMARKED.items() if kind in kinds)


@dataclass(frozen=True, slots=True)
class ComplianceRow:
    """One requirement, in words; days as 2023-03-06, or empty. `tone`: failed, open (can't be told), or empty."""

    subject: str
    title: str
    party: str
    article: str
    verdict: str
    tone: str
    used: str
    due: str
    done: str
    records: str


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A limit day by day: `steps` are (day, what of it); `excluded` says what was left out, `readings` their codes."""

    title: str
    article: str
    told: str
    excluded: tuple[str, ...]
    steps: tuple[tuple[str, str], ...]
    readings: str


@dataclass(frozen=True, slots=True)
class ComplianceSheet:
    """Compliance with procedure (程序合规): the conclusion, every requirement asked for, what was not (`idle`)."""

    conclusion: str
    tone: str
    counts: str
    rows: tuple[ComplianceRow, ...] = ()
    idle: str = ""
    reckoned: tuple[Reckoned, ...] = ()
    readings: tuple[tuple[str, str], ...] = ()
    undisclosed: str = ""


@dataclass(frozen=True, slots=True)
class Cover:
    """The cover (封面). `parties` are (role, names); `concluded` and `filed` say so where there is no such day yet."""

    agency: str
    number: str
    law: str
    parties: tuple[tuple[str, str], ...]
    outcome_label: str
    outcome: str
    opened: str
    concluded: str
    filed: str
    retention: str


@dataclass(frozen=True, slots=True)
class DossierData:
    """A whole dossier. `exported` is RFC 3339 UTC; `redacted`: withheld facts or originals were left out.

    `unsaid`: records that are irregular in what stays withheld.
    `opening` are the facts of the first record as they count now, from which a form tells the subject (案由).
    """

    case: str
    cover: Cover
    opening: tuple[Line, ...]
    papers: tuple[Paper, ...]
    compliance: ComplianceSheet
    notes: tuple[str, ...]
    recipient: str
    exported: str
    exported_words: str
    exported_day: str
    demonstration: bool = False
    redacted: bool = False
    unsaid: tuple[int, ...] = ()
    forms: dict[str, bytes] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """Everything but the forms, as JSON-able data; each paper has its `note` too."""
        out = asdict(self)
        del out["forms"]
        for plain_paper, paper in zip(out["papers"], self.papers, strict=True):
            plain_paper["note"] = paper.note
        return out
