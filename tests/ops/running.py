"""One command in this process, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ops.cli import main

if TYPE_CHECKING:
    import pytest

Run = Callable[..., tuple[int, str, str]]


def ran(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit status, standard output, standard error."""
    capsys.readouterr()
    status = main.status(list(arguments))
    said = capsys.readouterr()
    return status, said.out, said.err
