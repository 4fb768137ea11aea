"""Words for levels (级别): what a case is found to be by thresholds on its facts. Part of `vocabulary`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Criterion:
    """One condition on the case as it stands.

    `fact`: "action.fact", or "action.rows.column", of the latest record of that action; of a column, every row must
    meet it and there must be one. It `is_` that code or bool; it is at least `min`, at most `max` (decimals as text,
    the bound itself included); it names one of the codes `has`; it names none of the codes `lacks`.
    `missed`: that time limit has run out unkept. `lapsed`: that period isn't running: it has ended, or never began.
    """

    fact: str | None = None
    is_: str | bool | None = None
    min: str | None = None
    max: str | None = None
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    missed: str | None = None
    lapsed: str | None = None


@dataclass(frozen=True, slots=True)
class Grade:
    """One level of several: the case has it if all criteria of `all` are met and, where there are any, one of `any`."""

    code: str
    label: str
    article: str | None = None
    all: tuple[Criterion, ...] = ()
    any: tuple[Criterion, ...] = ()


@dataclass(frozen=True, slots=True)
class Level:
    """Into which of `grades` a case falls: the first that fits; the last one asks for nothing.

    A fact `derived = "level.<code>"` states it with the act in the case, "before.<code>" without it; its grades are the
    choices of that name.
    """

    code: str
    title: str
    article: str
    grades: tuple[Grade, ...]
