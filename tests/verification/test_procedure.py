"""The rulebook replayed: what had to be refused fails, what was rightly marked is noted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from domain.formats.act import Seen
from domain.formats.canonical import dump
from domain.formats.encoding import digest
from domain.formats.verdict import Verdict
from domain.rules.vocabulary import Moment, Pick, Ref
from tests.verification.factory import Archive, archive, calendar, small_rules
from tests.verification.judging import against, places, reasons, verified

if TYPE_CHECKING:
    from domain.rules.rulebook import Rulebook

FIRST, SECOND, THIRD = (f"data/records/{seq:04}.json" for seq in (1, 2, 3))
INTAKE = {"received_on": "2023-03-06", "contact": "张三"}


def opened(facts: dict[str, Any] | None = None, **evidence: Any) -> Archive:
    """An archive with an officer each, and a case that was taken in."""
    made = Archive()
    made.found()
    made.staff()
    made.enrol("d", ["handler"], [("a", "registrar"), ("b", "registrar")])
    papers = [made.evidence(**evidence)] if evidence else [made.evidence()]
    made.enter(made.case, "intake", facts or INTAKE, [("a", "handler")], evidence=papers)
    return made


def visited() -> Archive:
    """A case in which a visit, with a date of its own that is withheld, came before the decision."""
    made = opened()
    made.enter(made.case, "acceptance", {}, [("a", "handler")])
    made.enter(made.case, "visit", {"heard_on": "2023-03-06"}, [("a", "handler"), ("d", "handler")])
    made.enter(made.case, "decision", {}, [("a", "handler"), ("c", "head")])
    return made


def shown(made: Archive, *hidden: str) -> bytes:
    """The package with the disclosures of `hidden` records left out."""
    kept = {key: list(value) for key, value in made.disclosures.items() if key not in hidden}
    return made.package({**made.payload(), "data/disclosures.json": dump(kept)})


def found(made: Archive, data: bytes | None = None) -> list[tuple[str, str | None]]:
    """Failed findings of the procedure: place and field."""
    report = verified(data or made.package(), made.trust())
    return [(f.where, f.field) for f in report.findings if f.reason == "procedure-unlawful"]


def test_a_decision_before_acceptance_fails_with_its_article() -> None:
    made = opened()
    made.enter(made.case, "decision", {}, [("a", "handler"), ("c", "head")])
    report = verified(made.package(), made.trust())
    [finding] = [f for f in report.findings if f.verdict is Verdict.FAILED]
    assert (finding.check, finding.reason, finding.where) == ("procedure", "procedure-unlawful", SECOND)
    assert "[stage]" in finding.zh
    assert "第 4 条" in finding.zh


def test_a_second_acceptance_fails() -> None:
    made = opened()
    for _ in range(2):
        made.enter(made.case, "acceptance", {}, [("a", "handler")])
    made.enter(made.case, "decision", {}, [("a", "handler"), ("c", "head")])
    assert {where for where, _ in found(made)} == {THIRD}


def test_a_decision_by_too_few_fails() -> None:
    made = opened()
    made.enter(made.case, "acceptance", {}, [("a", "handler")])
    made.enter(made.case, "decision", {}, [("a", "handler")])
    assert found(made) == [(THIRD, "signers")]


def test_an_irregular_event_is_noted_and_fails_nothing() -> None:
    made = opened()
    made.enter(made.case, "acceptance", {}, [("a", "handler")])
    made.enter(made.case, "visit", {}, [("a", "handler")])
    made.enter(made.case, "decision", {}, [("a", "handler"), ("c", "head")])
    report = verified(made.package(), made.trust())
    assert report.exit_status == 0
    assert places(report, "procedure-irregular") == {THIRD}


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({**INTAKE, "received_on": "2023-02-30"}, "facts.received_on"),
        ({**INTAKE, "received_on": ["2023-03-06"]}, "facts.received_on"),
        ({**INTAKE, "unknown": 1}, "facts.unknown"),
        ({**INTAKE, "contact": 7}, "facts.contact"),
    ],
)
def test_facts_that_no_act_may_carry_fail(facts: dict[str, Any], field: str) -> None:
    assert found(opened(facts)) == [(FIRST, field)]


def test_an_unknown_act_fails() -> None:
    made = opened()
    made.enter(made.case, "promotion", {}, [("c", "head")])
    assert [where for where, _ in found(made)] == [SECOND]


def test_a_case_that_begins_in_the_middle_fails() -> None:
    made = Archive()
    made.found()
    made.staff()
    made.enter(made.case, "decision", {}, [("a", "handler"), ("c", "head")])
    assert [where for where, _ in found(made)] == [FIRST]


def test_a_decision_whose_signers_had_not_seen_the_last_record_fails() -> None:
    made = opened()
    seen = Seen(1, made.records[made.case][0].digest)
    made.enter(made.case, "acceptance", {}, [("a", "handler")])
    made.enter(made.case, "decision", {}, [("a", "handler"), ("c", "head")], seen=seen)
    assert found(made) == [(THIRD, "seen")]


def test_confidential_facts_signed_in_the_clear_fail() -> None:
    made = opened()
    made.records[made.case].pop()
    made.disclosures.clear()
    papers = [made.evidence(), made.evidence(b"identity card", slot="private", level="personal")]
    made.enter(made.case, "intake", INTAKE, [("a", "handler")], evidence=papers, clear=True)
    named = {f"evidence.1.{name}" for name in ("sha256", "length", "media", "name")}
    assert {field for _, field in found(made)} == {"facts.contact", *named}


def test_withheld_texts_change_no_verdict() -> None:
    made = archive()
    report = verified(shown(made, f"{made.case}/1"), made.trust())
    assert report.exit_status == 0
    [finding] = [f for f in report.findings if f.reason == "disclosures-valid"]
    assert "0 facts shown, 1 withheld" in finding.en


def test_a_withheld_date_leaves_its_record_unjudged_until_it_is_shown() -> None:
    made = visited()
    assert not against(verified(made.package(), made.trust()))
    report = verified(shown(made, f"{made.case}/3"), made.trust())
    assert [(f.reason, f.where) for f in against(report)] == [("procedure-withheld", THIRD)]
    assert report.exit_status == 2


def test_withholding_what_the_rulebook_shows_leaves_the_record_unjudged() -> None:
    """An archive may not hide a date that every reader is to see by putting it behind a digest."""
    made = opened()
    first = made.records[made.case].pop()
    sealed = dict(first.act.facts)
    sealed.pop("received_on")
    made.disclosures.clear()
    made.enter(made.case, "intake", {}, [("a", "handler")], evidence=[made.evidence()], facts=sealed)
    report = verified(made.package(), made.trust())
    assert places(report, "procedure-withheld") == {FIRST}


def test_withheld_facts_excuse_nothing_that_they_could_not_cure() -> None:
    made = visited()
    made.enter(made.case, "destruction", {}, [("a", "handler")])
    report = verified(shown(made, f"{made.case}/3"), made.trust())
    assert places(report, "procedure-unlawful") == {"data/records/0005.json"}
    assert places(report, "procedure-withheld") == {THIRD}


def test_withheld_evidence_is_counted_and_its_files_are_not_missed() -> None:
    made = opened()
    made.records[made.case].pop()
    papers = [made.evidence(), made.evidence(b"identity card", slot="private", level="personal")]
    made.enter(made.case, "intake", INTAKE, [("a", "handler")], evidence=papers)
    made.enter(made.case, "acceptance", {}, [("a", "handler")])
    made.enter(made.case, "decision", {}, [("a", "handler"), ("c", "head")])
    assert not against(verified(made.package(), made.trust()))
    files = {n: d for n, d in made.payload().items() if d != b"identity card"}
    files["data/disclosures.json"] = b"{}"
    report = verified(made.package(files), made.trust())
    assert report.exit_status == 0
    assert [f.zh for f in report.findings if f.reason == "evidence-withheld"] == ["1 个证据文件未公开。"]


def test_destroyed_evidence_is_not_missed() -> None:
    made = archive()
    [name] = made.files
    made.enter(made.case, "destruction", {"sha256": [name]}, [("c", "head")])
    del made.files[name]
    report = verified(made.package(), made.trust())
    assert report.exit_status == 0
    assert places(report, "evidence-destroyed") == {FIRST}


@pytest.mark.parametrize(
    ("received", "due", "days"),
    [("2023-02-20", "2023-02-27", 0), ("2023-03-03", "2023-03-10", 5)],  # decided on Monday 6, on Saturday 11 March
)
def test_a_missed_limit_is_noted_though_late_by_no_working_day(received: str, due: str, days: int) -> None:
    made = opened({**INTAKE, "received_on": received})
    made.enter(made.case, "acceptance", {}, [("a", "handler")])
    made.step += 24 * 60 * days
    made.enter(made.case, "decision", {}, [("a", "handler"), ("c", "head")])
    report = verified(made.package(), made.trust())
    assert report.exit_status == 0
    [finding] = [f for f in report.findings if f.reason == "procedure-late"]
    assert due in finding.zh


def test_what_is_said_to_have_happened_after_its_receipt_fails() -> None:
    made = opened()
    made.enter(made.case, "acceptance", {}, [("a", "handler")], occurred="2023-03-20")
    assert found(made) == [(SECOND, "occurred")]


def test_a_broken_chain_leaves_the_procedure_unjudged() -> None:
    made = archive()
    files = made.payload()
    del files[SECOND]
    report = verified(made.package(files), made.trust())
    assert {f.where for f in report.findings if f.check == "procedure" and f.reason == "blocked"} == {FIRST}


def _crippled(name: str, **words: Any) -> Rulebook:
    """The small rulebook with words in one action that name nothing: no loader would have let it pass."""
    book = small_rules()
    return replace(book, actions=tuple(replace(a, **words) if a.code == name else a for a in book.actions))


@pytest.mark.parametrize("words", [{"running": ("nothing",)}, {"kept": ("nothing",)}, {"needs": ("nothing",)}])
def test_a_rulebook_that_cannot_be_replayed_never_passes(words: dict[str, Any]) -> None:
    made = Archive(book=_crippled("acceptance", **words))
    made.found()
    made.staff()
    made.hear()
    report = verified(made.package(), made.trust())
    assert [(f.reason, f.verdict) for f in against(report)] == [("procedure-unjudged", Verdict.INDETERMINATE)]


def test_a_limit_that_cannot_be_reckoned_is_said() -> None:
    book = small_rules()
    limit = replace(book.limits[0], from_=Moment(Pick.FIRST, (Ref("limit.nothing", "due"),)))
    made = Archive(book=replace(book, limits=(limit,)))
    made.found()
    made.staff()
    made.hear()
    assert reasons(verified(made.package(), made.trust()), Verdict.INDETERMINATE) == {"procedure-unjudged"}


def test_the_calendar_of_the_day_counts_not_a_later_one() -> None:
    """Records are judged by the tables adopted when they came: each period is replayed with its own."""
    made = opened()
    facts = {"name": "cn-2022", "digest": digest(calendar("cn-2022")), "notice": "国办发明电〔2021〕11号"}
    made.enter(made.own, "calendar-adopted", facts, [("a", "registrar"), ("b", "registrar")])
    made.enter(made.case, "acceptance", {}, [("a", "handler")])
    made.enter(made.case, "acceptance", {}, [("a", "handler")])
    report = verified(made.package(made.payload(calendars=("cn-2022", "cn-2023"))), made.trust())
    assert places(report, "procedure-unlawful") == {THIRD}
