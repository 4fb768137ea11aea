"""Playing scenario files in an archive of their own, and what an expectation finds."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.wiring import open_archive
from domain.formats.keys import PrivateKey
from domain.rules.civil import DATE_LENGTH, SHANGHAI
from domain.rules.compliance import compliance
from domain.rules.confidential import secret
from domain.rules.in_charge import in_charge
from domain.rules.requirement import FAILING, UNSETTLED, State
from domain.rules.time_limits import deadlines
from ops.demo.office import FOUNDED, founded, staff_of
from ops.demo.player import Play, Played
from ops.demo.scenario import ActSpec, Expectation, Scenario, read_scenario
from storage.clock import ScenarioClock
from storage.home import Home

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from domain.rules.case import Case
    from domain.rules.vocabulary import Action

FOLDER = Path(__file__).parent
NAMES = sorted(path.stem for path in FOLDER.glob("*.toml"))


def seed(name: str) -> PrivateKey:
    """The same key for the same name in every test."""
    return PrivateKey.from_seed(name.encode().ljust(32, b"-")[:32])


def scenario(name: str) -> Scenario:
    return read_scenario(FOLDER / f"{name}.toml")


@contextmanager
def stage(home: Path, *scenarios: Scenario) -> Iterator[list[Play]]:
    """A founded archive with the officers of the scenarios; played are only those that they come after."""
    needed = [scenario(found.after) for found in scenarios if found.after is not None]
    clock = ScenarioClock(FOUNDED)
    if not home.exists():
        Home.create(home)
    with open_archive(home, clock) as running:
        staff = staff_of([*needed, *scenarios])
        keys = {person.name: seed(person.name) for person in staff}
        founded(running.archive, clock, seed("root"), staff, keys)
        first = {found.name: Play(found, running.archive, clock, keys) for found in needed}
        plays = [Play(found, running.archive, clock, keys, before=first.get(found.after or "")) for found in scenarios]
        for play in first.values():  # two cases may speak of each other
            play.before = next((p for p in plays if p.scenario.name == play.scenario.after), None)
        yield plays


def played(play: Play) -> Iterator[Played | tuple[Expectation, list[str]]]:
    """Play everything: what came of each act, and each expectation with what it finds amiss.

    What the scenario before tells of is played along with it, in order of time, and what it still leaves afterwards.
    """
    number, others = -1, list(enumerate(play.before.scenario.acts)) if play.before is not None else []
    for step in play.scenario.steps:
        if isinstance(step, ActSpec):
            number += 1
            _along(play, others, step.moment)
            yield play.enter(number)
        else:
            case, today, now = _looked_at(play, step, play.scenario.acts[number].moment.date())
            told = Told(play.numbers, play.resolved, lambda one: play.archive.register().officers[one or ""].name)
            yield step, list(unmet(told, case, step, today, now))
    _along(play, others, None)


def _along(play: Play, others: list[tuple[int, ActSpec]], until: datetime | None) -> None:
    """Play the acts of the scenario before that come by then, or all that are left."""
    while others and play.before is not None and (until is None or others[0][1].moment <= until):
        play.before.enter(others.pop(0)[0])


def _looked_at(play: Play, expected: Expectation, day: date) -> tuple[Case, date, datetime | None]:
    """The case as the expectation asks for it, and the day, or the moment of it, as of which it holds.

    `day` is that of the last act.
    """
    text = expected.as_of
    if expected.before is not None:
        text = f"before-{play.numbers[expected.before]}"
    chosen, now = moment_of(expected)
    if text is None:
        return play.archive.case(play.case), chosen or day, now
    past = play.archive.as_of(play.case, text, expected.by)
    return past.case, chosen or past.at.day, now


def moment_of(expected: Expectation) -> tuple[date | None, datetime | None]:
    """The day, and the moment of it, that an expectation states."""
    on = expected.on
    now = datetime.fromisoformat(on).replace(tzinfo=SHANGHAI) if on and "T" in on else None
    return date.fromisoformat(on[:DATE_LENGTH]) if on else None, now


@dataclass(frozen=True, slots=True)
class Told:
    """What a play so far makes of a scenario's words: records by label, references in values, officers' names."""

    numbers: Mapping[str, int]
    resolved: Callable[[Any], Any]
    name: Callable[[str | None], str | None]


def unmet(told: Told, case: Case, expected: Expectation, today: date, now: datetime | None) -> Iterator[str]:
    """What of `expected` isn't so, as of `today` (at `now`)."""
    if expected.stage is not None and case.stage != expected.stage:
        yield f"stage {case.stage}"
    if expected.in_charge is not None and (officer := told.name(in_charge(case))) != expected.in_charge:
        yield f"in charge: {officer}"
    if expected.limit is not None:
        yield from _unmet_limit(case, expected, today, now)
    if expected.compliance is not None:
        yield from _unmet_compliance(case, expected, today)
    if expected.record is not None:
        yield from _unmet_record(told, case, expected)


