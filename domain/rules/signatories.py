"""Who signs an act (签署人): in the capacities that it asks for, as many as it asks for, each person once.

Leaves: whether the signers hold the capacities they claim (`register`), their signatures (`formats`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import Defect
from .facts import breach
from .late import capacities, is_late
from .rectification import undone, ways

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from .facts import Scope
    from .vocabulary import Signatures


def unfit_signers(scope: Scope) -> Iterator[Defect]:
    """Signers in a capacity that the act doesn't ask for; one person who signs it twice never counts as two."""
    case, entry, action = scope.case, scope.entry, scope.action
    allowed: AbstractSet[str] = {s.capacity for way in (*action.by, *undone(scope)) for s in way}
    if is_late(case.rulebook, entry):
        allowed = case.rulebook.late
    officers: set[str] = set()
    for i, signer in enumerate(entry.signers):
        if signer.officer in officers:
            message = f"同一人员不能在一份“{action.title}”上签署两次"
            yield Defect("signs-twice", message, "请由不同的人员签署。", action=action.code, field=f"signers[{i}]")
        officers.add(signer.officer)
        if signer.capacity not in allowed:
            titles = "、".join(case.rulebook.by_capacity[c].title for c in sorted(allowed))
            message = f"“{action.title}”应由{titles}签署，不能以“{signer.capacity}”身份签署"
            yield Defect("capacity", message, "请由有相应身份的人员签署。", action=action.code, field=f"signers[{i}]")


def too_few_signers(scope: Scope) -> Iterator[Defect]:
    """Fewer than the law asks for, or, to change what others signed, none in one of their capacities."""
    yield from _short_of(scope, ways(scope.action, scope.entry.facts))
    yield from _short_of(scope, undone(scope))


def _short_of(scope: Scope, ways: Sequence[tuple[Signatures, ...]]) -> Iterator[Defect]:
    shortfalls, signed = [], capacities(scope.case.rulebook, scope.entry)
    for way in ways:
        short = [(s, n) for s in way if (n := signed.count(s.capacity)) < s.count]
        if not short:
            return
        shortfalls.append(short)
    titles = scope.case.rulebook.by_capacity
    if not shortfalls:
        return
    short = shortfalls[0]
    wanted = "、".join(f"{titles[s.capacity].title} {s.count} 人（实有 {n} 人）" for s, n in short)
    yield breach(scope, "signers", f"“{scope.action.title}”应由{wanted}签署", "请由足够的人员签署。", "signers")
