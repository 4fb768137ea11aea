"""Step 13, procedure: the rulebook replayed over the records of a case (程序合规).

Keeps: each record is judged by what stood before it and by the calendars adopted by then. What *does* something and
had to be refused is FAILED; what *reports* an irregular event was rightly entered and is noted, with its article.
Facts that stay withheld make a judgement INDETERMINATE only if it could depend on them.
Leaves: whether the signers may sign as they claim (signing).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..rules.admissible import Answer, judged_in_turn
from ..rules.binding import bound
from ..rules.confidential import secret, unprotected
from ..rules.undisclosed import may_matter
from .findings import UNJUDGEABLE
from .register_fold import received

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..rules.admissible import Outcome
    from ..rules.calendar import Calendar
    from ..rules.case import Entry
    from ..rules.rulebook import Rulebook
    from .findings import Findings
    from .register_fold import Registry
    from .rules_pinned import Pinned
    from .withheld import Viewed

# Defects that no withheld fact could cure.
_CERTAIN = frozenset({"unknown-action", "not-opened", "already-open", "capacity", "signers", "slot", "unknown-fact"})


def judge_procedure(
    views: tuple[Viewed, ...], book: Rulebook, pinned: Pinned, registry: Registry, findings: Findings
) -> int:
    """Replay one whole case; how many of its records could be judged.

    `views` are records 1 to n of the case, which was opened by `book`; each is judged by the version that bound it.
    """
    case, judged, start = views[0].record.case, 0, 0
    books = pinned.books(case)
    binding = tuple(bound(book, [viewed.entry for viewed in views], books))
    closed = False  # whether a withheld fact of an earlier record may matter
    for calendar, end in _periods(views, book, pinned, registry):
        if calendar is None:
            findings.blocked("procedure", views[start].where)
            return judged
        try:
            entries = [viewed.entry for viewed in views[:end]]
            outcomes = list(judged_in_turn(case, book, calendar, entries, books))[start:]
            for viewed in views[start:end]:
                _judge_form(viewed, binding, entries, findings)
        except UNJUDGEABLE as error:
            detail = str(error) or type(error).__name__
            findings.unsettled("procedure", "procedure-unjudged", views[start].where, detail=detail)
            return judged
        for viewed, (_, outcome) in zip(views[start:end], outcomes, strict=True):
            own = may_matter(viewed.entry, binding[viewed.record.seq - 1])
            closed |= own
            certain = any(defect.code in _CERTAIN for defect in outcome.defects)
            if not certain and (own or (closed and outcome.answer is Answer.REFUSED)):
                findings.unsettled("procedure", "procedure-withheld", viewed.where, "facts")
            else:
                _report(viewed, outcome, findings)
            judged += 1
        start = end
    return judged


def _periods(
    views: tuple[Viewed, ...], book: Rulebook, pinned: Pinned, registry: Registry
) -> Iterator[tuple[Calendar | None, int]]:
    """The calendars by which the records were judged, each with the number of records up to its end."""
    current: Calendar | None = None
    for index, viewed in enumerate(views):
        # of several states within one millisecond the last has the most calendars; genesis adopts its own
        calendar = pinned.calendar(book.calendar, registry.at(received(viewed))[-1])
        if index and calendar is not current:
            yield current, index
        current = calendar
    yield current, len(views)


def _judge_form(viewed: Viewed, binding: Sequence[Rulebook], entries: Sequence[Entry], findings: Findings) -> None:
    """What the archive refuses beside the rules: a stale `fresh` act, and confidential facts signed in the clear.

    `binding` is the version of the rulebook that bound each record.
    """
    action, act = binding[viewed.record.seq - 1].by_action.get(viewed.entry.action), viewed.record.act
    if action is None:
        return
    if action.fresh and act.seen.seq != viewed.record.seq - 1:
        detail = f"[stale] “{action.title}”须在看到第 {viewed.record.seq - 1} 号记录后签署"
        findings.failed("procedure", "procedure-unlawful", viewed.where, "seen", detail=detail)
    number = viewed.entry.facts.get("target") if action.rectifies else None
    known = isinstance(number, int) and 1 <= number <= len(entries)
    target = binding[number - 1].by_action.get(entries[number - 1].action) if known and number else None
    judge = secret(action, viewed.entry.evidence, target)
    for path in unprotected({"facts": act.facts, "evidence": list(act.evidence)}, judge):
        detail = "[unprotected] 规则要求不公开的事项以明文签署"
        findings.failed("procedure", "procedure-unlawful", viewed.where, ".".join(path), detail=detail)


def _report(viewed: Viewed, outcome: Outcome, findings: Findings) -> None:
    refused = outcome.answer is Answer.REFUSED
    say = findings.failed if refused else findings.noted
    for defect in outcome.defects:
        basis = f"（第 {defect.article} 条）" if defect.article else ""
        detail = f"[{defect.code}] {defect.message}{basis}"
        reason = "procedure-unlawful" if refused else "procedure-irregular"
        say("procedure", reason, viewed.where, defect.field, detail=detail)
