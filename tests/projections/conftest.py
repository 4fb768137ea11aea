"""An office whose cases tell every kind of record, and the read models of them, for all tests of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from projections.views import CaseViews
from tests.office import Office
from tests.projections.history import told

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def whole_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    made = Office(tmp_path_factory.mktemp("office"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def cases(whole_office: Office) -> dict[str, str]:
    return told(whole_office)


@pytest.fixture(scope="module")
def views(whole_office: Office, cases: dict[str, str]) -> Iterator[CaseViews]:
    made = CaseViews(whole_office.path / "views.db", whole_office.archive)
    made.catch_up()
    yield made
    made.close()
