"""What a student calls the sizes of arguments: names that the reference and the student's own text share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from grader.model import Submission

if TYPE_CHECKING:
    import ast


def shared_names(function: str, reference: Submission, student: Submission) -> dict[str, str]:
    """Return names for places in the arguments (`A_prev.shape[1]` is `n_H_prev`), as the reference unpacks them.

    A name that does not occur in the student's function, docstring and comments included, says nothing to its author
    and is left out.
    """
    import ast
    import re

    theirs, own = _text(function, reference), set(re.findall(r"\w+", _text(function, student)))
    try:
        tree = ast.parse(theirs)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            for place, name in _unpacked(node.targets[0], node.value):
                if name in own:
                    found.setdefault(place, name)
    return found


def _text(function: str, source: Submission) -> str:
    symbol = source.symbols.get(function)
    return "\n".join(source.source.text.splitlines()[symbol.line - 1 : symbol.end_line]) if symbol else ""


def _unpacked(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, str]]:
    """Yield the places that an assignment gives names to: `m, n = X.shape`, `m = X.shape[0]`, `h, w = shape`."""
    import ast

    if isinstance(target, ast.Tuple) and isinstance(value, ast.Attribute | ast.Name):
        for index, item in enumerate(target.elts):
            if isinstance(item, ast.Name):
                yield f"{ast.unparse(value)}[{index}]", item.id
    if isinstance(target, ast.Name) and isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Constant):
        yield ast.unparse(value), target.id
