"""Tests don't sleep, and every test can fail."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from tests.house.tree import dotted, files, name, parsed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_CAN_FAIL = {"raises", "warns", "deprecated_call", "fail"}


def sleeps(tree: ast.AST) -> Iterator[int]:
    """Lines that wait for time to pass instead of for a thing to happen."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in {"sleep", "wait_for_timeout"}:
            yield node.lineno
        if isinstance(node, ast.ImportFrom) and any(alias.name == "sleep" for alias in node.names):
            yield node.lineno


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def judges(function: ast.AST, helpers: set[str]) -> bool:
    """Whether a function holds an assert, a pytest.raises, or a call of check_…, assert_…, expect… or a helper."""
    inside = list(ast.walk(function))
    called = {dotted(call.func).rpartition(".")[2] for call in inside if isinstance(call, ast.Call)}
    spoken = any(word.startswith(("check_", "assert_", "expect")) for word in called)
    return spoken or bool(called & (_CAN_FAIL | helpers)) or any(isinstance(part, ast.Assert) for part in inside)


def judging_helpers(trees: Iterable[ast.AST]) -> set[str]:
    """The functions beside the tests that assert, by name."""
    plain = (function for tree in trees for function in functions(tree) if not function.name.startswith("test_"))
    return {function.name for function in plain if judges(function, set())}


def toothless(tree: ast.AST, helpers: set[str]) -> Iterator[str]:
    """Tests that hold no assertion, neither themselves nor by a helper."""
    tests = (function for function in functions(tree) if function.name.startswith("test_"))
    return (test.name for test in tests if not judges(test, helpers))


def test_no_test_sleeps() -> None:
    assert not [f"{name(path)}:{line}" for path in files(".py", under="tests") for line in sleeps(parsed(path))]


def test_every_test_can_fail() -> None:
    trees = {name(path): parsed(path) for path in files(".py", under="tests")}
    helpers = judging_helpers(trees.values())
    assert not [f"{where}:{test}" for where, tree in trees.items() for test in toothless(tree, helpers)]


@pytest.mark.parametrize(
    "source", ["time.sleep(1)", "from time import sleep", "await asyncio.sleep(0)", "page.wait_for_timeout(5)"]
)
def test_a_sleep_is_found(source: str) -> None:
    assert list(sleeps(ast.parse(source))) == [1]


@pytest.mark.parametrize("body", ["print(1)", "outcome == 1", "run()"])
def test_a_test_without_assertion_is_found(body: str) -> None:
    assert list(toothless(ast.parse(f"def test_it():\n    {body}"), {"refused"})) == ["test_it"]


@pytest.mark.parametrize(
    "body",
    ["assert x", "with pytest.raises(ValueError): x()", "check_all(x)", "refused(x)", "expect(page).to_have_title(x)"],
)
def test_a_test_with_assertion_passes(body: str) -> None:
    assert not list(toothless(ast.parse(f"def test_it():\n    {body}"), {"refused"}))


def test_a_helper_judges_if_it_asserts() -> None:
    source = "def refused(x):\n  with raises(Fault): x()\ndef made(x):\n  return x\ndef test_it():\n  assert x"
    assert judging_helpers([ast.parse(source)]) == {"refused"}
