"""The units of a Python text that can be mutated, and which of them lie between one and another."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping

from grader.author.source_text import SourceText, bound_names
from grader.submission.symbols import Definition


class TopLevel:
    """One top-level function or class, and what operators ask about its nodes.

    `modules` are the names that imports bound in the whole text.
    """

    def __init__(self, node: Definition | ast.ClassDef, written: SourceText) -> None:
        self.name = node.name
        self.node = node
        self.written = written
        self.modules = {
            name
            for each in ast.walk(written.tree)
            if isinstance(each, ast.Import | ast.ImportFrom)
            for name in bound_names(each)
        }
        self.reads = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}

    def nodes(self) -> Iterator[ast.AST]:
        """Yield the nodes whose meaning a grader could see, in the order written.

        Left out are docstrings, annotations, decorators, what is printed and the text of exceptions (no check looks at
        them), and the inside of f-strings (whose places Python before 3.12 does not know).
        """
        yield from _visible(self.node)

    def function(self, node: ast.AST) -> Definition | None:
        """Return the innermost function that holds `node`."""
        return next((each for each in self.written.above(node) if isinstance(each, Definition)), None)

    def parameters(self, node: ast.AST) -> tuple[str, ...]:
        """Return the parameters of the innermost function that holds `node`."""
        function = self.function(node)
        if function is None:
            return ()
        return tuple(each.arg for each in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs))


def units(written: SourceText) -> dict[str, TopLevel]:
    """Return the top-level functions and classes of a text by name; the last definition of a name counts."""
    return {
        node.name: TopLevel(node, written) for node in written.tree.body if isinstance(node, Definition | ast.ClassDef)
    }


def reaching(known: Mapping[str, TopLevel], start: str, target: str, graded: Collection[str]) -> set[str]:
    """Return all units on a path of calls from `start` to `target`, both included; none if there is no path.

    A path does not lead through other graded functions, which are audited by themselves.
    """
    inside = {name for name in _reached(known, start, graded) if target in _reached(known, name, graded)}
    return inside if start in inside else set()


def _reached(known: Mapping[str, TopLevel], start: str, graded: Collection[str]) -> set[str]:
    found, waiting = set(), [start]
    while waiting:
        name = waiting.pop()
        if name not in found and name in known and (name == start or name not in graded):
            found.add(name)
            waiting += known[name].reads
    return found


def _visible(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    if isinstance(node, ast.JoinedStr) or _is_silent(node):
        return
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "type_comment", "bases"):
            continue
        if isinstance(node, ast.Raise) and name in ("exc", "cause"):
            continue
        if isinstance(node, ast.Assert) and name == "msg":
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_silent(child):
                yield from _visible(child)


def _is_silent(node: ast.AST) -> bool:
    """Return whether a statement is a text standing alone (a docstring) or prints."""
    if not isinstance(node, ast.Expr):
        return False
    value = node.value
    if isinstance(value, ast.Constant):
        return True
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "print"
