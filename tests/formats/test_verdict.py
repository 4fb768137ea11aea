"""Verdicts: what they add up to, and that a package can't write into a report."""

from __future__ import annotations

import json
import string

import pytest

from domain.formats.verdict import CHECKS, REASONS, Finding, Report, Verdict, plain


def finding(verdict: Verdict, reason: str = "blocked") -> Finding:
    return Finding.of("chain", verdict, reason)


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [
        ((Verdict.PASSED,), 0),
        ((Verdict.PASSED, Verdict.NOT_CLAIMED), 0),
        ((Verdict.PASSED, Verdict.INDETERMINATE), 2),
        ((Verdict.PASSED, Verdict.FAILED), 1),
        ((Verdict.INDETERMINATE, Verdict.FAILED), 1),
        ((Verdict.NOT_CLAIMED,), 2),
        ((), 2),
    ],
)
def test_failed_beats_indeterminate_and_nothing_is_not_passed(verdicts: tuple[Verdict, ...], status: int) -> None:
    report = Report(tuple(finding(verdict) for verdict in verdicts))
    assert report.exit_status == status
    assert report.as_json()["exit_status"] == status
    assert report.as_json()["verdict"] == ["PASSED", "FAILED", "INDETERMINATE"][status]


def test_a_report_is_json_in_the_order_of_its_findings() -> None:
    report = Report((finding(Verdict.PASSED), Finding.of("trust", Verdict.INDETERMINATE, "trust-absent", "x", "y")))
    listed = json.loads(json.dumps(report.as_json()))["findings"]
    assert [entry["check"] for entry in listed] == ["chain", "trust"]
    assert listed[1] == {
        "check": "trust",
        "verdict": "INDETERMINATE",
        "reason": "trust-absent",
        "where": "x",
        "field": "y",
        "zh": REASONS["trust-absent"][0],
        "en": REASONS["trust-absent"][1],
    }
    assert report.of_check("trust") == report.findings[1:]


def test_values_fill_both_sentences() -> None:
    found = Finding.of("chain", Verdict.FAILED, "chain-seq", "data/records/0003.json", expected=3, found=4)
    assert found.zh == "记录序号应为 3，实为 4。".replace(",", ",")
    assert found.en == "The record's number should be 3, is 4."


@pytest.mark.parametrize(("check", "reason"), [("no-such", "blocked"), ("chain", "no-such"), ("chain", "chain-seq")])
def test_an_unknown_code_or_a_missing_value_is_a_bug(check: str, reason: str) -> None:
    with pytest.raises(KeyError):
        Finding.of(check, Verdict.FAILED, reason)


def test_hostile_text_does_not_reach_the_reader() -> None:
    hostile = "\x1b[2J\u202e\u0000{x}\n" + "a" * 1000
    found = Finding.of("records", Verdict.FAILED, "record-malformed", hostile, hostile, detail=hostile)
    for text in (found.zh, found.en, found.where, found.field or ""):
        assert text.isprintable()
        assert len(text) < 300
    assert "{x}" in found.en
    assert plain("案卷 1") == "案卷 1"
    assert plain("a" * 200) == "a" * 200
    assert plain("a" * 201) == "a" * 199 + "…"


def test_codes_are_plain_and_both_languages_name_the_same_values() -> None:
    for code, (zh, en) in REASONS.items():
        assert set(code) <= set(string.ascii_lowercase + string.digits + "-"), code
        fields = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (zh, en)]
        assert fields[0] == fields[1], code
        assert any("\u4e00" <= char <= "\u9fff" for char in zh), code
        assert en.replace("…", "").isascii(), code
    assert all(len(labels) == 2 for labels in CHECKS.values())
