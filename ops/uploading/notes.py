"""Where uploads were going on when the command ended: one small file for each, nothing secret in it."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path


def folder() -> Path:
    """$XDG_STATE_HOME/anjuan/uploads, as the XDG Base Directory Specification has it."""
    state = os.environ.get("XDG_STATE_HOME")
    return (Path(state) if state and Path(state).is_absolute() else Path.home() / ".local/state") / "anjuan/uploads"


@dataclass(frozen=True, slots=True)
class Note:
    """The place of one file's upload: server and path on it. Another file, or a changed one, has another note."""

    path: Path

    @classmethod
    def of(cls, server: str, case: str, file: Path) -> Note:
        """The note for a file as it is now."""
        state = file.stat()
        told = json.dumps([server, case, str(file.absolute()), state.st_size, state.st_mtime_ns])
        return cls(folder() / f"{hashlib.sha256(told.encode()).hexdigest()[:32]}.json")

    def read(self) -> str | None:
        """Where the upload is, a path on the server; None if nothing is known."""
        try:
            value = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        where = value.get("upload") if isinstance(value, dict) else None
        return where if isinstance(where, str) and where.startswith("/v1/") else None

    def write(self, where: str) -> None:
        """Remember it, whole or not at all."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self.path.with_suffix(f".{os.getpid()}.new")
        draft.write_text(json.dumps({"upload": where}), encoding="utf-8")
        draft.replace(self.path)

    def forget(self) -> None:
        """The upload is over."""
        self.path.unlink(missing_ok=True)
