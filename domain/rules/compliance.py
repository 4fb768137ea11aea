"""Compliance with procedure (程序合规): was what the law asks of a case kept, as of a civil day?

Keeps: every limit for every recipient, every cap, every duty of every record, every record that is irregular, each
with its article and what it rests on; where two readings give different results both are told by name (R22); what
can't be known is indeterminate, never kept or missed. Leaves: days (`time_limits`), words (`compliance_words`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from .binding import bindings
from .deadline import Status
from .duties import breaks, duty_requirements
from .requirement import FAILING, UNSETTLED, Exclusion, Requirement, State, Subject
from .sources import named
from .time_limits import deadlines
from .undisclosed import may_matter, withholds
from .windows import capped_days, spans

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import date, datetime

    from ..errors import Defect
    from .binding import Binding
    from .case import Case, Entry
    from .deadline import Deadline
    from .rulebook import Rulebook
    from .vocabulary import Cap, Duty, Limit, Reading

_STATES: dict[Status, State] = {status: State(status.value) for status in Status if status is not Status.NOT_BEGUN}
UNSAID = "unsaid"
_WITHHELD = "有关事项不公开，未予披露，不能判断", "facts stay withheld, it cannot be judged"


class Conclusion(StrEnum):
    """What the whole comes to."""

    KEPT = "kept"  # 符合法定程序
    FAILED = "failed"  # 违反法定程序
    INDETERMINATE = "indeterminate"  # 不能判定


EXIT_STATUS = {Conclusion.KEPT: 0, Conclusion.FAILED: 1, Conclusion.INDETERMINATE: 2}


@dataclass(frozen=True)
class Compliance:
    """Every requirement of a case of `rulebook` as of `day`: limits, caps, duties, then irregular records.

    `parties`: names by id; `titles`: title and article of each record that counts. `undisclosed`: the records of which
    facts stay withheld, so that nobody takes silence about them for approval. `bindings`: which version of the rulebook
    applied from which record to which.
    """

    case: str
    rulebook: Rulebook
    day: date
    requirements: tuple[Requirement, ...]
    parties: Mapping[str, str]
    titles: Mapping[int, tuple[str, str]]
    undisclosed: tuple[int, ...] = ()
    bindings: tuple[Binding, ...] = ()

    @cached_property
    def conclusion(self) -> Conclusion:
        """Failed if anything binding was not kept; otherwise indeterminate if anything binding can't be told."""
        states = {found.state for found in self.requirements if found.binding}
        if states & FAILING:
            return Conclusion.FAILED
        return Conclusion.INDETERMINATE if states & UNSETTLED else Conclusion.KEPT

    @property
    def exit_status(self) -> int:
        """0 kept, 1 failed, 2 indeterminate."""
        return EXIT_STATUS[self.conclusion]

    def name(self, of: str | None) -> str | None:
        """The name of the party, or the place of the item, that a requirement is for; None if it is for none."""
        return named(of, self.parties)

    @property
    def counts(self) -> dict[State, int]:
        """How many requirements stand where, every state named."""
        found = Counter(requirement.state for requirement in self.requirements)
        return {state: found[state] for state in State}

    @property
    def provisional(self) -> bool:
        """Whether any of it rests on a holiday table that isn't out (R34)."""
        return any(found.provisional for found in self.requirements)

    @property
    def readings(self) -> tuple[Reading, ...]:
        """The readings that what was asked rests on, in the order of the rulebook."""
        used = {code for found in self.requirements if _asked(found) for code in found.readings}
        return tuple(reading for reading in self.rulebook.readings if reading.code in used)


def compliance(case: Case, today: date, now: datetime | None = None) -> Compliance:
    """Every requirement of `case` as of `today`, limits in hours at `now` or its end. Source: the articles cited."""
    unclear = _unclear(case)
    requirements = (
        *limit_requirements(case, today, now),
        *(_cap(case, cap) for cap in case.rulebook.caps),
        *(found for duty in case.rulebook.duties for found in duty_requirements(case, duty)),
        *_records(case, unclear),
    )
    undisclosed = tuple(entry.seq for entry in case.entries if entry.stands and withholds(entry.facts))
    parties = {party.id: party.name for party in case.parties.values()}
    titles = {entry.seq: _named(case, entry) for entry in case.entries if entry.stands}
    return Compliance(case.id, case.rulebook, today, requirements, parties, titles, undisclosed, bindings(case))


