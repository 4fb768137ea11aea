"""All measurements, or those named: append, verify, timeline."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from eventsourcing.persistence import StoredEvent
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore

from domain.rules.time_limits import deadlines
from ops.verifying import verify_home

from .measure import Rate, rate, show
from .office import Bench, founded

APPENDS = 300
RECORDS = 200
TABLE = "CREATE TABLE e (id INTEGER PRIMARY KEY AUTOINCREMENT, c TEXT, n INTEGER, s BLOB, UNIQUE (c, n))"
MEASUREMENTS = ("append", "verify", "timeline")


def append(path: Path) -> None:
    """Signed append against the library's plain append and a bare INSERT, all WAL with synchronous=FULL."""
    bench = founded(path / "archive")
    state = os.urandom(2_000)
    acts = [bench.inquiry(i) for i in range(APPENDS)]
    started = time.perf_counter()
    for act in acts:
        bench.submit(act)
    signed = Rate("signed append, everything checked", APPENDS / (time.perf_counter() - started))
    bench.running.close()
    rows = [_bare(path / "bare.db", state), _library(path / "library.db", state), signed]
    show("append to one case, synchronous=FULL", rows, "records")


def _bare(path: Path, state: bytes) -> Rate:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(TABLE)
    count = iter(range(10**9))

    def work() -> None:
        for _ in range(APPENDS):
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO e (c, n, s) VALUES ('c', ?, ?)", (next(count), state))
            connection.execute("COMMIT")

    found = rate("bare INSERT", APPENDS, work)
    connection.close()
    return found


def _library(path: Path, state: bytes) -> Rate:
    datastore = SQLiteDatastore(str(path))
    recorder = SQLiteApplicationRecorder(datastore)  # WAL; synchronous=FULL is SQLite's default
    recorder.create_table()
    count = iter(range(1, 10**9))

    def work() -> None:
        for _ in range(APPENDS):
            recorder.insert_events([StoredEvent("case", next(count), "topic", state)])

    found = rate("eventsourcing, plain append", APPENDS, work)
    datastore.close()
    return found


def verify(path: Path) -> None:
    """Verification of an archive against raw SHA-256 and raw Ed25519 verification of the same bytes and signatures."""
    bench = founded(path / "archive")
    for i in range(RECORDS):
        bench.submit(bench.inquiry(i))
    archive = bench.running.archive
    records = [r for case, _ in archive.events.cases() for r in archive.records(case)]
    bench.running.close()
    key = Ed25519PrivateKey.generate()
    public = key.public_key()
    messages = [
        (key.sign(r.signed.payload), r.signed.payload) for r in records for _ in range(len(r.signed.signatures) + 1)
    ]

    def hashes() -> None:
        for record in records:
            hashlib.sha256(record.data).digest()

    def signatures() -> None:
        for signature, message in messages:
            public.verify(signature, message)

    count = len(records)
    rows = [
        rate("raw SHA-256 of the record bytes", count, hashes),
        rate("raw Ed25519 verification of the same number", count, signatures),
        rate("anjuan verify, all checks and replay", count, lambda: verify_home(path / "archive", None, None)),
    ]
    show(f"verify {count} records", rows, "records")
    print(f"  of raw Ed25519: {rows[2].per_second / rows[1].per_second:.3f}")


def timeline(path: Path) -> None:
    """A case of 200 records: folded from its bytes, and its deadlines, against parsing alone."""
    bench = founded(path / "archive")
    for i in range(RECORDS - 2):
        bench.submit(bench.inquiry(i))
    archive = bench.running.archive
    archive.records(bench.case)
    folded = archive.case(bench.case)
    day = folded.entries[-1].occurred_on

    def fold() -> None:
        archive.reader._cases.clear()  # noqa: SLF001  # what a cold start costs
        archive.case(bench.case)

    rows = [
        rate("parse 200 records", 1, lambda: archive.records(bench.case)),
        rate("fold the case, cold", 1, fold),
        rate("fold the case, at hand", 1, lambda: archive.case(bench.case)),
        rate("all deadlines", 1, lambda: deadlines(folded, day)),
        _views(bench),
    ]
    show("timeline of a 200-record case", rows, "times")
    bench.running.close()


def _views(bench: Bench) -> Rate:
    bench.running.catch_up()
    views = bench.running.views
    return rate("timeline page from the read model", 1, lambda: views.timeline(bench.case, limit=RECORDS))


def main() -> None:
    """Run the measurements named on the command line, or all."""
    names = sys.argv[1:] or list(MEASUREMENTS)
    for name in names:
        if name not in MEASUREMENTS:
            sys.exit(f"measurements: {', '.join(MEASUREMENTS)}")
        with tempfile.TemporaryDirectory(prefix="anjuan-bench-") as folder:
            {"append": append, "verify": verify, "timeline": timeline}[name](Path(folder))


if __name__ == "__main__":
    main()
