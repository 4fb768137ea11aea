"""The closed vocabulary of rulebooks; which word came with which version: `versions`.

A rulebook says with these words, and no others, what the law asks: stages, actions, facts, papers, who signs,
windows that stop a clock, time limits and caps. The types are shapes only: `rulebook` reads and checks them,
`case`, `admissible` and `time_limits` give them meaning. Member names are those of the TOML files with `_` for `-`;
a trailing `_` keeps a Python keyword apart (`in_` is `in`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from .reckoning import Unit
from .vocabulary_clocks import Cap, Length, Limit, Window
from .vocabulary_dates import Moment, Pick, Ref
from .vocabulary_facts import Choice, ChoiceSet, Class, Fact, FactType, If, Ink, Linked, Must, Slot
from .vocabulary_keeping import PERMANENT, Retention
from .vocabulary_levels import Criterion, Grade, Level

__all__ = [
    "NEW",
    "PERMANENT",
    "RESERVED_CAPACITIES",
    "SERVICE_WAYS",
    "VOCABULARIES",
    "Action",
    "Cap",
    "Capacity",
    "Choice",
    "ChoiceSet",
    "Class",
    "Criterion",
    "Duty",
    "Fact",
    "FactType",
    "FormPin",
    "Grade",
    "Ground",
    "Heading",
    "If",
    "InCharge",
    "InForce",
    "Ink",
    "Kind",
    "Length",
    "Level",
    "Limit",
    "Linked",
    "Moment",
    "Must",
    "Next",
    "Pick",
    "Reading",
    "Ref",
    "Retention",
    "Route",
    "Serve",
    "Signatures",
    "Slot",
    "Stage",
    "Undoing",
    "Unit",
    "Window",
]  # the whole vocabulary is read from here

VOCABULARIES = (1, 2)  # the versions that can be read
NEW = "new"  # the reserved stage of a case that has no record yet
SERVICE_WAYS = "service-ways"  # the choices among which a rulebook names its ways of service
RESERVED_CAPACITIES = ("root", "self")  # of the register: the founding key; the officer whose case it is


class Kind(StrEnum):
    """Whether an action does something by being signed, or reports what happened in the world."""

    DOES = "does"
    REPORTS = "reports"


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a case. `final` closes it; `open_ended` is never left (registers)."""

    code: str
    title: str
    final: bool = False
    open_ended: bool = False


@dataclass(frozen=True, slots=True)
class Capacity:
    """In which capacity an officer signs; `backfills`: who enters paper cases late (补录人) signs in it."""

    code: str
    title: str
    backfills: bool = False


@dataclass(frozen=True, slots=True)
class Signatures:
    """How many sign in one capacity."""

    capacity: str
    count: int


@dataclass(frozen=True, slots=True)
class Route:
    """Who signs, by the value of the act's own bool or choice fact `fact`: alternatives as in `Action.by`."""

    fact: str
    cases: tuple[tuple[str, tuple[tuple[Signatures, ...], ...]], ...]  # (value as text, alternatives)


@dataclass(frozen=True, slots=True)
class Next:
    """The stage after an action: fixed, or by the value of a bool or choice fact."""

    stage: str | None = None
    fact: str | None = None
    cases: tuple[tuple[str, str], ...] = ()  # (value as text, stage)


@dataclass(frozen=True, slots=True)
class Ground:
    """A record of `action` on which another act rests: in the stages `in_` (in any, if empty) it must stand before.

    `if_`: the latest such record must say so. `whole`: none of them may lack what the law asks of it, or only the
    latest, if that is all that counts (`last`).
    """

    action: str
    in_: tuple[str, ...] = ()
    if_: If | None = None
    whole: bool = False
    last: bool = False


@dataclass(frozen=True, slots=True)
class Serve:
    """Upon whom a paper is served: every party of the roles `all`; parties of the roles `may` if named.

    `together`: once is enough; whom an earlier paper of the action named need not be named again.
    """

    all: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    together: bool = False


@dataclass(frozen=True, slots=True)
class Undoing:
    """What sets an earlier record aside (撤销、变更): the one that the fact `record` names, where `if_` holds."""

    record: str
    if_: If


