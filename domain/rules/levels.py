"""Levels (级别): into which of its grades a case falls, by criteria of its facts and of limits that ran out unkept.

Leaves: what follows from a level (who signs, how long a limit is) to `signatories` and `time_limits`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .deadline import UNKEPT, Status
from .thresholds import met
from .time_limits import reckoned

if TYPE_CHECKING:
    from datetime import date, datetime

    from .case import Case
    from .vocabulary import Criterion, Fact, Grade, Level
LEVEL = "level."  # prefix of a derived fact that states a level


def level_of(case: Case, level: Level, day: date, now: datetime | None = None) -> str:
    """The code of the first grade that the case has on `day` (at `now`)."""
    return next(grade.code for grade in level.grades if _has(case, grade, day, now))


def follows(spec: Fact) -> bool:
    """Whether a derived fact follows from what the record itself states, so that it changes together with that."""
    return spec.derived is not None and spec.derived.startswith(LEVEL)


def _has(case: Case, grade: Grade, day: date, now: datetime | None) -> bool:
    def holds(criterion: Criterion) -> bool:
        asked = criterion.missed or criterion.lapsed
        if asked is None:
            return met(case, criterion)
        found = [deadline.status for deadline in reckoned(case, case.rulebook.by_limit[asked], day, now)]
        return Status.RUNNING not in found if criterion.lapsed else any(status in UNKEPT for status in found)

    return all(map(holds, grade.all)) and (not grade.any or any(map(holds, grade.any)))
