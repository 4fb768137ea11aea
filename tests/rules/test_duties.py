"""What each word of a duty asks, in lawful and less lawful cases."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from domain.rules.admissible import extend
from domain.rules.duties import choices_of, duty_requirements
from domain.rules.requirement import State
from domain.rules.vocabulary import Duty, If
from tests.rules.acting import NEW, done, served
from tests.rules.sample_acts import RULEBOOK, sample
from tests.rules.test_compliance import accepted, decided, notified, of, on, opened

if TYPE_CHECKING:
    from domain.rules.case import Case

PLAIN = Duty("plain", "义务", "1", "decision")


def states(case: Case, **words: Any) -> list[State]:
    return [found.state for found in duty_requirements(case, replace(PLAIN, **words))]


def test_an_authorisation_is_asked_of_those_who_act_by_agent_alone() -> None:
    assert of(on(opened(), "2023-03-01"), "mandate").state is State.NOT_APPLICABLE
    entry = sample(NEW, "intake", "2023-03-01", by_agent=True)
    without = extend(NEW, replace(entry, evidence=tuple(e for e in entry.evidence if e["slot"] != "authorisation")))
    missed = of(on(without, "2023-03-01"), "mandate")
    assert (missed.state, missed.record) == (State.MISSED, 1)
    assert "授权委托书" in missed.told[0]


def test_a_defect_elsewhere_breaks_nothing() -> None:
    lacking = extend(NEW, sample(NEW, "intake", laws=None))
    asked = {"of": "intake", "broken_by": ("absent",)}
    assert states(lacking, **asked) == [State.MISSED]
    assert states(lacking, **asked, at=("facts.laws",)) == [State.MISSED]
    assert states(lacking, **asked, at=("facts.reasons",)) == [State.KEPT]


def test_a_paper_is_sent_to_each_of_the_roles_or_the_duty_stands() -> None:
    case = done(notified(accepted(), "2023-03-02"), "decision", "2023-03-06")
    asked = {"sent": ("complainant", "respondent")}
    assert states(case, **asked) == [State.RUNNING]
    half = served(case, ("complainant", "2023-03-07"))
    assert states(half, **asked) == [State.RUNNING]
    assert states(served(half, ("hospital", "2023-03-08"), paper=case.seq), **asked) == [State.KEPT]
    assert states(case, sent=("institution",)) == [State.MISSED]


def test_once_the_case_is_closed_what_was_not_done_is_missed() -> None:
    case = done(notified(accepted(), "2023-03-02"), "decision", "2023-03-06")
    assert states(case, followed_by=("filing",)) == [State.RUNNING]
    filed = done(case, "filing", "2023-03-07")
    assert states(filed, followed_by=("filing",)) == [State.KEPT]
    assert states(filed, followed_by=("publication",)) == [State.MISSED]
    assert states(filed, sent=("complainant",)) == [State.MISSED]


def test_a_withdrawal_is_followed_by_a_termination() -> None:
    case = done(notified(accepted(), "2023-03-02"), "withdrawal", "2023-03-06", received_on="2023-03-06")
    assert of(on(case, "2023-03-06"), "withdrawal-ends").state is State.RUNNING
    ended = done(case, "termination", "2023-03-07")
    assert of(on(ended, "2023-03-07"), "withdrawal-ends").state is State.KEPT


def with_findings(*outcomes: str | None) -> Case:
    case = decided(notified(accepted(), "2023-03-02"), "2023-03-06")
    rows = [{"of": str(n), "outcome": outcome} for n, outcome in enumerate(outcomes, 1)]
    changed = replace(case.valid("decision")[0], facts={"findings": rows})
    entries = tuple(changed if e.action == "decision" else e for e in case.entries)
    return replace(case, entries=entries)


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        (("upheld", "rejected", "severed"), State.KEPT),
        (("upheld", "upheld"), State.MISSED),
        ((None,), State.MISSED),
    ],
)
def test_a_column_of_rows_covers_its_whole_set(outcomes: tuple[str | None, ...], state: State) -> None:
    assert states(with_findings(*outcomes), covers="findings.outcome") == [state]


def test_one_record_is_enough_where_any_will_do() -> None:
    case = accepted()
    first = replace(case.entries[1], facts={**case.entries[1].facts, "examined": ["copies"]})
    again = replace(case.entries[1], seq=case.seq + 1)
    both = replace(case, entries=(case.entries[0], first, *case.entries[2:], again))
    asked = {"of": "review-conclusion", "covers": "examined"}
    assert states(both, **asked) == [State.MISSED, State.KEPT]
    assert states(both, **asked, any_=True) == [State.KEPT]


def test_a_duty_begins_with_what_gives_rise_to_it() -> None:
    asked = {"of": "review-conclusion", "given": ("acceptance",), "covers": "examined"}
    assert states(opened(), **asked) == [State.NOT_APPLICABLE]
    assert states(done(opened(), "acceptance", "2023-03-01"), **asked) == [State.INDETERMINATE]
    assert states(accepted(), **asked) == [State.KEPT]


def test_what_is_said_may_be_one_of_several() -> None:
    case = decided(notified(accepted(), "2023-03-02"), "2023-03-06")
    assert states(case, says=If("annex", "annex-13")) == [State.KEPT]
    assert states(case, says=If("annex", "annex-14")) == [State.MISSED]


def test_what_covers_names_a_visible_set_of_choices() -> None:
    action = RULEBOOK.action("decision")
    assert choices_of(action, "findings.outcome") is not None
    assert choices_of(action, "annex") is None
    assert choices_of(action, "findings.remedy") is None
    assert choices_of(action, "nothing") is None
