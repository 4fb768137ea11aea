"""Where limits would stand if something were done today: reckoned by hand, and held against the act itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import Fault
from domain.rules.admissible import Answer, extend
from domain.rules.case import enter
from domain.rules.civil import SHANGHAI
from domain.rules.deadline import Deadline, Status
from domain.rules.in_charge import in_charge
from domain.rules.time_limits import deadlines
from domain.rules.what_if import Moved, WhatIf, suppose, what_if
from tests.rules.acting import after, done, served
from tests.rules.sample_acts import NOTIFIED, RULEBOOK, case_before, sample
from tests.rules.small_case import act, book, opened

if TYPE_CHECKING:
    from domain.rules.case import Case

REVIEW, HANDLING = after("intake"), after(*NOTIFIED)  # received on 1 March 2023; everything else on the sixth
DAY = date(2023, 3, 6)


def asked(case: Case, on: date | str = DAY, today: date = DAY, facts: Any = None, **what: Any) -> WhatIf:
    return what_if(case, suppose(case.rulebook, str(on), **what).saying(facts or {}), today)


def moved(found: WhatIf) -> dict[str, Moved]:
    return {m.after.limit.code: m for m in found.moved}


def dues(found: WhatIf, code: str) -> tuple[date | None, date | None]:
    return moved(found)[code].before.due, moved(found)[code].after.due


def told(found: WhatIf) -> tuple[Answer, set[tuple[str, str | None]]]:
    return found.outcome.answer, {(d.code, d.article) for d in found.outcome.defects}


def test_a_correction_of_seven_days_puts_off_the_decision_by_five_working_days() -> None:
    """(6, 13] March has five; the notice to answer, 8 working days, runs anew from the 13th (R2)."""
    found = asked(REVIEW, window="correction", days=7)
    assert told(found) == (Answer.ACCEPTED, set())
    assert dues(found, "decide") == (date(2023, 4, 13), date(2023, 4, 20))
    assert moved(found)["decide"].given == "acceptance"
    assert moved(found)["decide"].later == 7
    assert dues(found, "answer-notice") == (date(2023, 3, 13), date(2023, 3, 23))
    assert dues(found, "corrected-papers") == (None, date(2023, 3, 13))
    assert moved(found)["review"].after.status is Status.KEPT
    assert found.closes == ("corrected-papers",)
    assert {d.field for d in found.lacking} == {"facts.grounds", "facts.items"}


def test_a_correction_without_an_end_stops_the_clock() -> None:
    """Of thirty, 2, 3 and 6 March have gone by."""
    decide = moved(asked(REVIEW, window="correction"))["decide"]
    assert (decide.before.status, decide.after.status, decide.after.left) == (Status.RUNNING, Status.STOPPED, 27)
    assert decide.later is None


def test_an_appraisal_of_a_week_in_march() -> None:
    """(7, 14] March: 8, 9, 10, 13, 14. Only the decision waits for it."""
    found = asked(HANDLING, date(2023, 3, 7), window="appraisal", days=7)
    assert told(found) == (Answer.ACCEPTED, set())
    assert set(moved(found)) == {"decide"}
    assert dues(found, "decide") == (date(2023, 4, 13), date(2023, 4, 20))
    assert moved(found)["decide"].given is None


def test_an_appraisal_over_a_holiday_excludes_no_more_than_working_days() -> None:
    """(3, 7] April 2023: the fifth is Qingming; 4, 6, 7 are excluded, and come after the 13th: 14, 17, 18."""
    assert dues(asked(HANDLING, date(2023, 4, 3), window="appraisal", days=4), "decide")[1] == date(2023, 4, 18)


def test_a_suspension_moves_no_limit_and_usually_ends_before_the_decision() -> None:
    """Twenty days from the sixth: day 1 is the seventh, day 20 Sunday the 26th, which no holiday moves (R4)."""
    found = asked(HANDLING, window="suspension", days=20)
    assert told(found) == (Answer.ACCEPTED, set())
    assert found.moved == ()
    (cap,) = found.capped
    assert (cap.used, cap.left, cap.days, cap.last, cap.left_after) == (0, 30, 20, date(2023, 3, 26), 10)
    assert [(d.limit.code, d.due) for d in cap.outlasted_by] == [("decide", date(2023, 4, 13))]
    assert found.closes == (), "it lapses by itself"
    (short,) = asked(HANDLING, window="suspension", days=3).capped
    assert [d.limit.code for d in short.outlasted_by] == ["decide"], "an answer, due on the 13th, decides nothing"


def test_a_suspension_to_the_last_day_of_the_decision_is_long_enough() -> None:
    (cap,) = asked(HANDLING, date(2023, 3, 14), window="suspension", days=30).capped
    assert (cap.last, cap.outlasted_by) == (date(2023, 4, 13), ())


def test_a_way_of_reckoning_that_is_only_advisory_warns_of_nothing() -> None:
    case = served(done(REVIEW, "correction-notice"), ("complainant", "2023-03-06"))
    case = done(done(case, "corrected-papers", "2023-03-10", received_on="2023-03-10"), "acceptance", "2023-03-10")
    (cap,) = asked(case, date(2023, 3, 20), window="suspension", days=30).capped
    assert cap.last == date(2023, 4, 19)  # the decision is due on the 19th too, from the corrected papers on the 24th
    assert cap.outlasted_by == ()


def test_without_days_a_suspension_takes_all_that_is_left() -> None:
    case = done(HANDLING, "suspension", "2023-03-06", days=20)
    case = served(case, ("hospital", "2023-03-06"))
    case = done(case, "resumption", "2023-03-16")
    case = served(case, ("hospital", "2023-03-16"))  # ten days used
    found = asked(case, date(2023, 3, 31), date(2023, 3, 31), window="suspension")
    (cap,) = found.capped
    assert (cap.used, cap.left, cap.days, cap.last, cap.left_after) == (10, 20, 20, date(2023, 4, 20), 0)
    assert cap.outlasted_by == (), "the decision is due on 13 April, before the suspension ends"


def test_what_is_still_stopped_has_no_last_day_before_a_suspension_ends() -> None:
    case = done(HANDLING, "commission", "2023-03-07", dispatched_on="2023-03-07")
    (cap,) = asked(case, date(2023, 3, 8), window="suspension", days=30).capped
    assert [(d.limit.code, d.due) for d in cap.outlasted_by] == [("decide", None)]


def test_more_than_the_cap_leaves_is_refused_with_what_is_left() -> None:
    case = served(done(HANDLING, "suspension", "2023-03-06", days=20), ("hospital", "2023-03-06"))
    found = asked(case, date(2023, 3, 27), window="suspension", days=15)
    assert told(found) == (Answer.REFUSED, {("cap", "36")})
    assert "至多可定 10 日" in found.outcome.defects[0].remedy
    spent = served(done(HANDLING, "suspension", "2023-03-06", days=30), ("hospital", "2023-03-06"))
    assert told(asked(spent, date(2023, 4, 6), window="suspension")) == (Answer.REFUSED, {("cap", "36")})


def test_what_the_law_forbids_now_is_told_with_its_article() -> None:
    corrected = done(REVIEW, "correction-notice")
    assert told(asked(corrected, window="correction", days=7))[1] >= {("once", "27(三)"), ("stage", "27(三)")}
    assert told(asked(REVIEW, window="suspension"))[1] == {("stage", "36")}
    assert told(asked(REVIEW, action="resumption"))[1] >= {("stage", "36"), ("not-running", "36")}


def test_any_act_can_be_asked_for_with_facts() -> None:
    found = asked(REVIEW, action="acceptance")
    assert told(found) == (Answer.ACCEPTED, set())
    decide = moved(found)["decide"]
    assert (decide.before.status, decide.before.due, decide.after.due) == (Status.NOT_BEGUN, None, date(2023, 4, 13))
    unfit = asked(REVIEW, action="refusal", facts={"grounds": ["out-of-time"]})
    assert {code for code, _ in told(unfit)[1]} == {"needs", "unfounded"}
    odd = asked(REVIEW, action="acceptance", facts={"colour": "red"})
    assert told(odd) == (Answer.REFUSED, {("unknown-fact", None)})


def test_dates_of_the_act_are_its_day_where_the_law_asks_for_them() -> None:
    refused = asked(REVIEW, action="review-conclusion", facts={"conclusion": "refuse"})
    assert told(refused) == (Answer.ACCEPTED, set())
    assert dues(refused, "refusal") == (None, date(2023, 3, 9))
    assert told(asked(REVIEW, action="review-conclusion", facts={"conclusion": "accept"})) == (Answer.ACCEPTED, set())
    case = served(done(REVIEW, "correction-notice"), ("complainant", "2023-03-06"))
    earlier = {"received_on": "2023-03-09"}
    found = asked(case, date(2023, 3, 10), action="corrected-papers", facts=earlier)
    assert told(found) == (Answer.ACCEPTED, set()), "no postmark is made up"
    assert dues(found, "corrected-review") == (None, date(2023, 3, 16))


def test_a_report_of_what_was_not_lawful_would_be_entered_as_irregular() -> None:
    found = asked(REVIEW, action="withdrawal")
    assert told(found) == (Answer.IRREGULAR, {("stage", "34")})


def test_an_act_at_a_moment_is_of_its_day_in_shanghai() -> None:
    found = asked(HANDLING, "2023-03-06T16:30:00Z", window="appraisal", days=7)
    assert (found.supposed.on, found.supposed.at) == (date(2023, 3, 7), datetime(2023, 3, 7, 0, 30, tzinfo=SHANGHAI))
    assert dues(found, "decide")[1] == date(2023, 4, 20)


def test_who_signs_is_left_open() -> None:
    """The successor signs a handover; nobody is known to sign what is only supposed."""
    who = {"from": in_charge(HANDLING), "to": "018f2f3e-7c1a-7b3c-9d2e-000000000002"}
    found = asked(HANDLING, action="handover", facts=who)
    assert found.outcome.answer is Answer.ACCEPTED
    assert "signers" in {defect.code for defect in found.lacking}


def test_limits_in_hours_run_from_the_moment_that_is_supposed() -> None:
    """A call at half past three is to be returned in two hours, the first of which, till four, isn't counted."""
    now = datetime(2023, 3, 7, 15, 30, tzinfo=SHANGHAI)
    found = what_if(opened(), suppose(book(), now.isoformat(), action="call"), now.date(), now)
    callback = moved(found)["callback"].after
    assert (callback.status, callback.due_at) == (Status.RUNNING, datetime(2023, 3, 7, 18, 0, tzinfo=SHANGHAI))
    whole = what_if(opened(), suppose(book(), "2023-03-07", action="call"), now.date(), now)
    assert moved(whole)["callback"].after.due_at == datetime(2023, 3, 7, 3, 0, tzinfo=SHANGHAI)


