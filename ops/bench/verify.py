"""Verification of a large store: `python -m ops.bench.verify [records]`, 5,000 if not said.

Ratios in one run, on all processors: digests alone against raw SHA-256 over the same octets, everything against raw
Ed25519 verification of as many signatures; memory of this process, and what a million records would take.
"""

from __future__ import annotations

import hashlib
import resource
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.verification import Scope
from ops.verifying import opened, processors, verify_home

from .large import grown

if TYPE_CHECKING:
    from collections.abc import Callable

RECORDS, EACH = 5_000, 25
SIGNATURES = 2  # of a record: its signer's and the receipt's
MESSAGE = b"m" * 1500
MILLION = 1_000_000


def raw_signatures(count: int) -> None:
    """As many verifications, one after the other."""
    key = Ed25519PrivateKey.generate()
    public, signature = key.public_key(), key.sign(MESSAGE)
    for _ in range(count):
        public.verify(signature, MESSAGE)


def raw_digests(path: Path) -> None:
    """SHA-256 over every record, read beforehand."""
    with opened(path) as (material, _):
        data = [row.data for row in material.rows()] if material.rows else []
    began = time.perf_counter()
    for one in data:
        hashlib.sha256(one).digest()
    print(f"raw SHA-256, octets at hand: {len(data) / (time.perf_counter() - began):,.0f} records/s")


def timed(work: Callable[[], object]) -> float:
    """Seconds."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> None:
    """Make the store, measure, print."""
    wanted, cores = int(sys.argv[1]) if sys.argv[1:] else RECORDS, processors()
    with tempfile.TemporaryDirectory(prefix="anjuan-bench-") as folder:
        path = Path(folder) / "archive"
        count = grown(path, max(wanted // EACH, 1), EACH)
        print(f"{count:,} records, {cores} processors")
        raw_digests(path)
        with ProcessPoolExecutor(cores, get_context("spawn")) as pool:
            list(pool.map(raw_signatures, [1] * cores))
            share = [SIGNATURES * count // cores] * cores
            raw = timed(lambda: list(pool.map(raw_signatures, share)))
        print(f"raw Ed25519, {SIGNATURES} a record: {count / raw:,.0f} records/s")
        for name, scope in (("digests alone", Scope(hash_only=True)), ("everything", Scope())):
            took = timed(partial(verify_home, path, None, None, scope=scope))
            print(f"{name}: {count / took:,.0f} records/s, {raw / took:.3f} of raw Ed25519")
            print(f"  a million records, extrapolated: {MILLION / count * took / 60:,.0f} min")
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    each = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"memory at most: {own:,.0f} MiB here, {each:,.0f} MiB in the largest other process")


if __name__ == "__main__":
    main()
