"""Following the records and folding them anew give the same rows, wherever the follower stopped in between."""

from __future__ import annotations

import sqlite3
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.errors import Fault
from projections import views as views_module
from projections.fold import CaseRows, rows_of
from projections.views import CaseViews
from tests.office import Office
from tests.projections.history import Growing, adopt_calendar, everything, told

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from domain.archive import Archive


@pytest.fixture(scope="module")
def told_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    office = Office(tmp_path_factory.mktemp("office"))
    told(office)
    adopt_calendar(office)
    office.opened()
    yield office
    office.close()


@pytest.fixture
def growing(told_office: Office, tmp_path: Path) -> Iterator[Growing]:
    made = Growing(told_office, tmp_path / "growing")
    yield made
    made.close()


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stops=st.lists(st.integers(min_value=0, max_value=40), max_size=8))
def test_wherever_the_follower_stopped_the_rows_are_those_of_a_rebuild(
    told_office: Office, tmp_path_factory: pytest.TempPathFactory, stops: list[int]
) -> None:
    growing = Growing(told_office, tmp_path_factory.mktemp("growing"))
    last = told_office.archive.events.position()
    for stop in [*sorted(stop for stop in stops if stop < last), last]:
        growing.feed(stop)
        assert growing.views.catch_up() == stop
    followed = everything(growing.views)
    assert growing.views.rebuild() == last
    assert everything(growing.views) == followed
    growing.close()


def test_small_batches_give_the_same_rows(
    growing: Growing, monkeypatch: pytest.MonkeyPatch, told_office: Office
) -> None:
    last = told_office.archive.events.position()
    growing.feed(last)
    growing.views.rebuild()
    at_once = everything(growing.views)
    monkeypatch.setattr(views_module, "BATCH", 2)
    monkeypatch.setattr(views_module, "CASES", 1)
    slow = CaseViews(growing.path / "slow.db", growing.archive)
    slow.rebuild()
    assert everything(slow) == at_once
    slow.close()


def test_following_in_small_batches_reaches_the_end(
    growing: Growing, monkeypatch: pytest.MonkeyPatch, told_office: Office
) -> None:
    growing.feed(3)
    growing.views.catch_up()
    monkeypatch.setattr(views_module, "BATCH", 2)
    last = told_office.archive.events.position()
    growing.feed(last)
    assert growing.views.catch_up() == last
    followed = everything(growing.views)
    growing.views.rebuild()
    assert everything(growing.views) == followed


def test_nothing_new_changes_nothing(growing: Growing) -> None:
    growing.feed(20)
    growing.views.catch_up()
    before = everything(growing.views)
    assert growing.views.catch_up() == growing.views.position() == 20
    assert everything(growing.views) == before


def test_an_adopted_calendar_moves_the_limits_of_every_case(told_office: Office, growing: Growing) -> None:
    last = told_office.archive.events.position()
    growing.feed(last - 2)
    growing.views.catch_up()
    before = {(d["case"], d["limit"], d["of"]): d["due"] for d in growing.views.deadlines(told_office.today)}
    growing.feed(last)
    growing.views.catch_up()
    after = {(d["case"], d["limit"], d["of"]): d["due"] for d in growing.views.deadlines(told_office.today)}
    moved = {key for key, due in before.items() if key in after and after[key] != due}
    assert moved
    assert all(after[key] > before[key] for key in moved)


def test_views_of_another_store_are_made_anew(told_office: Office, tmp_path: Path, growing: Growing) -> None:
    growing.feed(20)
    growing.views.catch_up()
    growing.views.close()
    other = Growing(told_office, tmp_path / "other")
    other.feed(10)
    (tmp_path / "other" / "views.db").unlink()
    (growing.path / "views.db").rename(tmp_path / "other" / "views.db")
    views = CaseViews(tmp_path / "other" / "views.db", other.archive)
    assert views.catch_up() == 10
    kept = everything(views)
    views.rebuild()
    assert everything(views) == kept
    views.close()
    other.close()


