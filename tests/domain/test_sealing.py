"""Confidential members stay behind digests in every act, and cases are read once and kept at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain import reading
from domain.rules.admissible import Answer
from domain.sealing import hidden
from tests.office import PARTIES

if TYPE_CHECKING:
    import pytest

    from tests.office import Office

PAIR = ("handler:陈立", "reviewer:李敏")


def test_a_correction_keeps_back_what_the_corrected_record_keeps_back(office: Office) -> None:
    case = office.opened()
    parties = [{**PARTIES[0], "phone": "0531-5559999"}, PARTIES[1]]
    facts = {"target": 1, "mode": "corrects", "reason": "电话有误", "changes": {"parties": parties, "lot": "A包"}}
    made = office.draft(case, "rectification", facts, *PAIR)
    assert made.outcome.answer is Answer.ACCEPTED
    for secret in ("0531-5559999", "江北市建设路", "孙敏"):
        assert secret.encode() not in made.payload
    assert "A包".encode() in made.payload
    office.do(case, "rectification", facts, *PAIR)
    assert office.archive.case(case).parties["complainant"].row["phone"] == "0531-5559999"


def test_what_is_no_correction_has_no_target_whose_classes_count(office: Office) -> None:
    case = office.accepted()
    made = office.draft(case, "answer-notice", {"copies": 1, "duties": "说明", "progress": "进展"}, PAIR[0])
    assert made.disclosures == ()


def test_digests_are_found_at_any_depth() -> None:
    for value in ({"_sd": []}, {"a": {"_sd": []}}, [{"a": [{"_sd": []}]}]):
        assert hidden(value)
    for value in ({"a": "_sd"}, ["_sd"], "_sd", {}, [], None):
        assert not hidden(value)


def test_a_case_is_folded_again_only_when_it_has_grown(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = office.opened(), office.opened()
    once = office.archive.case(first)
    assert office.archive.case(first) is once
    office.do(first, "acceptance", {}, PAIR[0])
    grown = office.archive.case(first)
    assert grown is not once
    assert grown.entries[:1] == once.entries
    assert office.archive.case(first) is grown
    monkeypatch.setattr(reading, "KEPT", 2)
    for case in (second, office.opened(), office.opened()):
        office.archive.case(case)
    assert len(office.archive.reader._cases) == 2
    again = office.archive.case(first)
    assert again is not grown
    assert again == grown
