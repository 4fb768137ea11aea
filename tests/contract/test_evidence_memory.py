from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from tests.contract.conftest import new_name
from tests.contract.streaming import Stream, measured_put

if TYPE_CHECKING:
    from tests.contract.conftest import Bench

MIB = 1 << 20


@pytest.mark.parametrize("size", [200 * MIB, pytest.param(2 << 30, marks=pytest.mark.slow)])
def test_a_long_stream_costs_at_most_100_mib_of_memory(bench: Bench, size: int) -> None:
    name = new_name()
    answer = measured_put(bench.args, name, size)
    print(f"{bench.kind}: {size // MIB} MiB streamed, peak +{answer['grown'] // MIB} MiB")
    expected, stream = hashlib.sha256(), Stream(size)
    while part := stream.read(MIB):
        expected.update(part)
    assert (answer["sha256"], answer["length"]) == (expected.hexdigest(), size)
    assert bench.vault.stat(name, None).size == answer["size"] == bench.stored_length(size)
    assert answer["grown"] <= 100 * MIB
