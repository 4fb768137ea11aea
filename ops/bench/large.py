"""A large archive to measure: every case opened as any other, its further records written straight into the store.

All signatures are real and every check passes; what is saved is the archive's own examination and a flush to disk for
each record.
"""

from __future__ import annotations

import io
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import orjson

from domain.formats.act import SignedAct, sign_act
from domain.formats.canonical import dump
from domain.formats.receipt import issue
from domain.formats.record import make_record

from .office import INTAKE, RULEBOOK, Bench, founded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from domain.formats.record import Record

INSERT = "INSERT INTO stored_events (originator_id, originator_version, topic, state, act) VALUES (?, ?, ?, ?, ?)"


def grown(path: Path, cases: int, each: int, tell: Callable[[int, int], None] = lambda _done, _all: None) -> int:
    """An archive of so many cases with `each` records (two or more); how many records there are with the register."""
    bench = founded(path)
    archive = bench.running.archive
    bench.submit(bench.inquiry(0))
    template = archive.records(bench.case)[-1]
    with closing(sqlite3.connect(path / "events.db", isolation_level=None)) as rows:
        rows.execute("PRAGMA synchronous=OFF")
        for number in range(1, cases + 1):
            if number > 1:
                _opened(bench)
            rows.execute("BEGIN IMMEDIATE")
            rows.executemany(INSERT, map(_row, _copied(bench, template, each)))
            rows.execute("COMMIT")
            tell(number, cases)
    position = archive.events.position()
    bench.running.close()
    return position


def _opened(bench: Bench) -> None:
    archive = bench.running.archive
    bench.case = archive.ids.uuid7()
    stored = archive.attaching.attach(case=bench.case, source=io.BytesIO(b"%PDF-1.4"), name="a.pdf").stored
    evidence = [{"object": stored.object, "slot": slot} for slot in ("complaint", "proof", "identity")]
    bench.submit(bench.signed("intake", INTAKE, rulebook=RULEBOOK, evidence=evidence))
    bench.submit(bench.signed("acceptance", {}))


def _copied(bench: Bench, template: Record, each: int) -> Iterator[Record]:
    """Letters after the last record of the case, up to `each` records."""
    archive = bench.running.archive
    last = archive.records(bench.case)[-1]
    while last.seq < each:
        act = orjson.loads(template.signed.payload)
        act |= {"id": archive.ids.uuid7(), "case": bench.case, "seen": {"seq": last.seq, "head": last.digest}}
        payload = dump(act)
        signed = SignedAct(payload, (sign_act(payload, bench.key),))
        receipt = issue(
            archive.signer,
            case=bench.case,
            seq=last.seq + 1,
            prev=last.digest,
            act=signed.digest,
            received=last.receipt.received,
        )
        last = make_record(signed, receipt)
        yield last


def _row(record: Record) -> tuple[str, int, str, bytes, str]:
    return record.case, record.seq, record.act.action, record.data, record.act.id
