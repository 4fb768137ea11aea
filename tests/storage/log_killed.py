"""Follows a store into a log and dies by SIGKILL at its nth sync to the disk: `log_killed.py FOLDER N`."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.storage.log_parts import Parts


def main(folder: Path, fatal: int) -> None:
    parts = Parts(folder)
    syncs, fsync = 0, os.fsync

    def counting(fd: int) -> None:
        nonlocal syncs
        syncs += 1
        if syncs == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        fsync(fd)

    os.fsync = counting
    parts.writer().follow()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
