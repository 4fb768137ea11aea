"""A process of its own that appends records and says so: `appender.py STORE CASE|- [COUNT]`.

Prints `seq digest position` after each answered append, `fault CODE` where it is refused. With `-` for the case it
works through a case of its own for ever.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from domain.errors import Fault
from storage.events.sqlite import SqliteEventStore
from tests.contract.records import chain, record, uuid7


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def alone(store: SqliteEventStore) -> None:
    while True:
        case = uuid7()
        for one in chain(case, 20):
            position = store.append(one)
            say(f"{case} {one.seq} {one.digest} {position}")


def racing(store: SqliteEventStore, case: str, seqs: int) -> None:
    for seq in range(1, seqs + 1):
        try:
            store.append(record(case, seq))
            say(f"won {seq}")
        except Fault as fault:
            say(f"{fault.code} {seq}")


if __name__ == "__main__":
    path, which = Path(sys.argv[1]), sys.argv[2]
    opened = SqliteEventStore(path)
    say("ready")
    if which == "-":
        alone(opened)
    else:
        sys.stdin.readline()
        racing(opened, which, int(sys.argv[3]))
