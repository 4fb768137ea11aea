"""Step 5, register: who could sign what, at every moment, as the register cases say (FORMAT.md §7).

Keeps: only the archive's first record can found a register, and only if it vouches for itself: signed by the root key
that it names, received under the archive key that it names. Register records count in the order in which they were
received; within one millisecond in an order, if there is one, in which each was authorised.
Leaves: whether register records were themselves signed with authority (signing) and in due form (procedure).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from ..formats import shapes
from ..formats.keys import PublicKey
from ..rules.case import settle
from ..rules.register import Register, register_of, unauthorised
from .findings import UNJUDGEABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ..rules.case import Entry
    from ..rules.rulebook import Rulebook
    from .findings import Findings
    from .withheld import Viewed

REGISTER = "register"
GENESIS = "genesis"
_TAKING = frozenset({"key-revoked", "recusal", "capacities-changed"})
_CALENDARS = 200


@dataclass(frozen=True, slots=True)
class Registry:
    """The register over time: `states[i]` holds once the first i register records count; `moments` when they came."""

    states: tuple[Register, ...] = (Register(),)
    moments: tuple[datetime, ...] = ()
    before: Mapping[tuple[str, int], Register] = field(default_factory=dict)  # (case, seq) of register records
    genesis: Viewed | None = None

    @property
    def final(self) -> Register:
        """The register after all records, later revocations included."""
        return self.states[-1]

    @property
    def founded(self) -> bool:
        """Whether there is an archive at all."""
        return self.final.archive is not None

    def at(self, moment: datetime) -> tuple[Register, ...]:
        """The states that may have held at `moment`: several only where register records came in that millisecond."""
        low, high = bisect_left(self.moments, moment), bisect_right(self.moments, moment)
        return self.states[low : high + 1]

    def calendars(self) -> dict[str, str]:
        """Every calendar that was ever adopted: name by digest."""
        return {digest: name for state in self.states for name, digest in state.calendars.items()}


def received(viewed: Viewed) -> datetime:
    """When the archive says that it received a record."""
    return datetime.fromisoformat(viewed.record.receipt.received).astimezone(UTC)


def registry(
    cases: Mapping[str, tuple[Viewed, ...]], book: Callable[[Viewed], Rulebook | None], findings: Findings
) -> Registry:
    """The register over time, from the records of all register cases. `book` gives the rulebook a record pins."""
    genesis = _genesis(cases, findings)
    if genesis is None:
        return Registry()
    fold = _Fold(book, findings)
    records = [v for views in cases.values() for v in views if _counts(v, genesis, findings)]
    records.sort(key=lambda v: (v.record.receipt.received, v.placed.piece.position, v.record.case, v.record.seq))
    for _, group in groupby(records, key=lambda v: (v.record.receipt.received, v.placed.piece.position)):
        tied = list(group)
        while tied:
            fold.add(tied.pop(_next(tied, fold.state) if len(tied) > 1 else 0))
    return Registry(tuple(fold.states), tuple(fold.moments), fold.before, genesis)


def _counts(viewed: Viewed, genesis: Viewed, findings: Findings) -> bool:
    if viewed.record.act.rulebook_id != REGISTER:
        findings.failed("register", "register-malformed", viewed.where, "rulebook.id", detail="不是登记规则下的记录")
        return False
    if viewed.record.act.action == GENESIS and viewed is not genesis:
        findings.failed("register", "genesis-malformed", viewed.where, "action", detail="不止一份创始记录")
        return False
    return True


def _next(tied: Sequence[Viewed], state: Register) -> int:
    """Which of the records of one millisecond came first: per case in order, those that give before those that take,
    and of these the first that had authority.
    """  # noqa: D205  # one sentence
    heads = [i for i, v in enumerate(tied) if all(w.record.case != v.record.case for w in tied[:i])]
    heads.sort(key=lambda i: _rank(tied[i]))
    return next((i for i in heads if _authorised(tied[i], state)), heads[0])


def _rank(viewed: Viewed) -> int:
    act = viewed.record.act
    if act.action == GENESIS:
        return 0
    if any(signer.capacity == "root" for signer in act.signers):
        return 1
    return 3 if act.action in _TAKING else 2


def _authorised(viewed: Viewed, state: Register) -> bool:
    try:
        act = replace(viewed.record.act, facts=dict(viewed.entry.facts))
        return not any(unauthorised(state, act, received(viewed)))
    except UNJUDGEABLE:
        return False


class _Fold:
    """The register as it grows."""

    def __init__(self, book: Callable[[Viewed], Rulebook | None], findings: Findings) -> None:
        self.states: list[Register] = [Register()]
        self.moments: list[datetime] = []
        self.before: dict[tuple[str, int], Register] = {}
        self._entries: dict[str, list[Entry]] = {}
        self._order: list[tuple[str, int]] = []
        self._book, self._findings = book, findings

    @property
    def state(self) -> Register:
        """The register so far."""
        return self.states[-1]

    def add(self, viewed: Viewed) -> None:
        """One more register record; one that can't count leaves the register as it was and is named."""
        case, seq, entry = viewed.record.case, viewed.record.seq, viewed.entry
        self.before[case, seq] = self.state
        entries = self._entries.setdefault(case, [])
        entries.append(entry)
        self._order.append((case, len(entries) - 1))
        try:
            book = self._book(viewed)
            action = book.by_action.get(entry.action) if book else None
            rectifies = book is not None and action is not None and action.rectifies
            state = register_of(self._settled(book)) if rectifies and book else self.state.with_entry(case, entry)
            _usable(state)
        except UNJUDGEABLE as error:
            detail = str(error) or type(error).__name__
            self._findings.failed("register", "register-malformed", viewed.where, "facts", detail=detail)
            return
        self.states.append(state)
        self.moments.append(received(viewed))

    def _settled(self, book: Rulebook) -> Iterable[tuple[str, Entry]]:
        settled = {case: settle(book, entries) for case, entries in self._entries.items()}
        return [(case, settled[case][index]) for case, index in self._order]