def test_moving_a_case_to_another_version_moves_its_limits() -> None:
    """The small rulebook gives two hours for a callback, a corrected version three; the first is not counted."""
    corrected = book(**{"limit.callback.length": "3 hours"})
    case = replace(opened(), books={corrected.digest: corrected})
    now = datetime(2023, 3, 7, 15, 0, tzinfo=SHANGHAI)
    case = enter(case, act(case, "call", "2023-03-07", {"came_at": now.isoformat()}))
    change = suppose(case.rulebook, "2023-03-07", action="revision").saying(
        {"version": corrected.digest, "reason": "更正"}
    )
    callback = moved(what_if(case, change, now.date(), now))["callback"]
    assert [d.due_at and d.due_at.hour for d in (callback.before, callback.after)] == [18, 19]


def test_in_a_second_round_the_limits_of_that_round_move() -> None:
    """Sent back on 24 April 2023; 8, 9, 10, 11 and 12 May are excluded of thirty working days to 7 June."""
    case = done(after(*NOTIFIED, "decision"), "remedy-sought", "2023-04-03", known_on="2023-04-03")
    case = done(case, "remedy-outcome", "2023-04-24", ruled_on="2023-04-20", received_on="2023-04-24")
    case, day = done(case, "rehandling", "2023-04-26"), date(2023, 5, 6)
    found = asked(case, day, day, window="appraisal", days=6)
    assert [(m.after.limit.code, m.after.round, m.before.due, m.after.due) for m in found.moved] == [
        ("redecide", 2, date(2023, 6, 7), date(2023, 6, 14)),
    ]
    decided = asked(case, day, day, action="decision")
    assert {(m.after.limit.code, m.after.round, m.before.round) for m in decided.moved} >= {("publication", 2, 2)}


