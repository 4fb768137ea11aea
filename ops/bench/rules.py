"""Loading the complaint rulebook, judging an act in a long case, against what each may take: `-m ops.bench.rules`.

Loading is what a process does once per rulebook: read the folder, parse, compile, check. Judging is `admissible` on a
case of 200 records: one more of what the case is full of, and acts that ask much of it. Processor time is told, so that
what else the machine does doesn't count.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from domain.formats.act import Seen, Signer
from domain.rules.admissible import admissible
from domain.rules.case import Case, Entry
from domain.rules.defaults import filled
from domain.rules.loader import compile_rulebook
from storage.rulebooks import folder

from .office import RULEBOOK, founded

if TYPE_CHECKING:
    from collections.abc import Callable

RECORDS, ROUNDS = 200, 15
LOADING, JUDGING = 50.0, 5.0  # milliseconds
DAY = "2023-03-01"
DECISION: dict[str, Any] = {
    "number": "决定一号",
    "annex": "annex-14",
    "parties": ["p0", "p1"],
    "claims": "投诉事项",
    "found": "查明的事实",
    "result": "处理决定",
    "remedies": "救济权利",
    "remedy_period": "救济期限",
    "remedy_source": "期限的依据",
    "findings": [{"of": "1", "outcome": "upheld", "remedy": "责令改正", "reasons": "理由"}],
}
SERVED = {"recipient": "p1", "way": "direct", "sent_on": DAY, "served_on": DAY, "proof": "送达回证"}
ACTS: dict[str, dict[str, Any]] = {
    "inquiry-letter": {"matters": ["事项"], "materials": ["材料"], "recipients": ["p1"]},
    "service": {"paper": RECORDS, "deliveries": [SERVED]},
    "answer-notice": {"copies": 1, "duties": "说明", "progress": "进展"},
    "suspension": {"days": 20, "reasons": "理由"},
    "decision": DECISION,
}


@dataclass(frozen=True, slots=True)
class Took:
    """How much processor time one thing takes, and may take, in milliseconds."""

    name: str
    took: float
    target: float


def took(name: str, target: float, work: Callable[[], object]) -> Took:
    """The median of several runs after one that warms up."""
    work()
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return Took(name, statistics.median(times) * 1000, target)


def long_case() -> Case:
    """An accepted case of RECORDS records, folded from its bytes."""
    with tempfile.TemporaryDirectory(prefix="anjuan-bench-") as path:
        bench = founded(Path(path) / "archive")
        for i in range(RECORDS - 2):
            bench.submit(bench.inquiry(i))
        case = bench.running.archive.case(bench.case)
        bench.running.close()
    return case


def act(case: Case, code: str) -> Entry:
    """The act as the archive would judge it next."""
    action = case.rulebook.action(code)
    who = tuple(Signer(f"o{i}", f"k{i}", need.capacity) for i, need in enumerate(action.by[0]))
    entry = Entry(case.seq + 1, "", code, code, DAY, None, who, Seen(case.seq, case.head), ACTS[code], ())
    return replace(entry, facts=filled(case, action, entry))


def measured() -> list[Took]:
    """Loading, then each act."""
    case = long_case()
    found = [took("load the rulebook", LOADING, lambda: compile_rulebook(folder(RULEBOOK)))]
    for code in ACTS:
        entry = act(case, code)
        name = f"judge {code} in a case of {case.seq} records"
        found.append(took(name, JUDGING, lambda entry=entry: admissible(case, entry)))  # type: ignore[misc]  # bound now
    return found


def main() -> None:
    """Measure and show; exit status 1 if anything takes longer than it may."""
    rows = measured()
    table = Table(title="rules", title_justify="left")
    for heading in ("", "ms", "may take", "ratio"):
        table.add_column(heading, justify="left" if not heading else "right")
    for row in rows:
        table.add_row(row.name, f"{row.took:.2f}", f"{row.target:.0f}", f"{row.took / row.target:.2f}")
    Console().print(table)
    if slow := [row.name for row in rows if row.took > row.target]:
        sys.exit(f"slower than they may be: {', '.join(slow)}")


if __name__ == "__main__":
    main()
