"""Slips of order: axes, indices, outputs or arguments exchanged with their neighbours."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import pairwise

from grader.audit.operators.operator import Operator, operator
from grader.audit.units import Unit
from grader.audit.writing import Edit
from grader.language import say


@operator
class SwappedItems(Operator):
    """Two neighbours of a tuple or list exchanged: axes of a shape, indices, what is unpacked, what is returned."""

    name = "swapped-items"
    says = say("neighbours exchanged")
    examples = (
        ("(a, b, n) = x.shape", ("(b, a, n) = x.shape", "(a, n, b) = x.shape")),
        ("return x[a, :]", ("return x[:, a]",)),
        ("return a, b", ("return b, a",)),
        ("return (n, n)", ()),
    )

    def edits(self, node: ast.AST, unit: Unit) -> Iterator[Edit]:
        """Yield each pair of neighbours exchanged."""
        if isinstance(node, ast.Tuple | ast.List):
            yield from _exchanged(node.elts, unit)


@operator
class SwappedArguments(Operator):
    """Two neighbouring arguments exchanged."""

    name = "swapped-arguments"
    says = say("arguments exchanged")
    examples = (
        ("return f(a, b, n)", ("return f(b, a, n)", "return f(a, n, b)")),
        ("return f(a, key=b)", ()),
    )

    def edits(self, node: ast.AST, unit: Unit) -> Iterator[Edit]:
        """Yield each pair of neighbours exchanged."""
        if isinstance(node, ast.Call) and not any(isinstance(each, ast.Starred) for each in node.args):
            yield from _exchanged(node.args, unit)


@operator
class Untransposed(Operator):
    """A transpose forgotten."""

    name = "untransposed"
    says = say("a transpose left out")
    examples = (("return a.T @ b", ("return a @ b",)),)

    def edits(self, node: ast.AST, unit: Unit) -> Iterator[Edit]:
        """Yield the matrix as it is."""
        if isinstance(node, ast.Attribute) and node.attr in ("T", "mT") and isinstance(node.ctx, ast.Load):
            yield unit.written.instead(node, unit.written.words(node.value))


def _exchanged(nodes: Sequence[ast.expr], unit: Unit) -> Iterator[Edit]:
    for one, other in pairwise(nodes):
        (begin, at), (to, end) = unit.written.part(one), unit.written.part(other)
        yield Edit(begin, end, unit.written.text[to:end] + unit.written.text[at:to] + unit.written.text[begin:at])
