"""What kind of statement stands at the top of a source."""

from __future__ import annotations
import __future__

import ast

_DEFINING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Pass, ast.Global)
_EXPECTED = ("ImportError", "ModuleNotFoundError", "Exception", "BaseException")


def is_definition(node: ast.stmt) -> bool:
    """Return whether `node` only defines or imports: it is run even when time for loading has run out."""
    if isinstance(node, _DEFINING):
        return True
    if isinstance(node, ast.Assign):
        return _is_plain(node.value) and all(isinstance(target, ast.Name) for target in node.targets)
    if isinstance(node, ast.AnnAssign):
        return node.value is None or _is_plain(node.value)
    if isinstance(node, ast.Try):
        blocks = [node.body, node.orelse, node.finalbody, *(handler.body for handler in node.handlers)]
        return all(is_definition(each) for block in blocks for each in block)
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_plain(value: ast.expr) -> bool:
    """Constants, containers and signs of constants, lambdas, and other names for what is there."""
    if isinstance(value, (ast.Tuple, ast.List, ast.Set)):
        return all(_is_plain(item) for item in value.elts)
    if isinstance(value, ast.Dict):
        return all(item is not None and _is_plain(item) for item in (*value.keys, *value.values))
    if isinstance(value, ast.UnaryOp):
        return _is_plain(value.operand)
    if isinstance(value, ast.Attribute):
        return _is_plain(value.value)
    return isinstance(value, (ast.Constant, ast.Name, ast.Lambda))


def future_flags(tree: ast.Module) -> int:
    """Return the compiler flags of the `from __future__ import ...` in `tree`."""
    flags = 0
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            for alias in node.names:
                feature = getattr(__future__, alias.name, None)
                flags |= getattr(feature, "compiler_flag", 0)
    return flags


def guarded_lines(text: str) -> frozenset[int]:
    """Return the lines in `try` bodies whose handlers expect an import to fail."""
    lines: set[int] = set()
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return frozenset()
    for node in ast.walk(tree):
        if isinstance(node, ast.Try) and any(_expects(handler.type) for handler in node.handlers):
            for each in node.body:
                lines.update(range(each.lineno, (each.end_lineno or each.lineno) + 1))
    return frozenset(lines)


def _expects(kind: ast.expr | None) -> bool:
    if kind is None:
        return True
    if isinstance(kind, ast.Tuple):
        return any(_expects(each) for each in kind.elts)
    return isinstance(kind, ast.Name) and kind.id in _EXPECTED