def test_each_party_has_its_own_limit() -> None:
    found = asked(after("intake", "acceptance"), action="answer-notice")
    (answer,) = [m for m in found.moved if m.after.limit.code == "answer"]
    assert (answer.before.status, answer.after.of, answer.after.due) == (
        Status.NOT_BEGUN,
        "hospital",
        date(2023, 3, 13),
    )


def test_a_stated_date_stands_in_the_place_of_days() -> None:
    found = asked(REVIEW, window="correction", days=7, facts={"due": "2023-03-11"})
    assert told(found) == (Answer.ACCEPTED, set())
    assert dues(found, "corrected-papers") == (None, date(2023, 3, 13)), "a Saturday moves to the next working day"


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ({}, "what-if"),
        ({"window": "correction", "action": "acceptance"}, "what-if"),
        ({"window": "none"}, "what-if"),
        ({"action": "none"}, "what-if"),
        ({"window": "correction", "days": 0}, "days"),
        ({"window": "correction", "days": 3651}, "days"),
        ({"window": "correction", "days": 9, "on": date.max}, "date"),
        ({"window": "correction", "on": "2023-W10-5"}, "date"),
        ({"window": "correction", "on": "2023-03-06T09:00:00"}, "date"),
        ({"window": "correction", "on": "0001-01-01T00:00:00+14:00"}, "date"),
    ],
)
def test_what_cannot_be_supposed_is_refused(what: dict[str, Any], code: str) -> None:
    with pytest.raises(Fault) as caught:
        asked(REVIEW, **what)
    assert caught.value.code == code


