"""What every memory of stored evidence keeps, over each of its back-ends."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from domain.errors import Fault
from domain.ports import Attached, StoredBlob
from storage.attachments import SqliteAttachments
from tests.contract.records import uuid7

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from domain.ports import Attachments


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
    return Attached(blob, uuid7(), "投诉书 最终'版.pdf", "application/pdf")


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
