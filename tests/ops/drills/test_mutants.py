"""What a mutant changes, and what it leaves."""

from __future__ import annotations

import ast

import pytest

from ops.drills import mutate
from ops.drills.mutants import mutants


def changes(source: str) -> set[str]:
    """What became of what, over all mutants of `source`."""
    return {f"{mutant.before} → {mutant.after}" for mutant in mutants(source)}


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ("a < b", {"a < b → a <= b"}),
        ("a and not b", {"a and (not b) → a or not b", "not b → b"}),
        ("x in y", {"x in y → x not in y"}),
        ("n = 7", {"7 → 8", "7 → 6"}),
        ("t = True", {"True → False"}),
        ("a if b else c", {"a if b else c → a if not b else c"}),
        ("if a:\n    b", {"if a:\n    b → if not a:\n    b"}),
        ("def f():\n    return a", {"return a → return None"}),
        ("def f():\n    yield a", {"yield a → if False:\n    yield a"}),
        ("f(a)", {"f(a) → pass"}),
        ("a[b] = c", {"a[b] = c → pass"}),
        ("raise a", {"raise a → pass"}),
    ],
)
def test_one_thing_is_changed(source: str, made: set[str]) -> None:
    assert changes(source) == made


@pytest.mark.parametrize(
    "source",
    [
        "'''Words.'''",
        "a = 'words'",
        "a = f'{b[:40]} {c and d}'",
        "@dataclass(frozen=True)\nclass A:\n    b: Literal[1]",
        "if TYPE_CHECKING:\n    import a",
        "def f():\n    return None",
    ],
)
def test_words_and_types_are_left(source: str) -> None:
    assert not changes(source)


def test_every_mutant_differs_from_its_module_in_one_place() -> None:
    source = (mutate.ROOT / "domain/rules/waivers.py").read_text(encoding="utf-8")
    plain = ast.unparse(ast.parse(source)).splitlines()
    made = [mutant.source.splitlines() for mutant in mutants(source)]
    assert len(made) > 5
    for lines in made:
        altered = [line for line in lines if line not in plain]
        assert len(altered) == 1, altered


def test_every_module_and_its_tests_exist() -> None:
    for module in mutate.MODULES:
        assert (mutate.ROOT / module).is_file(), module
        assert all((mutate.ROOT / test).exists() for test in mutate.tests_of(module) if not test.startswith("-")), (
            module
        )


def test_the_longest_folder_says_which_tests_count() -> None:
    assert "tests/verification/test_attacks.py" in mutate.tests_of("domain/verification/strand.py")
    assert "tests/rules" in mutate.tests_of("domain/rules/case.py")
    assert "tests/rules" not in mutate.tests_of("domain/archive.py")
