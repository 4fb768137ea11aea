"""Timing: several rounds, the median counts; results as rows with a ratio to the first."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Rate:
    """How many things a second."""

    name: str
    per_second: float


def rate(name: str, count: int, work: Callable[[], object], *, rounds: int = ROUNDS) -> Rate:
    """`work` does `count` things; the median of `rounds` runs."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return Rate(name, count / statistics.median(times))


def show(title: str, rates: Sequence[Rate], unit: str) -> None:
    """A table; the ratio is to the first row."""
    table = Table(title=title, title_justify="left")
    table.add_column("")
    table.add_column(f"{unit}/s", justify="right")
    table.add_column("ratio", justify="right")
    for row in rates:
        table.add_row(row.name, f"{row.per_second:,.0f}", f"{row.per_second / rates[0].per_second:.3f}")
    Console().print(table)
