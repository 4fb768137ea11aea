"""Acts of then, entered late (补录): which they are, and who signed them then."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .case import Entry
    from .rulebook import Rulebook

THEN_SIGNERS = "then_signers"  # the fact that names them: rows of capacity and name
ORIGINAL = "original"  # the slot for scans of the paper itself


def is_late(rulebook: Rulebook, entry: Entry) -> bool:
    """Whether an act is one of then, entered by somebody in a capacity that `backfills`."""
    if not rulebook.late or not any(signer.capacity in rulebook.late for signer in entry.signers):
        return False
    action = rulebook.by_action.get(entry.action)
    return action is not None and not (action.closes_backfill or action.rectifies)


def then_signers(entry: Entry) -> list[tuple[str, str]]:
    """Capacity and name of everyone who signed then, as far as disclosed."""
    rows = entry.facts.get(THEN_SIGNERS)
    told = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return [(str(row.get("capacity")), str(row.get("name"))) for row in told if "capacity" in row and "name" in row]


def capacities(rulebook: Rulebook, entry: Entry) -> list[str]:
    """In which capacities an act was signed: those of then where it is entered late."""
    if is_late(rulebook, entry):
        return [capacity for capacity, _ in then_signers(entry)]
    return [signer.capacity for signer in entry.signers]
