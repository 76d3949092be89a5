"""What a function builds on: as the rubric says, else as the reference's source shows."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence

import msgspec

from grader.model import Rubric, Submission


def discover(rubric: Rubric, reference: Submission) -> Rubric:
    """Return the rubric with every problem's `needs` known: the graded functions its reference calls."""
    graded = {problem.function for problem in rubric.problems}
    problems = []
    for problem in rubric.problems:
        if problem.needs is None:
            symbol = reference.symbols.get(problem.function)
            called = symbol.calls if symbol else ()
            needs = tuple(name for name in called if name in graded and name != problem.function)
            problems.append(msgspec.structs.replace(problem, needs=needs))
        else:
            problems.append(problem)
    return msgspec.structs.replace(rubric, problems=tuple(problems))


def mentions(source: Submission) -> dict[str, frozenset[str]]:
    """Return which of a source's own names each of them comes to: those in the statements that define or fill it.

    So a function that is kept in a table or called in a decorator is seen, whether it is called there or not. Comments
    and texts are no mentions.
    """
    from grader.submission.lexing import lex
    from grader.submission.symbols import statements

    lines = lex(source.source.text).bare.split("\n")
    words: dict[str, set[str]] = {}
    for node in statements(ast.parse(source.source.text)):
        first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
        for name in _filled(node):
            inside = re.findall(r"\w+", "\n".join(lines[first - 1 : node.end_lineno]))
            words.setdefault(name, set()).update(inside)
    return {name: frozenset(inside & words.keys()) - {name} for name, inside in words.items()}


def _filled(node: ast.stmt) -> list[str]:
    """Return the names that a statement defines, or puts something into: `TABLE[0] = f`, `TABLE.append(f)`."""
    targets: Sequence[ast.expr] = ()
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return [node.name]
        case ast.Assign():
            targets = node.targets
        case ast.AnnAssign() | ast.AugAssign():
            targets = [node.target]
        case ast.Expr(value=ast.Call(func=ast.Attribute() as method)):
            targets = [method]
    return [each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)]


def reachable(name: str, graph: Mapping[str, frozenset[str]]) -> set[str]:
    """Return all that `name` comes to in `graph`, step by step."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for each in graph.get(waiting.pop(), ()):
            if each not in found:
                found.add(each)
                waiting.append(each)
    return found
