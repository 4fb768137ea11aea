"""Who is responsible for a case (承办): who opened it in the capacity that the rulebook names, or the last successor.

Leaves: who may sign (`register`): being responsible forbids nobody else to act in that capacity.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .facts import HIDDEN, absent, breach

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..errors import Defect
    from .case import Case
    from .facts import Scope


def in_charge(case: Case) -> str | None:
    """The officer (register case) responsible now; None where the rulebook knows no such thing."""
    charge = case.rulebook.in_charge
    if charge is None:
        return None
    taken = [e.facts.get(charge.to.field) for e in case.valid(charge.to.action)]
    last = next((officer for officer in reversed(taken) if isinstance(officer, str)), None)
    first = case.entries[0].signers if case.entries else ()
    return last or next((s.officer for s in first if s.capacity == charge.capacity), None)


def charge_title(case: Case) -> str:
    """What who is responsible is called (承办人); empty where the rulebook knows no such thing."""
    charge = case.rulebook.in_charge
    return case.rulebook.by_capacity[charge.capacity].title if charge is not None else ""


def handed_over(scope: Scope) -> Iterator[Defect]:
    """A handover by nobody or by one who isn't responsible, to the same officer, or not signed by who takes it on.

    Of a paper case nobody who is enrolled need have been responsible: then nobody hands it over.
    """
    charge = scope.case.rulebook.in_charge
    if charge is None or scope.action.code != charge.to.action:
        return
    gives, takes = (scope.entry.facts.get(ref.field) for ref in (charge.from_, charge.to))
    title = scope.case.rulebook.by_capacity[charge.capacity].title
    if gives is None and HIDDEN not in scope.entry.facts and in_charge(scope.case) is not None:
        spec = next(fact for fact in scope.action.facts if fact.name == charge.from_.field)
        yield absent(scope.action, f"facts.{spec.name}", f"缺少“{spec.title}”", spec.article)
    if isinstance(gives, str) and gives != in_charge(scope.case):
        message = f"移交人不是本案现在的{title}"
        yield breach(scope, "not-in-charge", message, "请核对人员。", f"facts.{charge.from_.field}")
    if isinstance(takes, str) and takes == gives:
        message = f"接办人就是现在的{title}"
        yield breach(scope, "not-in-charge", message, "请核对人员。", f"facts.{charge.to.field}")
    if isinstance(takes, str) and not any(
        (s.officer, s.capacity) == (takes, charge.capacity) for s in scope.entry.signers
    ):
        message = f"接办人须以{title}身份签署"
        yield breach(scope, "signers", message, "请由接办人签署。", f"facts.{charge.to.field}")
