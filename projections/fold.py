"""The rows of one case, from its records as they stand.

Keeps: no withheld fact gets into a row: texts are taken from the signed octets, and what the rules say of a record
is cleared of withheld texts; stage, defects and time limits are those of the whole case. A case that can't be read
becomes a row that says so: one bad record never stops the others from being shown.
Leaves: what depends on the day (`standing`) and on the register (names of officers), which is added when asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from domain.errors import Fault
from domain.formats.encoding import digest
from domain.rules.case import Case, entry_of, settle
from domain.rules.civil import civil_day
from domain.rules.in_charge import charge_title, in_charge
from domain.rules.late import is_late
from domain.rules.rounds import set_aside
from domain.rules.time_limits import asked, deadlines
from projections.grouping import concerned, group_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.archive import Archive
    from domain.formats.record import Record
    from domain.rules.case import Entry, Party
    from domain.rules.deadline import Deadline
    from domain.rules.rulebook import Rulebook

REGISTER = "register"
WITHHELD = "不公开"
UNREADABLE = "（无法读取）"
_SHORTEST_SECRET = 2  # characters; shorter texts are too common to be looked for

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CaseRows:
    """What is to stand in the tables for one case."""

    case: Row
    parties: list[Row]
    records: list[Row]
    concerned: list[Row]
    deadlines: list[Row]


def rows_of(archive: Archive, case_id: str) -> CaseRows:
    """The rows of a case as of its last record."""
    try:
        case = archive.case(case_id)
        records = archive.records(case_id)[: case.seq]
        return folded(case, records)
    except Fault as fault:
        return CaseRows(_unreadable(archive, case_id, fault), [], [], [], [])


def folded(case: Case, records: tuple[Record, ...]) -> CaseRows:
    """The rows of a case from its `records`, one for each entry; of a case as of a moment, only of what then counts."""
    found = deadlines(case, date.min)  # before every limit: what is open is running, nothing is overdue
    public = shown(case, records)
    limits = [_limit(case, n, deadline) for n, deadline in enumerate(found)]
    counting = [(r, entry) for r, entry in zip(records, case.entries, strict=True) if not entry.later]
    lines = [_record(case, record, entry, public.parties) for record, entry in counting]
    parties = [_party(case, n, party) for n, party in enumerate(public.parties.values(), start=1)]
    speaks = [{"case": case.id, "party": p, "seq": line["seq"]} for line in lines for p in line["parties"]]
    return CaseRows(_case(public, counting[0][0], counting[-1][0]), parties, lines, speaks, limits)


def shown(case: Case, records: tuple[Record, ...]) -> Case:
    """The case as someone sees it to whom nothing withheld is disclosed; judged as the whole case is."""
    entries = settle(case.opened_by, [entry_of(r, r.act.facts, r.act.evidence) for r in records], case.books)
    judged = tuple(
        replace(shown, defects=whole.defects, later=whole.later)
        for shown, whole in zip(entries, case.entries, strict=True)
    )
    return Case(case.id, case.rulebook, case.calendar, judged, case.stage, earlier=case.earlier, books=case.books)


def _case(case: Case, first: Record, last: Record) -> Row:
    number, title = case.heading()
    stage, rulebook = case.rulebook.by_stage.get(case.stage), case.rulebook
    search = "\n".join([case.id, number, title, *(party.name for party in case.parties.values())])
    return {
        "case": case.id,
        "register": rulebook.id == REGISTER,
        "rulebook": rulebook.id,
        "rulebook_digest": rulebook.digest,
        "rulebook_title": rulebook.title,
        "number": number,
        "title": title,
        "stage": case.stage,
        "stage_title": stage.title if stage else case.stage,
        "final": stage.final if stage else False,
        "opened_on": civil_day(first.receipt.received).isoformat(),
        "seq": last.seq,
        "head": last.digest,
        "irregular": sum(bool(entry.defects) for entry in case.entries if not entry.later),
        "in_charge": in_charge(case),
        "in_charge_title": charge_title(case),
        "search": search.casefold(),
        "trouble": None,
    }


def _unreadable(archive: Archive, case_id: str, fault: Fault) -> Row:
    stored = archive.events.case(case_id)
    return {
        "case": case_id,
        "register": False,
        "rulebook": "",
        "rulebook_digest": "",
        "rulebook_title": UNREADABLE,
        "number": case_id,
        "title": UNREADABLE,
        "stage": "",
        "stage_title": UNREADABLE,
        "final": False,
        "opened_on": "",
        "seq": len(stored),
        "head": digest(stored[-1]) if stored else "",
        "irregular": 0,
        "in_charge": None,
        "in_charge_title": "",
        "search": case_id,
        "trouble": {"code": fault.code, "message": str(fault)},
    }


def _party(case: Case, n: int, party: Party) -> Row:
    title = role_titles(case.rulebook).get(party.role, party.role)
    return {"case": case.id, "id": party.id, "n": n, "role": party.role, "role_title": title, "name": party.name}


def role_titles(rulebook: Rulebook) -> dict[str, str]:
    """The titles of the roles that parties can be entered with."""
    defining = (fact for action in rulebook.actions for fact in action.facts if fact.defines)
    sets = {col.of for fact in defining for col in fact.cols if col.name == "role" and col.of}
    return {code: choice.label for name in sets for code, choice in rulebook.by_choices.get(name, {}).items()}


def _record(case: Case, record: Record, entry: Entry, parties: dict[str, Party]) -> Row:
    act, book = record.act, case.book_of(record.seq)
    action = book.by_action.get(act.action)
    secrets = set(_texts([entry.facts, entry.evidence])) - set(_texts([act.facts, act.evidence]))
    return {
        "case": case.id,
        "seq": record.seq,
        "act": act.id,
        "digest": record.digest,
        "rulebook": book.digest,
        "action": act.action,
        "title": action.title if action else act.action,
        "kind": action.kind.value if action else "",
        "group": group_of(book, action).value if action else "",
        "occurred": act.occurred,
        "day": civil_day(entry.occurred).isoformat(),
        "received": record.receipt.received,
        "facts": act.facts,
        "evidence": [_evidence(dict(item)) for item in act.evidence],
        "signers": [[signer.officer, signer.capacity] for signer in act.signers],
        "irregular": [
            {"code": d.code, "article": d.article, "message": without(d.message, secrets), "field": d.field}
            for d in entry.defects
        ],
        "voided_by": entry.voided_by,
        "rectified_by": list(entry.rectified_by),
        "undone": _undone(case, record.seq),
        "backfilled": is_late(case.rulebook, entry),
        "parties": concerned(action, act.facts, parties) if action else [],
    }


def _undone(case: Case, seq: int) -> Row | None:
    aside = set_aside(case, seq)
    return {"by": aside.by, "how": aside.how} if aside else None


def _evidence(item: Row) -> Row:
    return {
        "object": item["object"],
        "slot": item["slot"],
        "class": item["class"],
        "title": item.get("title", WITHHELD),
        "name": item.get("name", WITHHELD),
        "media": item.get("media"),
        "length": item.get("length"),
    }


def _limit(case: Case, n: int, d: Deadline) -> Row:
    return {
        "case": case.id,
        "n": n,
        "limit": d.limit.code,
        "of": d.of,
        "round": d.round,
        "status": d.status.value,
        "start": _iso(d.start.day if d.start else None),
        "due": _iso(d.due),
        "start_at": _at(d.start.at if d.start else None),
        "due_at": _at(d.due_at),
        "done_at": _at(d.done_at.at if d.done_at else None),
        "lapses": d.limit.lapses,
        "escalates": asked(case, d),
        "provisional": d.provisional,
        "done": _iso(d.done),
        "used": d.used,
        "left": d.left,
        "late": d.late,
        "unit": d.unit.value,
        "excluded": [[i.window, _iso(i.after), _iso(i.until)] for i in d.excluded],
        "advisory": d.limit.advisory,
        "mooted_by": d.mooted_by,
        "moot_because": d.moot_because,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _at(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _texts(value: Any) -> Iterator[str]:
    """Every text in `value`, at any depth, member names left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from _texts(member)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


def without(message: str, secrets: set[str]) -> str:
    """`message` without any of the withheld texts, longest first."""
    for text in sorted(secrets, key=len, reverse=True):
        if len(text) >= _SHORTEST_SECRET:
            message = message.replace(text, WITHHELD)
    return message
