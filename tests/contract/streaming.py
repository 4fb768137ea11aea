"""Puts from a process of their own: how much memory a long stream costs, and what a killed writer leaves."""

from __future__ import annotations

import hashlib
import io
import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from domain.errors import Fault
from storage.evidence.directory import DirectoryVault
from storage.evidence.s3 import S3Vault
from storage.evidence.s3_client import S3Place
from storage.evidence.sealed import SealedVault
from tests.office import case_keys

if TYPE_CHECKING:
    from domain.evidence_port import EvidenceVault

CASE = "01890a5d-ac96-774b-bcce-b302099a8057"
_BLOCK = hashlib.shake_256(b"a long stream").digest((1 << 20) + 7)


class Stream(io.RawIOBase):
    """`size` bytes out of nothing; kills its own process after `fatal` bytes if that is given."""

    def __init__(self, size: int, fatal: int | None = None) -> None:
        self._left, self._fatal, self._given = size, fatal, 0

    def read(self, size: int = -1) -> bytes:
        if self._fatal is not None and self._given >= self._fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        start = self._given % len(_BLOCK)
        part = _BLOCK[start : start + min(size, self._left)]
        self._left -= len(part)
        self._given += len(part)
        return part


def measured_put(args: dict[str, Any], name: str, size: int) -> dict[str, Any]:
    """Put `size` bytes in another process: StoredBlob's members and "grown", bytes of peak memory above the start's."""
    done = _run(args, name, size, None)
    assert done.returncode == 0, done.stderr.decode()
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def killed_put(args: dict[str, Any], name: str, after: int) -> None:
    """Put in another process that dies by SIGKILL once `after` bytes were read."""
    assert _run(args, name, 1 << 40, after).returncode == -signal.SIGKILL


def _run(args: dict[str, Any], name: str, size: int, fatal: int | None) -> subprocess.CompletedProcess[bytes]:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "tests.contract.streaming", json.dumps([args, name, size, fatal])]
    return subprocess.run(command, cwd=root, capture_output=True, check=False)


def _vault(args: dict[str, Any]) -> EvidenceVault:
    if "keys" in args:
        inner = {name: value for name, value in args.items() if name != "keys"}
        return SealedVault(_vault(inner), case_keys(Path(args["keys"])), max_size=1 << 40)
    if "root" in args:
        return DirectoryVault(Path(args["root"]), max_size=1 << 40)
    return S3Vault(S3Place(**args), max_size=1 << 40)


def _memory(which: str) -> int:
    """VmRSS or VmHWM of this process in bytes; getrusage would show the parent's peak too."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(which)) * 1024


def _main(args: dict[str, Any], name: str, size: int, fatal: int | None) -> None:
    try:
        vault = _vault(args)
    except Fault as fault:
        print(json.dumps(fault.defects[0].as_json()))
        sys.exit(1)
    before = _memory("VmRSS")
    end = datetime.now(UTC) + timedelta(days=1)
    stored = vault.put(name, Stream(size, fatal), length=None, retain_until=end, case=CASE)  # type: ignore[arg-type]  # a stream
    print(json.dumps({**asdict(stored), "grown": _memory("VmHWM") - before}))


if __name__ == "__main__":
    _main(*json.loads(sys.argv[1]))