@dataclass(frozen=True, slots=True)
class Action:
    """One kind of act. Members as in the design: see `admissible` for what each forbids.

    `begins_round`: where it holds, a new round (轮次) of the case begins with the record: `once` and limits count anew,
    and what answers it may leave a final stage. `undoes`: which record it sets aside. `moots`: no limit is open any
    more once it stands; its article or reading says why.
    """

    code: str
    title: str
    article: tuple[str, ...]
    kind: Kind
    by: tuple[tuple[Signatures, ...], ...]  # alternatives; within one, all are needed
    in_: tuple[str, ...]
    then: Next | None = None
    once: bool = False
    fresh: bool = False
    needs: tuple[str, ...] = ()  # actions of which a valid record must stand before
    rests_on: tuple[Ground, ...] = ()  # records that must stand before, and say what they have to say
    forbids: tuple[str, ...] = ()  # actions of which none may stand before
    running: tuple[str, ...] = ()  # windows of which one must be running
    kept: tuple[str, ...] = ()  # limits that, once begun, must have been kept
    over: tuple[tuple[str, str], ...] = ()  # (stage, limit): in this stage only after the limit has run out
    ripe: tuple[tuple[str, str], ...] = ()  # (limit, article): met or run out before this act, reckoned with it
    answers: str | None = None  # the action an instance of which this one answers (fact `answers`)
    after_service: bool = False  # the paper it answers must have been served before, or the same day (R35)
    party: str | None = None  # the fact that names the party whose act is reported
    serve: Serve | None = None
    serves: bool = False  # this action is the service of papers (facts `paper`, `deliveries`)
    cured_by: tuple[tuple[str, tuple[str, ...]], ...] = ()  # (defect, actions): one of them deals with it lawfully
    rectifies: bool = False  # this action is a rectification (facts `target`, `mode`, `reason`, `changes`, `occurred`)
    rebinds: bool = False  # this action moves the case to another version of its rulebook (facts `version`, `reason`)
    form: str | None = None
    volume: str = "main"
    opens: bool = False  # may be the first record of a case
    facts: tuple[Fact, ...] = ()
    slots: tuple[Slot, ...] = ()
    ink: tuple[Ink, ...] = ()
    exactly_one: tuple[tuple[str, ...], ...] = ()
    route: Route | None = None  # narrows `by`, which has the alternatives of all its cases
    settled: tuple[tuple[str, str], ...] = ()  # (action, action that answers it): every record of it must be answered
    ends: str | None = None  # the fact that names the agent whose mandate this act ends, on its date `ended_on`
    begins_round: If | None = None
    undoes: Undoing | None = None
    moots: str | None = None
    closes_backfill: bool = False  # it ends the late entering of a paper case (补录)
    stands_for: tuple[str, ...] = ()  # actions in whose place it stands, where one of them must stand before


@dataclass(frozen=True, slots=True)
class Duty:
    """What the law asks beside time limits, of each record of the action `of` (义务); see `duties`.

    `if_`: only of records that say so. `given`: only once one of these actions stands; then such a record must stand
    too. `any_`: one record that does what is asked is enough.
    What is asked: none of the defects `broken_by` stands at it (at the members `at`, if given); it `says` so; the
    choices of its fact `covers` (a list, or a column of rows) name the whole set; its paper was `sent` to, `served`
    upon every recipient of these roles, not after the date `by`; one of the actions `followed_by` came after it.
    """

    code: str
    title: str
    article: str
    of: str
    if_: If | None = None
    given: tuple[str, ...] = ()
    broken_by: tuple[str, ...] = ()
    at: tuple[str, ...] = ()
    says: If | None = None
    covers: str | None = None
    any_: bool = False
    sent: tuple[str, ...] = ()
    served: tuple[str, ...] = ()
    by: Ref | None = None
    followed_by: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """One way in which a text of law is read (解释), by its code ("R2"), in one sentence."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class InForce:
    """When the rulebook is law: `on` dates the case; after `until` the fact `basis` of that action is needed (R20).

    `article` says so, and is cited.
    """

    from_: str
    until: str | None = None
    on: Ref | None = None
    basis: str | None = None
    article: str | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """Which facts give a case its number (案号) and its title (案由) in lists and on covers."""

    number: Ref
    title: Ref


@dataclass(frozen=True, slots=True)
class InCharge:
    """Who is responsible for a case (承办): who opened it in `capacity`, until a record hands it over.

    `from_` and `to` are facts of the action that does: the officers (register cases) who give it up and take it on;
    who takes it on signs in `capacity`.
    """

    capacity: str
    from_: Ref
    to: Ref


@dataclass(frozen=True, slots=True)
class FormPin:
    """A form's path within the rulebook and the b64u digest of its bytes."""

    path: str
    digest: str
