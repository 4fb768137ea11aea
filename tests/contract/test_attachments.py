"""What every memory of stored evidence keeps, over each of its back-ends."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from domain.errors import Fault
from domain.evidence_port import Attached, State, StoredBlob
from storage.attachments import SqliteAttachments
from tests.contract.records import uuid7

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from domain.evidence_port import Attachments


@pytest.fixture(params=["sqlite"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Attachments]]:
    stores: list[SqliteAttachments] = []

    def opener() -> Attachments:
        stores.append(SqliteAttachments(tmp_path / "attachments.db"))
        return stores[-1]

    yield opener
    for store in stores:
        store.close()


@pytest.fixture(params=[None, "v1"])
def attached(request: pytest.FixtureRequest) -> Attached:
    blob = StoredBlob(uuid7(), "b" * 43, 2**40, request.param, "a" * 64, 2**40 - 1)
    return Attached(blob, uuid7(), "投诉书 最终'版.pdf", "application/pdf", State.WAITING, "尚未检查")


def test_a_stored_file_is_remembered(opened: Callable[[], Attachments], attached: Attached) -> None:
    opened().put(attached)
    assert opened().get(attached.stored.object) == attached


def test_an_unknown_file_is_none(opened: Callable[[], Attachments]) -> None:
    assert opened().get(uuid7()) is None


def test_the_same_again_is_no_change(opened: Callable[[], Attachments], attached: Attached) -> None:
    store = opened()
    store.put(attached)
    store.put(attached)
    assert store.get(attached.stored.object) == attached


def test_another_file_under_the_name_is_refused(opened: Callable[[], Attachments], attached: Attached) -> None:
    store = opened()
    store.put(attached)
    for other in (replace(attached, name="x"), replace(attached, stored=replace(attached.stored, length=1))):
        with pytest.raises(Fault) as caught:
            store.put(other)
        assert caught.value.code == "attachment-exists"
    assert store.get(attached.stored.object) == attached


def test_the_same_file_of_a_case_is_found_again(opened: Callable[[], Attachments], attached: Attached) -> None:
    store, sha256 = opened(), attached.stored.sha256
    store.put(attached)
    later = replace(attached, stored=replace(attached.stored, object=uuid7()))
    store.put(later)
    assert store.same(attached.case, sha256, attached.name) == later
    for case, octets, name in (
        (uuid7(), sha256, attached.name),
        (attached.case, "c" * 64, attached.name),
        (attached.case, sha256, "x"),
    ):
        assert store.same(case, octets, name) is None


def test_a_waiting_file_is_settled_once(opened: Callable[[], Attachments], attached: Attached) -> None:
    store, name = opened(), attached.stored.object
    store.put(attached)
    assert store.settle(name, State.WAITING, "查毒服务没有应答", "application/pdf").reason == "查毒服务没有应答"
    settled = store.settle(name, State.ADMITTED, "", "image/png")
    assert settled == opened().get(name) == replace(attached, state=State.ADMITTED, reason="", media="image/png")
    for target in (name, uuid7()):
        with pytest.raises(Fault) as caught:
            store.settle(target, State.REFUSED, "病毒", "application/pdf")
        assert caught.value.code == "not-waiting"
    assert store.get(name) == settled


def test_a_refused_file_is_remembered_but_never_taken_for_the_same(
    opened: Callable[[], Attachments], attached: Attached
) -> None:
    store, blob = opened(), attached.stored
    store.put(attached)
    store.settle(blob.object, State.REFUSED, "类型不在允许之列", "application/x-dosexec")
    refused = store.get(blob.object)
    assert refused is not None
    assert (refused.state, refused.stored) == (State.REFUSED, blob)
    assert store.same(attached.case, blob.sha256, attached.name) is None
    assert store.in_state(State.REFUSED) == (refused,)
    assert store.in_state(State.WAITING) == store.in_state(State.ADMITTED) == ()


def test_the_files_of_a_case_are_listed_in_order(opened: Callable[[], Attachments], attached: Attached) -> None:
    store = opened()
    others = [replace(attached, stored=replace(attached.stored, object=uuid7())) for _ in range(3)]
    foreign = replace(others[0], stored=replace(attached.stored, object=uuid7()), case=uuid7())
    for one in (*others, foreign, attached):
        store.put(one)
    assert store.of_case(attached.case) == tuple(sorted([attached, *others], key=lambda one: one.stored.object))
    assert store.of_case(uuid7()) == ()
