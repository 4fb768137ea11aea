"""The closed vocabulary of rulebooks; which word came with which version: `versions`.

A rulebook says with these words, and no others, what the law asks: stages, actions, facts, papers, who signs,
windows that stop a clock, time limits and caps. The types are shapes only: `rulebook` reads and checks them,
`case`, `admissible` and `time_limits` give them meaning. Member names are those of the TOML files with `_` for `-`;
a trailing `_` keeps a Python keyword apart (`in_` is `in`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from .reckoning import Unit as Unit  # noqa: PLC0414  # a word of the vocabulary
from .vocabulary_levels import Criterion as Criterion  # noqa: PLC0414, TC001  # same, and read at run time by shape
from .vocabulary_levels import Grade as Grade  # noqa: PLC0414  # same
from .vocabulary_levels import Level as Level  # noqa: PLC0414  # same

VOCABULARIES = (1, 2)  # the versions that can be read
NEW = "new"  # the reserved stage of a case that has no record yet
SERVICE_WAYS = "service-ways"  # the choices among which a rulebook names its ways of service
RESERVED_CAPACITIES = ("root", "self")  # of the register: the founding key; the officer whose case it is


class Kind(StrEnum):
    """Whether an action does something by being signed, or reports what happened in the world."""

    DOES = "does"
    REPORTS = "reports"


class FactType(StrEnum):
    """The types a fact can have; the value's JSON shape stands behind each."""

    TEXT = "text"  # string, up to 20,000 characters
    TEXTS = "texts"  # list of strings
    DATE = "date"  # "YYYY-MM-DD", a civil day in Asia/Shanghai
    INSTANT = "instant"  # RFC 3339 time with offset
    INT = "int"
    INTS = "ints"
    BOOL = "bool"
    MONEY = "money"  # string of 元 with two decimals
    NUMBER = "number"  # string of a decimal number, up to four decimals: a score, a share
    CHOICE = "choice"  # one code of `of`
    CHOICES = "choices"  # list of codes of `of`, each at most once
    PARTY = "party"  # id of a party of this case
    PARTIES = "parties"  # list of ids of parties of this case, each at most once
    ROWS = "rows"  # list of objects with `cols`
    RECORD = "record"  # seq of an earlier record of this case
    CODE = "code"  # ASCII a-z 0-9 -
    CODES = "codes"  # list of codes
    KEY = "key"  # public JWK
    KID = "kid"  # key id, RFC 7638
    CASE = "case"  # UUID of a case
    LINK = "link"  # another case as of a record of it: {"case": UUID, "head": digest of that record}
    DIGEST = "digest"  # b64u SHA-256
    AGENT = "agent"  # id of an agent of a party of this case
    CHANGES = "changes"  # of a rectification: members of the target's facts, new values


class Class(StrEnum):
    """Who may see a fact or a file (密级); from `internal` on it is kept out of the signed bytes, behind a digest."""

    PUBLIC = "public"  # 公开
    PARTY = "party"  # 当事人
    INTERNAL = "internal"  # 内部
    TRADE_SECRET = "trade-secret"  # 商业秘密  # noqa: S105  # a class of facts, not a password
    PERSONAL = "personal"  # 个人隐私

    @property
    def withheld(self) -> bool:
        """Whether values of this class stand behind digests in the act."""
        return self not in (Class.PUBLIC, Class.PARTY)


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
class If:
    """A condition on a sibling: fact or column `name` has the value `is_` (text or bool), or one of `or_`."""

    name: str
    is_: str | bool
    or_: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One code of a set, its label, and its own article where it has one ("28(四)").

    It may be chosen only in the stages `in_` (in any, if empty), and only if the limit `missed` has run out unkept; for
    a row of rows whose items that limit is reckoned for, if it has for that item. `if_`: only if this act says so.
    `where`: in a row of rows with `each`, only if the row that it stands for says so. `amiss`: what it tells of is
    itself against the law. `needs`: actions of which a record must stand. `given`: only if a record of that action, or
    this act itself, states that fact ("intake.basis").
    """

    code: str
    label: str
    article: str | None = None
    in_: tuple[str, ...] = ()
    missed: str | None = None
    if_: If | None = None
    where: If | None = None
    amiss: bool = False
    given: str | None = None
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChoiceSet:
    """A named set of choices, in the order of the law."""

    code: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Must:
    """What the law wants of a value; short of it the act is a breach of `article`. `if_`: where a sibling says so.

    Of a choice or choices: every code of `all`, and one of `any`. Of an int: one for each party of the roles `per`, and
    no fewer than the sibling `least`; or the number of an item of the act's list `item_of`. Of a bool, nothing said:
    that it be true.
    """

    article: str
    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    per: tuple[str, ...] = ()
    least: str | None = None
    if_: If | None = None
    item_of: str | None = None


@dataclass(frozen=True, slots=True)
class Linked:
    """What the case behind the link fact `link` tells: the day or text that `from_` picks there, or all its texts.

    Filled in from that case where it lives in the same archive, and refused if it differs; else taken as stated.
    """

    link: str
    from_: Moment


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of an action, or one column of a row.

    `min`/`max` bound the number (int), the length (text, in characters) or the count (lists). `of` names a ChoiceSet.
    `each` makes rows one per item of a source, keyed by the implicit column `of` (party id, or 1-based position):
    "action.fact", "action.recipients", "facts.fact" or "signers.capacity"; `where` narrows "facts.fact" to rows.
    `if_` asks for it only when the condition holds, and forbids it otherwise. `derived` is computed, never entered.
    `defines` marks rows that introduce parties (columns id, role, name); `roles` must then each occur, or, for
    party and parties, are the roles allowed; `all` are roles of whom every party must be named. `past`: the date of
    what has happened, by the receipt at the latest and not before the act could be done; `since` names the date before
    which it can't lie: a sibling, or the act's own day ("occurred_on"). `total` (without such records
    `else_total`), of a money column: its rows come to
    the sum of that money fact of other records ("commission.fee"). `article` cites the item that asks for it.
    `must`: what the law wants of the value. `defines` "agents" marks rows that introduce agents (columns id, name, for:
    whom they represent, powers, from, until). Of an agent: `for_` is the sibling that names the party acted for,
    `roles` the roles of such parties, `power` what the agent must be empowered to do. `before` names the sibling date
    that may not lawfully come earlier, `lead` the sibling int that says by how many calendar days it must come later.
    `tells`, of choices: each one whose article a record of that action falls short of must be among them. `to`, of a
    link: the rulebook of the case; `linked`: what must be as that case has it.
    """

    name: str
    title: str
    type: FactType
    optional: bool = False
    article: str | None = None
    note: str | None = None
    class_: Class = Class.PUBLIC
    min: int | None = None
    max: int | None = None
    of: str | None = None
    cols: tuple[Fact, ...] = ()
    each: str | None = None
    where: If | None = None
    if_: If | None = None
    derived: str | None = None
    defines: str | None = None
    roles: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    past: bool = False
    since: str | None = None
    total: str | None = None
    else_total: str | None = None
    must: tuple[Must, ...] = ()
    for_: str | None = None
    power: str | None = None
    before: str | None = None
    lead: str | None = None
    tells: str | None = None
    to: str | None = None
    linked: Linked | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """A paper the action must or may bring: how many files, of which class; `if_`: `min` asked for only then."""

    name: str
    title: str
    min: int = 0
    max: int = 100
    class_: Class = Class.PARTY
    article: str | None = None
    if_: If | None = None


