"""Findings as they are gathered, and what hostile bytes may provoke in the rooms below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import Fault
from ..formats.verdict import CHECKS, Coverage, Finding, Report, Verdict

if TYPE_CHECKING:
    from ..formats.canonical import Json

WHOLE = Coverage()
SHOWN = 200  # findings of one check and verdict; the rest is counted

# What facts of any type, met by rules that expect others, can raise. Rulebook and facts come from the same hands as
# the package: no case may bring the verifier down, and none may pass because it could not be judged.
UNJUDGEABLE = (ArithmeticError, AttributeError, Fault, LookupError, RecursionError, TypeError, ValueError)


class Findings:
    """The findings of one verification, bounded; `report` puts them in the order of the checks."""

    def __init__(self) -> None:
        self._found: dict[str, list[Finding]] = {check: [] for check in CHECKS}
        self._shown: dict[tuple[str, Verdict], int] = {}
        self._more: dict[tuple[str, Verdict], int] = {}

    def add(self, finding: Finding) -> None:
        """One finding; beyond `SHOWN` of one check and verdict only its number is kept."""
        key = (finding.check, finding.verdict)
        shown = self._shown.get(key, 0)
        if shown < SHOWN:
            self._shown[key] = shown + 1
            self._found[finding.check].append(finding)
        else:
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

    def unjudged(self, check: str, reason: str = "not-judged", **values: object) -> None:
        """Something that was not asked for."""
        self.add(Finding.of(check, Verdict.NOT_JUDGED, reason, "", None, **values))

    def absorb(self, other: Findings) -> None:
        """All findings of `other`, after those here."""
        for found in other._found.values():
            for finding in found:
                self.add(finding)
        for key, count in other._more.items():
            self._more[key] = self._more.get(key, 0) + count

    def as_json(self) -> Json:
        """What `from_json` reads back."""
        listed: list[Json] = [finding.as_json() for found in self._found.values() for finding in found]
        return {"found": listed, "more": [[check, verdict.value, n] for (check, verdict), n in self._more.items()]}

    @classmethod
    def from_json(cls, value: Any) -> Findings:
        """As `as_json` wrote them; KeyError, TypeError or ValueError on anything else."""
        made = cls()
        for entry in value["found"]:
            made.add(Finding(**{**entry, "verdict": Verdict(entry["verdict"])}))
        made._more = {(check, Verdict(verdict)): n for check, verdict, n in value["more"]}
        return made

    def __bool__(self) -> bool:
        """Whether there is any."""
        return any(self._found.values())

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

    def report(self, coverage: Coverage = WHOLE) -> Report:
        """All findings, by check; within one as they were made."""
        out: list[Finding] = []
        for check, found in self._found.items():
            out += found
            out += (
                Finding.of(check, verdict, "more", count=count)
                for (of, verdict), count in self._more.items()
                if of == check
            )
        return Report(tuple(out), coverage)
