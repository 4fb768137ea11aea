"""Verdicts of a verification: what was checked, with what result, where, and why, in Chinese and English.

Keeps: every reason stands in `REASONS`, every check in `CHECKS`; FORMAT.md's table is this table (a test holds it);
text that comes from a package can't carry control or direction characters into a report.
Leaves: how a check is carried out (verification).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from .checks import CHECKS
from .reasons import REASONS

if TYPE_CHECKING:
    from .canonical import Json

__all__ = ["CHECKS", "REASONS", "Coverage", "Finding", "Report", "Verdict", "plain"]

PLAIN_CHARACTERS = 200
PASSED, FAILED, INDETERMINATE = 0, 1, 2


class Verdict(StrEnum):
    """What a check answers; only PASSED counts as passed."""

    PASSED = "PASSED"
    FAILED = "FAILED"
    INDETERMINATE = "INDETERMINATE"
    NOT_CLAIMED = "NOT_CLAIMED"
    NOT_JUDGED = "NOT_JUDGED"  # not asked for: digests alone, or a sample


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer. `check` is a code of CHECKS, `reason` one of REASONS.

    `where` is a path in the package ("data/records/0003.json") or "case/seq", `field` the member concerned or None.
    """

    check: str
    verdict: Verdict
    reason: str
    where: str
    field: str | None
    zh: str
    en: str

    @classmethod
    def of(
        cls, check: str, verdict: Verdict, reason: str, where: str = "", field: str | None = None, **values: object
    ) -> Finding:
        """A finding whose sentences are the reason's templates filled with `values`.

        KeyError when the check, the reason or a value that the template names is unknown: a bug, not bad input.
        """
        if check not in CHECKS:
            raise KeyError(check)
        zh, en = REASONS[reason]
        shown = {name: plain(str(value)) for name, value in values.items()}
        place = None if field is None else plain(field)
        return cls(check, verdict, reason, plain(where), place, zh.format(**shown), en.format(**shown))

    def as_json(self) -> dict[str, Json]:
        """Members check, verdict, reason, where, field, zh, en; all always present."""
        return {
            "check": self.check,
            "verdict": self.verdict.value,
            "reason": self.reason,
            "where": self.where,
            "field": self.field,
            "zh": self.zh,
            "en": self.en,
        }


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a verification went through: `cases` of `of` there are; digests alone if `hash_only`.

    `seed` is None unless a sample was asked for, `sampled` are then its cases. `resumed` of the cases were judged
    before an interruption.
    """

    cases: int = 1
    of: int = 1
    hash_only: bool = False
    seed: str | None = None
    sampled: tuple[str, ...] = ()
    resumed: int = 0

    def as_json(self) -> dict[str, Json]:
        """Members mode (full, hash-only), cases, of, seed, sampled, resumed; all always present."""
        return {
            "mode": "hash-only" if self.hash_only else "full",
            "cases": self.cases,
            "of": self.of,
            "seed": self.seed,
            "sampled": list(self.sampled),
            "resumed": self.resumed,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """All findings of one verification, in the order of the checks, and what it went through."""

    findings: tuple[Finding, ...]
    coverage: Coverage = Coverage()

    @property
    def exit_status(self) -> int:
        """0 all that was asked passed, 1 something failed (beats 2), 2 something indeterminate or nothing passed.

        3 (not a package) and 64 (usage) never come from findings (FORMAT.md §9).
        """
        verdicts = {finding.verdict for finding in self.findings}
        if Verdict.FAILED in verdicts:
            return FAILED
        if Verdict.INDETERMINATE in verdicts or Verdict.PASSED not in verdicts:
            return INDETERMINATE
        return PASSED

    def of_check(self, check: str) -> tuple[Finding, ...]:
        """The findings of one check."""
        return tuple(finding for finding in self.findings if finding.check == check)

    def as_json(self) -> dict[str, Json]:
        """Members verdict (PASSED, FAILED, INDETERMINATE; of what was asked), exit_status, coverage, findings."""
        overall = (Verdict.PASSED, Verdict.FAILED, Verdict.INDETERMINATE)[self.exit_status]
        return {
            "verdict": overall.value,
            "exit_status": self.exit_status,
            "coverage": self.coverage.as_json(),
            "findings": [finding.as_json() for finding in self.findings],
        }


def plain(text: str) -> str:
    """`text` fit for a terminal or a report: unprintable characters become U+FFFD, at most 200 characters."""
    shown = "".join(c if c.isprintable() else "�" for c in text[: PLAIN_CHARACTERS + 1])
    return shown if len(shown) <= PLAIN_CHARACTERS else shown[: PLAIN_CHARACTERS - 1] + "…"
