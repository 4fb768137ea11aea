"""煤矿考核定级: grades at the threshold, waiting periods to the day, public notice and objections, validity."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules.admissible import Answer, admissible, extend
from domain.rules.deadline import Deadline, Status
from domain.rules.levels import level_of
from domain.rules.time_limits import deadlines, reckoned
from tests.rules.mine_acts import GRADED, PARTS
from tests.rules.sampling import DAY

if TYPE_CHECKING:
    from domain.rules.case import Case

BOOK = GRADED.rulebook


def after(case: Case, *codes: str, on: str = DAY, **changes: Any) -> Case:
    for code in codes:
        case = extend(case, GRADED.sample(case, code, on, **(changes if code == codes[-1] else {})))
        assert case.entries[-1].defects == (), case.entries[-1].defects
    return case


def applied(**changes: Any) -> Case:
    return extend(
        GRADED.case_before("application"), GRADED.sample(GRADED.case_before("application"), "application", **changes)
    )


def grade(case: Case | None = None, on: str = DAY, **changes: Any) -> str:
    whole = case or GRADED.case_before("grading")
    return str(GRADED.sample(whole, "grading", on, **changes).facts["grade"])


def limit(case: Case, code: str, today: str) -> Deadline:
    return reckoned(case, BOOK.by_limit[code], date.fromisoformat(today))[0]


def parts(*scores: str) -> list[dict[str, str]]:
    return [{"part": f"部分{n}", "score": score} for n, score in enumerate(scores)]


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"weighted": "90", "parts": parts("90", "90")}, "first"),
        ({"weighted": "89.9999", "parts": parts("90")}, "second"),
        ({"weighted": "99", "parts": parts("99", "89.99")}, "second"),
        ({"weighted": "80", "parts": parts("80.0")}, "second"),
        ({"weighted": "80", "parts": parts("79.9999")}, "third"),
        ({"weighted": "70", "parts": parts("70")}, "third"),
        ({"weighted": "70", "parts": parts("69.99")}, "none"),
        ({"weighted": "69.9999", "parts": parts("95")}, "none"),
        ({"basic": False}, "none"),
        ({"circumstances": ["dispatched"]}, "second"),
        ({"circumstances": ["outsourced"]}, "second"),
        ({"circumstances": ["overcrowded"]}, "third"),
        ({"circumstances": ["blacklisted", "dispatched"]}, "third"),
    ],
)
def test_the_grade_by_scores_and_circumstances(changes, wanted) -> None:
    assert grade(**changes) == wanted


@pytest.mark.parametrize(("asked", "wanted"), [("first", "first"), ("second", "second"), ("third", "third")])
def test_nobody_is_graded_higher_than_they_applied_for(asked, wanted) -> None:
    case = after(
        applied(applied=asked, ended_extension=False, extension_end=None, extension_ended_on=None), "acceptance"
    )
    assert grade(after(case, "preliminary-opinion"), weighted="99", parts=PARTS) == wanted


@given(st.decimals(0, 100, places=2), st.lists(st.decimals(0, 100, places=2), min_size=1, max_size=4))
def test_the_grade_is_that_of_the_lowest_score(weighted, scores) -> None:
    lowest = min([weighted, *scores])
    wanted = next((code for code, bound in (("first", 90), ("second", 80), ("third", 70)) if lowest >= bound), "none")
    assert grade(weighted=f"{weighted:f}", parts=parts(*(f"{score:f}" for score in scores))) == wanted


@pytest.mark.parametrize(
    ("kind", "on", "first", "second"),
    [
        ("ordinary", "2022-03-06", "2023-03-06", "2022-09-06"),
        ("ordinary", "2022-08-31", "2023-08-31", "2023-02-28"),
        ("major", "2020-02-29", "2022-02-28", "2021-02-28"),
        ("grave", "2020-02-29", "2023-02-28", "2023-02-28"),
        ("major", "2022-10-01", "2024-10-01", "2023-10-01"),  # a holiday: it isn't moved
    ],
)
def test_waiting_after_an_accident_goes_by_its_kind(kind, on, first, second) -> None:
    case = applied(accident=kind, accident_on=on)
    assert limit(case, "accident-first", DAY).due == date.fromisoformat(first)
    assert limit(case, "accident-second", DAY).due == date.fromisoformat(second)


@pytest.mark.parametrize(
    ("on", "wanted"),
    [("2023-02-28", "third"), ("2023-03-01", "second"), ("2023-08-31", "second"), ("2023-09-01", "first")],
)
def test_a_grade_may_be_given_from_the_day_after_the_waiting(on, wanted) -> None:
    case = applied(accident_on="2022-08-31")
    for code in ("acceptance", "preliminary-opinion"):
        case = extend(case, GRADED.sample(case, code))
    assert grade(case, on) == wanted


@pytest.mark.parametrize(
    ("asked", "on", "found"),
    [
        ("first", "2024-02-28", {("not-ripe", "7(三)")}),
        ("second", "2024-02-28", {("not-ripe", "7(三)")}),
        ("third", "2024-02-28", set()),
        ("first", "2024-02-29", set()),
    ],
)
def test_who_falsified_may_not_apply_for_a_year(asked, on, found) -> None:
    case = GRADED.case_before("application")
    entry = GRADED.sample(case, "application", on, applied=asked, received_on=on, falsified_on="2023-02-28")
    outcome = admissible(case, entry)
    assert {(d.code, d.article) for d in outcome.defects} == found
    assert outcome.answer is (Answer.IRREGULAR if found else Answer.ACCEPTED)
    taken = admissible(extend(case, entry), GRADED.sample(extend(case, entry), "acceptance", on))
    assert {(d.code, d.article) for d in taken.defects} == found
    assert taken.answer is (Answer.REFUSED if found else Answer.ACCEPTED)


@pytest.mark.parametrize(("end", "due"), [("downgraded", "2023-02-28"), ("revoked", "2024-02-28")])
def test_after_an_extension_that_was_lost_the_first_grade_waits_a_year_or_two(end, due) -> None:
    case = applied(extension_end=end, extension_ended_on="2022-02-28")
    assert limit(case, "barred-extension", DAY).due == date.fromisoformat(due)
    second = applied(extension_end=end, extension_ended_on="2022-02-28", applied="second")
    assert limit(second, "barred-extension", DAY).status is Status.NOT_BEGUN


@pytest.mark.parametrize(
    ("asked", "authority"), [("first", "national"), ("second", "provincial"), ("third", "provincial")]
)
def test_who_grades_goes_by_the_grade_applied_for(asked, authority) -> None:
    case = after(
        applied(applied=asked, ended_extension=False, extension_end=None, extension_ended_on=None), "acceptance"
    )
    case = after(case, "preliminary-opinion")
    entry = GRADED.sample(case, "grading")
    assert entry.facts["authority"] == authority
    assert [s.capacity for s in entry.signers] == [
        {"national": "national-examiner", "provincial": "examiner"}[authority]
    ] * 2
    assert admissible(case, entry).answer is Answer.ACCEPTED


@pytest.mark.parametrize(
    ("on", "found"), [("2023-03-10", {"not-over"}), ("2023-03-13", {"not-over"}), ("2023-03-14", set())]
)
def test_five_working_days_of_public_notice_have_run_before_the_grade_is_announced(on, found) -> None:
    case = after(GRADED.case_before("public-notice"), "public-notice")
    assert limit(case, "publicity", DAY).due == date(2023, 3, 13)
    entry = GRADED.sample(case, "grade-publication", on, published_on=on)
    assert {d.code for d in admissible(case, entry).defects} == found


def test_an_objection_has_to_be_dealt_with_and_may_send_the_case_back() -> None:
    case = after(GRADED.case_before("grade-publication"), "objection")
    assert {d.code for d in admissible(case, GRADED.sample(case, "grade-publication")).defects} == {"unsettled"}
    rejected = after(case, "objection-reply")
    assert rejected.stage == "publicity"
    assert admissible(rejected, GRADED.sample(rejected, "grade-publication")).defects == ()
    upheld = after(case, "objection-reply", upheld=True)
    assert upheld.stage == "grading"
    again = after(upheld, "grading", weighted="85")
    again = after(again, "hazard-report", "public-notice", published_on="2023-03-06")
    assert again.entries[-1].facts["result"] == "second"
    assert limit(again, "publicity", DAY).due == date(2023, 3, 13)  # it runs anew


def test_the_grade_ends_by_itself_after_three_years_and_closes_the_case_only_then() -> None:
    case = GRADED.case_before("revocation")
    for today, status in (("2026-03-06", Status.RUNNING), ("2026-03-07", Status.ENDED)):
        assert limit(case, "validity", today).status is status
        codes = {d.code for d in admissible(case, GRADED.sample(case, "filing", today)).defects}
        assert codes == (set() if status is Status.ENDED else {"not-over"})


def test_an_extension_adds_three_years_to_the_first_grade_only() -> None:
    case = after(GRADED.case_before("extension"), "extension")
    assert limit(case, "validity", DAY).due == date(2029, 3, 6)
    lower = after(GRADED.case_before("extension"), "downgrade")
    outcome = admissible(lower, GRADED.sample(lower, "extension"))
    assert [(d.code, d.article) for d in outcome.defects] == [("short", "10")]


def test_what_a_mine_holds_is_its_latest_grade() -> None:
    case = GRADED.case_before("downgrade")
    held = BOOK.by_level["held"]
    assert level_of(case, held, date(2023, 3, 6)) == "first"
    second = after(case, "downgrade", to="second")
    assert level_of(second, held, date(2023, 3, 6)) == "second"
    third = after(second, "downgrade", to="third")
    assert level_of(third, held, date(2023, 3, 6)) == "third"
    assert [d.code for d in admissible(third, GRADED.sample(third, "downgrade")).defects] == ["short"]


@pytest.mark.parametrize(
    ("held", "kind", "consequence"),
    [
        ("first", "ordinary", "lower"),
        ("first", "major", "revoke"),
        ("third", "ordinary", "revoke"),
        ("third", "grave", "revoke"),
    ],
)
def test_what_an_accident_comes_to(held, kind, consequence) -> None:
    case = GRADED.case_before("accident")
    case = after(case, "downgrade") if held == "third" else case
    facts = GRADED.sample(case, "accident", kind=kind).facts
    assert (facts["held"], facts["consequence"]) == (held, consequence)


def test_after_a_revocation_the_same_case_shows_until_when_to_wait() -> None:
    case = after(GRADED.case_before("extension"), "extension", "revocation")
    dues = {code: limit(case, code, DAY).due for code in ("bar-revoked", "bar-revoked-second", "bar-extension")}
    assert dues == {
        "bar-revoked": date(2024, 3, 6),
        "bar-revoked-second": date(2023, 9, 6),
        "bar-extension": date(2025, 3, 6),
    }
    halted = after(GRADED.case_before("revocation"), "revocation", ground="halted")
    assert limit(halted, "bar-revoked-second", DAY).status is Status.NOT_BEGUN
    assert limit(halted, "bar-extension", DAY).status is Status.NOT_BEGUN


def test_a_revocation_without_ordering_a_halt_is_refused() -> None:
    case = GRADED.case_before("revocation")
    outcome = admissible(case, GRADED.sample(case, "revocation", halt_ordered=False))
    assert [(d.code, d.article) for d in outcome.defects] == [("short", "11(四)")]


def test_the_whole_takes_sixty_working_days() -> None:
    case = applied()
    assert limit(case, "decide", DAY).due == date(2023, 5, 31)


def test_no_article_of_another_regulation_is_cited() -> None:
    opening = GRADED.case_before("application")
    found = admissible(opening, GRADED.sample(opening, "application", received_on="2020-06-30")).defects
    assert [(d.code, d.article) for d in found] == [("not-in-force", None)]
    reckonings = [d.reckoning for d in deadlines(GRADED.case_before("grading"), date.fromisoformat(DAY))]
    notes = [step.note for reckoning in reckonings if reckoning for step in reckoning.steps]
    assert "起算日，不计算在内" in notes
    assert not [note for note in notes if "条" in note]
