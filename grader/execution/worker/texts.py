"""Functions of the reference as text, for draws that give a function to the student's code.

A text has to stand alone: besides what it takes it may use numpy, math, what Python has built in, and plain values.
"""

from __future__ import annotations

import ast
import builtins
from types import FunctionType, ModuleType
from typing import Any

from ...values import pack
from ...values.family import Oversized, Refused
from ...values.functions import MATHS, WrittenFunction
from .loading import LoadedModule

_MODULES = ("numpy", "math")


def as_text(value: Any, loaded: LoadedModule, maker: str) -> Any:
    """Return a value with the functions in it as text. Raises ValueError for one that does not stand alone.

    One that is written inside another function than its `maker` is refused: that one may be graded.
    """
    if type(value) is FunctionType:
        return _text(value, loaded, maker)
    if type(value) in (list, tuple):
        return type(value)([as_text(item, loaded, maker) for item in value])
    if type(value) is dict:
        return {key: as_text(item, loaded, maker) for key, item in value.items()}
    return value


def _text(function: FunctionType, loaded: LoadedModule, maker: str) -> WrittenFunction:
    code = function.__code__
    if code.co_filename != loaded.file or function.__defaults__ or function.__kwdefaults__:
        raise ValueError(f"{function.__name__} cannot be given as text: it has defaults, or is not the file's own")
    tree = ast.parse(loaded.text)
    node = _node(function, tree)
    outer = next((each for each in tree.body if each.lineno <= node.lineno <= (each.end_lineno or 0)), node)
    targets: list[ast.AST] = [outer] if outer is not node else []
    targets = [*outer.targets] if isinstance(outer, ast.Assign) else targets
    names = [getattr(each, "name", getattr(each, "id", "another statement")) for each in targets]
    if names and maker not in names:
        raise ValueError(f"{function.__name__} cannot be given as text: it is written inside {names[0]}")
    cells = function.__closure__ or ()
    used = dict(zip(code.co_freevars, (cell.cell_contents for cell in cells), strict=True))
    for name in _globals(code):
        if name in used or (name not in function.__globals__ and hasattr(builtins, name)) or name in MATHS:
            continue
        found = function.__globals__.get(name)
        if isinstance(found, ModuleType) and found.__name__ in _MODULES and name in ("np", "numpy", "math"):
            continue
        used[name] = found
    for name, value in used.items():
        try:
            pack(value, 1 << 20)
        except (Refused, Oversized):
            raise ValueError(f"{function.__name__} cannot be given as text: it uses {name}") from None
    first, *rest = (ast.get_source_segment(loaded.text, node) or "").split("\n")
    margin = " " * node.col_offset if isinstance(node, ast.FunctionDef) else ""
    return WrittenFunction("\n".join([first, *(line.removeprefix(margin) for line in rest)]), used)


def _globals(code: Any) -> list[str]:
    """Return the global names that a function and those inside it may read; attributes are among them."""
    inner = [each for each in code.co_consts if isinstance(each, type(code))]
    return [*code.co_names, *(name for each in inner for name in _globals(each))]


def _node(function: FunctionType, module: ast.Module) -> ast.Lambda | ast.FunctionDef:
    """Return where a function is written. Raises ValueError where that cannot be told."""
    code = function.__code__
    found = [
        node
        for node in ast.walk(module)
        if isinstance(node, ast.Lambda | ast.FunctionDef)
        and node.lineno == code.co_firstlineno
        and [each.arg for each in node.args.args] == [*code.co_varnames[: code.co_argcount]]
        and (isinstance(node, ast.Lambda) == (function.__name__ == "<lambda>"))
    ]
    if len(found) != 1:
        raise ValueError(f"{function.__name__} cannot be given as text: write one function on its line")
    return found[0]