@dataclass(frozen=True, slots=True)
class Ink:
    """Signatures on paper beside the officers' own; `fact` is the rows fact that records them.

    `pages` says which page must be signed: "all" or "last" (of the fact `of_pages`). A page left unsigned is lawful
    only with reason and witnesses recorded (R16).
    """

    name: str
    fact: str
    pages: str
    of_pages: str = "pages"
    article: str | None = None


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
class Ref:
    """A date in the case: `field` of records of `action`.

    Fields: `occurred_on`; `sent_on`, `served_on` (first service), `all_sent_on`, `all_served_on` (last, once every
    recipient has one) of a served paper; `handed_in_on` (postmark, else receipt; R26); else a date fact's name, or,
    with `col`, a date column of the rows `field`.
    """

    action: str
    field: str
    col: str | None = None


class Pick(StrEnum):
    """Which of several dates counts."""

    FIRST = "first"  # the earliest of all
    LATEST = "latest"  # the latest of all
    PREFER = "prefer"  # of the first Ref that has any date, the latest


@dataclass(frozen=True, slots=True)
class Moment:
    """A date picked from references."""

    pick: Pick
    refs: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class Length:
    """How long: `n` units; or the number in the fact `fact`; or until the date in the fact `until` (rolled, R25).

    Or as the choice that the fact `by` states, by its latest record: (code, number) of `cases`; none for other codes.
    0 days: until the end of the same day (当日). In hours, from and to are moments.
    """

    unit: Unit
    n: int | None = None
    fact: Ref | None = None
    until: Ref | None = None
    by: Ref | None = None
    cases: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit (期间).

    `each`: one per recipient of a paper ("answer-notice.recipients"), or per item of rows or texts ("intake.matters"),
    whose own columns it may begin with. `given`: exists only once this action stands.
    `excludes`: windows whose days don't count (R5). `missed`: deemed outcome of missing it ("waiver").
    `moot`: actions that make it pointless. `advisory`: the law states none; shown, never a breach.
    `complete`: a bool fact of the actions `to` names that must be true; what is handed in short of that keeps nothing.
    `readings`: how it reads the law where that can be read in several ways. Where both ways count, `reading` names the
    way, and the limit of the other way says which one it stands beside (`instead_of`): compliance reports both.
    `if_`: what the records that `from` names must say to begin it.
    `lapses`: it ends by itself and nobody has to do anything by then (公示期、有效期、等待期); `to` may end it sooner.
    `when`: it exists only while all these criteria are met. `escalates`: the action asked for once it is overdue.
    """

    code: str
    title: str
    article: str
    from_: Moment
    to: Moment
    length: Length
    each: str | None = None
    given: str | None = None
    excludes: tuple[str, ...] = ()
    missed: str | None = None
    moot: tuple[str, ...] = ()
    complete: str | None = None
    advisory: bool = False
    roll: bool = True
    note: str | None = None
    readings: tuple[str, ...] = ()
    reading: str | None = None
    instead_of: str | None = None
    if_: If | None = None
    lapses: bool = False
    when: tuple[Criterion, ...] = ()
    escalates: str | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """A span that stops clocks or is itself capped: days in (opens, closes].

    One per record of the opening action. `per_record`: the closing record answers the opening one; otherwise the
    next closing closes. `complete`: a bool fact of the closing action that must be true (parts, R29).
    `lasts`: the int fact of the opening action after whose calendar days it lapses by itself (R4).
    """

    code: str
    title: str
    article: str
    opens: Ref
    closes: Ref
    per_record: bool = False
    complete: str | None = None
    lasts: str | None = None


@dataclass(frozen=True, slots=True)
class Cap:
    """The most days a window may last in sum; its end isn't moved by a holiday (R4)."""

    code: str
    title: str
    article: str
    window: str
    max: int
    unit: Unit = Unit.DAYS


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
    """When the rulebook is law: `on` dates the case; after `until` the fact `basis` of that action is needed (R20)."""

    from_: str
    until: str | None = None
    on: Ref | None = None
    basis: str | None = None


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
