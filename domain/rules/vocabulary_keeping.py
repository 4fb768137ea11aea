"""Words for how long the evidence of a case is kept (保管期限). Part of `vocabulary`."""

from __future__ import annotations

from dataclasses import dataclass

from .vocabulary_dates import Ref  # noqa: TC001  # read at run time by shape

PERMANENT = "permanent"  # the period without an end


@dataclass(frozen=True, slots=True)
class Retention:
    """One line of a retention table: evidence is kept at least for `period` ("15 years", "permanent").

    It is counted from the latest date that `from_` stands for; without one, from the closing of the case (结案).
    """

    code: str
    title: str
    article: str
    period: str
    from_: Ref | None = None
