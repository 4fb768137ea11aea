"""The locks name exact versions with hashes, agree with each other, and cover what pyproject.toml asks for."""

from __future__ import annotations

import re
import tomllib

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.tree import ROOT

_PIN = re.compile(r"^([a-z0-9-]+)==(\S+)( ; .+?)? \\$", re.MULTILINE)
_PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def pins(lock: str) -> dict[str, str]:
    """Name → version of each pin of a lock; every pin must be followed by a hash."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    blocks = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    found = {pin[1]: pin[2] for pin in _PIN.finditer(text)}
    assert len(found) == len(blocks), "a line that is no pin, or a pin without hash"
    return found


def unmet(wanted: list[str], locked: dict[str, str]) -> list[str]:
    """The requirements that the lock doesn't meet."""
    requirements = [Requirement(text) for text in wanted]
    return [str(r) for r in requirements if not r.specifier.contains(locked.get(canonicalize_name(r.name), "0"))]


def test_the_lock_meets_what_the_project_asks_for() -> None:
    assert not unmet(_PROJECT["project"]["dependencies"], pins("requirements.lock"))


def test_the_lock_for_tests_meets_what_the_tests_ask_for() -> None:
    assert not unmet(_PROJECT["dependency-groups"]["test"], pins("requirements-test.lock"))


def test_tests_run_with_the_very_versions_that_are_released() -> None:
    assert pins("requirements.lock").items() <= pins("requirements-test.lock").items()


def test_an_unmet_requirement_is_found() -> None:
    assert unmet(["rich>=13", "typer"], {"rich": "12.0", "typer": "1.0"}) == ["rich>=13"]
