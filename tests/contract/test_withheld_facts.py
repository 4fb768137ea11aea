"""What every store of withheld facts keeps, over each of its back-ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.errors import Fault
from storage.withheld import SqliteWithheldFacts
from tests.contract.records import uuid7

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from domain.ports import WithheldFacts
    from storage.case_keys import CaseKeys

DISCLOSURES = ("WyJzYWx0Iiwi5bqV5Lu3IiwiMSJd", "WyJzYWx0Iiwi5bqV5Lu3IiwiMiJd")


@pytest.fixture(params=["sqlite"])
def opened(request: pytest.FixtureRequest, tmp_path: Path, keys: CaseKeys) -> Iterator[Callable[[], WithheldFacts]]:
    stores: list[SqliteWithheldFacts] = []

    def opener() -> WithheldFacts:
        stores.append(SqliteWithheldFacts(tmp_path / "withheld.db", keys))
        return stores[-1]

    yield opener
    for store in stores:
        store.close()


@pytest.fixture
def withheld(opened: Callable[[], WithheldFacts]) -> WithheldFacts:
    return opened()


@pytest.fixture
def case() -> str:
    return uuid7()


@pytest.fixture
def act() -> str:
    return uuid7()


def test_what_was_kept_is_read_by_whoever_opens_the_store_next(
    opened: Callable[[], WithheldFacts], case: str, act: str
) -> None:
    opened().put(case, act, DISCLOSURES)
    assert opened().get(case, act) == DISCLOSURES


def test_what_was_never_kept_is_empty(withheld: WithheldFacts, case: str, act: str) -> None:
    withheld.put(case, act, ())
    assert withheld.get(case, act) == ()


def test_the_same_again_is_no_change(withheld: WithheldFacts, case: str, act: str) -> None:
    withheld.put(case, act, DISCLOSURES)
    withheld.put(case, act, DISCLOSURES)
    assert withheld.get(case, act) == DISCLOSURES


@pytest.mark.parametrize("other", [DISCLOSURES[:1], DISCLOSURES[::-1], (*DISCLOSURES, "eA")])
def test_others_under_the_same_act_are_refused(
    withheld: WithheldFacts, case: str, act: str, other: tuple[str, ...]
) -> None:
    withheld.put(case, act, DISCLOSURES)
    with pytest.raises(Fault) as caught:
        withheld.put(case, act, other)
    assert caught.value.code == "withheld-exists"
    assert withheld.get(case, act) == DISCLOSURES


def test_destroying_a_case_destroys_its_disclosures_and_no_others(
    opened: Callable[[], WithheldFacts], keys: CaseKeys, case: str, act: str
) -> None:
    first, second, other = opened(), opened(), uuid7()
    first.put(case, act, DISCLOSURES)
    first.put(other, act, DISCLOSURES[:1])
    keys.destroy(case)
    assert (first.get(case, act), second.get(case, act), opened().get(case, act)) == ((), (), ())
    assert first.get(other, act) == DISCLOSURES[:1]


def test_what_was_destroyed_does_not_come_back(withheld: WithheldFacts, keys: CaseKeys, case: str, act: str) -> None:
    withheld.put(case, act, DISCLOSURES)
    keys.destroy(case)
    keys.destroy(case)
    with pytest.raises(Fault) as caught:
        withheld.put(case, act, DISCLOSURES)
    assert caught.value.code == "withheld-destroyed"
    assert withheld.get(case, act) == ()


def test_a_case_that_never_had_any_can_be_destroyed(
    withheld: WithheldFacts, keys: CaseKeys, case: str, act: str
) -> None:
    keys.destroy(case)
    assert withheld.get(case, act) == ()


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(), max_size=5).map(tuple))
def test_any_text_comes_back(withheld: WithheldFacts, texts: tuple[str, ...]) -> None:
    case, act = uuid7(), uuid7()
    withheld.put(case, act, texts)
    assert withheld.get(case, act) == texts
