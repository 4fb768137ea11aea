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

    from ..formats.verdict import Coverage, Finding, Report

LANGUAGES = ("zh", "en")
WORDS: Mapping[Verdict, tuple[str, str]] = MappingProxyType(
    {
        Verdict.PASSED: ("通过", "passed"),
        Verdict.FAILED: ("未通过", "failed"),
        Verdict.INDETERMINATE: ("无法判定", "indeterminate"),
        Verdict.NOT_CLAIMED: ("未主张", "not claimed"),
        Verdict.NOT_JUDGED: ("未判定", "not judged"),
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
    sentence = ("结论：", "verdict：")[at] + WORDS[verdict][at] + _bounds(report.coverage, at)
    return Line(verdict, WORDS[verdict][at], sentence, "")


def _bounds(coverage: Coverage, at: int) -> str:
    """What the conclusion does not speak of."""
    bounds = []
    if coverage.seed is not None:
        zh = f"抽样：{coverage.of} 个案件中的 {coverage.cases} 个，种子“{coverage.seed}”"
        bounds.append((zh, f"sample: {coverage.cases} of {coverage.of} cases, seed {coverage.seed}")[at])
    if coverage.hash_only:
        bounds.append(("只核对摘要，签名、权限和程序没有判定", "digests only; no signature, no rule")[at])
    if coverage.resumed:
        bounds.append((f"续前次，其中 {coverage.resumed} 个案件先前已判定", f"{coverage.resumed} judged before")[at])
    return ("（", " (")[at] + "；".join(bounds) + ("）", ")")[at] if bounds else ""


def _line(finding: Finding, at: int) -> Line:
    where = "  ".join(x for x in (finding.where, finding.field) if x)
    sentence = f"{CHECKS[finding.check][at]}：{(finding.zh, finding.en)[at]}"
    return Line(finding.verdict, WORDS[finding.verdict][at], sentence, f"{where}  {finding.reason}")
