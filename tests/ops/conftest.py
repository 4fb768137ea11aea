"""The command line in this process, in a folder of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.ops.running import ran

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ops.running import Run


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command where no archive is yet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ANJUAN_ARCHIVE", raising=False)
    return lambda *arguments: ran(capsys, *arguments)
