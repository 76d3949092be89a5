"""Runs a module's text to its end, whatever its statements do on the way.

All of it is compiled and run at once, which is twice as fast as one statement at a time; where a statement fails, the
rest is run one by one.
"""

from __future__ import annotations
import __future__

import ast
import gc
from types import CodeType, TracebackType
from typing import Any, Protocol

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


_DECORATED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_UNPARSABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


class Late(BaseException):
    """Time for loading has run out."""


class Told(Protocol):
    """Who is told what fails, and says whether only definitions are to be run (`late`)."""

    late: bool

    def failed(self, error: BaseException, line: int) -> None:
        """Hear that the statement at `line` raised `error`."""
        ...


def execute(text: str, file: str, namespace: dict[str, Any], told: Told, code: CodeType | None = None) -> None:
    """Run `text` in `namespace`; its frames carry the name `file`. `code` is all of it, if it can be compiled."""
    error: BaseException | None = None
    reached = (0, 0)
    if code is not None:
        try:
            exec(code, namespace)  # noqa: S102 (this is the worker: running the source is what it is for)
            return
        except BaseException as raised:
            error, reached = raised, _reached(raised.__traceback__, code)
    try:
        tree = ast.parse(text, file)
    except _UNPARSABLE as unparsable:
        told.failed(unparsable, getattr(unparsable, "lineno", 0) or 0)
        return
    rest = _Rest(file, namespace, told, future_flags(tree))
    for node in tree.body:
        if (node.end_lineno or 0, node.end_col_offset or 0) <= reached:
            continue
        if error is not None and (node.lineno, node.col_offset) <= reached:
            rest.failed(node, error)
        elif is_definition(node) or not told.late:
            rest.run(node)


class _Rest:
    """Runs the statements of one text, one by one."""

    def __init__(self, file: str, namespace: dict[str, Any], told: Told, flags: int) -> None:
        self._file, self._namespace, self._told, self._flags = file, namespace, told, flags

    def run(self, node: ast.stmt) -> None:
        """Run `node`, and tell if it fails."""
        try:
            self._exec(node)
        except BaseException as error:
            self.failed(node, error)

    def failed(self, node: ast.stmt, error: BaseException) -> None:
        """Tell that `node` failed; a definition is made all the same if only its decorators are missing."""
        if isinstance(error, ModuleNotFoundError) and isinstance(node, _DECORATED) and node.decorator_list:
            node.decorator_list = []
            self.run(node)
        else:
            self._told.failed(error, node.lineno)

    def _exec(self, node: ast.stmt) -> None:
        code = compile(ast.Module(body=[node], type_ignores=[]), self._file, "exec", self._flags, dont_inherit=True)
        exec(code, self._namespace)  # noqa: S102 (as above)


def compiled(text: str, file: str) -> CodeType | None:
    """Return all of `text` compiled, `None` where that cannot be done; its frames carry the name `file`.

    Raises MemoryError where it takes more than there is.
    """
    gc.disable()  # a syntax tree is many objects and no garbage
    try:
        return compile(text, file, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError):  # perhaps one statement only: a `return` outside a function
        return None
    finally:
        gc.enable()


def _reached(traceback: TracebackType | None, code: CodeType) -> tuple[int, int]:
    """Return line and column of the statement of `code` that raised; (0, 0) if none of it has run."""
    while traceback is not None and traceback.tb_frame.f_code is not code:
        traceback = traceback.tb_next
    if traceback is None:
        return 0, 0
    if not hasattr(code, "co_positions"):  # Python 3.10
        return traceback.tb_lineno or 0, 0
    line, _, column, _ = [*code.co_positions()][traceback.tb_lasti // 2]
    return line or traceback.tb_lineno or 0, column or 0
