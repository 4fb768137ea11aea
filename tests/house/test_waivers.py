"""Whoever silences a tool says which rule and why."""

from __future__ import annotations

import io
import re
import tokenize
from typing import TYPE_CHECKING

import pytest

from tests.house.tree import files, name

if TYPE_CHECKING:
    from collections.abc import Iterator

_WAIVER = re.compile(r"#\s*(noqa|type:\s*ignore|pragma:\s*no cover|ruff:\s*noqa|mypy:)", re.IGNORECASE)
_NAMED = (
    r"(ruff:\s*)?noqa:\s*[A-Z]+[0-9]+(,\s*[A-Z]+[0-9]+)*",
    r"type:\s*ignore\[[a-z-]+(,\s*[a-z-]+)*\]",
    r"pragma:\s*no cover",
)
_WITH_REASON = re.compile(rf"#\s*({'|'.join(_NAMED)})\s+(#|[-–—])\s*\S*\w+")


def unexplained(source: str) -> Iterator[int]:
    """Lines whose comment silences a tool without naming rule and reason: `# noqa: S101  # the reason`."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and _WAIVER.search(token.string) and not _WITH_REASON.search(token.string):
            yield token.start[0]


def test_every_waiver_gives_its_reason() -> None:
    sources = ((name(path), path.read_text(encoding="utf-8")) for path in files(".py"))
    assert not [f"{where}:{line}" for where, source in sources for line in unexplained(source)]


@pytest.mark.parametrize(
    "comment",
    [
        "noqa",
        "noqa: S101",
        "noqa: S101  #",
        "type: ignore",
        "type: ignore[misc]",
        "ruff: noqa",
        "type: ignore  # it is so",
        "pragma: no cover",
    ],
)
def test_a_bare_waiver_is_found(comment: str) -> None:
    assert list(unexplained(f"x = 1  # {comment}\n")) == [1]


@pytest.mark.parametrize(
    "comment",
    [
        "noqa: S101  # pytest wants it",
        "ruff: noqa: A002  # the port's word",
        "noqa: S101, D100 — two reasons",
        "type: ignore[misc]  # no stubs here",
    ],
)
def test_a_waiver_with_its_reason_passes(comment: str) -> None:
    assert not list(unexplained(f"x = 1  # {comment}\ny = '# noqa'\n"))
