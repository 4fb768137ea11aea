"""Words for facts (事实), papers and signatures on paper: what an action states and brings. Part of `vocabulary`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from .vocabulary_dates import Moment  # noqa: TC001  # read at run time by shape


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