def _unmet_record(told: Told, case: Case, expected: Expectation) -> Iterator[str]:
    if expected.record not in told.numbers:
        yield f"no record {expected.record}"
        return
    entry = case.entries[told.numbers[expected.record] - 1]
    undone = (case.undone.get(entry.seq),)
    for word, numbers in (("rectified", entry.rectified_by), ("voided", (entry.voided_by,)), ("undone", undone)):
        by = getattr(expected, word)
        if by is not None and told.numbers[by] not in numbers:
            yield f"{word} by {numbers}"
    action = case.rulebook.action(entry.action)
    if shown := [name for name in expected.withheld if not _withheld(action, name)]:
        yield f"not withheld {shown}"
    wanted = told.resolved(expected.facts or {})
    found = {name: entry.facts.get(name) for name in wanted}
    if found != wanted:
        yield f"facts {found}"


def _withheld(action: Action, name: str) -> bool:
    """Whether a fact, a column ("parties.phone") or a paper ("evidence.identity") is withheld."""
    first, _, second = name.partition(".")
    if first == "evidence":
        return next(slot for slot in action.slots if slot.name == second).class_.withheld
    return secret(action, ())(("facts", first, "0", second) if second else ("facts", first))


def _unmet_compliance(case: Case, expected: Expectation, today: date) -> Iterator[str]:
    found = compliance(case, today)
    codes = [r.code for r in found.requirements if r.binding and r.state in FAILING | UNSETTLED]
    if found.conclusion is not expected.compliance or tuple(codes) != (expected.unkept or ()):
        yield f"compliance: want {expected.compliance} {expected.unkept}, got {found.conclusion} {codes}"
    kept = {r.code for r in found.requirements if r.state is State.KEPT}
    if lacking := set(expected.kept) - kept:
        yield f"not kept: {lacking}"


def _unmet_limit(case: Case, expected: Expectation, today: date, now: datetime | None) -> Iterator[str]:
    found = [d for d in deadlines(case, today, now) if d.limit.code == expected.limit and expected.of in (None, d.of)]
    named = [d for d in found if expected.round in (None, d.round)]
    if len(named) != 1:
        yield f"{len(named)} limits {expected.limit} of {expected.of}"
        return
    (limit,) = named
    came = {
        "status": limit.status,
        "start": limit.start and limit.start.day.isoformat(),
        "due": f"{limit.due_at:%Y-%m-%dT%H:%M:%S}" if limit.due_at else limit.due and limit.due.isoformat(),
        "used": limit.used,
        "left": limit.left,
        "late": limit.late,
        "provisional": limit.provisional,
        "asks": limit.asks,
    }
    for name, value in came.items():
        want = getattr(expected, name)
        if want is not None and want != value:
            yield f"{limit.limit.code} {name}: want {want}, got {value}"
