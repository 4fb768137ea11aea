"""What the tests of formats share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from domain.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def refused() -> Callable[..., Fault]:
    """Calls what must be refused and answers with the Fault, whose code must be the expected one."""

    def refused(code: str, call: Callable[[], object]) -> Fault:
        with pytest.raises(Fault) as caught:
            call()
        assert caught.value.code == code, caught.value.defects
        return caught.value

    return refused
