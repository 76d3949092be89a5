"""Slips in statements, loops and bounds: off by one, only the first round, overwritten for accumulated."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.author.audit.operators.expressions import SIGNS
from grader.author.audit.sources import Function, TopLevel, operator
from grader.author.source_text import Edit
from grader.language import say


@operator(say("a range off by one"))
def shifted_range(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield each bound of a `range` moved, and the first element left out; `other-number` changes literal bounds."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range"):
        return
    arguments = node.args
    if len(arguments) > 1:
        yield from _moved(arguments[0], unit, (1,))
    if arguments:
        last = arguments[min(1, len(arguments) - 1)]
        yield from _moved(last, unit, (-1, 1))
        if len(arguments) == 1:
            yield unit.written.instead(last, f"1, {unit.written.words(last)}")


@operator(say("a slice with another bound"))
def shifted_slice(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield each bound moved, added or left out, and the step left out."""
    if not isinstance(node, ast.Slice) or not (node.lower or node.upper or node.step):
        return
    begin, end = unit.written.part(node)
    bounds = [bound for bound in (node.lower, node.upper) if bound is not None]
    if node.lower is not None:
        yield from _moved(node.lower, unit, (1,))
    elif node.upper is not None:
        yield Edit(begin, begin, "1")
    if node.upper is not None:
        yield from _moved(node.upper, unit, (-1, 1))
    elif node.step is None:
        yield Edit(end, end, "-1")
    for bound in [*bounds, *([node.step] if node.step is not None else [])]:
        yield Edit(*unit.written.part(bound), "")


@operator(say("an index off by one"))
def shifted_index(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield each index that is a name or arithmetic moved by one, where an element is read."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        for part in node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]:
            if isinstance(part, ast.Name | ast.BinOp):
                yield from _moved(part, unit, (1, -1))


def _moved(node: ast.expr, unit: TopLevel, steps: tuple[int, ...]) -> Iterator[Edit]:
    """Yield a bound moved by each of the steps, unless it is a number written out."""
    inner = node.operand if isinstance(node, ast.UnaryOp) else node
    if isinstance(inner, ast.Constant):
        return
    plain = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub | ast.Mult)
    words = unit.written.words(node) if plain else unit.written.operand(node)
    for step in steps:
        yield Edit(*unit.written.part(node), f"{words} {'+' if step > 0 else '-'} 1")


_LOOP = ast.For | ast.While | ast.AsyncFor


@operator(say("a loop left after its first round"))
def first_round_only(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield a `break` at the end of a loop."""
    if isinstance(node, _LOOP):
        yield from _at_the_end(node, "break", unit)


@operator(say("a return inside the loop"))
def early_return(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield the function's last `return` at the end of a loop that stands directly in it."""
    function = unit.written.parent(node)
    if isinstance(node, _LOOP) and isinstance(function, Function):
        last = function.body[-1]
        if isinstance(last, ast.Return) and last.value is not None:
            yield from _at_the_end(node, unit.written.words(last), unit)


@operator(say("break for continue"))
def other_jump(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield `break` for `continue` and the reverse, and `pass` for `continue`."""
    if isinstance(node, ast.Break):
        yield Edit(*unit.written.part(node), "continue")
    elif isinstance(node, ast.Continue):
        yield Edit(*unit.written.part(node), "break")
        yield Edit(*unit.written.part(node), "pass")


def _at_the_end(loop: ast.For | ast.While | ast.AsyncFor, words: str, unit: TopLevel) -> Iterator[Edit]:
    """Yield the statement `words` at the end of a loop's body, unless the body ends in a jump."""
    first, last = loop.body[0], loop.body[-1]
    if first.lineno == loop.lineno or isinstance(last, ast.Return | ast.Raise | ast.Break | ast.Continue):
        return
    line = last.end_lineno or last.lineno
    begin = unit.written.lines(first.lineno, first.lineno)[0]
    indent = unit.written.text[begin : unit.written.part(first)[0]]
    end = unit.written.lines(line, line)[1]
    yield Edit(end, end, f"\n{indent}{words}")


@operator(say("overwritten, not accumulated"))
def overwritten(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield the plain assignment for an augmented one."""
    if isinstance(node, ast.AugAssign):
        yield Edit(*unit.written.between(node.target, node.value, f"{SIGNS[type(node.op)]}="), "=")


@operator(say("the caller's value changed in place"))
def changed_in_place(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield the augmented assignment to a parameter, which changes the caller's array too."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.BinOp(left=ast.Name(id=left), right=right, op=op)):
            if name == left and name in unit.parameters(node):
                yield Edit(*unit.written.part(node), f"{name} {SIGNS[type(op)]}= {unit.written.words(right)}")


@operator(say("an argument overwritten"))
def spoiled_argument(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield zeros written into each parameter before the last return; what is no array only raises then."""
    function = unit.written.parent(node)
    if isinstance(node, ast.Return) and isinstance(function, Function) and function.body[-1] is node:
        begin, _ = unit.written.part(node)
        line = unit.written.lines(node.lineno, node.lineno)[0]
        indent = unit.written.text[line:begin]
        if not indent.strip():
            yield from (Edit(begin, begin, f"{name}[...] = 0\n{indent}") for name in unit.parameters(node))


@operator(say("a statement left out"))
def dropped_statement(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield `pass` in a statement's place, unless a name would then be missing, which only raises."""
    if isinstance(node, ast.AugAssign | ast.Expr | ast.Raise | ast.Delete | ast.Assert | ast.Break):
        silent = isinstance(node, ast.Expr) and not isinstance(node.value, ast.Call)
    elif isinstance(node, ast.Assign):
        silent = any(not _is_bound(target, node, unit) for target in node.targets)
    else:
        return
    if not silent:
        yield Edit(*unit.written.part(node), "pass")


@operator(say("another exception"))
def other_exception(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield the most general exception for one that is raised, none for one that is caught."""
    if isinstance(node, ast.Raise) and node.exc is not None:
        kind = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        yield Edit(*unit.written.part(kind), "Exception")
    elif isinstance(node, ast.ExceptHandler) and node.type is not None and node.name is None:
        yield Edit(*unit.written.part(node.type), "()")


def _is_bound(target: ast.expr, statement: ast.stmt, unit: TopLevel) -> bool:
    """Return whether assigning to `target` may be left out without a name going missing."""
    if not isinstance(target, ast.Name):
        return isinstance(target, ast.Subscript | ast.Attribute)
    if target.id in unit.parameters(statement):
        return True
    function = unit.function(statement)
    begin = unit.written.part(statement)[0]
    return any(
        isinstance(each, ast.Name) and each.id == target.id and isinstance(each.ctx, ast.Store)
        for each in ast.walk(function or unit.node)
        if isinstance(each, ast.Name) and unit.written.part(each)[0] < begin
    )
