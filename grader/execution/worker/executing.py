"""Runs a module's text to its end, whatever its statements do on the way.

All of it is compiled and run at once, which is twice as fast as one statement at a time; where a statement fails, the
rest is run one by one.
"""

from __future__ import annotations

import ast
import gc
from types import CodeType, TracebackType
from typing import Any, Protocol

from .statements import future_flags, is_definition

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
