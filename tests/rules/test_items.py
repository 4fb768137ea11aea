"""What is judged item by item: limits of each matter from its own date, and choices that its row bears out."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.errors import Fault
from domain.formats.act import Seen, Signer
from domain.rules.admissible import Outcome, admissible, extend
from domain.rules.case import Case, Entry
from domain.rules.deadline import Status
from domain.rules.loader import compile_tables
from domain.rules.sources import named
from domain.rules.time_limits import reckoned
from storage.rulebooks import installed
from tests.rules.calendars import cn
from tests.rules.rulebook_files import SMALL, forms_of, small

BOOK = compile_tables(small(), forms_of(SMALL))
CLAIMS = [{"kind": "goods", "known_on": "2023-03-06"}, {"kind": "other", "known_on": "2023-02-20"}, {"kind": "works"}]


def entry(case: Case, action: str, facts: dict[str, Any]) -> Entry:
    signers = (Signer("officer-1", "kid-1", "writer"), Signer("officer-2", "kid-2", "judge"))
    number = case.seq + 1
    return Entry(number, f"d{number}", action, action, "2023-03-13", None, signers, Seen(case.seq, None), facts, ())


def opened(**facts: Any) -> Case:
    empty = Case("case", BOOK, cn())
    return extend(empty, entry(empty, "opening", {"received_on": "2023-03-13", "claims": CLAIMS} | facts))


def ruled(*rows: dict[str, Any], **facts: Any) -> Outcome:
    case = opened()
    return admissible(case, entry(case, "ruling", {"ended": True, "verdicts": list(rows)} | facts))


def at_verdicts(outcome: Outcome) -> list[tuple[str, str | None, str | None]]:
    return [(d.code, d.article, d.field) for d in outcome.defects if str(d.field).endswith("].verdict")]


def test_each_item_has_a_limit_from_the_date_in_its_own_row() -> None:
    first, second, third = reckoned(opened(), BOOK.by_limit["claim"], date(2023, 3, 13))
    assert (first.of, first.status, first.due) == ("1", Status.KEPT, date(2023, 3, 13))
    assert (second.of, second.status, second.due) == ("2", Status.MISSED, date(2023, 2, 27))
    assert (third.of, third.status, third.due) == ("3", Status.NOT_BEGUN, None)


def test_a_limit_of_items_that_nobody_named_has_not_begun() -> None:
    (only,) = reckoned(opened(claims=None), BOOK.by_limit["claim"], date(2023, 3, 13))
    assert (only.of, only.status) == (None, Status.NOT_BEGUN)


def test_lateness_is_a_ground_for_the_late_item_and_for_no_other() -> None:
    assert not at_verdicts(ruled({"of": "2", "verdict": "late"}))
    (found,) = at_verdicts(ruled({"of": "1", "verdict": "late"}))
    assert found[0] == "unfounded"


def test_a_choice_asks_what_the_row_that_it_stands_for_says() -> None:
    assert not at_verdicts(ruled({"of": "1", "verdict": "repaired"}, {"of": "3", "verdict": "repaired"}))
    assert at_verdicts(ruled({"of": "2", "verdict": "repaired"})) == [
        ("unfounded", "7(一)", "facts.verdicts[0].verdict")
    ]


def test_a_choice_asks_what_the_act_says_elsewhere() -> None:
    assert not at_verdicts(ruled({"of": "1", "verdict": "ended"}))
    assert at_verdicts(ruled({"of": "1", "verdict": "ended"}, ended=False)) == [
        ("unfounded", "7(二)", "facts.verdicts[0].verdict")
    ]
    behind = {"ended": None, "_sd": ["digest"]}
    assert not at_verdicts(ruled({"of": "1", "verdict": "ended"}, **behind)), "what is kept back contradicts nothing"


def test_a_choice_that_tells_of_a_wrong_is_marked_with_its_article() -> None:
    assert at_verdicts(ruled({"of": "1", "verdict": "void"})) == [("amiss", "7(三)", "facts.verdicts[0].verdict")]


def test_a_choice_asks_that_something_be_stated() -> None:
    assert at_verdicts(ruled({"of": "1", "verdict": "based"})) == [("unfounded", "7(四)", "facts.verdicts[0].verdict")]
    case = opened(basis="约定")
    facts = {"ended": True, "verdicts": [{"of": "1", "verdict": "based"}]}
    assert not at_verdicts(admissible(case, entry(case, "ruling", facts)))
    kept_back = opened(_sd=["digest"])
    assert not at_verdicts(admissible(kept_back, entry(kept_back, "ruling", facts)))


def test_version_1_reckons_for_recipients_only() -> None:
    tables = small()
    tables["rulebook.toml"]["vocabulary"] = 1
    tables["clocks.toml"]["limit"]["claim"]["from"] = "opening.received_on"
    with pytest.raises(Fault) as refused:
        compile_tables(tables, forms_of(SMALL))
    told = {(defect.code, defect.field) for defect in refused.value.defects}
    assert ("vocabulary", "clocks.toml:limit.claim.each") in told


def test_an_item_is_named_by_its_place_and_a_party_by_its_name() -> None:
    names = {"winner": "华东影像设备有限公司"}
    assert [named(key, names) for key in ("2", "winner", "gone", None)] == ["第 2 项", names["winner"], "gone", None]


@pytest.mark.parametrize(
    ("rulebook", "bringing", "against"),
    [
        ("lu-cai-cai-2018-72", "complainant", ("respondent",)),
        ("lu-cai-cai-2018-72-challenge", "challenger", ("purchaser",)),
        ("register", "", ()),
    ],
)
def test_a_rulebook_says_who_brings_a_case_and_against_whom(rulebook, bringing, against) -> None:
    assert installed()[rulebook].sides == (bringing, against)
