"""A report in words, line by line, as every command that verifies prints it.

Leaves: colours and where it is printed (ops).
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from ..formats.checks import CHECKS
from ..formats.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..formats.verdict import Finding, Report

LANGUAGES = ("zh", "en")
WORDS: Mapping[Verdict, tuple[str, str]] = MappingProxyType(
    {
        Verdict.PASSED: ("通过", "passed"),
        Verdict.FAILED: ("未通过", "failed"),
        Verdict.INDETERMINATE: ("无法判定", "indeterminate"),
        Verdict.NOT_CLAIMED: ("未主张", "not claimed"),
    }
)


class Line(NamedTuple):
    """One finding in words: its verdict's `word`, what was checked and found, and `place` with the reason's code."""

    verdict: Verdict
    word: str
    sentence: str
    place: str

    def __str__(self) -> str:
        return f"{self.word}  {self.sentence}  {self.place}"


def lines(report: Report, lang: str = LANGUAGES[0]) -> Iterator[Line]:
    """Every finding, check by check."""
    for check in CHECKS:
        yield from (_line(finding, LANGUAGES.index(lang)) for finding in report.of_check(check))


def conclusion(report: Report, lang: str = LANGUAGES[0]) -> Line:
    """What it comes to."""
    verdict = (Verdict.PASSED, Verdict.FAILED, Verdict.INDETERMINATE)[report.exit_status]
    at = LANGUAGES.index(lang)
    return Line(verdict, WORDS[verdict][at], ("结论：", "verdict：")[at] + WORDS[verdict][at], "")


def _line(finding: Finding, at: int) -> Line:
    where = "  ".join(x for x in (finding.where, finding.field) if x)
    sentence = f"{CHECKS[finding.check][at]}：{(finding.zh, finding.en)[at]}"
    return Line(finding.verdict, WORDS[finding.verdict][at], sentence, f"{where}  {finding.reason}")
