"""Nothing in the project names a machine it was made on or the host that a package came from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.house.tree import ROOT, files, name

if TYPE_CHECKING:
    from collections.abc import Iterator

# Written in pieces, so that this file doesn't find itself.
_HOSTS = ["py" + "pi.org", "pythonhosted" + ".org", "npm" + "js.org", "deb.debian" + ".org", "proxy.golang" + ".org"]
_OPTIONS = ["(?<!no-emit-)index-" + "url", "find-" + "links", "trusted-" + "host"]
_PATHS = [
    rf"(?<![\w.>}}])/{top}/"
    for top in ("wo" + "rk", "ro" + "ot", "home/" + r"\w+", "Use" + r"rs/\w+", "op" + "t/wheels")
]
_TRACES = re.compile("|".join([*map(re.escape, _HOSTS), *_OPTIONS, *_PATHS]))


def traces(text: str) -> Iterator[str]:
    """Each trace in a text, with its line."""
    for number, line in enumerate(text.splitlines(), start=1):
        for found in _TRACES.finditer(line):
            yield f"{number}: {found.group()}"


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = []
    for path in files():
        text = path.read_bytes().decode("utf-8", errors="ignore")
        found += [f"{name(path)}:{trace}" for trace in traces(text)]
    assert not found


def test_locks_are_searched_too() -> None:
    assert {ROOT / "requirements.lock", ROOT / "Makefile", ROOT / ".ci/run"} <= set(files())


@pytest.mark.parametrize(
    "text",
    [
        "https://py" + "pi.org/simple",
        "--index-" + "url x",
        "cd /wo" + "rk/main",
        "/home/" + "li/x",
        "--find-" + "links=y",
    ],
)
def test_a_trace_is_found(text: str) -> None:
    assert len(list(traces(text))) == 1


@pytest.mark.parametrize(
    "text", ["uv pip compile --no-emit-index-" + "url", "domain/wo" + "rk/x", "http://127.0.0.1:8000/home"]
)
def test_what_is_no_trace_passes(text: str) -> None:
    assert not list(traces(text))
