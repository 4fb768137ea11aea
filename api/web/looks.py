"""What of a case a page shows: as it stands, or as it stood at the moment that its address names (`as_of`, `by`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from api.context import Server
from api.looking_back import past_of, viewed
from domain.rules.case import Case
from domain.rules.moments import MEANING, TITLES
from domain.rules.retention import custody_told
from projections.past import PastView
from projections.rows import CaseRow, DeadlineRow, TimelinePage


@dataclass(frozen=True)
class Look:
    """One case from one standpoint; `past` None for the present."""

    server: Server
    id: str
    past: PastView | None

    @property
    def today(self) -> date:
        """The day of the standpoint."""
        return self.past.past.at.day if self.past else self.server.today()

    @property
    def now(self) -> datetime:
        """The moment of the standpoint."""
        return self.past.past.at.instant if self.past else self.server.now()

    def row(self) -> CaseRow:
        """The case as a whole."""
        return self.past.case() if self.past else self.server.views().case(self.id, self.today, self.now)

    def folded(self) -> Case:
        """The case itself."""
        return self.past.past.case if self.past else self.server.archive.case(self.id)

    def custody(self) -> tuple[str, ...]:
        """How long its evidence is kept, and by what it is held, in sentences."""
        register = self.past.past.register if self.past else self.server.archive.register()
        return custody_told(self.folded(), register.custody, self.today)

    def timeline(self, *, limit: int, group: str | None = None, after: int = 0) -> TimelinePage:
        """Its records."""
        if self.past is not None:
            return self.past.timeline(group=group, after=after, limit=limit)
        return self.server.views().timeline(self.id, group=group, after=after, limit=limit)

    def deadlines(self, limit: int) -> list[DeadlineRow]:
        """Its time limits."""
        if self.past is not None:
            return self.past.deadlines()
        return self.server.views().deadlines(self.today, case=self.id, limit=limit, now=self.now)

    def query(self, **more: Any) -> str:
        """The part of an address that leads to the same standpoint, with what of `more` isn't empty before it."""
        at = self.past.past.at if self.past else None
        asked = {**more, **({"as_of": at.text, "by": at.by.value} if at else {})}
        return urlencode({name: value for name, value in asked.items() if value})

    def shown(self) -> dict[str, Any]:
        """What templates need to know of the standpoint: `at`, its words, and `carry`, the query that leads to it."""
        at = self.past.past.at if self.past else None
        meaning = MEANING[at.by] if at else ""
        return {"at": at, "told": at.told() if at else "", "meaning": meaning, "ways": TITLES, "carry": self.query()}


def looked(server: Server, case: str, as_of: str | None, by: str | None) -> Look:
    """The look that an address asks for; a form sent without a moment asks for the present."""
    past = past_of(server, case, as_of, by) if as_of else None
    return Look(server, case, viewed(server, past) if past else None)
