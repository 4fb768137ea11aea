"""The mutants of a module: its source with one thing changed, as a slip of the pen would change it.

Comparisons and connectives swapped, conditions turned round, integers one off, truth values flipped, results lost,
statements left out. Leaves: wording (text in f-strings, string constants), decorators and annotations.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

SKIPPED = {"annotation", "returns", "decorator_list"}
SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add,
}  # fmt: skip

Place: TypeAlias = tuple[ast.AST, str, int | None]  # a node, one of its fields, and which member of a list


@dataclass(frozen=True, slots=True)
class Mutant:
    """The source of a changed module: `line` of the original, and what became of what."""

    line: int
    before: str
    after: str
    source: str


def mutants(source: str) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of its nodes; each is made when it is asked for."""
    tree = ast.parse(source)
    for (parent, name, index), node in list(_places(tree)):
        shown = node if isinstance(node, ast.expr | ast.stmt) else parent  # an operator says nothing by itself
        before, line = ast.unparse(shown), getattr(shown, "lineno", 0)
        for new in _changes(node):
            _put(parent, name, index, new)
            yield Mutant(line, before, ast.unparse(parent if shown is parent else new), ast.unparse(tree))
            _put(parent, name, index, node)


def _put(parent: ast.AST, name: str, index: int | None, node: ast.AST) -> None:
    if index is None:
        setattr(parent, name, node)
    else:
        getattr(parent, name)[index] = node


def _places(node: ast.AST) -> Iterator[tuple[Place, ast.AST]]:
    for name, value in ast.iter_fields(node):
        for index, child in enumerate(value) if isinstance(value, list) else ((None, value),):
            if isinstance(child, ast.AST) and name not in SKIPPED and not _left(child):
                yield (node, name, index), child
                yield from _places(child)


def _left(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    """What may stand in the place of a node."""
    if type(node) in SWAPS:
        yield SWAPS[type(node)]()
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield ast.Constant(value + 1)
            yield ast.Constant(value - 1)
        case ast.If(test=test, body=body, orelse=orelse):
            yield ast.If(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.IfExp(test=test, body=chosen, orelse=other):
            yield ast.IfExp(ast.UnaryOp(ast.Not(), test), chosen, other)
        case ast.Return(value=ast.expr() as value) if ast.unparse(value) != "None":
            yield ast.Return(ast.Constant(None))
        case ast.Expr(value=ast.Yield() | ast.YieldFrom()):
            yield ast.If(ast.Constant(False), [node], [])  # `if False:`, so it stays a generator
        case ast.Expr(value=ast.Call()) | ast.Raise() | ast.Continue() | ast.Break() | ast.AugAssign():
            yield ast.Pass()
        case ast.Assign(targets=[ast.Subscript() | ast.Attribute()]):
            yield ast.Pass()
        case _:
            pass