def _asked(found: Requirement) -> bool:
    return found.state is not State.NOT_APPLICABLE


def with_unsaid(found: Compliance, unsaid: Collection[int]) -> Compliance:
    """`found` with the records that whoever sees everything calls irregular in what stays withheld here.

    Numbers of no record are passed over, and all of them where nothing stays withheld.
    """
    told = "有一处不合规定，涉及不公开事项，此处从略", "irregular in what stays withheld"
    records = sorted(set(unsaid) & set(found.titles)) if found.undisclosed else []
    more = tuple(
        Requirement(Subject.RECORD, UNSAID, *found.titles[seq], State.IRREGULAR, record=seq, told=told)
        for seq in records
    )
    return replace(found, requirements=(*found.requirements, *more))


def limit_requirements(case: Case, today: date, now: datetime | None = None) -> Iterator[Requirement]:
    """Every limit for everyone it is for, by both readings where there are two."""
    unclear = _unclear(case)
    found = [_limit(case, deadline, unclear) for deadline in deadlines(case, today, now)]
    beside: dict[tuple[str, str | None, int], list[Requirement]] = {}
    for requirement in found:
        main = case.rulebook.by_limit[requirement.code].instead_of
        if main is not None and _asked(requirement):
            beside.setdefault((main, requirement.of, requirement.round), []).append(requirement)
    for requirement in found:
        if case.rulebook.by_limit[requirement.code].instead_of is None:
            key = (requirement.code, requirement.of, requirement.round)
            yield _both(requirement, beside.get(key, []))


def _both(main: Requirement, others: list[Requirement]) -> Requirement:
    """A limit by each of its readings, if there is another one that applies (R22)."""
    if not others:
        return replace(main, reading=None)
    under = (main, *(replace(other, binding=main.binding) for other in others))
    states = {way.state for way in under}
    failing = [way.state in FAILING for way in under]
    if any(failing) and not all(failing):
        state = State.DISPUTED
    else:
        state = State.INDETERMINATE if State.INDETERMINATE in states else main.state
    readings = tuple(dict.fromkeys(code for way in under for code in way.readings))
    return replace(main, state=state, reading=None, under=under, readings=readings)


def _limit(case: Case, deadline: Deadline, unclear: frozenset[int]) -> Requirement:
    limit = deadline.limit
    state, told = _STATES.get(deadline.status, State.NOT_APPLICABLE), ("", "")
    if unclear and any(entry.seq in unclear for code in _concerned(case, limit) for entry in case.valid(code)):
        state, told = State.INDETERMINATE, _WITHHELD
    elif state is State.INDETERMINATE:
        told = _why_open(deadline)
    return Requirement(
        Subject.LIMIT,
        limit.code,
        deadline.title,
        limit.article,
        state,
        of=deadline.of,
        record=deadline.done_at.seq if deadline.done_at else None,
        binding=not limit.advisory and limit.missed is None,
        deadline=deadline,
        exclusions=tuple(_exclusions(case, deadline)) if deadline.excluded else (),
        readings=limit.readings,
        reading=limit.reading,
        told=told,
    )


def _why_open(deadline: Deadline) -> tuple[str, str]:
    if any(interval.until is None for interval in deadline.excluded):
        return "有不计入期间的事项尚未返回，能否扣除无从判断", "an excluded period never came back (R29)"
    if deadline.due is not None:
        return "所定期限在起算之前已经届满", "the period had ended before it began"
    return "日历不能推算这一期间", "the calendar cannot reckon this period"


