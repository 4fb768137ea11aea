"""What must hold of every case: it replays to itself, exclusions only lengthen, and the day is Shanghai's."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from domain.rules.admissible import Answer, admissible, extend, judged_in_turn, replay
from domain.rules.case import Case, Entry
from domain.rules.civil import civil_day
from domain.rules.time_limits import deadlines
from tests.reference import naive_days
from tests.rules.acting import NEW, after
from tests.rules.sample_acts import RULEBOOK, SAMPLES, sample

if TYPE_CHECKING:
    from domain.rules.deadline import Deadline

FIRST = date(2023, 3, 6)
HERE = {"agent": "intake", "origins": "intake", "refer": "review-conclusion", "paper": "intake"}
VARIANTS = [f"{action}:{name}" for name, action in HERE.items()]
CODES = st.sampled_from([*SAMPLES, *VARIANTS])
STORIES = st.lists(st.tuples(CODES, st.integers(0, 9)), min_size=1, max_size=14)


def played(story: list[tuple[str, int]]) -> tuple[Case, list[Entry]]:
    """The acts of the story that the archive would have entered, some days apart: the case, the records."""
    case, records, day = NEW, list[Entry](), FIRST
    for code, later in [("intake", 0), *story]:
        day += timedelta(later)
        if code == "service" and not any("recipients" in e.facts for e in case.entries):
            continue
        entry = sample(case, code, day.isoformat())
        if admissible(case, entry).answer is Answer.REFUSED:
            continue
        records.append(entry)
        rectifies = RULEBOOK.action(entry.action).rectifies
        case = replay(case.id, RULEBOOK, case.calendar, records) if rectifies else extend(case, entry)
    return case, records


@given(STORIES)
def test_any_sequence_of_allowed_acts_replays_to_the_same_state(story: list[tuple[str, int]]) -> None:
    case, records = played(story)
    again = replay(case.id, RULEBOOK, case.calendar, records)
    today = records[-1].occurred_on + timedelta(30)
    assert (again.entries, again.stage, again.moves) == (case.entries, case.stage, case.moves)
    assert list(again.parties.items()) == list(case.parties.items())
    assert deadlines(again, today) == deadlines(case, today)


@given(STORIES)
def test_no_record_of_such_a_sequence_would_have_been_refused_when_it_came(story: list[tuple[str, int]]) -> None:
    case, records = played(story)
    answers = [outcome.answer for _, outcome in judged_in_turn(case.id, RULEBOOK, case.calendar, records)]
    assert len(answers) == len(records)
    assert Answer.REFUSED not in answers


def limit(case: Case, code: str, today: date) -> Deadline:
    (found,) = (d for d in deadlines(case, today) if d.limit.code == code)
    return found


SPANS = st.lists(st.tuples(st.integers(0, 20), st.one_of(st.none(), st.integers(0, 25))), min_size=1, max_size=4)


@given(SPANS)
def test_one_commission_more_never_makes_the_last_day_earlier(spans: list[tuple[int, int | None]]) -> None:
    case, due = after("intake", "acceptance"), []
    for sent, back in spans:
        due.append(limit(case, "decide", FIRST).due or date.max)
        day = FIRST + timedelta(sent)
        case = extend(case, sample(case, "commission", day.isoformat(), dispatched_on=day.isoformat()))
        number = case.seq
        if back is not None:
            day += timedelta(back)
            facts = {"answers": number, "received_on": day.isoformat()}
            case = extend(case, sample(case, "commission-return", day.isoformat(), **facts))
            assert case.entries[-1].defects == ()
    due.append(limit(case, "decide", FIRST).due or date.max)
    assert due == sorted(due)


SHANGHAI = timezone(timedelta(hours=8))
SECONDS = st.integers(-7200, 7200)
OFFSETS = st.integers(-12 * 60, 14 * 60)
MIDNIGHTS = st.dates(date(2018, 1, 2), date(2026, 12, 1))


@given(MIDNIGHTS, SECONDS, OFFSETS)
def test_an_instant_near_midnight_is_the_day_in_shanghai_however_it_is_written(
    day: date, seconds: int, offset: int
) -> None:
    moment = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) + timedelta(seconds=seconds)
    written = moment.astimezone(timezone(timedelta(minutes=offset))).isoformat()
    assert civil_day(written) == (day if seconds >= 0 else day - timedelta(1))


@given(SECONDS, OFFSETS)
def test_a_limit_from_an_act_near_midnight_begins_on_the_day_in_shanghai(seconds: int, offset: int) -> None:
    case = after("intake", "acceptance", "answer-notice", "service")
    moment = datetime(2023, 4, 4, 16, tzinfo=UTC) + timedelta(seconds=seconds)  # 清明 begins
    written = moment.astimezone(timezone(timedelta(minutes=offset))).isoformat()
    case = extend(case, sample(case, "decision", written))
    day = date(2023, 4, 5) if seconds >= 0 else date(2023, 4, 4)
    found = limit(case, "publication", day)
    assert found.start is not None
    assert (found.start.day, found.due) == (day, naive_days.ends(day, 5))
