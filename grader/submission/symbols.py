"""The functions a source defines at its top level, as far as can be known without running it."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Sequence

from grader.model import Symbol
from grader.submission.stubs import untouched

_CALLED = re.compile(r"(?<![\w.])(?<!def )([A-Za-z_]\w*)[ \t]*\(")
_KEYWORDS = frozenset(
    {"and", "assert", "await", "del", "elif", "else", "except", "for", "from", "if", "in", "is", "lambda", "not"}
    | {"or", "print", "raise", "range", "return", "while", "with", "yield", "super"}
)

Definition = ast.FunctionDef | ast.AsyncFunctionDef


def find(tree: ast.Module, bare: str, graded: Collection[str]) -> tuple[dict[str, Symbol], dict[str, list[int]]]:
    """Return each top-level function by name, and the lines of all its definitions, last one last.

    Other names count only if they are `graded`: `f = partial(g)`, `from layers import f`. `bare` is the text with
    comments and strings blanked.
    """
    symbols: dict[str, Symbol] = {}
    lines: dict[str, list[int]] = {}
    code = bare.split("\n")
    for node in statements(tree):
        for symbol in _symbols(node, code, graded):
            symbols.pop(symbol.name, None)
            symbols[symbol.name] = symbol
            if not isinstance(node, ast.ImportFrom):
                lines.setdefault(symbol.name, []).append(symbol.line)
    return symbols, lines


def statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """Yield the statements that run when the module is loaded, those inside `if`, `try`, `with` and loops too."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.stmt):
            yield node
        if not isinstance(node, Definition | ast.ClassDef):
            inside = [*getattr(node, "body", ()), *getattr(node, "handlers", ()), *getattr(node, "cases", ())]
            inside += [*getattr(node, "orelse", ()), *getattr(node, "finalbody", ())]
            waiting += reversed(inside)


def _symbols(node: ast.stmt, code: Sequence[str], graded: Collection[str]) -> Iterator[Symbol]:
    if isinstance(node, Definition):
        yield _function(node.name, node, node.args, code, untouched(node.body))
    elif isinstance(node, ast.ClassDef):
        yield Symbol(name=node.name, line=node.lineno, end_line=node.end_lineno or node.lineno)
    elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for name in (each.id for each in targets if isinstance(each, ast.Name)):
            if isinstance(node.value, ast.Lambda):
                yield _function(name, node, node.value.args, code, False)
            elif name in graded:
                yield Symbol(name=name, line=node.lineno, end_line=node.end_lineno or node.lineno)
    elif isinstance(node, ast.ImportFrom):
        for alias in node.names:
            if (alias.asname or alias.name) in graded:
                yield Symbol(name=alias.asname or alias.name, line=node.lineno, end_line=node.end_lineno or node.lineno)


def _function(name: str, node: ast.stmt, arguments: ast.arguments, code: Sequence[str], stub: bool) -> Symbol:
    parameters = [each.arg for each in (*arguments.posonlyargs, *arguments.args)]
    optional = parameters[len(parameters) - len(arguments.defaults) :]
    last = node.end_lineno or node.lineno
    called = dict.fromkeys(_CALLED.findall("\n".join(code[node.lineno - 1 : last])))
    return Symbol(
        name=name,
        line=node.lineno,
        end_line=last,
        parameters=tuple(parameters),
        defaults=tuple(optional),
        untouched=stub,
        calls=tuple(each for each in called if each not in _KEYWORDS and each != name),
    )