def _concerned(case: Case, limit: Limit) -> set[str]:
    """The actions whose records a limit is reckoned from."""
    windows = [case.rulebook.by_window[code] for code in limit.excludes]
    refs = [*limit.from_.refs, *limit.to.refs, *(ref for w in windows for ref in (w.opens, w.closes))]
    refs += [ref for ref in (limit.length.fact, limit.length.until) if ref is not None]
    served = {action.code for action in case.rulebook.actions if action.serves}
    return {ref.action for ref in refs} | served | {*limit.moot, *((limit.given,) if limit.given else ())}


def _exclusions(case: Case, deadline: Deadline) -> Iterator[Exclusion]:
    """What the days left out rest on; what was back before the limit began to run left nothing out of it."""
    begun = deadline.start.day if deadline.start else None
    left_out = {
        (interval.window, interval.after, interval.until)
        for interval in deadline.excluded
        if begun is None or interval.until is None or interval.until > begun
    }
    for window in (case.rulebook.by_window[code] for code in deadline.limit.excludes):
        for span in spans(case, window):
            if span.opened is not None and (window.code, span.opened, span.closed) in left_out:
                yield Exclusion(window.code, window.title, span.opened, span.closed, span.opening, span.closing)


def _cap(case: Case, cap: Cap) -> Requirement:
    window = case.rulebook.by_window[cap.window]
    state, told = State.NOT_APPLICABLE, ("", "")
    if case.valid(window.opens.action):
        days = capped_days(case, cap)
        state = State.KEPT if days <= cap.max else State.MISSED
        told = f"合计 {days} 日，最多 {cap.max} 日", f"{days} days in all, at most {cap.max}"
    return Requirement(Subject.CAP, cap.code, cap.title, cap.article, state, told=told)


def _records(case: Case, unclear: frozenset[int]) -> Iterator[Requirement]:
    """Records that are irregular, unless a duty tells of it; records that can't be judged."""
    for entry in (entry for entry in case.entries if entry.stands):
        found = [d for d in entry.defects if not any(_breaks(duty, entry, d) for duty in case.rulebook.duties)]
        yield from (_irregular(case, entry, defect) for defect in found)
        if entry.seq in unclear and not entry.defects:
            title, article = _named(case, entry)
            yield Requirement(
                Subject.RECORD, "withheld", title, article, State.INDETERMINATE, record=entry.seq, told=_WITHHELD
            )


def _breaks(duty: Duty, entry: Entry, defect: Defect) -> bool:
    return breaks(duty, entry.action, defect.code, defect.field)


def _named(case: Case, entry: Entry) -> tuple[str, str]:
    action = case.action_of(entry)
    return (action.title, action.article[0] if action.article else "") if action else (entry.action, "")


def _irregular(case: Case, entry: Entry, defect: Defect) -> Requirement:
    """A record with something wrong, unless what the law prescribes for it has been done, or can still be done."""
    title, article = _named(case, entry)
    action = case.action_of(entry)
    cures = dict(action.cured_by).get(defect.code, ()) if action else ()
    cure = next((e for code in cures for e in case.valid(code) if e.seq > entry.seq), None)
    state, told = State.IRREGULAR, (defect.message, f"entered as irregular: {defect.code}")
    if cure is not None:
        done, _ = _named(case, cure)
        state = State.MOOT
        told = f"{defect.message}（已由第 {cure.seq} 号记录“{done}”处理）", f"{defect.code}: met by record {cure.seq}"
    elif cures and not any(seq > entry.seq for _, seq in case.moves):
        state, told = State.RUNNING, (f"{defect.message}（待处理）", f"{defect.code}: still to be dealt with")
    basis = defect.article or article
    return Requirement(Subject.RECORD, defect.code, title, basis, state, record=entry.seq, told=told, defect=defect)


def _unclear(case: Case) -> frozenset[int]:
    """Records of which facts stay withheld that rules could ask for; with a rectification, what it puts right too."""
    out: set[int] = set()
    for entry in (entry for entry in case.entries if entry.stands):
        if may_matter(entry, case.book_of(entry.seq)):
            out.add(entry.seq)
            target, action = entry.facts.get("target"), case.action_of(entry)
            if isinstance(target, int) and action is not None and action.rectifies:
                out.add(target)
    return frozenset(out)
