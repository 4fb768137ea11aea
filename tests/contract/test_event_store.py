"""What every event store keeps, over each of its back-ends."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.errors import Fault
from domain.formats.record import parse_record
from storage.events.sqlite import SqliteEventStore
from tests.contract.records import chain, record, uuid7

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from domain.formats.record import Record
    from domain.ports import EventStore

Opener = "Callable[[], EventStore]"


@pytest.fixture(params=["sqlite"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], EventStore]]:
    """Opens the same store anew each time it is called."""
    stores: list[SqliteEventStore] = []

    def opener() -> EventStore:
        stores.append(SqliteEventStore(tmp_path / "events.db"))
        return stores[-1]

    yield opener
    for store in stores:
        store.close()


@pytest.fixture
def store(opened: Callable[[], EventStore]) -> EventStore:
    return opened()


def refused(store: EventStore, one: Record) -> str:
    with pytest.raises(Fault) as caught:
        store.append(one)
    return caught.value.code


def test_an_empty_store_has_nothing(store: EventStore) -> None:
    assert (store.position(), store.cases(), store.after(0, 10), store.case(uuid7())) == (0, (), (), ())
    assert store.find_act(uuid7()) is None


def test_octets_come_back_as_they_went_in(store: EventStore) -> None:
    records = list(chain(uuid7(), 3))
    assert [store.append(one) for one in records] == [1, 2, 3]
    assert store.case(records[0].case) == tuple(one.data for one in records)
    assert [(s.position, s.case, s.seq, s.data) for s in store.after(1, 10)] == [
        (n, one.case, one.seq, one.data) for n, one in enumerate(records, start=1) if n > 1
    ]


def test_what_was_answered_is_there_for_whoever_opens_the_store_next(opened: Callable[[], EventStore]) -> None:
    one = record(uuid7())
    opened().append(one)
    again = opened()
    assert again.case(one.case) == (one.data,)
    assert again.position() == 1


def test_an_act_is_found_by_its_id(store: EventStore) -> None:
    records = list(chain(uuid7(), 2))
    for one in records:
        store.append(one)
    found = store.find_act(records[1].act.id)
    assert found is not None
    assert (found.position, found.seq, found.data) == (2, 2, records[1].data)


def test_a_lost_answer_is_healed_by_the_same_call(store: EventStore) -> None:
    one, other = record(uuid7()), record(uuid7())
    assert (store.append(one), store.append(other), store.append(one)) == (1, 2, 1)
    assert store.position() == 2


def test_a_taken_seq_is_refused(store: EventStore) -> None:
    case = uuid7()
    store.append(record(case))
    assert refused(store, record(case)) == "seq-taken"
    assert store.position() == 1


def test_an_act_id_counts_once_in_the_whole_archive(store: EventStore) -> None:
    act = uuid7()
    store.append(record(uuid7(), act=act))
    assert refused(store, record(uuid7(), act=act)) == "act-taken"
    assert refused(store, record(uuid7(), act=act, text="另一内容")) == "act-taken"


def test_the_same_act_with_another_receipt_is_taken(store: EventStore) -> None:
    case, act = uuid7(), uuid7()
    store.append(record(case, act=act))
    assert refused(store, record(case, act=act, received="2023-03-06T01:02:04.000Z")) == "act-taken"


def test_a_seq_whose_forerunner_is_missing_is_refused(store: EventStore) -> None:
    assert refused(store, record(uuid7(), 2)) == "seq-gap"
    assert store.position() == 0


def test_refusals_leave_no_gap_in_the_positions(store: EventStore) -> None:
    one = record(uuid7())
    store.append(one)
    for _ in range(3):
        refused(store, record(one.case))
    assert store.append(record(uuid7())) == 2


def test_cases_stand_in_the_order_of_their_first_record(store: EventStore) -> None:
    first, second = list(chain(uuid7(), 2)), list(chain(uuid7(), 1))
    for one in (first[0], second[0], first[1]):
        store.append(one)
    assert store.cases() == ((first[0].case, 2), (second[0].case, 1))


def test_what_stands_after_is_given_in_pieces(store: EventStore) -> None:
    for _ in range(5):
        store.append(record(uuid7()))
    assert [s.position for s in store.after(1, 2)] == [2, 3]
    assert [s.position for s in store.after(4, 10)] == [5]
    assert store.after(5, 10) == store.after(0, 0) == store.after(0, -1) == ()


def test_only_records_of_the_actions_asked_for_are_given(store: EventStore) -> None:
    actions = ["note", "genesis", "note", "key-enrolled", "genesis"]
    for action in actions:
        store.append(record(uuid7(), action=action))
    assert [s.position for s in store.after(0, 9, ("genesis", "key-enrolled"))] == [2, 4, 5]
    assert [s.position for s in store.after(2, 1, ["genesis", "key-enrolled"])] == [4]
    assert store.after(0, 9, {"nothing"}) == ()


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(turns=st.lists(st.integers(min_value=0, max_value=3), max_size=20))
def test_positions_are_dense_and_cases_whole_in_any_interleaving(
    tmp_path_factory: pytest.TempPathFactory, turns: list[int]
) -> None:
    store = SqliteEventStore(tmp_path_factory.mktemp("store") / "events.db")
    chains = [chain(uuid7(), 20) for _ in range(4)]
    appended = [next(chains[turn]) for turn in turns]
    assert [store.append(one) for one in appended] == list(range(1, len(turns) + 1))
    assert [s.data for s in store.after(0, 100)] == [one.data for one in appended]
    for case in {one.case for one in appended}:
        assert store.case(case) == tuple(one.data for one in appended if one.case == case)
    store.close()


def test_of_many_threads_that_append_the_same_seq_one_wins(opened: Callable[[], EventStore]) -> None:
    store, case, rounds, crowd = opened(), uuid7(), 5, 8
    prev = None
    for seq in range(1, rounds + 1):
        start = threading.Barrier(crowd)
        rivals = [record(case, seq, prev) for _ in range(crowd)]

        def attempt(one: Record, start: threading.Barrier = start) -> str:
            start.wait()
            try:
                store.append(one)
            except Fault as fault:
                return fault.code
            return one.digest

        with ThreadPoolExecutor(crowd) as pool:
            answers = list(pool.map(attempt, rivals))
        assert sorted(a == "seq-taken" for a in answers) == [False] + [True] * (crowd - 1)
        prev = next(a for a in answers if a != "seq-taken")
    assert [parse_record(data).receipt.prev for data in store.case(case)][1:] == [
        parse_record(data).digest for data in store.case(case)
    ][:-1]
    assert store.position() == rounds


def test_readers_see_what_writers_have_committed_and_no_less(opened: Callable[[], EventStore]) -> None:
    store, reader = opened(), opened()
    for count, one in enumerate(chain(uuid7(), 10), start=1):
        store.append(one)
        assert len(reader.case(one.case)) == reader.position() == count
