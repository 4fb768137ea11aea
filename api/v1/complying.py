"""Route: compliance with procedure (程序合规) of a case, now or as of a moment."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from fastapi import APIRouter

from api.context import AskingDep, Server, ServerDep
from api.looking_back import AsOf, ByDays, past_of
from domain.rules.case import Case
from domain.rules.compliance import Compliance, compliance
from domain.rules.compliance_json import as_json
from projections.fold import shown

from .asked import CaseId
from .models import Given

router = APIRouter()


class DayItem(Given):
    """One day of a reckoning; `n` its number, None where it isn't counted; `window` what excludes it."""

    day: str
    n: int | None
    why: str
    window: str | None
    note: str


class ExclusionItem(Given):
    """Days that a limit leaves out: those in (sent, returned], with the records that say so."""

    window: str
    title: str
    sent: str
    returned: str | None
    opening: int
    closing: int | None


class RequirementItem(Given):
    """One requirement: limit, cap, duty or record, and where it stands (`state`; `zh`, `en` in a sentence).

    `binding`: not keeping it breaks the law of procedure. `under`: the same limit by each reading, where there are two.
    """

    subject: str
    code: str
    title: str
    article: str
    state: str
    zh: str
    en: str
    round: int
    of: str | None
    party: str | None
    record: int | None
    binding: bool
    provisional: bool
    readings: list[str]
    reading: str | None
    start: str | None
    start_record: int | None
    due: str | None
    due_at: str | None
    strict_due: str | None
    done: str | None
    unit: str | None
    length: int | None
    used: int | None
    left: int | None
    late: int | None
    days: list[DayItem]
    exclusions: list[ExclusionItem]
    under: list[RequirementItem]


class ReadingItem(Given):
    """How a text of law is read, as the rulebook pins it."""

    code: str
    text: str


class VersionItem(Given):
    """A version of the rulebook that bound the records `first` to `last` (None: still); why it came to, and when."""

    digest: str
    first: int
    last: int | None
    reason: str | None
    since: str | None


class ComplianceView(Given):
    """The compliance of a case on `day`: conclusion kept, failed or indeterminate, and every requirement."""

    case: str
    typ: str
    day: str
    conclusion: str
    zh: str
    en: str
    provisional: bool
    counts: dict[str, int]
    requirements: list[RequirementItem]
    readings: list[ReadingItem]
    undisclosed: list[int]
    unsaid: list[int]
    versions: list[VersionItem]


@router.get("/cases/{case}/compliance", response_model=ComplianceView, summary="程序合规")
def compliance_view(
    server: ServerDep, asking: AskingDep, case: CaseId, as_of: AsOf = None, by: ByDays = None
) -> dict[str, Any]:
    """Whether procedure was kept: limits, caps, duties and irregular records, day by day and by each reading."""
    past = past_of(server, case, as_of, by)
    whole = past.case if past else server.archive.case(case)
    may = asking.may_act(case, whole.rulebook)
    day, now = (past.at.day, past.at.instant) if past else (server.today(), server.now())
    found = complied(server, whole, day, now, whole_facts=may)
    return {"case": case, **as_json(found)}


def complied(server: Server, case: Case, day: date, now: datetime, *, whole_facts: bool = False) -> Compliance:
    """The compliance of `case`, told without what is withheld unless `whole_facts`; it is judged by all of it."""
    seen = case if whole_facts else shown(case, server.archive.records(case.id)[: case.seq])
    return compliance(seen, day, now)
