"""What a request needs from the server: the archive, its read models, tokens, drafts; and who is asking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import Depends, Request

from domain.archive import Archive
from domain.errors import Fault
from domain.rules.civil import SHANGHAI
from projections.views import CaseViews
from storage.arrivals.store import Arrivals

from .access.officers import Asking, asking
from .access.tokens import Tokens
from .places import Places
from .turns import Turns
from .v1.draft_store import DraftStore
from .wiring import Running

SCHEME = "bearer "


@dataclass(frozen=True)
class Server:
    """One running server; `evidence_limit` in octets."""

    running: Running
    tokens: Tokens
    drafts: DraftStore
    evidence_limit: int
    uploads: Places
    arrivals: Arrivals
    turns: Turns

    @property
    def archive(self) -> Archive:
        """The service."""
        return self.running.archive

    def now(self) -> datetime:
        """The archive's clock, UTC."""
        return self.archive.clock.now().astimezone(UTC)

    def today(self) -> date:
        """The civil day in Asia/Shanghai."""
        return self.now().astimezone(SHANGHAI).date()

    def views(self) -> CaseViews:
        """The read models, brought up to the last record."""
        self.running.catch_up()
        return self.running.views

    def close(self) -> None:
        """Close what `create_app` opened."""
        self.tokens.close()
        self.drafts.close()
        self.arrivals.close()


def server_of(request: Request) -> Server:
    """The server behind a request."""
    server: Server = request.app.state.server
    return server


ServerDep = Annotated[Server, Depends(server_of)]


def officer_of(request: Request, server: ServerDep) -> Asking:
    """Who asks, by their bearer token. Faults "token-missing", "token-unknown", "token-officer"."""
    given = request.headers.getlist("authorization")
    if len(given) != 1 or not given[0][: len(SCHEME)].lower() == SCHEME:
        raise Fault("token-missing", "没有访问令牌", "请在请求头 Authorization 中写 Bearer 和令牌。")
    now = server.now()
    return asking(server.archive.register(), server.tokens.officer(given[0][len(SCHEME) :].strip(), now), now)


AskingDep = Annotated[Asking, Depends(officer_of)]


def stamp(moment: datetime) -> str:
    """RFC 3339 UTC with milliseconds; sorts as text the way it sorts in time."""
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"
