"""Scenarios (情景): cases as files that a lawyer can read, one TOML file each.

    title, about, rulebook         what the case is, and the rulebook it opens under
    after                          the scenario that must have been played before, whose case it may link to
    [[officer]]                    name, capacities, unit: who acts in it
    [[paper]]                      a file that comes up in the case, made on the spot (see `papers`)
    [[version]]                    another version of the rulebook, which two registrars may adopt (see `versions`)
    [[act]]                        on = day it happened, do = action, by = ["capacity:name"], facts, files
    [[expect]]                     what then holds: a limit, the stage, the state of a record

Acts and expectations are told in the order of the file. `@label` in facts stands for the number of an earlier record
(its label, or else its action) or the digest of a version, `@case` for this case, `@姓名` for an officer, the name of
the scenario before for its case. Keeps: a word that isn't known, a paper that nobody uses, an expectation that says
nothing, an order that isn't that of time is a Fault that names the file.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from domain.errors import Fault
from domain.rules.admissible import Answer
from domain.rules.civil import SHANGHAI
from domain.rules.compliance import Conclusion
from domain.rules.deadline import Status
from domain.rules.moments import By
from domain.rules.shape import read
from ops.acts_in_toml import REFERENCE, files_of, plain, references

from .versions import VersionSpec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ARCHIVE = "档案"
_HEADER = re.compile(r"^\[\[(act|expect)\]\]\s*(?:#.*)?$", re.MULTILINE)
_MORNING = "09:00"


@dataclass(frozen=True, slots=True)
class Person:
    """An officer of the scenario, with the capacities that the register gives them."""

    name: str
    capacities: tuple[str, ...]
    unit: str = "临江市财政局"


@dataclass(frozen=True, slots=True)
class PaperSpec:
    """A file: what stands in it. `text` has a blank line between paragraphs, `----` between pages; see `papers`.

    `initialled` names who signs at the foot of every page, `blank` the pages that one of them leaves unsigned.
    """

    file: str
    title: str = ""
    text: str = ""
    signed: str | None = None
    sealed: str | None = None
    dated: str | None = None
    scanned: bool = False
    initialled: tuple[str, ...] = ()
    blank: dict[str, Any] | None = None
    rows: tuple[tuple[str, ...], ...] = ()
    seconds: int = 2


@dataclass(frozen=True, slots=True)
class ActSpec:
    """One act: done `on` a day (`at` a time), signed `by` "capacity:name" in order, entered that moment or `entered`.

    `files` maps an evidence slot to file names. `expect` is the archive's answer, `code` and `article` what it finds.
    `register` enters the act in that officer's register case instead, "档案" in the archive's own.
    """

    on: str
    do: str
    by: tuple[str, ...]
    at: str | None = None
    entered: str | None = None
    label: str | None = None
    register: str | None = None
    facts: dict[str, Any] | None = None
    files: dict[str, Any] | None = None
    expect: Answer = Answer.ACCEPTED
    code: str | None = None
    article: str | None = None
    field: str | None = None

    @property
    def occurred(self) -> str:
        """When it happened, as its signers state it: a day, or a moment where a time is given."""
        return f"{self.on}T{self.at}:00+08:00" if self.at else self.on

    @property
    def moment(self) -> datetime:
        """When it reaches the archive."""
        text = self.entered or f"{self.on}T{self.at or _MORNING}:00"
        found = datetime.fromisoformat(text if "T" in text else f"{text}T{_MORNING}:00")
        return found if found.tzinfo else found.replace(tzinfo=SHANGHAI)

    @property
    def papers(self) -> tuple[tuple[str, str], ...]:
        """(slot, file name) of each file, in order."""
        return files_of(self.files)


@dataclass(frozen=True, slots=True)
class Expectation:
    """What holds once the acts before it are entered, as of the day or time `on` (else the day of the last act).

    `due` of a limit in hours is a time; `asks` the action that is asked for because it is overdue.

    `as_of` (a day or a moment) or `before` (a record): the case as it then stood, by the days of `by`.
    `compliance` is the conclusion, `unkept` the codes of every binding requirement that isn't kept or can't be told,
    `kept` some of those that are; `withheld` what of `record` is kept from whom it doesn't concern.
    """

    on: str | None = None
    as_of: str | None = None
    before: str | None = None
    by: By = By.RECEIVED
    stage: str | None = None
    limit: str | None = None
    of: str | None = None
    round: int | None = None
    status: Status | None = None
    start: str | None = None
    due: str | None = None
    used: int | None = None
    left: int | None = None
    late: int | None = None
    provisional: bool | None = None
    asks: str | None = None
    record: str | None = None
    facts: dict[str, Any] | None = None
    rectified: str | None = None
    voided: str | None = None
    compliance: Conclusion | None = None
    unkept: tuple[str, ...] | None = None
    kept: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    undone: str | None = None
    in_charge: str | None = None


Step = ActSpec | Expectation


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario as read; `steps` are its acts and expectations in the order of the file."""

    name: str
    title: str
    about: str
    rulebook: str
    officers: tuple[Person, ...]
    papers: tuple[PaperSpec, ...]
    steps: tuple[Step, ...]
    versions: tuple[VersionSpec, ...] = ()
    after: str | None = None

    @property
    def acts(self) -> tuple[ActSpec, ...]:
        """The acts alone."""
        return tuple(step for step in self.steps if isinstance(step, ActSpec))