def _usable(state: Register) -> None:
    """ValueError unless every moment in the register can be held against every other."""
    officers = state.officers.values()
    keys = [*state.archive_keys.values(), *(key for officer in officers for key in officer.keys.values())]
    moments = [moment for key in keys for moment in (key.since, key.not_trusted_from)]
    moments += [grant.since for officer in officers for grant in officer.grants]
    moments += [moment for officer in officers for _, *span in officer.recused for moment in span]
    moments += [moment for officer in officers for given in officer.deputed for moment in (given.since, given.until)]
    if any(moment is not None and moment.tzinfo is None for moment in moments):
        raise ValueError("时刻没有时区")
    hash(tuple(grant.capacities for officer in officers for grant in officer.grants))
    hash(tuple((given.away, given.capacities) for officer in officers for given in officer.deputed))


def _genesis(cases: Mapping[str, tuple[Viewed, ...]], findings: Findings) -> Viewed | None:
    """The archive's first record, if there is one and it vouches for itself."""
    found = [views[0] for views in cases.values() if views and views[0].record.act.action == GENESIS]
    if not found:
        findings.failed("register", "genesis-missing")
        return None
    try:
        flaws = list(_flaws(found[0]))
    except UNJUDGEABLE as error:
        flaws = [(str(error) or type(error).__name__, "facts")]
    for problem, at in flaws:
        findings.failed("register", "genesis-malformed", found[0].where, at, detail=problem)
    return None if flaws else found[0]


def _flaws(genesis: Viewed) -> Iterable[tuple[str, str]]:
    """What is wrong with an archive's first record; raises one of UNJUDGEABLE where members have no shape at all."""
    act, facts = genesis.record.act, genesis.entry.facts
    root, archive = PublicKey.from_jwk(facts["root"]), PublicKey.from_jwk(facts["archive"])
    if genesis.record.seq != 1 or act.rulebook_id != REGISTER:
        yield "不是登记规则下的首条记录", "rulebook.id"
    if [(s.officer, s.kid, s.capacity) for s in act.signers] != [(act.case, root.kid, "root")]:
        yield "应由其中所列的 root 密钥单独签署", "signers"
    if genesis.record.receipt.kid != archive.kid:
        yield "回执应由其中所列的 archive 密钥签发", "receipt"
    if root.kid == archive.kid:
        yield "root 与 archive 不得为同一密钥", "facts.archive"
    shapes.text(facts["origin"], "facts.origin")
    if not isinstance(facts["demonstration"], bool):
        yield "应为真假值", "facts.demonstration"
    for name, code in (("calendars", "name"), ("rulebooks", "id")):
        rows: Any = shapes.items(facts[name], f"facts.{name}", low=0, high=_CALENDARS)
        for index, row in enumerate(rows):
            pair = shapes.members(row, (code, "digest"), f"facts.{name}[{index}]")
            shapes.code(pair[code], f"facts.{name}[{index}].{code}")
            shapes.digest(pair["digest"], f"facts.{name}[{index}].digest")
