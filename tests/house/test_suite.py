"""Tests don't sleep, and every test can fail."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from tests.house.tree import dotted, files, name, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

_CAN_FAIL = {"raises", "warns", "deprecated_call", "fail"}


def sleeps(tree: ast.AST) -> Iterator[int]:
    """Lines that wait for time to pass instead of for a thing to happen."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in {"sleep", "wait_for_timeout"}:
            yield node.lineno
        if isinstance(node, ast.ImportFrom) and any(alias.name == "sleep" for alias in node.names):
            yield node.lineno


def toothless(tree: ast.AST) -> Iterator[str]:
    """Tests that hold no assertion: no assert, no pytest.raises, no call of check_…, assert_… or expect…."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            inside = list(ast.walk(node))
            called = {dotted(call.func).rpartition(".")[2] for call in inside if isinstance(call, ast.Call)}
            judged = any(word.startswith(("check_", "assert_", "expect")) for word in called) or called & _CAN_FAIL
            if not judged and not any(isinstance(part, ast.Assert) for part in inside):
                yield node.name


def test_no_test_sleeps() -> None:
    assert not [f"{name(path)}:{line}" for path in files(".py", under="tests") for line in sleeps(parsed(path))]


def test_every_test_can_fail() -> None:
    assert not [f"{name(path)}:{test}" for path in files(".py", under="tests") for test in toothless(parsed(path))]


@pytest.mark.parametrize(
    "source", ["time.sleep(1)", "from time import sleep", "await asyncio.sleep(0)", "page.wait_for_timeout(5)"]
)
def test_a_sleep_is_found(source: str) -> None:
    assert list(sleeps(ast.parse(source))) == [1]


@pytest.mark.parametrize("body", ["print(1)", "outcome == 1", "run()"])
def test_a_test_without_assertion_is_found(body: str) -> None:
    assert list(toothless(ast.parse(f"def test_it():\n    {body}"))) == ["test_it"]


@pytest.mark.parametrize(
    "body", ["assert x", "with pytest.raises(ValueError): x()", "check_all(x)", "expect(page).to_have_title(x)"]
)
def test_a_test_with_assertion_passes(body: str) -> None:
    assert not list(toothless(ast.parse(f"def test_it():\n    {body}")))
