"""A paper case entered late as a whole (补录): acts of then, reported now.

Keeps: a case is a paper case if whoever enters it (补录人) signed its first record in that capacity; until a record
closes the batch nothing but acts of then is entered, and afterwards none. What was done then is a report now: it names
who signed then, brings a scan, and is marked where it wasn't lawful, never refused for that. Days count as they were
then (`occurred`); when it was entered stays in the receipt. The closing record says how far the batch goes: its first
and last record, the last one's digest, how many. Leaves: the form of facts, which holds for these acts too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import Defect
from .facts import HIDDEN, absent
from .late import ORIGINAL, THEN_SIGNERS, is_late, then_signers
from .vocabulary import NEW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .case import Case
    from .facts import Scope
    from .vocabulary import Action


def entering(case: Case) -> bool:
    """Whether this is a paper case that is still being entered."""
    if not case.entries or not is_late(case.rulebook, case.entries[0]):
        return False
    return not any(case.valid(action.code) for action in case.rulebook.closing)


def batch(case: Case) -> dict[str, Any]:
    """What the closing record says of the batch as it stands."""
    late = [entry for entry in case.entries if is_late(case.rulebook, entry)]
    return {"first_record": 1, "last_record": case.seq, "last_digest": case.head, "records": len(late)}


def out_of_batch(scope: Scope) -> Iterator[Defect]:
    """Acts of then outside a batch, acts of now inside one, and a closing that doesn't say what there is."""
    case, entry, action = scope.case, scope.entry, scope.action
    late, code = is_late(case.rulebook, entry), action.code
    if late and case.stage != NEW and not entering(case):
        yield Defect("not-entering", "本案不是正在补录的案件", "请以现时的身份签署。", action=code, field="signers")
    if late and not all(s.capacity in case.rulebook.late for s in entry.signers):
        yield Defect("capacity", "补录的行为只由补录人签署", "当时的签署人请写入事实。", action=code, field="signers")
    if late:
        yield from _unknown_capacities(scope)
    elif entry.facts.get(THEN_SIGNERS) is not None:
        message = "不是补录的行为，不写当时的签署人"
        yield Defect("not-asked", message, "请删去这一项。", action=code, field=f"facts.{THEN_SIGNERS}")
    if not late and not action.rectifies and not action.closes_backfill and entering(case):
        titles = "、".join(closing.title for closing in case.rulebook.closing)
        message = f"本案正在补录，不能作现时的“{action.title}”"
        yield Defect("entering", message, f"请先作“{titles}”。", action=code)
    if action.closes_backfill:
        yield from _misstated(scope, action)


def _unknown_capacities(scope: Scope) -> Iterator[Defect]:
    known = scope.case.rulebook.by_capacity
    for i, (capacity, _) in enumerate(then_signers(scope.entry)):
        if capacity not in known:
            message = f"没有“{capacity[:40]}”这一身份"
            field = f"facts.{THEN_SIGNERS}[{i}].capacity"
            yield Defect("value", message, f"可用：{'、'.join(known)}。", action=scope.action.code, field=field)


def _misstated(scope: Scope, action: Action) -> Iterator[Defect]:
    if not entering(scope.case):
        yield Defect("not-entering", "本案没有正在进行的补录", "请核对案件。", action=action.code)
        return
    for name, value in batch(scope.case).items():
        given = scope.entry.facts.get(name)
        if given is not None and given != value:
            title = next(fact.title for fact in action.facts if fact.name == name)
            message = f"“{title}”应为 {value}，实为 {str(given)[:60]}"
            yield Defect("batch", message, "请重新起草。", action=action.code, field=f"facts.{name}")


def lacking(scope: Scope) -> Iterator[Defect]:
    """What an act of then must bring: who signed it, and a scan of it."""
    if not is_late(scope.case.rulebook, scope.entry):
        return
    if not scope.entry.facts.get(THEN_SIGNERS) and HIDDEN not in scope.entry.facts:
        yield absent(scope.action, f"facts.{THEN_SIGNERS}", "缺少“当时的签署人”", None)
    if not scope.entry.evidence:
        remedy = "请先存入扫描件，再随件附上。"
        yield absent(scope.action, f"evidence.{ORIGINAL}", "补录的行为应附原件的扫描件", None, remedy)
