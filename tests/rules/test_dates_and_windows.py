"""Which date a reference stands for, and which days a window holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from domain.rules.admissible import extend
from domain.rules.dates import Dated, Delivery, date_of, day_of, deliveries, picked, recipients
from domain.rules.deadline import Status
from domain.rules.time_limits import deadlines, reckoned
from domain.rules.vocabulary import Moment, Pick, Ref
from domain.rules.waivers import derived_value
from domain.rules.windows import Span, capped_days, running, spans
from tests.rules.sample_acts import RULEBOOK, case_before, sample

if TYPE_CHECKING:
    from domain.rules.case import Case


def day(n: int) -> date:
    return date(2023, 3, n)


def text(n: int) -> str:
    return day(n).isoformat()


def played(case: Case, code: str, on: int | None = None, **changes: Any) -> Case:
    entry = sample(case, code, **changes)
    return extend(case, replace(entry, occurred=text(on)) if on else entry)


def handling() -> Case:
    return played(case_before("acceptance"), "acceptance")


def served(case: Case, paper: int, *rows: tuple[str, int | None, int | None], way: str = "direct") -> Case:
    """The case with a report of service: (recipient, day sent, day served)."""
    listed = [
        {"recipient": r, "way": way} | ({"sent_on": text(a)} if a else {}) | ({"served_on": text(b)} if b else {})
        for r, a, b in rows
    ]
    entry = sample(case, "service")
    return extend(case, replace(entry, facts={"paper": paper, "deliveries": listed}))


def noticed() -> Case:
    """Papers for two: record 3."""
    case = handling()
    case = played(case, "withdrawal")
    return played(case, "termination", recipients=["complainant", "hospital"])


PAPER = 4


@pytest.mark.parametrize("value", ["2023-02-30", "三月", 20230306, None, ["2023-03-06"]])
def test_what_is_no_date_is_none(value: Any) -> None:
    assert day_of(value) is None


def test_the_earliest_report_of_a_service_counts_for_each_recipient() -> None:
    case = served(noticed(), PAPER, ("complainant", 7, None), ("hospital", 6, 9))
    case = served(case, PAPER, ("complainant", 8, 10), ("hospital", None, 8), way="post")
    case = served(case, 2, ("hospital", 1, 1))
    found = deliveries(case, PAPER)
    assert found["complainant"] == Delivery("complainant", Dated(day(7), 5), Dated(day(10), 6), "direct")
    assert found["hospital"] == Delivery("hospital", Dated(day(6), 5), Dated(day(8), 6), "direct")
    assert list(deliveries(case, 2)) == ["hospital"]


def test_rows_that_say_nothing_of_a_recipient_count_for_nobody() -> None:
    case = noticed()
    entry = replace(sample(case, "service"), facts={"paper": PAPER, "deliveries": [{"sent_on": text(7)}, "x"]})
    assert deliveries(extend(case, entry), PAPER) == {}
    strange = replace(entry, facts={"paper": PAPER, "deliveries": {"recipient": "hospital"}})
    assert deliveries(extend(case, strange), PAPER) == {}


def test_a_paper_is_first_served_on_the_earliest_day_and_wholly_on_the_last() -> None:
    case = served(noticed(), PAPER, ("complainant", 7, 9), ("hospital", 8, None))
    paper = case.entries[PAPER - 1]

    def on(field: str, of: str | None = None) -> int | None:
        found = date_of(case, paper, field, of)
        return found.day.day if found else None

    assert [on(f) for f in ("sent_on", "served_on", "all_sent_on", "all_served_on")] == [7, 9, 8, None]
    assert [on(f, "hospital") for f in ("sent_on", "served_on", "all_sent_on", "all_served_on")] == [8, None, 8, None]
    assert on("sent_on", "nobody") is None
    assert on("all_sent_on", "nobody") is None
    case = served(case, PAPER, ("hospital", None, 8))
    assert [on(f) for f in ("served_on", "all_served_on")] == [8, 9]


def test_a_paper_nobody_is_named_for_is_never_wholly_served() -> None:
    case = noticed()
    paper = replace(case.entries[PAPER - 1], facts={"recipients": []})
    assert date_of(replace(case, entries=(*case.entries[:-1], paper)), paper, "all_sent_on") is None


def test_what_was_handed_in_by_post_counts_by_its_postmark() -> None:
    case = case_before("written-answer")
    entry = sample(case, "written-answer", received_on=text(14), postmarked_on=text(13))
    case = extend(case, entry)
    answer = case.entries[-1]
    assert date_of(case, answer, "handed_in_on") == Dated(day(13), answer.seq)
    assert date_of(case, answer, "handed_in_on", "hospital") == Dated(day(13), answer.seq)
    assert date_of(case, answer, "handed_in_on", "complainant") is None
    assert date_of(case, answer, "received_on") == Dated(day(14), answer.seq)
    assert date_of(case, answer, "occurred_on") == Dated(day(6), answer.seq)
    assert date_of(case, answer, "statement") is None
    assert date_of(case, replace(answer, action="no-such-action"), "occurred_on") is None
    late = replace(answer, facts={**answer.facts, "postmarked_on": None})
    assert date_of(case, late, "handed_in_on") == Dated(day(14), answer.seq)


def test_a_date_is_picked_first_latest_or_by_preference() -> None:
    case = handling()
    for n in (9, 7, 8):
        case = played(case, "commission", dispatched_on=text(n))
    here, none = Ref("commission", "dispatched_on"), Ref("decision", "occurred_on")
    intake = Ref("intake", "received_on")

    def pick(how: Pick, *refs: Ref) -> int | None:
        found = picked(case, Moment(how, refs))
        return found.day.day if found else None

    assert pick(Pick.FIRST, here, intake) == 1
    assert pick(Pick.LATEST, here, intake) == 9
    assert pick(Pick.PREFER, none, here, intake) == 9
    assert pick(Pick.PREFER, intake, here) == 1
    assert [pick(how, none) for how in Pick] == [None, None, None]


def test_of_two_records_on_one_day_the_order_decides() -> None:
    case = handling()
    for _ in range(2):
        case = played(case, "commission")
    refs = (Ref("commission", "dispatched_on"),)
    assert picked(case, Moment(Pick.FIRST, refs)) == Dated(day(6), 3)
    assert picked(case, Moment(Pick.LATEST, refs)) == Dated(day(6), 4)


def test_recipients_of_all_papers_of_a_kind_stand_once_in_order() -> None:
    case = played(case_before("party-added"), "party-added")
    for named in (["hospital"], ["winner", "hospital"]):
        case = played(case, "answer-notice", recipients=named)
    assert recipients(case, "answer-notice") == ("hospital", "winner")


APPRAISAL, SUSPENSION = RULEBOOK.by_window["appraisal"], RULEBOOK.by_window["suspension"]
CORRECTION = RULEBOOK.by_window["correction"]
CAP = RULEBOOK.caps[0]


def test_an_appraisal_ends_with_the_last_return_of_its_own_commission() -> None:
    case = handling()
    for n in (6, 7):
        case = played(case, "commission", dispatched_on=text(n))
    case = played(case, "commission-return", answers=4, received_on=text(10), last=False)
    assert [(s.opened, s.closed, s.closing) for s in spans(case, APPRAISAL)] == [
        (day(6), None, None),
        (day(7), None, None),
    ]
    case = played(case, "commission-return", answers=4, received_on=text(12), last=True)
    first, second = spans(case, APPRAISAL)
    assert (first.closed, first.closing) == (None, None)
    assert (second.opening, second.closed, second.closing) == (4, day(12), 6)
    assert running(case, APPRAISAL, day(20))
    case = played(case, "commission-return", answers=3, received_on=text(9), last=True)
    assert [s.closed for s in spans(case, APPRAISAL)] == [day(9), day(12)]
    assert not running(case, APPRAISAL, day(8))  # closed by a record, whatever its day


def suspended(days: int = 20, served_on: int | None = 6) -> Case:
    case = played(handling(), "suspension", days=days)
    return served(case, 3, ("hospital", served_on, served_on)) if served_on else case


def test_a_suspension_begins_with_service_and_lapses_by_itself() -> None:
    (span,) = spans(suspended(), SUSPENSION)
    assert span == Span("suspension", 3, day(6), day(26), None, 20)
    assert span.days() == 20
    assert [span.running(day(n)) for n in (5, 6, 26, 27)] == [False, True, True, False]
    (pending,) = spans(suspended(served_on=None), SUSPENSION)
    assert (pending.opened, pending.closed, pending.days()) == (None, None, 20)
    assert not pending.running(day(31))


@pytest.mark.parametrize(("lifted", "closed", "closing"), [(10, 10, 6), (26, 26, 6), (27, 26, None)])
def test_a_resumption_ends_a_suspension_that_has_not_lapsed(lifted: int, closed: int, closing: int | None) -> None:
    case = played(suspended(), "resumption")
    case = served(case, 5, ("hospital", lifted, None))
    (span,) = spans(case, SUSPENSION)
    assert (span.closed, span.closing, span.days()) == (day(closed), closing, closed - 6)


def test_a_resumption_ordered_and_not_yet_sent_ends_it_the_day_it_was_ordered() -> None:
    case = played(suspended(), "resumption", on=9)
    (span,) = spans(case, SUSPENSION)
    assert (span.closed, span.closing) == (day(9), 5)


def test_a_resumption_ends_the_suspension_before_it_and_no_later_one() -> None:
    case = played(suspended(days=5), "resumption", on=8)
    case = played(case, "suspension", days=7)
    case = served(case, 6, ("hospital", 10, 10))
    first, second = spans(case, SUSPENSION)
    assert (first.closed, first.closing, second.closed, second.closing) == (day(8), 5, day(17), None)
    assert capped_days(case, CAP) == 2 + 7
    again = played(case, "resumption", on=12)
    assert [s.closing for s in spans(again, SUSPENSION)] == [5, 8]
    assert capped_days(again, CAP) == 2 + 2


def test_days_under_two_suspensions_count_once_and_those_not_begun_as_ordered() -> None:
    case = played(suspended(days=10), "suspension", days=10)
    assert capped_days(case, CAP) == 20
    case = served(case, 5, ("hospital", 8, 8))
    assert capped_days(case, CAP) == 12  # 7 to 18 March
    assert capped_days(handling(), CAP) == 0
    assert capped_days(suspended(days=10, served_on=None), CAP) == 10


def test_a_suspension_lifted_before_it_was_served_takes_no_days() -> None:
    case = played(suspended(served_on=None), "resumption")
    assert [s.closing for s in spans(case, SUSPENSION)] == [4]
    assert capped_days(case, CAP) == 0


def test_the_span_of_a_correction_takes_its_days_without_any_order() -> None:
    case = case_before("corrected-papers")
    (span,) = spans(case, CORRECTION)
    assert (span.opened, span.closed, span.ordered, span.days()) == (day(6), None, None, 0)
    case = played(case, "corrected-papers", received_on=text(10))
    (span,) = spans(case, CORRECTION)
    assert (span.closed, span.days()) == (day(10), 4)
    assert Span("w", 1, day(10), day(9), 2).days() == 0


def limit(case: Case, code: str, today: int, month: int = 3) -> Any:
    (found,) = (d for d in deadlines(case, date(2023, month, today)) if d.limit.code == code)
    return found


def test_an_exclusion_stops_the_clock_and_its_end_starts_it_again() -> None:
    case = played(handling(), "commission", dispatched_on=text(6))
    stopped = limit(case, "decide", 20)
    assert (stopped.status, stopped.due, stopped.used, stopped.left) == (Status.STOPPED, None, 3, 27)
    case = played(case, "commission-return", received_on=text(6))
    assert limit(case, "decide", 6).due == date(2023, 4, 13)  # returned the same day: nothing is excluded
    (interval,) = limit(case, "decide", 6).excluded  # and yet told
    assert (interval.window, interval.after, interval.until) == ("appraisal", day(6), day(6))
    case = played(handling(), "commission", dispatched_on=text(6))
    back = played(case, "commission-return", received_on=text(3))  # before it went: a slip excludes nothing
    assert (limit(back, "decide", 6).due, limit(back, "decide", 6).excluded) == (date(2023, 4, 13), ())


def test_what_is_done_while_the_clock_stands_still_is_kept_if_it_was_in_time_without_it() -> None:
    case = played(case_before("decision"), "commission", dispatched_on=text(6))
    for month, n, status in ((4, 13, Status.KEPT), (4, 14, Status.INDETERMINATE)):
        entry = replace(sample(case, "decision"), occurred=f"2023-{month:02}-{n:02}")
        found = limit(extend(case, entry), "decide", 20, 6)
        assert (found.status, found.used, found.late) == (status, 3, None)


def test_used_and_left_add_up_and_the_first_day_is_not_counted() -> None:
    case = handling()
    for today, used, left in ((1, 0, 30), (2, 1, 29), (6, 3, 27)):
        found = limit(case, "decide", today)
        assert (found.status, found.used, found.left) == (Status.RUNNING, used, left)
    assert (limit(case, "decide", 13, 4).left, limit(case, "decide", 14, 4).status) == (0, Status.OVERDUE)
    assert (limit(case, "decide", 14, 4).late, limit(case, "decide", 13, 4).late) == (1, None)
    early = limit(case, "decide", 27, 2)  # as of a day before it began
    assert (early.status, early.used, early.left) == (Status.RUNNING, 0, 30)


def test_a_stated_day_ends_the_correction_and_a_number_of_days_runs_from_service() -> None:
    case = case_before("corrected-papers")
    assert limit(case, "corrected-papers", 8).due == day(13)
    numbered = played(case_before("correction-notice"), "correction-notice", due=None, days=7)
    assert limit(numbered, "corrected-papers", 8).status is Status.NOT_BEGUN
    numbered = served(numbered, 2, ("complainant", 6, 6))
    assert limit(numbered, "corrected-papers", 8).due == day(13)
    for odd in (True, "7"):
        entries = (
            numbered.entries[0],
            replace(numbered.entries[1], facts={"days": odd, "recipients": ["complainant"]}),
        )
        strange = replace(numbered, entries=(*entries, numbered.entries[2]))
        found = limit(strange, "corrected-papers", 8)
        assert (found.status, found.start) == (Status.NOT_BEGUN, Dated(day(6), 3))


def test_a_stated_day_that_is_none_is_moved_to_the_next_working_day() -> None:
    case = played(case_before("correction-notice"), "correction-notice", due=text(11))  # a Saturday
    assert limit(served(case, 2, ("complainant", 6, 6)), "corrected-papers", 8).due == day(13)


def test_before_the_first_calendar_nothing_can_be_said() -> None:
    case = case_before("acceptance")
    old = replace(case.entries[0], facts={**case.entries[0].facts, "received_on": "2001-03-01"})
    found = limit(replace(case, entries=(old,)), "review", 6)
    assert (found.status, found.due, found.start) == (Status.INDETERMINATE, None, Dated(date(2001, 3, 1), 1))


def test_a_limit_of_limits_begins_where_the_other_ends() -> None:
    case = case_before("acceptance")
    complaint = RULEBOOK.by_limit["complaint"]
    assert limit(case, "complaint", 2).start == Dated(date(2023, 2, 10), 1)
    own = Ref("intake", "received_on")
    for pick, refs, start in (
        (Pick.FIRST, (*complaint.from_.refs, own), date(2023, 2, 10)),
        (Pick.LATEST, (*complaint.from_.refs, own), date(2023, 3, 1)),
        (Pick.PREFER, (own, *complaint.from_.refs), date(2023, 3, 1)),
        (Pick.PREFER, (*complaint.from_.refs, own), date(2023, 2, 10)),
    ):
        (found,) = reckoned(case, replace(complaint, from_=Moment(pick, refs)), day(2))
        assert found.start is not None
        assert found.start.day == start


def act_on(case, number):
    return replace(case.entries[-1], seq=case.seq + 1, occurred=text(number))


def test_what_nobody_answered_is_waived_from_the_day_after_the_limit() -> None:
    case = case_before("decision")
    assert limit(case, "answer", 13).due == day(13)
    assert derived_value(case, "deemed.waiver", act_on(case, 13)) == []
    assert derived_value(case, "deemed.waiver", act_on(case, 14)) == ["hospital"]
    assert derived_value(case, "deemed.uncured", act_on(case, 14)) == []
    answered = played(case, "written-answer", received_on=text(14))
    assert derived_value(answered, "deemed.waiver", act_on(answered, 20)) == []