def test_rows_of_another_version_are_made_anew(growing: Growing) -> None:
    growing.feed(20)
    growing.views.catch_up()
    before = everything(growing.views)
    with sqlite3.connect(growing.path / "views.db") as sql:
        sql.execute("UPDATE generations SET version = 0")
        sql.execute("DELETE FROM records_1")
    sql.close()
    growing.views.catch_up()
    assert everything(growing.views) == before


def test_old_generations_are_dropped_and_newer_ones_left_alone(growing: Growing) -> None:
    growing.feed(20)
    growing.views.catch_up()
    growing.views.rebuild()
    with sqlite3.connect(growing.path / "views.db") as sql:
        names = {name for (name,) in sql.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        active = list(sql.execute("SELECT generation, active FROM generations"))
    sql.close()
    assert active == [(2, 1)]  # the first was dropped
    assert {name.rpartition("_")[2] for name in names - {"generations"}} == {"2"}


def test_several_followers_of_one_file_agree(told_office: Office, growing: Growing) -> None:
    crowd = 4
    others = [CaseViews(growing.path / "views.db", growing.archive) for _ in range(crowd)]
    last = told_office.archive.events.position()
    growing.feed(last)
    start = threading.Barrier(crowd)

    def follow(views: CaseViews) -> int:
        start.wait()
        return views.catch_up()

    with ThreadPoolExecutor(crowd) as pool:
        assert list(pool.map(follow, others)) == [last] * crowd
        assert list(pool.map(lambda views: views.rebuild(), others)) == [last] * crowd
    followed = everything(growing.views)
    growing.views.rebuild()
    assert everything(growing.views) == followed
    for views in others:
        views.close()


def test_a_reader_sees_whole_rows_while_they_are_made_anew(growing: Growing, told_office: Office) -> None:
    growing.feed(told_office.archive.events.position())
    growing.views.catch_up()
    expected = growing.views.docket(told_office.today)
    other, done = CaseViews(growing.path / "views.db", growing.archive), threading.Event()

    def rebuild() -> None:
        for _ in range(5):
            other.rebuild()
        done.set()

    with ThreadPoolExecutor(1) as pool:
        rebuilding = pool.submit(rebuild)
        while not done.is_set() and not rebuilding.done():
            assert growing.views.docket(told_office.today) == expected
        rebuilding.result()
    other.close()


@pytest.mark.parametrize("folded", range(4))
def test_a_follower_broken_off_in_the_middle_leaves_a_whole_earlier_state(
    growing: Growing, told_office: Office, monkeypatch: pytest.MonkeyPatch, folded: int
) -> None:
    growing.feed(12)
    growing.views.catch_up()
    before, cases = everything(growing.views), list[str]()

    def broken_off(archive: Archive, case: str) -> CaseRows:
        if len(cases) == folded:
            raise KeyboardInterrupt
        cases.append(case)
        return rows_of(archive, case)

    last = told_office.archive.events.position()
    growing.feed(last)
    with monkeypatch.context() as patched:
        patched.setattr(views_module, "rows_of", broken_off)
        for step in (growing.views.catch_up, growing.views.rebuild):
            cases.clear()
            with pytest.raises(KeyboardInterrupt):
                step()
            assert everything(growing.views) == before
    assert growing.views.catch_up() == last
    followed = everything(growing.views)
    growing.views.rebuild()
    assert everything(growing.views) == followed


def test_only_the_owner_may_read_the_rows(growing: Growing) -> None:
    growing.feed(5)
    growing.views.catch_up()
    modes = {stat.S_IMODE(path.stat().st_mode) for path in growing.path.glob("views.db*")}
    assert modes == {0o600}


def test_a_file_that_is_no_database_is_named(told_office: Office, tmp_path: Path) -> None:
    (tmp_path / "views.db").write_bytes(b"rubbish, and enough of it to be looked at" * 100)
    with pytest.raises(Fault) as caught:
        CaseViews(tmp_path / "views.db", told_office.archive)
    assert caught.value.code == "views-unusable"
