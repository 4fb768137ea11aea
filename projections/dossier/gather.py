"""From what is enclosed to what the PDF says (案卷): the cover, every record as a paper, limits, notes.

Keeps: a paper shows the facts as they were signed, also when a later record put them right; what is withheld here
is said to be 不公开 and is nowhere else in the data either. Leaves: layout (templates), octets (package).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from domain.rules.admissible import replay
from domain.rules.binding import bindings
from domain.rules.citing import cited
from domain.rules.civil import chinese, civil_day
from domain.rules.compliance_words import UNITS
from domain.rules.deadline import Status
from domain.rules.late import is_late
from domain.rules.rounds import set_aside
from domain.rules.time_limits import deadlines
from domain.rules.wording import Line, names_of, worded

from .compliance import compliance_sheet
from .cover import cover_of
from .data import REMARKED, Attachment, DossierData, Paper, Remark, Signatory
from .phrasing import CLASSES, VOLUMES, moment, octets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from domain.formats.act import Signer
    from domain.formats.record import Record
    from domain.rules.case import Case, Entry
    from domain.rules.deadline import Deadline
    from domain.rules.register import Register
    from domain.rules.rulebook import Rulebook
    from domain.rules.wording import Names

    from .enclosed import Enclosed

WITHHELD = "不公开"
UNSAID = "本记录有一处不合规，涉及不公开事项，此处从略。"
SD = "_sd"


def gathered(
    enclosed: Enclosed,
    whole: Case,
    *,
    recipient: str,
    exported: str,
    redacted: bool,
    originals: frozenset[str],
    forms: Mapping[str, Mapping[str, bytes]],
    destroyed: bool = False,
) -> DossierData:
    """The dossier of an enclosed case.

    `whole` is the case with everything disclosed: it says which records are irregular, and nothing else is taken
    from it. `originals` are the SHA-256 (hexadecimal) of the enclosed files; `exported` is RFC 3339 UTC;
    `forms` are those of each enclosed version, by its digest and their path; `destroyed`: the case's content can't be
    read any more, by law.
    """
    entries = map(enclosed.entry, enclosed.records)
    case = replay(enclosed.case, enclosed.rulebook, enclosed.calendar, entries, enclosed.rulebooks)
    told = _Papers(enclosed, case, whole, originals, _missed(case, civil_day(exported)))
    papers, unsaid = told.all(), told.unsaid()
    register = enclosed.register
    return DossierData(
        case=enclosed.case,
        cover=cover_of(case, register),
        opening=told.lines(case.opened_by, case.entries[0].action, case.entries[0].facts),
        papers=papers,
        compliance=compliance_sheet(case, civil_day(exported), unsaid),
        unsaid=unsaid,
        notes=tuple(_notes(papers, redacted=redacted, destroyed=destroyed)),
        recipient=recipient,
        exported=exported,
        exported_words=moment(exported),
        exported_day=chinese(civil_day(exported)),
        demonstration=register.demonstration,
        redacted=redacted,
        forms={
            form_key(case, binding.book, path): form
            for binding in bindings(case)
            for path, form in forms[binding.book.digest].items()
        },
    )


class _Papers:
    """Puts the records of one case into words."""

    def __init__(
        self,
        enclosed: Enclosed,
        case: Case,
        whole: Case,
        originals: frozenset[str],
        missed: Mapping[int, Sequence[Deadline]],
    ) -> None:
        self.enclosed, self.case, self.whole = enclosed, case, whole
        self.originals, self.missed = originals, missed
        self.register: Register = enclosed.register
        self.names: Names = names_of(case, self.register)

    def all(self) -> tuple[Paper, ...]:
        return tuple(
            self._paper(record, entry) for record, entry in zip(self.enclosed.records, self.case.entries, strict=True)
        )

    def unsaid(self) -> tuple[int, ...]:
        """Records that are irregular in what stays withheld here."""
        both = zip(self.whole.entries, self.case.entries, strict=True)
        return tuple(w.seq for w, shown in both if w.stands and not _told(w) <= _told(shown))

    def _paper(self, record: Record, entry: Entry) -> Paper:
        signed = self.enclosed.entry(record)
        book = self.case.book_of(record.seq)
        action = book.by_action.get(entry.action)
        return Paper(
            seq=record.seq,
            title=action.title if action else entry.action,
            document=str(signed.facts.get("number") or ""),
            responsible=self._responsible(signed),
            form=form_key(self.case, book, action.form) if action and action.form else "",
            volume=VOLUMES.get(action.volume, action.volume) if action else "",
            articles="、".join(cited(article) for article in action.article) if action else "",
            day=signed.occurred_on.isoformat(),
            occurred=signed.occurred,
            occurred_words=moment(signed.occurred),
            received=record.receipt.received,
            received_words=moment(record.receipt.received),
            lines=self.lines(book, signed.action, signed.facts),
            signatories=tuple(self._signatory(book, s) for s in signed.signers),
            attachments=tuple(self._attachment(signed, i, item) for i, item in enumerate(signed.evidence, 1)),
            remarks=tuple(self._remarks(entry)),
            digest=record.digest,
            prev=record.receipt.prev or "",
            act=record.act.id,
        )

    def lines(self, book: Rulebook, action: str, facts: Mapping[str, Any]) -> tuple[Line, ...]:
        return tuple(map(_sealed, worded(book, action, facts, self.names)))

    def _responsible(self, entry: Entry) -> str:
        """The party whose act is reported, else the authority (责任者)."""
        action = self.case.action_of(entry)
        party = entry.facts.get(action.party) if action and action.party else None
        return self.names.parties.get(party, party) if isinstance(party, str) else self.register.origin

    def _signatory(self, book: Rulebook, signer: Signer) -> Signatory:
        known = self.register.officers.get(signer.officer)
        title = book.by_capacity.get(signer.capacity)
        name = known.name if known else self.register.origin
        unit = known.unit if known else ""
        return Signatory(name, unit, title.title if title else signer.capacity, signer.kid)

    def _attachment(self, entry: Entry, number: int, item: Mapping[str, Any]) -> Attachment:
        action = self.case.action_of(entry)
        slots = {slot.name: slot.title for slot in action.slots} if action else {}
        length, sha256 = item.get("length"), item.get("sha256")
        return Attachment(
            number=f"{entry.seq}-{number}",
            title=str(item.get("title", WITHHELD)),
            slot=slots.get(item["slot"], item["slot"]),
            class_=CLASSES.get(item["class"], item["class"]),
            name=str(item.get("name", WITHHELD)),
            media=str(item.get("media", "")),
            length=octets(length) if isinstance(length, int) else "",
            sha256=sha256,
            enclosed=sha256 in self.originals,
        )

    def _remarks(self, entry: Entry) -> Iterator[Remark]:
        if entry.voided_by is not None:
            yield Remark("voided", f"本记录已由第 {entry.voided_by} 号记录作废，不再计入办理情况；原文保留如上。")
        if is_late(self.case.book_of(entry.seq), entry):
            yield Remark(
                "backfilled", f"本记录为补录：发生于 {entry.occurred_on}，{moment(entry.received or '')} 入卷。"
            )
        if (aside := set_aside(self.whole, entry.seq)) is not None:
            yield Remark("undone", f"本记录已由第 {aside.by} 号记录{aside.how}；原文保留如上。")
        for seq in entry.rectified_by:
            rectification = self.enclosed.entry(self.enclosed.records[seq - 1])
            facts = {name: rectification.facts[name] for name in ("changes", "occurred") if name in rectification.facts}
            yield Remark(
                "rectified",
                f"本记录已由第 {seq} 号记录更正；上列为原文，更正内容如下。",
                lines=self.lines(self.case.book_of(seq), rectification.action, facts),
            )
        for missed in self.missed.get(entry.seq, ()):
            due = f"于 {missed.ends} 届满" if missed.due else "已届满"
            late = f"，迟 {missed.late} {UNITS[missed.unit][0]}" if missed.late else ""
            yield Remark("late", f"逾期：{missed.title}{due}{late}。", cited(missed.article))
        for defect in self.whole.entries[entry.seq - 1].defects:
            # found anew from what is shown: then it tells nothing else
            yield Remark(
                "irregular", defect.message if defect in entry.defects else UNSAID, cited(defect.article or "")
            )


def form_key(case: Case, book: Rulebook, path: str) -> str:
    """The name of a form in the dossier's data: its path; under the version's digest for versions that came later."""
    return path if book.digest == case.opened_by.digest else f"versions/{book.digest}/{path}"


def _told(entry: Entry) -> set[tuple[str, str | None]]:
    """What is wrong with a record, whatever names the words give."""
    return {(defect.code, defect.field) for defect in entry.defects}


def _sealed(line: Line) -> Line:
    """A digest that stands for a withheld member is never shown as a value."""
    if line.path.endswith(f".{SD}") and not line.withheld:
        return replace(line, label="不公开事项", value=WITHHELD, withheld=True)
    return line


def _missed(case: Case, today: date) -> dict[int, list[Deadline]]:
    """Limits that were met too late, by the record that met them."""
    out: dict[int, list[Deadline]] = {}
    for found in deadlines(case, today):
        if found.status is Status.MISSED and found.done_at is not None:
            out.setdefault(found.done_at.seq, []).append(found)
    return out


def _notes(papers: tuple[Paper, ...], *, redacted: bool, destroyed: bool) -> Iterator[str]:
    files = [item for paper in papers for item in paper.attachments]
    if files:
        absent = [item.number for item in files if not item.enclosed]
        yield f"所附电子文件共 {len(files)} 件，以 SHA-256 摘要为凭，原件随卷存于案卷包的 data/files/ 之下。"
        if absent and destroyed:
            yield f"下列文件的内容已依法销毁，不再提供；摘要和签名仍可核验：{'、'.join(absent)}。"
        elif absent:
            yield f"下列文件的原件未随本卷提供：{'、'.join(absent)}。"
    else:
        yield "本卷没有所附电子文件。"
    for kind, words in REMARKED.items():
        found = [str(paper.seq) for paper in papers if any(remark.kind == kind for remark in paper.remarks)]
        if found:
            yield f"{words}的记录：第 {'、'.join(found)} 号，情况见各该记录。"
    if redacted:
        yield "本卷为不公开事项的遮盖副本：不公开的事实和文件已略去，标明“不公开”；各记录的签名不因此而失效。"
