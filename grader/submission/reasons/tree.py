"""A student's source as a tree: which statement a line belongs to, what each function binds, which lines are told."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence

from grader.submission.once import once
from grader.submission.reasons.bindings import Bound, bindings
from grader.submission.symbols import statements
from grader.submission.syntax import tree_of

Def = ast.FunctionDef | ast.AsyncFunctionDef

MOST = 200
"""Statements of a function beyond which no line of it is told of hidden cases: which one raised would say too much."""
_BLOCKS = ("body", "handlers", "cases", "orelse", "finalbody")


class Tree:
    """The tree of a text (an empty one if it does not parse), and what was asked of it before."""

    def __init__(self, text: str) -> None:
        tree = tree_of(text)
        self.module = tree if isinstance(tree, ast.Module) else ast.Module(body=[], type_ignores=[])
        self._bound: dict[ast.AST, Mapping[str, tuple[Bound, ...]]] = {}
        self._starts: dict[int, frozenset[int]] = {}

    def at(self, line: int) -> tuple[ast.stmt | None, Def | None]:
        """Return the innermost statement at a line, and the innermost function around it."""
        statement: ast.stmt | None = None
        home: Def | None = None
        within: ast.AST | None = self.module
        while within is not None:
            within = next((each for block in _BLOCKS if (each := _over(getattr(within, block, ()), line))), None)
            if isinstance(within, ast.stmt):
                statement = within
                home = within if isinstance(within, Def) else home
        return statement, home

    def bindings(self, node: ast.AST) -> Mapping[str, tuple[Bound, ...]]:
        """Return what a function or the file binds, as `grader.submission.reasons.bindings` says."""
        if node not in self._bound:
            self._bound[node] = bindings(node)
        return self._bound[node]

    def own(self, defined: int, line: int) -> int:
        """Return the line on which the statement starts that `line` belongs to, if it is one of a function's own.

        The function is the one whose `def` (or `name = lambda`) stands in line `defined`; 0 for a line elsewhere, and
        for a function with more than `MOST` statements.
        """
        if defined not in self._starts:
            starts = frozenset(each.lineno for each in _inside(self.module, defined))
            self._starts[defined] = starts if len(starts) <= MOST else frozenset()
        statement, _ = self.at(line)
        return statement.lineno if statement is not None and statement.lineno in self._starts[defined] else 0


@once
def tree(text: str) -> Tree:
    """Return the tree of a text."""
    return Tree(text)


def _over(block: Sequence[ast.AST], line: int) -> ast.AST | None:
    """Return the last statement or clause of a block that starts at or before a line, if it reaches to there."""
    place = bisect_right(block, line, key=_first_line)
    if not place:
        return None
    found = block[place - 1]
    return found if line <= _last_line(found) else None


def _first_line(node: ast.AST) -> int:
    return node.pattern.lineno if isinstance(node, ast.match_case) else getattr(node, "lineno", 0)


def _last_line(node: ast.AST) -> int:
    if isinstance(node, ast.match_case):
        return node.body[-1].end_lineno or node.body[-1].lineno
    return getattr(node, "end_lineno", 0) or 0


def _inside(module: ast.Module, defined: int) -> Iterator[ast.stmt]:
    """Yield the statements of the function that is defined at a line; of a lambda the one that names it."""
    found = next((each for each in statements(module) if each.lineno == defined), None)
    if isinstance(found, Def):
        yield from (each for part in found.body for each in ast.walk(part) if isinstance(each, ast.stmt))
    elif isinstance(found, ast.Assign | ast.AnnAssign):
        yield found
