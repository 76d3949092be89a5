"""Slips in loops: only the first round, a return indented too far, break for continue."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.audit.operators.operator import Operator, operator
from grader.audit.units import Function, Unit
from grader.audit.writing import Edit
from grader.language import say

_LOOP = ast.For | ast.While | ast.AsyncFor


@operator
class FirstRoundOnly(Operator):
    """A loop left after its first round."""

    name = "first-round-only"
    says = say("a loop left after its first round")
    examples = (
        ("for x in a:\n    b += x\nreturn b", ("for x in a:\n    b += x\n    break\nreturn b",)),
        ("while a:\n    a = f(a)  # halve", ("while a:\n    a = f(a)  # halve\n    break",)),
        ("for x in a:\n    return x", ()),
    )

    def edits(self, node: ast.AST, unit: Unit) -> Iterator[Edit]:
        """Yield a `break` at the end of the loop."""
        if isinstance(node, _LOOP):
            yield from _at_the_end(node, "break", unit)


@operator
class EarlyReturn(Operator):
    """A return that stands inside the loop, one level too far in."""

    name = "early-return"
    says = say("a return inside the loop")
    examples = (
        ("for x in a:\n    b += x\nreturn b", ("for x in a:\n    b += x\n    return b\nreturn b",)),
        ("for x in a:\n    f(x)", ()),
    )

    def edits(self, node: ast.AST, unit: Unit) -> Iterator[Edit]:
        """Yield the function's last `return` at the end of a loop that stands directly in it."""
        function = unit.written.parent(node)
        if isinstance(node, _LOOP) and isinstance(function, Function):
            last = function.body[-1]
            if isinstance(last, ast.Return) and last.value is not None:
                yield from _at_the_end(node, unit.written.words(last), unit)


@operator
class OtherJump(Operator):
    """`break` for `continue`, and the other way round."""

    name = "other-jump"
    says = say("break for continue")
    examples = (
        ("for x in a:\n    if x:\n        continue\n    f(x)",
         ("for x in a:\n    if x:\n        break\n    f(x)", "for x in a:\n    if x:\n        pass\n    f(x)")),
        ("for x in a:\n    if x:\n        break", ("for x in a:\n    if x:\n        continue",)),
    )  # fmt: skip

    def edits(self, node: ast.AST, unit: Unit) -> Iterator[Edit]:
        """Yield the other word; `continue` is also left out (leaving out `break` is another operator's)."""
        if isinstance(node, ast.Break):
            yield Edit(*unit.written.part(node), "continue")
        elif isinstance(node, ast.Continue):
            yield Edit(*unit.written.part(node), "break")
            yield Edit(*unit.written.part(node), "pass")


def _at_the_end(loop: ast.For | ast.While | ast.AsyncFor, words: str, unit: Unit) -> Iterator[Edit]:
    """Yield the statement `words` at the end of a loop that goes on there."""
    first, last = loop.body[0], loop.body[-1]
    if first.lineno == loop.lineno or isinstance(last, ast.Return | ast.Raise | ast.Break | ast.Continue):
        return
    line = last.end_lineno or last.lineno
    begin = unit.written.lines(first.lineno, first.lineno)[0]
    indent = unit.written.text[begin : unit.written.part(first)[0]]
    end = unit.written.lines(line, line)[1]
    yield Edit(end, end, f"\n{indent}{words}")
