"""A case (案件): the fold of its records under its rulebook.

Keeps: originals are never changed; a rectification (更正/作废) changes what counts, from then on and for every view,
and the record it targets says so. A record entered in the wrong stage moves nothing. Leaves: whether an act may be
entered (`admissible`), days (`time_limits`), signatures (`formats`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .agents import ENDED_ON, Agent, agents_of
from .binding import NO_BOOKS, bound, successor
from .civil import civil_day, instant
from .sources import applies
from .vocabulary import NEW

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from ..errors import Defect
    from ..formats.act import Seen, Signer
    from ..formats.record import Record
    from .binding import Books
    from .calendar import Calendar
    from .rulebook import Rulebook
    from .vocabulary import Action, Next, Ref

VOIDS = "voids"


@dataclass(frozen=True, slots=True)
class Entry:
    """One record, or one act that would become one, as the rules see it; facts as far as disclosed.

    `received` is None for an act without a receipt. After rectification `facts` and `occurred` are those that count.
    `later`: the case is looked at as of a moment by which this had not come about (`moments`); only its number counts.
    """

    seq: int
    digest: str
    act: str
    action: str
    occurred: str
    received: str | None
    signers: tuple[Signer, ...]
    seen: Seen
    facts: Mapping[str, Any]
    evidence: tuple[Mapping[str, Any], ...]
    voided_by: int | None = None
    rectified_by: tuple[int, ...] = ()
    defects: tuple[Defect, ...] = ()
    later: bool = False

    @property
    def stands(self) -> bool:
        """Whether it counts: not voided, and come about by the moment as of which the case is looked at."""
        return self.voided_by is None and not self.later

    @property
    def occurred_on(self) -> date:
        """The civil day on which it happened, as its signers state it."""
        return civil_day(self.occurred)

    @property
    def moment(self) -> datetime | None:
        """The moment of that day, as far as it is told: by its signers, or by a receipt of the same day."""
        came = instant(self.received) if self.received is not None else None
        return instant(self.occurred) or (came if came is not None and came.date() == self.occurred_on else None)


@dataclass(frozen=True, slots=True)
class Party:
    """A party (当事人) of the case: id, role code, name, and the row it was entered with."""

    id: str
    role: str
    name: str
    row: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """Of which case a round (轮次) is a part, its number from 1, and the record that ended it by beginning the next."""

    of: Case
    number: int
    ended_by: Entry | None


@dataclass(frozen=True)
class Case:
    """A case after its records; `entries` in order of seq, as they count now.

    `moves`: the stages it has come through, each with the record that brought it there. `part`: where this is only
    one round of a case (`rounds`). `rulebook` is the version in force; `earlier`: those before it, each with the last
    record it bound; `books`: what the case could be moved to.
    """

    id: str
    rulebook: Rulebook
    calendar: Calendar
    entries: tuple[Entry, ...] = ()
    stage: str = NEW
    moves: tuple[tuple[str, int], ...] = ()
    part: Part | None = None
    earlier: tuple[tuple[int, Rulebook], ...] = ()
    books: Books = field(default_factory=lambda: NO_BOOKS)

    @property
    def opened_by(self) -> Rulebook:
        """The version of the rulebook by which the case was opened."""
        return self.earlier[0][1] if self.earlier else self.rulebook

    def book_of(self, seq: int) -> Rulebook:
        """The version of the rulebook that bound record number `seq`."""
        return next((book for last, book in self.earlier if seq <= last), self.rulebook)

    def action_of(self, entry: Entry) -> Action | None:
        """What kind of act a record is, by the version that bound it; None if that version has none such."""
        return self.book_of(entry.seq).by_action.get(entry.action)

    @property
    def seq(self) -> int:
        """Number of records."""
        return self.entries[-1].seq if self.entries else 0

    @property
    def head(self) -> str | None:
        """Digest of the last record, None before the first."""
        return self.entries[-1].digest if self.entries else None

    @cached_property
    def by_action(self) -> dict[str, tuple[Entry, ...]]:
        """Records that count, by action."""
        out: dict[str, list[Entry]] = {}
        for entry in self.entries:
            if entry.stands:
                out.setdefault(entry.action, []).append(entry)
        return {action: tuple(entries) for action, entries in out.items()}

    def valid(self, action: str) -> tuple[Entry, ...]:
        """The records of `action` that count."""
        return self.by_action.get(action, ())

    def stands(self, action: str) -> bool:
        """Whether a record of `action`, or of one that stands in its place, counts."""
        return any(self.valid(code) for code in (action, *self.rulebook.instead.get(action, ())))

    @cached_property
    def beginnings(self) -> tuple[Entry, ...]:
        """The records with which a new round began, in order; a record entered in the wrong stage begins nothing."""
        begun = [
            entry
            for action in self.rulebook.beginning
            for entry in self.valid(action.code)
            if applies(action.begins_round, entry.facts) and not any(d.code == "stage" for d in entry.defects)
        ]
        return tuple(sorted(begun, key=lambda entry: entry.seq))

    @cached_property
    def undone(self) -> dict[int, int]:
        """Records that were set aside, by number, and the record that did so."""
        return {
            target: entry.seq
            for action in self.rulebook.undoing
            if action.undoes is not None
            for entry in self.valid(action.code)
            if applies(action.undoes.if_, entry.facts)
            and isinstance(target := entry.facts.get(action.undoes.record), int)
        }

    def entry(self, seq: int) -> Entry | None:
        """Record number `seq`, or None."""
        return self.entries[seq - 1] if 1 <= seq <= len(self.entries) else None

    @cached_property
    def parties(self) -> dict[str, Party]:
        """Parties by id, in order of entry; from every rows fact that defines them."""
        out: dict[str, Party] = {}
        for action, fact in self.rulebook.party_facts:
            for entry in self.valid(action):
                out.update(parties_of(entry.facts.get(fact)))
        return out

    @cached_property
    def agents(self) -> dict[str, Agent]:
        """Agents by id, in order of entry; from every rows fact that defines them, each until its mandate ended."""
        out: dict[str, Agent] = {}
        for action, fact in self.rulebook.agent_facts:
            for entry in self.valid(action):
                out.update(agents_of(entry.facts.get(fact)))
        for code, fact in self.rulebook.mandate_ends if out else ():
            for entry in self.valid(code):
                agent, ended = out.get(str(entry.facts.get(fact))), entry.facts.get(ENDED_ON)
                if agent is not None and isinstance(ended, str):
                    out[agent.id] = replace(agent, ended=ended, ended_by=entry.seq)
        return out

    def heading(self) -> tuple[str, str]:
        """The case's number and title as its rulebook says; its id and the rulebook's title where there are none."""
        heading = self.rulebook.heading
        number = self._latest(heading.number) if heading else None
        title = self._latest(heading.title) if heading else None
        return number or self.id, title or self.rulebook.title

    def _latest(self, ref: Ref) -> str | None:
        values = [e.facts.get(ref.field) for e in self.valid(ref.action)]
        return next((v for v in reversed(values) if isinstance(v, str) and v), None)


def parties_of(rows: Any) -> dict[str, Party]:
    """Parties defined by a rows fact; rows that lack id, role or name are left to `facts` to complain about."""
    out = {}
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, dict) and isinstance(row.get("id"), str):
            out[row["id"]] = Party(row["id"], str(row.get("role", "")), str(row.get("name") or "不公开"), row)
    return out


def entry_of(record: Record, facts: Mapping[str, Any], evidence: tuple[Mapping[str, Any], ...]) -> Entry:
    """An entry from a record and its facts as far as disclosed (`formats.withheld.facts_view`)."""
    act = record.act
    return Entry(
        seq=record.seq,
        digest=record.digest,
        act=act.id,
        action=act.action,
        occurred=act.occurred,
        received=record.receipt.received,
        signers=act.signers,
        seen=act.seen,
        facts=facts,
        evidence=evidence,
    )


def settle(rulebook: Rulebook, entries: Iterable[Entry], books: Books = NO_BOOKS) -> tuple[Entry, ...]:
    """Apply every rectification that counts to its target, later ones over earlier ones; order stays.

    `rulebook` is the version by which the case was opened, `books` those to which it may have been moved since.
    """
    out = list(entries)
    bind = tuple(bound(rulebook, out, books))
    voided: set[int] = set()
    for book, entry in zip(reversed(bind), reversed(out), strict=True):  # may itself be voided, by a later one
        action = book.by_action.get(entry.action)
        if action and action.rectifies and entry.seq not in voided and entry.facts.get("mode") == VOIDS:
            target = entry.facts.get("target")
            if isinstance(target, int) and 1 <= target < entry.seq:
                voided.add(target)
                out[target - 1] = replace(out[target - 1], voided_by=entry.seq)
    for book, entry in zip(bind, out, strict=True):
        action = book.by_action.get(entry.action)
        if action and action.rectifies and entry.voided_by is None and entry.facts.get("mode") != VOIDS:
            target = entry.facts.get("target")
            if isinstance(target, int) and 1 <= target < entry.seq:
                out[target - 1] = corrected(out[target - 1], entry)
    return tuple(out)


def corrected(target: Entry, rectification: Entry) -> Entry:
    """The target as it counts after `rectification`: members of `changes` replaced (null removes), date replaced."""
    changes = rectification.facts.get("changes") or {}
    facts = {k: v for k, v in {**target.facts, **changes}.items() if v is not None}
    occurred = rectification.facts.get("occurred") or target.occurred
    return replace(target, facts=facts, occurred=occurred, rectified_by=(*target.rectified_by, rectification.seq))


def next_stage(then: Next | None, stage: str, facts: Mapping[str, Any]) -> str:
    """The stage after an action with `then`, from `stage`."""
    if then is None:
        return stage
    if then.fact is None:
        return then.stage or stage
    value = facts.get(then.fact)
    text = {True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else value
    return dict(then.cases).get(str(text), stage)


def enter(case: Case, entry: Entry) -> Case:
    """The case with one more entry; `entry.defects` says what `admissible` found."""
    action: Action | None = case.rulebook.by_action.get(entry.action)
    moves = action is not None and entry.stands and not any(d.code == "stage" for d in entry.defects)
    stage = next_stage(action.then, case.stage, entry.facts) if action is not None and moves else case.stage
    moved = case.moves if stage == case.stage else (*case.moves, (stage, entry.seq))
    after = replace(case, entries=(*case.entries, entry), stage=stage, moves=moved)
    if (version := successor(case.rulebook, entry, case.books)) is not None:
        after = replace(after, rulebook=version, earlier=(*case.earlier, (entry.seq, case.rulebook)))
    if entry.stands:  # what `by_action` would find by going through every entry anew
        after.__dict__["by_action"] = {**case.by_action, entry.action: (*case.valid(entry.action), entry)}
    return after
