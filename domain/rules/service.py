"""Service (送达) as a condition: upon whom a paper goes, what it answers, and what must have been served before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import Defect
from .dates import deliveries, recipients
from .facts import HIDDEN, absent, breach
from .windows import spans

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from .case import Case
    from .facts import Scope
    from .vocabulary import Action


def service_breaches(scope: Scope) -> Iterator[Defect]:
    """Papers not served upon everybody, or not before what they announce (R35); service without proof, or astray."""
    yield from _recipients(scope)
    yield from _unasked(scope)
    if scope.action.serves:
        yield from _deliveries(scope)
    if not scope.action.after_service:
        return
    paper = scope.case.entry(scope.entry.facts.get("answers") or 0)
    if paper is None:
        return
    action = scope.case.action_of(paper)
    title = action.title if action is not None else paper.action
    served = deliveries(scope.case, paper.seq)
    for recipient in paper.facts.get("recipients") or ():
        day = served[recipient].served if recipient in served else None
        name = _name(scope, recipient)
        if day is None or day.day > scope.entry.occurred_on:
            state = f"{day.day} 才送达" if day else "未见送达"
            message = f"“{title}”应当事先送达{name}，{state}"
            yield breach(scope, "not-served-before", message, "请先登记送达，或说明情况。", "facts.answers", paper.seq)


def due_recipients(case: Case, action: Action, day: date) -> list[str]:
    """Everyone upon whom a paper of `action` must be served now.

    The parties of its roles and, if it closes a window (恢复采购), all whom the papers named that opened what is
    running of it.
    """
    if action.serve is None:
        return []
    already = recipients(case, action.code) if action.serve.together else ()
    due = [p.id for p in case.parties.values() if p.role in action.serve.all and p.id not in already]
    for window in (w for w in case.rulebook.windows if w.closes.action == action.code):
        for span in (s for s in spans(case, window) if s.running(day)):
            named = case.entries[span.opening - 1].facts.get("recipients")
            due += [r for r in named if r not in due] if isinstance(named, list) else []
    return due


def _recipients(scope: Scope) -> Iterator[Defect]:
    named = scope.entry.facts.get("recipients")
    if not isinstance(named, list):
        return
    for party in due_recipients(scope.case, scope.action, scope.entry.occurred_on):
        if party not in named:
            message = f"“{scope.action.title}”应当送达{_name(scope, party)}"
            yield breach(scope, "recipient", message, "请加入收件人。", "facts.recipients")


def _unasked(scope: Scope) -> Iterator[Defect]:
    """An answer by a party whom the paper that it answers doesn't name."""
    facts, action = scope.entry.facts, scope.action
    who = facts.get(action.party) if action.party is not None and action.answers is not None else None
    paper = scope.case.entry(facts.get("answers") or 0)
    named = paper.facts.get("recipients") if paper is not None else None
    if isinstance(who, str) and isinstance(named, list) and who not in named:
        message = f"所对应的文书不是发给{_name(scope, who)}的"
        yield breach(scope, "not-addressed", message, "请核对所对应的记录号和当事人。", f"facts.{action.party}")


def _deliveries(scope: Scope) -> Iterator[Defect]:
    """Each delivery: upon one whom the paper names, and, once served, with proof of it (送达回证)."""
    paper = scope.case.entry(scope.entry.facts.get("paper") or 0)
    named = paper.facts.get("recipients") if paper is not None else None
    rows = scope.entry.facts.get("deliveries")
    for i, row in enumerate(rows if isinstance(rows, list) else ()):
        if not isinstance(row, dict) or HIDDEN in row:
            continue
        at, recipient = f"facts.deliveries[{i}]", row.get("recipient")
        if isinstance(named, list) and isinstance(recipient, str) and recipient not in named:
            message = f"该文书的送达对象中没有{_name(scope, recipient)}"
            yield breach(scope, "not-addressed", message, "请核对受送达人。", f"{at}.recipient")
        if row.get("served_on") and not row.get("proof") and not scope.entry.evidence:
            article = scope.action.article[0] if scope.action.article else None
            yield absent(scope.action, f"{at}.proof", "缺少“送达凭证”", article, "请写明送达回证等凭证，或者随附。")


def _name(scope: Scope, party: str) -> str:
    return scope.case.parties[party].name if party in scope.case.parties else party


def answered(scope: Scope) -> Iterator[Defect]:
    """A record named by `answers` or `paper` must be of the right action and count."""
    for name, wanted in (("answers", scope.action.answers), ("paper", None)):
        target = scope.case.entry(scope.entry.facts.get(name) or 0)
        if target is None:
            continue
        serves = scope.action.serves and name == "paper"
        found = scope.case.action_of(target)
        if (wanted and target.action != wanted) or (serves and (found is None or found.serve is None)):
            title = scope.case.rulebook.action(wanted).title if wanted else "需要送达的文书"
            message = f"第 {target.seq} 号记录是“{found.title if found else target.action}”，应为“{title}”"
            yield Defect("wrong-record", message, "请核对记录号。", action=scope.action.code, field=f"facts.{name}")
        elif target.voided_by is not None:
            message = f"第 {target.seq} 号记录已被第 {target.voided_by} 号记录作废"
            yield Defect("voided", message, "请核对记录号。", action=scope.action.code, field=f"facts.{name}")
