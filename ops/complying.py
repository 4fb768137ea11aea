"""Compliance of every case of an archive, on two processors.

Keeps: each process opens the archive for itself and only reads; the answer comes in the archive's order of cases.
Leaves: register cases, to which the law of procedure doesn't apply.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from api.wiring import open_archive
from domain.rules.compliance import Conclusion, compliance
from domain.rules.requirement import FAILING, UNSETTLED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from api.wiring import Running

PROCESSES = 2
CHUNK = 50  # cases at a time; an archive of no more is judged in this process
REGISTERS = ("register", "access")
_opened: list[Running] = []  # of this process


@dataclass(frozen=True, slots=True)
class Complied:
    """What a case comes to: titles with articles, and codes, of what is not kept or can't be told."""

    case: str
    number: str
    title: str
    conclusion: Conclusion
    provisional: bool
    unkept: tuple[tuple[str, str], ...]
    codes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "case": self.case,
            "number": self.number,
            "title": self.title,
            "conclusion": self.conclusion.value,
            "provisional": self.provisional,
            "unkept": list(self.codes),
        }


def complied(path: Path, tell: Callable[[int, int], None] = lambda _done, _all: None) -> list[Complied]:
    """Every case of the archive at `path` as of today. `tell` counts cases. Faults of `open_archive`."""
    with open_archive(path) as running:
        cases = [case for case, _ in running.archive.events.cases()]
        chunks = [cases[at : at + CHUNK] for at in range(0, len(cases), CHUNK)]
        if len(chunks) <= 1:
            return judged(running, cases)
    found: list[Complied] = []
    with ProcessPoolExecutor(PROCESSES, get_context("spawn"), _open, (path,)) as pool:
        for done, rows in enumerate(pool.map(_judged, chunks), 1):
            found += rows
            tell(min(done * CHUNK, len(cases)), len(cases))
    return found


def judged(running: Running, cases: Sequence[str]) -> list[Complied]:
    """What each of these cases comes to."""
    found = []
    for number in cases:
        case = running.archive.case(number)
        if case.rulebook.id in REGISTERS:
            continue
        whole = compliance(case, running.today, running.archive.clock.now())
        unkept = [r for r in whole.requirements if r.binding and r.state in FAILING | UNSETTLED]
        told = tuple(dict.fromkeys((r.title, r.article) for r in unkept))
        codes = tuple(dict.fromkeys(r.code for r in unkept))
        found.append(Complied(number, *case.heading(), whole.conclusion, whole.provisional, told, codes))
    return found


def _open(path: Path) -> None:
    stack = ExitStack()
    _opened.append(stack.enter_context(open_archive(path)))


def _judged(cases: Sequence[str]) -> list[Complied]:
    return judged(_opened[0], cases)
