"""Founding the demonstration's office: once, wherever it was broken off, and never over a real archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from api.wiring import open_archive
from domain.errors import Fault
from ops.demo.office import FOUNDED, ROOT, founded, keys_in, staff_of
from ops.demo.scenario import Person
from ops.founding import genesis
from storage.clock import ScenarioClock
from storage.home import Home
from tests.ops.demo.dying import Crash, dying
from tests.scenarios.playing import scenario

if TYPE_CHECKING:
    from pathlib import Path

    from domain.archive import Archive

STAFF = staff_of([scenario("authority")])
NAMES = [person.name for person in STAFF]


def found(archive: Archive, keys: Path) -> None:
    made = keys_in(keys, archive, NAMES)
    founded(archive, ScenarioClock(FOUNDED), made[ROOT], STAFF, made)


@pytest.mark.parametrize("where", ["before", "lost"])
@pytest.mark.parametrize("after", range(1, 6))
def test_founding_goes_on_where_it_died(where: str, after: int, tmp_path: Path) -> None:
    home = Home.create(tmp_path / "archive").path
    clock = ScenarioClock(FOUNDED)
    with open_archive(home, clock) as running, dying(running.archive, where, after), pytest.raises(Crash):
        found(running.archive, tmp_path / "keys")
    with open_archive(home, clock) as running:
        found(running.archive, tmp_path / "keys")
        found(running.archive, tmp_path / "keys")
        officers = running.archive.register().officers.values()
        assert [(officer.name, len(officer.keys)) for officer in officers] == [(name, 1) for name in NAMES]
        assert running.archive.events.position() == 1 + len(NAMES)


def test_a_key_that_was_half_written_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys/.陈立.pem.new").write_bytes(b"-----BEGIN")
    with open_archive(Home.create(tmp_path / "archive").path, ScenarioClock(FOUNDED)) as running:
        found(running.archive, tmp_path / "keys")
        assert sorted(path.name for path in (tmp_path / "keys").iterdir()) == sorted(f"{n}.pem" for n in (ROOT, *NAMES))


def test_a_key_of_somebody_else_is_told(tmp_path: Path) -> None:
    with open_archive(Home.create(tmp_path / "archive").path, ScenarioClock(FOUNDED)) as running:
        found(running.archive, tmp_path / "keys")
        (tmp_path / "keys/陈立.pem").write_bytes((tmp_path / "keys/李敏.pem").read_bytes())
        with pytest.raises(Fault, match=r"陈立\.pem") as caught:
            keys_in(tmp_path / "keys", running.archive, NAMES)
    assert caught.value.code == "demo-keys"


def test_a_real_archive_is_left_alone(tmp_path: Path) -> None:
    with open_archive(Home.create(tmp_path / "archive").path) as running:
        keys = keys_in(tmp_path / "keys", running.archive, NAMES)
        genesis(running.archive, keys[ROOT], origin="临江市财政局", demonstration=False)
        with pytest.raises(Fault) as caught:
            founded(running.archive, ScenarioClock(FOUNDED), keys[ROOT], STAFF, keys)
        assert caught.value.code == "not-a-demonstration"
        assert running.archive.events.position() == 1


def test_two_scenarios_must_agree_on_who_somebody_is() -> None:
    one = scenario("referral")
    other = type(one)("other", "", "", "", (Person("陈立", ("handler",)),), (), ())
    with pytest.raises(Fault, match="陈立") as caught:
        staff_of([one, other])
    assert caught.value.code == "scenario"
