"""A compiled rulebook (规则手册): what a case pins by digest, readable without this software.

`Rulebook.parse` reads the canonical rulebook.json. How it is made from a folder of TOML files: see `loader`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ..errors import Defect, Fault
from ..formats.canonical import dump, parse_object
from ..formats.encoding import digest
from . import shape
from .versions import newer_words
from .vocabulary import (
    VOCABULARIES,
    Action,
    Cap,
    Capacity,
    Choice,
    ChoiceSet,
    Duty,
    FormPin,
    Heading,
    InCharge,
    InForce,
    Level,
    Limit,
    Reading,
    Retention,
    Stage,
    Window,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True)
class Rulebook:
    """One regime. Order of every list is the order of the law; `forms` pins each paper's template."""

    id: str
    title: str
    number: str
    vocabulary: int
    calendar: str
    in_force: InForce
    stages: tuple[Stage, ...]
    capacities: tuple[Capacity, ...]
    choices: tuple[ChoiceSet, ...]
    actions: tuple[Action, ...]
    windows: tuple[Window, ...] = ()
    limits: tuple[Limit, ...] = ()
    caps: tuple[Cap, ...] = ()
    forms: tuple[FormPin, ...] = ()
    heading: Heading | None = None
    duties: tuple[Duty, ...] = ()
    readings: tuple[Reading, ...] = ()
    levels: tuple[Level, ...] = ()
    in_charge: InCharge | None = None
    counting: str | None = None  # the article that says how periods are counted
    retention: tuple[Retention, ...] = ()  # how long evidence is kept

    @classmethod
    def parse(cls, data: bytes) -> Rulebook:
        """From canonical rulebook.json; Fault if it isn't canonical, has unknown words or another vocabulary."""
        value = parse_object(data)
        if value.get("vocabulary") not in VOCABULARIES:
            raise Fault(
                "vocabulary",
                f"规则手册的词汇表版本应为 {known()}，实为 {value.get('vocabulary')!r}",
                "请用支持该版本的软件读取。",
            )
        rulebook = shape.read(cls, value)
        if found := tuple(beyond(rulebook)):
            raise Fault.of(found)
        return rulebook

    @cached_property
    def data(self) -> bytes:
        """The canonical rulebook.json."""
        return dump(shape.write(self))

    @cached_property
    def digest(self) -> str:
        """b64u SHA-256 of `data`: what a case pins."""
        return digest(self.data)

    @cached_property
    def by_action(self) -> dict[str, Action]:
        """Actions by code."""
        return {a.code: a for a in self.actions}

    @cached_property
    def by_stage(self) -> dict[str, Stage]:
        """Stages by code."""
        return {s.code: s for s in self.stages}

    @cached_property
    def by_capacity(self) -> dict[str, Capacity]:
        """Capacities by code."""
        return {c.code: c for c in self.capacities}

    @cached_property
    def late(self) -> frozenset[str]:
        """Capacities of those who enter paper cases late (补录人)."""
        return frozenset(c.code for c in self.capacities if c.backfills)

    @cached_property
    def closing(self) -> tuple[Action, ...]:
        """Actions that end the late entering of a paper case."""
        return tuple(a for a in self.actions if a.closes_backfill)

    @cached_property
    def beginning(self) -> tuple[Action, ...]:
        """Actions with which a new round may begin."""
        return tuple(a for a in self.actions if a.begins_round is not None)

    @cached_property
    def undoing(self) -> tuple[Action, ...]:
        """Actions that may set an earlier record aside."""
        return tuple(a for a in self.actions if a.undoes is not None)

    @cached_property
    def mooting(self) -> tuple[Action, ...]:
        """Actions after which no limit is open any more."""
        return tuple(a for a in self.actions if a.moots is not None)

    @cached_property
    def instead(self) -> dict[str, tuple[str, ...]]:
        """Actions by code, and which others stand in their place."""
        named = {code for a in self.actions for code in a.stands_for}
        return {code: tuple(a.code for a in self.actions if code in a.stands_for) for code in named}

    @cached_property
    def by_limit(self) -> dict[str, Limit]:
        """Limits by code."""
        return {limit.code: limit for limit in self.limits}

    @cached_property
    def by_level(self) -> dict[str, Level]:
        """Levels by code."""
        return {level.code: level for level in self.levels}

    @cached_property
    def by_window(self) -> dict[str, Window]:
        """Windows by code."""
        return {w.code: w for w in self.windows}

    @cached_property
    def by_reading(self) -> dict[str, Reading]:
        """Readings by code."""
        return {r.code: r for r in self.readings}

    @cached_property
    def by_choices(self) -> dict[str, dict[str, Choice]]:
        """Choices by set and code."""
        return {s.code: {c.code: c for c in s.choices} for s in self.choices}

    @cached_property
    def party_facts(self) -> tuple[tuple[str, str], ...]:
        """Actions and their facts that define parties, by code and name."""
        return tuple((a.code, f.name) for a in self.actions for f in a.facts if f.defines == "parties")

    @cached_property
    def agent_facts(self) -> tuple[tuple[str, str], ...]:
        """Actions and their facts that define agents, by code and name."""
        return tuple((a.code, f.name) for a in self.actions for f in a.facts if f.defines == "agents")

    @cached_property
    def mandate_ends(self) -> tuple[tuple[str, str], ...]:
        """Actions that end an agent's mandate, each with the fact that names the agent."""
        return tuple((a.code, a.ends) for a in self.actions if a.ends is not None)

    @cached_property
    def sides(self) -> tuple[str, tuple[str, ...]]:
        """The role of whoever brings a case (提起人), and those of whom it is brought against (相对人).

        They are the roles without which no case is opened, in the order of the law.
        """
        opening = (
            fact for action in self.actions if action.opens for fact in action.facts if fact.defines == "parties"
        )
        roles = tuple(dict.fromkeys(role for fact in opening for role in fact.roles))
        return (roles[0], roles[1:]) if roles else ("", ())

    def action(self, code: str) -> Action:
        """The action `code`; Fault("unknown-action") if the rulebook has none."""
        if code not in self.by_action:
            raise Fault(
                "unknown-action",
                f"规则手册“{self.title}”没有“{code}”这一行为",
                "anjuan actions 列出全部行为。",
                action=code,
            )
        return self.by_action[code]


def known() -> str:
    """The versions of the vocabulary that can be read, in words."""
    return "、".join(str(version) for version in VOCABULARIES)


def beyond(rulebook: Rulebook) -> Iterator[Defect]:
    """Words that came after the version a rulebook names."""
    for path in newer_words(rulebook, rulebook.vocabulary):
        message = f"{path}：词汇表第 {rulebook.vocabulary} 版没有这个词"
        yield Defect("vocabulary", message, "请改用该版本的词，或写明更新的版本。", field=path)


def capacity_titles(books: Iterable[Rulebook]) -> dict[str, str]:
    """What each capacity is called, by code: in order, by every rulebook that calls it otherwise (承办人／经办人)."""
    found: dict[str, dict[str, None]] = {}
    for capacity in (capacity for book in books for capacity in book.capacities):
        found.setdefault(capacity.code, {})[capacity.title] = None
    return {code: "／".join(titles) for code, titles in found.items()}
