"""The service of a case (送达情况, 第四十一条, R18): for each paper and recipient the way, the days, the proof.

Keeps: both days, of sending and of service, and which of them each limit looks at (R27): the verb of its article.
Leaves: whether a service is lawful (`service`, `facts`), of which it repeats what was found.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from .dates import SERVICE_FIELDS, Dated, day_of
from .vocabulary import SERVICE_WAYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ..errors import Defect
    from .case import Case, Entry
    from .vocabulary import Action, Ref

Attempts = dict[tuple[int, str], list["Attempt"]]


class Standing(StrEnum):
    """How far a paper has come to a recipient."""

    UNSENT = "unsent"  # no sending reported
    SENT = "sent"
    SERVED = "served"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One reported delivery: the record, its row as it counts, and what was found amiss in that row."""

    seq: int
    row: Mapping[str, Any]
    amiss: tuple[Defect, ...]


@dataclass(frozen=True, slots=True)
class Verb:
    """A limit or window that looks at this paper: its code, title and article, and at which day: `sent` or `served`."""

    code: str
    title: str
    article: str
    day: Standing


@dataclass(frozen=True, slots=True)
class Service:
    """One paper and one recipient. `way` of what served it, else of what was sent last; `seqs`: the records of service.

    `named`: whether the paper names the recipient.
    """

    paper: int
    action: str
    title: str
    recipient: str
    name: str
    standing: Standing
    sent: Dated | None
    served: Dated | None
    way: str | None
    way_title: str | None
    proof: str | None
    agent: str | None
    named: bool
    seqs: tuple[int, ...]
    verbs: tuple[Verb, ...]
    amiss: tuple[Defect, ...]

    def as_json(self) -> dict[str, Any]:
        """For machines; days ISO 8601."""
        return {
            "paper": self.paper,
            "action": self.action,
            "title": self.title,
            "recipient": self.recipient,
            "name": self.name,
            "named": self.named,
            "status": self.standing.value,
            "way": self.way,
            "way_title": self.way_title,
            "sent_on": self.sent.day.isoformat() if self.sent else None,
            "served_on": self.served.day.isoformat() if self.served else None,
            "proof": self.proof,
            "agent": self.agent,
            "records": list(self.seqs),
            "counts": [
                {"code": verb.code, "title": verb.title, "article": verb.article, "day": f"{verb.day}_on"}
                for verb in self.verbs
            ],
            "irregular": [defect.as_json() for defect in self.amiss],
        }


def service_table(case: Case) -> tuple[Service, ...]:
    """Every paper that is to be served, in order of record, with each recipient; voided records left out."""
    attempts = _attempts(case)
    verbs = {action.code: tuple(_verbs(case, action)) for action in case.rulebook.actions if action.serve is not None}
    return tuple(
        _service(case, entry, recipient, attempts.get((entry.seq, recipient), []), verbs[entry.action])
        for entry in case.entries
        if entry.stands and entry.action in verbs
        for recipient in _recipients(entry, attempts)
    )


def _attempts(case: Case) -> Attempts:
    out: Attempts = {}
    for action in (a for a in case.rulebook.actions if a.serves):
        for entry in case.valid(action.code):
            paper, rows = entry.facts.get("paper"), entry.facts.get("deliveries")
            for i, row in enumerate(rows if isinstance(rows, list) else ()):
                if isinstance(row, dict) and isinstance(paper, int) and isinstance(row.get("recipient"), str):
                    at = f"facts.deliveries[{i}]."
                    amiss = tuple(d for d in entry.defects if (d.field or "").startswith(at))
                    out.setdefault((paper, row["recipient"]), []).append(Attempt(entry.seq, row, amiss))
    return out


def _recipients(entry: Entry, attempts: Attempts) -> Iterable[str]:
    named = entry.facts.get("recipients")
    others = (recipient for paper, recipient in attempts if paper == entry.seq)
    return dict.fromkeys((*(r for r in (named if isinstance(named, list) else ()) if isinstance(r, str)), *others))


def _verbs(case: Case, action: Action) -> Iterator[Verb]:
    book = case.rulebook
    dated: list[tuple[str, str, str, tuple[Ref, ...]]] = [
        *((f"limit.{x.code}", x.title, x.article, (*x.from_.refs, *x.to.refs)) for x in book.limits),
        *((f"window.{x.code}", x.title, x.article, (x.opens, x.closes)) for x in book.windows),
    ]
    for code, title, article, refs in dated:
        fields = {ref.field for ref in refs if ref.action == action.code and ref.field in SERVICE_FIELDS}
        for day in (Standing.SENT, Standing.SERVED):
            if any(field.endswith(f"{day}_on") for field in fields):
                yield Verb(code, title, article, day)


def _service(case: Case, entry: Entry, recipient: str, attempts: list[Attempt], verbs: tuple[Verb, ...]) -> Service:
    sent, served = _first(attempts, "sent_on"), _first(attempts, "served_on")
    told = next((a for a in attempts if served is not None and a.seq == served.seq), attempts[-1] if attempts else None)
    row = told.row if told is not None else {}
    way, titles = _text(row.get("way")), case.rulebook.by_choices.get(SERVICE_WAYS, {})
    standing = Standing.SERVED if served else Standing.SENT if sent else Standing.UNSENT
    named = entry.facts.get("recipients")
    return Service(
        paper=entry.seq,
        action=entry.action,
        title=case.rulebook.action(entry.action).title,
        recipient=recipient,
        name=case.parties[recipient].name if recipient in case.parties else recipient,
        standing=standing,
        sent=sent,
        served=served,
        way=way,
        way_title=titles[way].label if way in titles else way,
        proof=_text(row.get("proof")),
        agent=_text(row.get("agent")),
        named=isinstance(named, list) and recipient in named,
        seqs=tuple(attempt.seq for attempt in attempts),
        verbs=verbs,
        amiss=tuple(defect for attempt in attempts for defect in attempt.amiss),
    )


def _first(attempts: list[Attempt], field: str) -> Dated | None:
    days = [Dated(day, a.seq) for a in attempts if (day := day_of(a.row.get(field))) is not None]
    return min(days, key=lambda d: (d.day, d.seq), default=None)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
