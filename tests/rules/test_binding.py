"""A case keeps the version it was opened by until an act moves it: what was done stays judged by the old one (R20)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.rules.admissible import Answer, admissible, extend, judged_in_turn, replay
from domain.rules.binding import bindings
from domain.rules.case import Case, Entry
from domain.rules.moments import By, as_of, standpoint
from domain.rules.time_limits import deadlines
from domain.rules.vocabulary import Fact, FactType, Length, Unit
from tests.rules.acting import done
from tests.rules.calendars import cn
from tests.rules.sample_acts import HANDLING, RULEBOOK, sample

TWENTY = tuple(
    replace(limit, length=Length(Unit.WORKDAYS, n=20)) if limit.code == "decide" else limit for limit in RULEBOOK.limits
)
SHORTER = replace(RULEBOOK, title="实施办法（更正）", limits=TWENTY)
DEMAND = Fact("ground", "受理依据", FactType.TEXT, article="27(三)")


def _changed(code: str, **members: Any) -> tuple[Any, ...]:
    return tuple(replace(a, **members) if a.code == code else a for a in RULEBOOK.actions)


DEMANDING = replace(
    RULEBOOK, actions=_changed("acceptance", facts=(*RULEBOOK.action("acceptance").facts, DEMAND), title="立案受理")
)
WITHOUT = replace(RULEBOOK, actions=tuple(a for a in RULEBOOK.actions if a.code != "acceptance"))
STAGELESS = replace(RULEBOOK, stages=tuple(s for s in RULEBOOK.stages if s.code != "handling"))
OTHER = replace(RULEBOOK, id="other", title="另一办法")
BOOKS = {book.digest: book for book in (RULEBOOK, SHORTER, DEMANDING, WITHOUT, STAGELESS, OTHER)}
OPENED = Case("case", RULEBOOK, cn(), books=BOOKS)


def handled() -> Case:
    case = OPENED
    for code in HANDLING:
        case = done(case, code)
    return case


def moved(case: Case, book: Any, on: str = "2023-03-08") -> Case:
    return done(case, "version-change", on, version=book.digest)


def raw(case: Case) -> list[Entry]:
    return [replace(e, voided_by=None, rectified_by=(), defects=()) for e in case.entries]


def entered(case: Case, entry: Entry) -> Case:
    """The case with one more record, read from the version it was opened by."""
    return replay(case.id, case.opened_by, case.calendar, (*raw(case), entry), case.books)


def due(case: Case, code: str = "decide") -> date | None:
    return next(d.due for d in deadlines(case, date(2023, 3, 8)) if d.limit.code == code)


def test_limits_are_those_of_the_version_in_force_for_the_case_now() -> None:
    case = handled()
    assert due(case) == date(2023, 4, 13)
    after = moved(case, SHORTER)
    assert (after.rulebook, after.opened_by, after.stage) == (SHORTER, RULEBOOK, "handling")
    assert due(after) == date(2023, 3, 29)


def test_each_record_has_the_version_that_bound_it() -> None:
    case = done(moved(handled(), SHORTER), "party-added", "2023-03-09")
    assert [case.book_of(seq) for seq in range(1, 5)] == [RULEBOOK, RULEBOOK, RULEBOOK, SHORTER]
    first, now = bindings(case)
    assert (first.book, first.first, first.last, first.reason) == (RULEBOOK, 1, 3, None)
    assert (now.book, now.first, now.last) == (SHORTER, 4, None)
    assert now.reason == "原版本期限有误，已更正启用。"
    assert bindings(OPENED) == (bindings(Case("case", RULEBOOK, cn()))[0],)


def test_what_was_done_stays_judged_by_the_old_version_and_what_follows_by_the_new() -> None:
    case = moved(handled(), DEMANDING)
    assert [entry.defects for entry in case.entries] == [(), (), ()]
    assert case.action_of(case.entries[1]).title == "受理"  # type: ignore[union-attr]  # it has one
    again = sample(case, "acceptance", "2023-03-09")
    assert "facts.ground" in {d.field for d in admissible(replace(case, stage="review"), again).defects}


def test_a_case_may_be_moved_again_and_back() -> None:
    case = moved(moved(handled(), SHORTER), RULEBOOK, "2023-03-09")
    assert (case.rulebook, [b.book for b in bindings(case)]) == (RULEBOOK, [RULEBOOK, SHORTER, RULEBOOK])
    assert due(case) == date(2023, 4, 13)


def test_a_case_read_from_the_beginning_is_the_one_that_grew() -> None:
    case = done(moved(handled(), SHORTER), "party-added", "2023-03-09")
    again = replay("case", RULEBOOK, cn(), raw(case), BOOKS)
    assert again == case
    turns = list(judged_in_turn("case", RULEBOOK, cn(), raw(case), BOOKS))
    assert [outcome.answer for _, outcome in turns] == [Answer.ACCEPTED] * 4


def test_a_correction_behind_the_move_is_judged_by_the_version_of_its_target() -> None:
    case = moved(handled(), DEMANDING)
    entry = sample(case, "rectification", "2023-03-09", target=2, changes=None, occurred="2023-03-06")
    assert admissible(case, entry).defects == ()
    after = entered(case, entry)
    assert after.rulebook == DEMANDING
    assert after.entries[1].rectified_by == (4,)


def test_a_voided_record_of_the_old_version_stays_voided() -> None:
    case = moved(handled(), SHORTER)
    entry = sample(case, "rectification", "2023-03-09", target=2, mode="voids", changes=None)
    after = entered(case, entry)
    assert (after.stage, after.rulebook, after.entries[1].voided_by) == ("review", SHORTER, 4)


@pytest.mark.parametrize(
    ("book", "code", "said"),
    [
        (replace(RULEBOOK, title="没有启用的"), "not-adopted", "anjuan rulebook adopt"),
        (OTHER, "other-rulebook", "本规则手册的另一版本"),
        (RULEBOOK, "no-change", "请核对摘要"),
        (STAGELESS, "stage-missing", "请先完成本阶段"),
    ],
)
def test_a_move_to_what_cannot_bind_the_case_is_refused_with_what_to_do(book: Any, code: str, said: str) -> None:
    case = handled()
    outcome = admissible(case, sample(case, "version-change", version=book.digest))
    assert outcome.answer is Answer.REFUSED
    (defect,) = outcome.defects
    assert (defect.code, defect.field, said in defect.remedy) == (code, "facts.version", True)


def test_a_case_in_a_stage_that_the_version_has_is_moved_to_it() -> None:
    case = done(OPENED, "intake")
    assert moved(case, STAGELESS).rulebook == STAGELESS


def test_nobody_moves_a_case_alone_or_without_a_reason() -> None:
    case = handled()
    entry = sample(case, "version-change", version=SHORTER.digest)
    alone = admissible(case, replace(entry, signers=entry.signers[:1]))
    assert (alone.answer, alone.defects[0].code) == (Answer.REFUSED, "signers")
    silent = admissible(case, sample(case, "version-change", version=SHORTER.digest, reason=None))
    assert (silent.answer, silent.defects[0].field, silent.defects[0].article) == (
        Answer.REFUSED,
        "facts.reason",
        "43",
    )


@pytest.mark.parametrize(
    "facts",
    [{"mode": "voids", "changes": None}, {"changes": {"reason": "另有理由"}}, {"changes": {"version": OTHER.digest}}],
)
def test_a_move_is_not_undone_behind_what_was_done_since(facts: dict[str, Any]) -> None:
    case = moved(handled(), SHORTER)
    found = admissible(case, sample(case, "rectification", "2023-03-09", target=3, **facts)).defects
    assert [(d.code, d.record) for d in found] == [("rebound", 3)]


def test_acts_that_the_new_version_does_not_know_are_read_by_the_old_and_refused_from_now_on() -> None:
    case = moved(handled(), WITHOUT)
    assert case.action_of(case.entries[1]) == RULEBOOK.action("acceptance")
    assert admissible(case, sample(handled(), "acceptance", "2023-03-09")).defects[0].code == "unknown-action"
    early = sample(
        case, "commission", "2023-03-01", dispatched_on="2023-03-01"
    )  # before the act by which this stage began
    assert "受理" in admissible(case, early).defects[0].message


def test_before_the_move_the_case_stood_under_the_old_version() -> None:
    case = moved(handled(), SHORTER)
    for by in (By.RECEIVED, By.OCCURRED):
        then = [replace(e, received=f"{e.occurred}T01:00:00.000Z") for e in raw(case)]
        whole = replay("case", RULEBOOK, cn(), then, BOOKS)
        assert as_of(whole, then, cn(), standpoint("2023-03-07", by)).rulebook == RULEBOOK
        assert as_of(whole, then, cn(), standpoint("2023-03-08", by)).rulebook == SHORTER


def test_a_version_that_is_not_at_hand_moves_nothing() -> None:
    case = replay("case", RULEBOOK, cn(), raw(moved(handled(), SHORTER)))
    assert (case.rulebook, case.earlier) == (RULEBOOK, ())
    assert case.entries[2].defects[0].code == "not-adopted"


def test_a_move_keeps_the_parties_and_what_was_found() -> None:
    case = handled()
    assert moved(case, SHORTER).parties == case.parties
    assert extend(moved(case, SHORTER), sample(moved(case, SHORTER), "party-added", "2023-03-09")).parties["winner"]


def test_a_refused_move_to_another_rulebook_moves_nothing() -> None:
    case = handled()
    entry = replace(sample(case, "version-change"), facts={"version": OTHER.digest, "reason": "误"})
    after = replay("case", RULEBOOK, cn(), (*raw(case), entry), BOOKS)
    assert (after.rulebook, after.earlier) == (RULEBOOK, ())
    assert after.entries[2].defects[0].code == "other-rulebook"
