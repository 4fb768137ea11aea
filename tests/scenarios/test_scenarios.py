"""Every scenario plays as it is told, every action is exercised, and what comes of it verifies."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from domain.errors import Fault
from domain.rules.admissible import Answer
from ops.demo.player import Play, Played
from ops.demo.samples import SAMPLES, samples
from ops.demo.scenario import Expectation
from ops.verifying import verify_home
from storage.rulebooks import installed
from tests.scenarios.playing import NAMES, played, scenario, stage

if TYPE_CHECKING:
    from pathlib import Path

    from ops.demo.scenario import Scenario

BOOKS = {name: book for name, book in installed().items() if name != "register"}
PASSED_THROUGH = {"handling", "withdrawn"}  # on the way to where an expectation looks
NOT_LOOKED_AT = {"corrected-review"}
SCENARIOS = {name: scenario(name) for name in NAMES}
ACTS = [act for found in SCENARIOS.values() for act in found.acts]


def stored(play: Play) -> int:
    """How many records there are, those of the scenario played along with it aside."""
    along = play.archive.events.case(play.before.case) if play.before is not None else []
    return play.archive.events.position() - len(along)


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_plays_as_it_is_told(name: str, tmp_path: Path) -> None:
    found, amiss = SCENARIOS[name], []
    with stage(tmp_path / "archive", found) as (play,):
        before = stored(play)
        for step in played(play):
            if isinstance(step, Played):
                assert (stored(play) > before) == (step.record is not None), step.act
                before = stored(play)
            elif step[1]:
                amiss.append(step)
        trust = play.archive.trust()
        acts = [act for act in found.acts if act.expect is not Answer.REFUSED and act.register is None]
        assert [record.act.action for record in play.archive.records(play.case)] == [act.do for act in acts]
    assert not amiss
    report = verify_home(tmp_path / "archive", trust, None)
    assert report.exit_status == 0, [f for f in report.findings if f.verdict.value == "FAILED"]


def under(rulebook: str) -> list[Scenario]:
    return [found for found in SCENARIOS.values() if found.rulebook == rulebook]


@pytest.mark.parametrize("rulebook", BOOKS)
def test_every_action_of_a_rulebook_is_exercised(rulebook: str) -> None:
    acts = [act for found in under(rulebook) for act in found.acts]
    done = {act.do for act in acts if act.expect is not Answer.REFUSED and act.register is None}
    assert done == set(BOOKS[rulebook].by_action)


@pytest.mark.parametrize("rulebook", BOOKS)
def test_every_stage_is_reached_and_every_limit_looked_at(rulebook: str) -> None:
    book = BOOKS[rulebook]
    expected = [step for found in under(rulebook) for step in found.steps if isinstance(step, Expectation)]
    assert set(book.by_stage) - {step.stage for step in expected} <= PASSED_THROUGH
    assert set(book.by_limit) - {step.limit for step in expected} <= NOT_LOOKED_AT


def test_every_scenario_says_whether_procedure_was_kept() -> None:
    told = {found.name for found in SCENARIOS.values() if any(getattr(s, "compliance", None) for s in found.steps)}
    assert told == set(NAMES)


def test_what_may_not_be_is_refused_and_what_was_not_lawful_is_entered_as_irregular() -> None:
    refused = {act.code for act in ACTS if act.expect is Answer.REFUSED}
    assert refused >= {
        "absent",
        "agent",
        "cap",
        "capacity",
        "future",
        "needs",
        "no-capacity",
        "not-in-force",
        "not-over",
        "not-running",
        "not-whole",
        "amiss",
        "once",
        "opening-record",
        "recipient",
        "recused",
        "signers",
        "stage",
        "too-early",
        "unfounded",
        "unknown-fact",
        "untold",
        "wrong-record",
    }
    irregular = {act.code for act in ACTS if act.expect is Answer.IRREGULAR}
    assert irregular >= {
        "absent",
        "mandate",
        "not-ripe",
        "not-served-before",
        "power",
        "short",
        "unfounded",
        "signers",
        "stage",
        "too-soon",
        "unsigned",
    }


def test_samples_are_scenarios_and_agree_on_who_acts() -> None:
    assert set(SAMPLES) <= set(NAMES)
    assert tuple(found.name for found in samples()) == SAMPLES


def test_confidential_facts_of_a_whole_case_stand_in_no_record(tmp_path: Path) -> None:
    with stage(tmp_path / "archive", SCENARIOS["complaint-2023"]) as (play,):
        assert list(played(play))
        signed = b"".join(record.data for record in play.archive.records(play.case))
        whole = str([entry.facts for entry in play.archive.case(play.case).entries])
    for secret in ("0599-5550101", "10960000", "江北市建设路"):
        assert secret in whole
        assert secret.encode() not in signed


def test_an_answer_other_than_the_told_one_is_a_fault(tmp_path: Path) -> None:
    found = SCENARIOS["referral"]
    (first, *rest) = found.steps
    told = replace(found, steps=(replace(first, do="acceptance", label="intake"), *rest))
    with stage(tmp_path / "archive", told) as (play,), pytest.raises(Fault, match="not-opened"):
        play.enter(0)
