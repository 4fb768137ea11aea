"""Routes: the service of a case's papers (送达)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from api.context import ServerDep
from api.looking_back import AsOf, ByDays, past_of, viewed
from domain.rules.service_table import service_table

from .asked import CaseId
from .models import DefectView, Given
from .reading import as_of_item
from .rows import AsOfItem

router = APIRouter()


class CountsItem(Given):
    """A time limit, or a window, that looks at a paper: at the day it was `sent_on`, or `served_on`."""

    code: str
    title: str
    article: str
    day: str


class ServiceItem(Given):
    """One paper and one recipient. `status`: unsent, sent or served; `named`: the paper names this recipient.

    `records`: the records of its service; `agent`: the id of the agent who took it; `irregular`: what was amiss.
    """

    paper: int
    action: str
    title: str
    recipient: str
    name: str
    named: bool
    status: str
    way: str | None
    way_title: str | None
    sent_on: str | None
    served_on: str | None
    proof: str | None
    agent: str | None
    records: list[int]
    counts: list[CountsItem]
    irregular: list[DefectView]


class ServicePage(Given):
    """The service of a case's papers, in order of record; `as_of` where one was asked for."""

    rows: list[ServiceItem]
    as_of: AsOfItem | None


@router.get("/cases/{case}/service", response_model=ServicePage, summary="一件案件的送达情况")
def service(server: ServerDep, case: CaseId, as_of: AsOf = None, by: ByDays = None) -> dict[str, Any]:
    """Each paper that is to be served, with each recipient: way, days, proof, and which day each limit looks at."""
    past = past_of(server, case, as_of, by)
    row = viewed(server, past).case() if past else server.views().case(case, server.today())
    names = {party["id"]: party["name"] for party in row["parties"]}  # as anyone may know them
    found = service_table(past.case if past else server.archive.case(case))
    return {
        "rows": [{**item.as_json(), "name": names.get(item.recipient, item.recipient)} for item in found],
        "as_of": as_of_item(past.at) if past else None,
    }
