"""Service (送达) as a condition: upon whom a paper goes, what it answers, and what must have been served before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import Defect
from .dates import deliveries
from .facts import breach

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .facts import Scope


def service_breaches(scope: Scope) -> Iterator[Defect]:
    """Papers not served upon everybody, or not before what they announce (R35)."""
    yield from _recipients(scope)
    if not scope.action.after_service:
        return
    paper = scope.case.entry(scope.entry.facts.get("answers") or 0)
    if paper is None:
        return
    title = scope.case.rulebook.action(paper.action).title
    served = deliveries(scope.case, paper.seq)
    for recipient in paper.facts.get("recipients") or ():
        day = served[recipient].served if recipient in served else None
        name = scope.case.parties[recipient].name if recipient in scope.case.parties else recipient
        if day is None or day.day > scope.entry.occurred_on:
            state = f"{day.day} 才送达" if day else "未见送达"
            message = f"“{title}”应当事先送达{name}，{state}"
            yield breach(scope, "not-served-before", message, "请先登记送达，或说明情况。", "facts.answers", paper.seq)


def _recipients(scope: Scope) -> Iterator[Defect]:
    serve, named = scope.action.serve, scope.entry.facts.get("recipients")
    if serve is None or not isinstance(named, list):
        return
    for party in scope.case.parties.values():
        if party.role in serve.all and party.id not in named:
            yield breach(
                scope, "recipient", f"“{scope.action.title}”应当送达{party.name}", "请加入收件人。", "facts.recipients"
            )


def answered(scope: Scope) -> Iterator[Defect]:
    """A record named by `answers` or `paper` must be of the right action and count."""
    for name, wanted in (("answers", scope.action.answers), ("paper", None)):
        target = scope.case.entry(scope.entry.facts.get(name) or 0)
        if target is None:
            continue
        serves = scope.action.serves and name == "paper"
        target_action = scope.case.rulebook.action(target.action)
        if (wanted and target.action != wanted) or (serves and target_action.serve is None):
            title = scope.case.rulebook.action(wanted).title if wanted else "需要送达的文书"
            message = f"第 {target.seq} 号记录是“{target_action.title}”，应为“{title}”"
            yield Defect("wrong-record", message, "请核对记录号。", action=scope.action.code, field=f"facts.{name}")
        elif target.voided_by is not None:
            message = f"第 {target.seq} 号记录已被第 {target.voided_by} 号记录作废"
            yield Defect("voided", message, "请核对记录号。", action=scope.action.code, field=f"facts.{name}")