WINDOWS = st.sampled_from([("correction", REVIEW), ("appraisal", HANDLING), ("suspension", HANDLING)])
DAYS = st.dates(date(2023, 3, 6), date(2023, 6, 30))


@given(WINDOWS, DAYS, st.integers(1, 30) | st.none())
def test_an_exclusion_more_never_makes_a_last_day_earlier(window: tuple[str, Case], on: date, days: int | None) -> None:
    code, case = window
    for found in asked(case, on, window=code, days=days).moved:
        if code in found.after.limit.excludes:
            assert (found.after.due or date.max) >= (found.before.due or date.min)


@given(st.sampled_from(sorted(RULEBOOK.by_action)), DAYS, st.integers(1, 30) | st.none())
def test_supposing_changes_nothing(action: str, on: date, days: int | None) -> None:
    before = (HANDLING.entries, HANDLING.stage, deadlines(HANDLING, on))
    asked(HANDLING, on, action=action, days=days)
    assert (HANDLING.entries, HANDLING.stage, deadlines(HANDLING, on)) == before


def really(case: Case, code: str, on: date, days: int) -> Case:
    """The case after the act itself, its service, and what ends it."""
    day, end = on.isoformat(), (on + timedelta(days)).isoformat()
    if code == "correction":
        case = served(done(case, "correction-notice", day, due=None, days=days), ("complainant", day))
        return extend(case, sample(case, "corrected-papers", end, received_on=end))
    if code == "appraisal":
        case = done(case, "commission", day, dispatched_on=day)
        opened = case.seq
        case = served(case, ("complainant", day))
        return extend(case, sample(case, "commission-return", end, answers=opened, received_on=end))
    return served(done(case, "suspension", day, days=days), ("hospital", day))


def places(found: tuple[Deadline, ...]) -> dict[tuple[str, str | None], tuple[Any, ...]]:
    return {(d.limit.code, d.of): (d.status, d.start and d.start.day, d.due, d.done) for d in found}


@settings(deadline=None)
@given(WINDOWS, DAYS, st.integers(1, 30), st.integers(0, 60))
def test_what_was_supposed_is_what_comes_of_the_act(window: tuple[str, Case], on: date, days: int, later: int) -> None:
    code, case = window
    today = on + timedelta(later)
    found = what_if(case, suppose(RULEBOOK, str(on), window=code, days=days), today)
    assert found.outcome.answer is Answer.ACCEPTED
    was, now = places(deadlines(case, today)), places(deadlines(really(case, code, on, days), today))
    changed = places(tuple(m.after for m in found.moved if m.given is None))
    assert changed == {key: place for key, place in now.items() if place != was.get(key)}


def test_every_act_supposed_with_its_facts_is_as_the_act_itself() -> None:
    for code in sorted(set(RULEBOOK.by_action) - {"intake", "service", "rectification"}):
        case = case_before(code)
        entry = sample(case, code)
        facts = {name: value for name, value in entry.facts.items() if not name.startswith("ink-")}
        found = asked(case, action=code, facts=facts)
        real = extend(case, entry)
        assert found.outcome.answer is Answer.ACCEPTED, (code, found.outcome)
        papers = {f"evidence.{slot.name}" for slot in RULEBOOK.action(code).slots}
        assert {d.field for d in found.lacking if d.code == "absent"} <= papers
        if recipients := entry.facts.get("recipients"):
            how = {"sent_on": "2023-03-06", "served_on": "2023-03-06", "proof": "送达回证", "way": "direct"}
            rows = [{"recipient": who, **how} for who in recipients]
            real = extend(real, sample(real, "service", paper=entry.seq, deliveries=rows))
        was, now = places(deadlines(case, DAY)), places(deadlines(real, DAY))
        changed = places(tuple(m.after for m in found.moved if m.given is None))
        assert changed == {key: place for key, place in now.items() if place != was.get(key)}, code
