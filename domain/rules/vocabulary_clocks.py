"""Words for time: time limits (期间), windows that stop them, caps. Part of `vocabulary`."""

from __future__ import annotations

from dataclasses import dataclass

from .reckoning import Unit
from .vocabulary_dates import Moment, Ref  # noqa: TC001  # read at run time by shape
from .vocabulary_facts import If  # noqa: TC001  # same
from .vocabulary_levels import Criterion  # noqa: TC001  # same


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
