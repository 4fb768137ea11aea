from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from domain.errors import Fault
from domain.formats import shapes
from storage.clock import ScenarioClock, SystemClock, SystemIds

MOMENT = datetime(2023, 3, 6, 9, 30, 0, 123456, timezone(timedelta(hours=8)))


def test_the_systems_clock_goes_on_in_utc() -> None:
    first = SystemClock().now()
    assert first.utcoffset() == timedelta(0)
    assert first <= SystemClock().now()


def test_a_scenarios_clock_stands_where_it_was_set() -> None:
    clock = ScenarioClock(MOMENT)
    assert clock.now() == clock.now() == MOMENT
    assert clock.now().tzinfo is UTC
    clock.set(MOMENT + timedelta(days=1))
    assert clock.now() == MOMENT + timedelta(days=1)


def test_a_clock_without_time_zone_is_refused() -> None:
    clock = ScenarioClock(MOMENT)
    for act in (ScenarioClock, clock.set):
        with pytest.raises(Fault) as caught:
            act(MOMENT.replace(tzinfo=None))
        assert caught.value.code == "clock"


def test_ids_are_uuids_of_version_7_by_the_clock() -> None:
    ids = SystemIds(ScenarioClock(MOMENT))
    made = ids.uuid7()
    assert shapes.uuid7(made, "id") == str(UUID(made)) == made
    assert UUID(made).int >> 80 == int(MOMENT.timestamp() * 1000)


def test_ids_and_salts_do_not_repeat() -> None:
    ids = SystemIds()
    assert len({ids.uuid7() for _ in range(1000)}) == 1000
    assert len({ids.salt() for _ in range(1000)}) == 1000
    assert len(ids.salt()) == 16
