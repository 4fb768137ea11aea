"""A process of its own that appends records and says so: `appender.py STORE CASE|-|full [COUNT]`.

With `-` it works through cases of its own for ever and prints `case seq digest position` after each answered append.
With a case it races for its seqs and prints `won SEQ` or the code of the refusal. With `full` it fills the space that
it is allowed, prints the fault, is given more space, and appends the same record again.
"""

from __future__ import annotations

import resource
import signal
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


def filling(store: SqliteEventStore) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (256 << 10, resource.RLIM_INFINITY))
    for answered in range(1000):
        one = record(uuid7(), text="满" * 2000)
        try:
            store.append(one)
        except Fault as fault:
            say(f"{fault.code} {answered}")
            break
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    say(f"{store.append(one)} {store.position()}")


if __name__ == "__main__":
    path, which = Path(sys.argv[1]), sys.argv[2]
    opened = SqliteEventStore(path)
    say("ready")
    if which == "-":
        alone(opened)
    elif which == "full":
        filling(opened)
    else:
        sys.stdin.readline()
        racing(opened, which, int(sys.argv[3]))
