"""How far a verification has come, in a file of the one who verifies, so that it can go on after an interruption.

Keeps: what is kept counts only for the same store, up to the same row, under the same register and rules, asked for
the same; anything else begins anew. A line that was not written to its end is not there.
Leaves: that nobody else writes in that file: whoever can, can say of a case what they like. It lies in the verifier's
own folder (mode 0700), never in the archive.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from domain.errors import Fault
from domain.verification import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def own_folder() -> Path:
    """Where the one who runs this keeps such things."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state"
    return Path(state) / "anjuan" / "verify"


class Place:
    """The outcomes of the first cases of a verification, in order; made by `of`."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: TextIO | None = None

    @classmethod
    @contextmanager
    def of(cls, folder: Path | None, archive: Path, what: str) -> Iterator[Place]:
        """The place in `folder` of the verification of `archive`: of what (register, rules, position). None: none."""
        if folder is not None:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        place = cls(folder / f"{_name(archive)}-{_digest(what)}.jsonl" if folder is not None else None)
        try:
            yield place
        finally:
            if place._file is not None:
                place._file.close()

    def kept(self, cases: Sequence[str]) -> Iterator[Outcome]:
        """The outcomes kept of the first of these cases; what follows a line that can't be read is forgotten."""
        if self._path is None:
            return
        good = 0
        if self._path.is_file():
            with self._path.open("rb") as lines:
                for case, line in zip(cases, lines, strict=False):
                    outcome = _read(line)
                    if outcome is None or outcome.case != case:
                        break
                    good += len(line)
                    yield outcome
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        os.truncate(descriptor, good)
        self._file = os.fdopen(descriptor, "a", encoding="utf-8")

    def keep(self, outcome: Outcome) -> None:
        """One more outcome."""
        if self._file is not None:
            self._file.write(json.dumps(outcome.as_json(), ensure_ascii=False) + "\n")
            self._file.flush()

    def finished(self) -> None:
        """All cases have been judged: the next verification begins anew."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)


def forget(folder: Path, archive: Path) -> None:
    """Forget every place of `archive`."""
    for path in folder.glob(f"{_name(archive)}-*.jsonl"):
        path.unlink(missing_ok=True)


def _name(archive: Path) -> str:
    return _digest(str(archive.resolve()))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()[:32]


def _read(line: bytes) -> Outcome | None:
    if not line.endswith(b"\n"):
        return None
    try:
        return Outcome.from_json(json.loads(line))
    except (Fault, ValueError):
        return None
