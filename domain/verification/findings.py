"""Findings as they are gathered, and what hostile bytes may provoke in the rooms below."""

from __future__ import annotations

from ..errors import Fault
from ..formats.verdict import CHECKS, Finding, Report, Verdict

SHOWN = 200  # findings of one check and verdict; the rest is counted

# What facts of any type, met by rules that expect others, can raise. Rulebook and facts come from the same hands as
# the package: no case may bring the verifier down, and none may pass because it could not be judged.
UNJUDGEABLE = (ArithmeticError, AttributeError, Fault, LookupError, RecursionError, TypeError, ValueError)


class Findings:
    """The findings of one verification, bounded; `report` puts them in the order of the checks."""

    def __init__(self) -> None:
        self._found: dict[str, list[Finding]] = {check: [] for check in CHECKS}
        self._more: dict[tuple[str, Verdict], int] = {}

    def add(self, finding: Finding) -> None:
        """One finding; beyond `SHOWN` of one check and verdict only its number is kept."""
        shown = self._found[finding.check]
        if sum(f.verdict is finding.verdict for f in shown) < SHOWN:
            shown.append(finding)
        else:
            key = (finding.check, finding.verdict)
            self._more[key] = self._more.get(key, 0) + 1

    def failed(self, check: str, reason: str, where: str = "", field: str | None = None, **values: object) -> None:
        """Something contradicts what it should be."""
        self.add(Finding.of(check, Verdict.FAILED, reason, where, field, **values))

    def unsettled(self, check: str, reason: str, where: str = "", field: str | None = None, **values: object) -> None:
        """Something can't be judged with what is at hand: INDETERMINATE."""
        self.add(Finding.of(check, Verdict.INDETERMINATE, reason, where, field, **values))

    def noted(self, check: str, reason: str, where: str = "", field: str | None = None, **values: object) -> None:
        """Something that takes nothing from the verdict, and that a reader should know: PASSED."""
        self.add(Finding.of(check, Verdict.PASSED, reason, where, field, **values))

    def unclaimed(self, check: str, reason: str, where: str = "") -> None:
        """A layer that nobody claims."""
        self.add(Finding.of(check, Verdict.NOT_CLAIMED, reason, where))

    def clean(self, check: str) -> bool:
        """Whether nothing speaks against `check` so far."""
        return all(f.verdict is Verdict.PASSED for f in self._found[check])

    def passed(self, check: str, reason: str, **values: object) -> None:
        """`check` as a whole, unless something speaks against it."""
        if self.clean(check):
            self.add(Finding.of(check, Verdict.PASSED, reason, "", None, **values))

    def blocked(self, check: str, where: str = "") -> None:
        """`check` can't be judged because an earlier one did not pass."""
        self.unsettled(check, "blocked", where)

    def report(self) -> Report:
        """All findings, by check; within one as they were made."""
        out: list[Finding] = []
        for check, found in self._found.items():
            out += found
            out += (
                Finding.of(check, verdict, "more", count=count)
                for (of, verdict), count in self._more.items()
                if of == check
            )
        return Report(tuple(out))