@dataclass(frozen=True, slots=True)
class _File:
    title: str
    about: str
    rulebook: str
    officer: tuple[Person, ...]
    act: tuple[ActSpec, ...]
    paper: tuple[PaperSpec, ...] = ()
    expect: tuple[Expectation, ...] = ()
    version: tuple[VersionSpec, ...] = ()
    after: str | None = None


def scenario_from(name: str, text: str) -> Scenario:
    """The scenario `name` from the text of its file. Fault "scenario" with the file, the place and what is wrong."""
    try:
        file = read(_File, plain(tomllib.loads(text)))
    except (tomllib.TOMLDecodeError, Fault) as error:
        raise _wrong(name, str(error)) from error
    queues = {"act": iter(file.act), "expect": iter(file.expect)}
    kinds = [match[1] for match in _HEADER.finditer(text)]
    if sorted(kinds) != sorted(["act"] * len(file.act) + ["expect"] * len(file.expect)):
        raise _wrong(name, "[[act]] 和 [[expect]] 须各占一行，不能写在文字之中")
    steps: tuple[Step, ...] = tuple(next(queues[kind]) for kind in kinds)  # type: ignore[misc]  # both are steps
    given = (file.title, file.about, file.rulebook, file.officer, file.paper, steps, file.version, file.after)
    found = Scenario(name, *given)
    for complaint in _complaints(found):
        raise _wrong(name, complaint)
    return found


def read_scenario(path: Path) -> Scenario:
    """The scenario in a file, named after it. Fault "scenario"."""
    try:
        return scenario_from(path.stem, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise _wrong(path.stem, f"无法读取 {path.name}") from error


def _complaints(scenario: Scenario) -> Iterator[str]:
    people = {person.name for person in scenario.officers}
    last: datetime | None = None
    labels = {"case", *people, *(spec.label for spec in scenario.versions), *filter(None, [scenario.after])}
    for number, act in enumerate(scenario.acts, 1):
        here = f"第 {number} 个行为（{act.do}）"
        try:
            moment = act.moment
        except ValueError:
            yield f"{here}：时间写法不对"
            return
        if last is not None and moment < last:
            yield f"{here}：时间早于前一个行为"
        last = moment
        for text in act.by:
            capacity, colon, name = text.partition(":")
            if not (colon and capacity and name in people):
                yield f"{here}：签署人应写作 身份:姓名，姓名见 [[officer]]，实为“{text}”"
        unknown = sorted(set(references(act.facts)) - labels)
        if unknown:
            yield f"{here}：此前没有“{REFERENCE}{unknown[0]}”"
        if (act.code is None) != (act.expect is Answer.ACCEPTED):
            yield f"{here}：不被接受的行为须写明 code，被接受的不写"
        if act.register is not None and act.register not in {ARCHIVE, *people}:
            yield f"{here}：没有人员“{act.register}”"
        labels.add(act.label or act.do)
    used = {name for act in scenario.acts for _, name in act.papers}
    unused = [paper.file for paper in scenario.papers if paper.file not in used]
    if unused:
        yield f"没有行为附上文件“{unused[0]}”"
    yield from _empty_expectations(scenario)


def _empty_expectations(scenario: Scenario) -> Iterator[str]:
    for step in scenario.steps:
        if isinstance(step, Expectation) and _asks_nothing(step):
            yield "有一个 [[expect]] 没有写明期待什么"
    if scenario.steps and not isinstance(scenario.steps[0], ActSpec):
        yield "情景须以 [[act]] 开始"


def _asks_nothing(step: Expectation) -> bool:
    """Whether it says of what, and as of when, but not what to expect."""
    return replace(step, on=None, as_of=None, before=None, by=By.RECEIVED, limit=None) == Expectation()


def _wrong(name: str, what: str) -> Fault:
    return Fault("scenario", f"情景 {name}：{what}", "请改正情景文件。", field=name)
