"""However playing is broken off, what stands stays as it is and the rest is completed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from domain.rules.admissible import Answer
from ops.demo.player import Play, Played, derived_id, in_order_of_time
from ops.demo.samples import samples
from tests.ops.demo.dying import Crash, dying
from tests.scenarios.playing import scenario, stage

if TYPE_CHECKING:
    from pathlib import Path

    from domain.archive import Archive

REFUSED = scenario("refused")  # eight acts, with withheld facts, files and services


def digests(archive: Archive) -> list[str]:
    return [record.digest for case, _ in archive.events.cases() for record in archive.records(case)]


def enter_all(play: Play) -> list[Played]:
    return [play.enter(number) for _, number in in_order_of_time([play])]


@pytest.mark.parametrize("where", ["before", "lost"])
@pytest.mark.parametrize("after", range(1, 9))
def test_playing_goes_on_where_it_died(where: str, after: int, tmp_path: Path) -> None:
    home = tmp_path / "archive"
    with stage(home, REFUSED) as (play,), dying(play.archive, where, after), pytest.raises(Crash):
        enter_all(play)
    with stage(home, REFUSED) as (play,):
        stood = digests(play.archive)
        enter_all(play)
        acts = [act.do for act in REFUSED.acts if act.expect is not Answer.REFUSED]
        assert [record.act.action for record in play.archive.records(play.case)] == acts
        assert digests(play.archive)[: len(stood)] == stood


def test_dying_twice_at_the_same_act_is_no_more_than_once(tmp_path: Path) -> None:
    home = tmp_path / "archive"
    for _ in range(3):
        with stage(home, REFUSED) as (play,), dying(play.archive, "before", 1), pytest.raises(Crash):
            play.enter(0)
    with stage(home, REFUSED) as (play,):
        assert play.enter(0).record is not None


def test_what_stands_is_never_entered_twice(tmp_path: Path) -> None:
    home = tmp_path / "archive"
    with stage(home, REFUSED) as (play,):
        first = [found.record for found in enter_all(play)]
    with stage(home, REFUSED) as (play,):
        before = play.archive.events.position()
        again = enter_all(play)
        assert [found.record for found in again] == first
        assert all(found.stood for found in again)
        assert play.archive.events.position() == before


def test_acts_are_played_in_order_of_time_and_those_to_come_are_left(tmp_path: Path) -> None:
    with stage(tmp_path / "archive", *samples()) as plays:
        todo = in_order_of_time(plays)
        moments = [play.scenario.acts[number].moment for play, number in todo]
        assert moments == sorted(moments)
        assert len({play.scenario.name for play, _ in todo}) == len(plays)
        early = in_order_of_time(plays, datetime(2023, 6, 10, tzinfo=UTC))
        assert early == todo[: len(early)]
        assert {play.scenario.name for play, _ in early} == {"refused", "complaint-2023", "withdrawn"}


def test_ids_follow_from_their_parts_and_differ_with_each() -> None:
    moment, later = datetime(2023, 3, 1, tzinfo=UTC), datetime(2023, 3, 2, tzinfo=UTC)
    ids = [derived_id(moment, "a", n, m) for n in range(20) for m in range(3)]
    assert ids == [derived_id(moment, "a", n, m) for n in range(20) for m in range(3)]
    assert len({*ids, derived_id(later, "a", 0, 0), derived_id(moment, "b", 0, 0)}) == 62
    assert {(text[14], text[19] in "89ab", len(text)) for text in ids} == {("7", True, 36)}
    assert {text.replace("-", "")[:12] for text in ids} == {f"{int(moment.timestamp() * 1000):012x}"}
