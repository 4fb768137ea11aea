"""Words for dates of a case: which date is meant, and which of several. Part of `vocabulary`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
