"""Slips of sizes: those of the example written in, padding counted once, windows miscounted, the wrong way rounded."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import product
from math import isqrt

from grader.explain.mending.mends import SIGNS, CaseFacts, Mend, in_brackets, mend
from grader.explain.mending.written import FunctionText
from grader.language import say

SIZES = 6
"""Places of a size that are tried, where several stand together."""


def written_in(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield the sizes of arguments where the public example's stand as numbers."""
    if isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load):
        numbers = tuple(one.value for one in node.elts if isinstance(one, ast.Constant) and type(one.value) is int)
        if len(numbers) == len(node.elts):
            said = say(
                "`{numbers}` are the sizes of the example; other inputs have other sizes.", numbers=written.shown(node)
            )
            for other in known.shapes.get(numbers, ()):
                yield mend(written, node, said, written.instead(node, other))
            each = [known.sizes.get(number, ())[:SIZES] for number in numbers]
            for some in product(*each) if 1 < len(each) < 4 else ():
                yield mend(written, node, said, written.replaced(node, f"({', '.join(some)})"))
    if isinstance(node, ast.Constant) and type(node.value) is int and node.value > 1:
        said = say("`{number}` is a size of the example; other inputs have another size.", number=str(node.value))
        holder = written.parents[node]
        sign = SIGNS[type(holder.op)] if isinstance(holder, ast.BinOp) else ""
        for other in known.sizes.get(node.value, ()):
            alike = "example", f"{node.value} {other}", f"{sign} {node.value} {other}"
            yield mend(written, node, said, written.instead(node, other), alike=alike)
        side = isqrt(node.value)
        for other in known.sizes.get(side, ())[:SIZES] if side * side == node.value else ():
            yield mend(written, node, said, written.replaced(node, f"({other} * {other})"), alike=f"squared {other}")


def product_of_others(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield the square of another size for the product of two."""
    match node:
        case ast.BinOp(left=ast.Name(id=one), op=ast.Mult(), right=ast.Name(id=other)) if not {one, other} & {
            *written.arrays, *written.rounds(node)
        }:  # fmt: skip
            said = say("`{code}` are not the sizes that are meant.", code=written.shown(node))
            for name in written.sizes:
                if {one, other} != {name}:
                    text = f"({name} * {name})"
                    yield mend(written, node, said, written.replaced(node, text), alike=f"{one} {other} {name}")


def counted_once(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield twice a size that is added once before a division: what is put around an array is on both sides."""
    holder = written.parents.get(node)
    if not (isinstance(node, ast.Name) and isinstance(holder, ast.BinOp) and isinstance(holder.op, ast.Add)):
        return
    above = [holder, *written.above(holder)]
    if any(isinstance(one, ast.BinOp) and isinstance(one.op, ast.FloorDiv | ast.Div) for one in above):
        said = say("`{name}` is added once in `{code}`, but it is on both sides.", name=node.id,
                   code=written.shown(holder))  # fmt: skip
        yield mend(written, node, said, written.replaced(node, f"2 * {node.id}"), alike=f"twice {node.id}")


def padding_left_out(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield twice a size more in the difference of sizes from which a number of windows is calculated."""
    match node:
        case ast.BinOp(left=ast.BinOp(op=ast.Sub()) as inner, op=ast.FloorDiv() | ast.Div()):
            said = say("the padding is missing from `{code}`.", code=written.shown(inner))
            own = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
            for name in (one for one in written.sizes if one not in own):
                text = f"({written.words(inner)} + 2 * {name})"
                yield mend(written, node, said, written.replaced(inner, text), alike=f"around {name}")


def windows_short(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield one window more than the steps that fit, where a number of windows is calculated from a difference."""
    quotient = node.args[0] if isinstance(node, ast.Call) and len(node.args) == 1 else node
    if not (isinstance(quotient, ast.BinOp) and isinstance(quotient.op, ast.FloorDiv | ast.Div)):
        return
    within = [one for one in ast.walk(quotient.left) if isinstance(one, ast.BinOp) and isinstance(one.op, ast.Sub)]
    if within and isinstance(written.parents[node], ast.Assign | ast.Tuple | ast.Call):
        said = say("`{code}` is off by one.", code=written.shown(node))
        yield mend(written, node, said, written.instead(node, f"{written.words(node)} + 1"), alike="one more window")


def rounding(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield a quotient rounded up where it was rounded down, and the reverse."""
    up = (
        say("`{code}` drops the remainder, and with it the last, smaller part.", code=written.shown(node))
        if isinstance(node, ast.expr)
        else None
    )
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.FloorDiv):
        left, right = (
            in_brackets(node.left, written.words(node.left)),
            in_brackets(node.right, written.words(node.right)),
        )
        assert up is not None
        yield mend(written, node, up, written.instead(node, f"-(-{left} // {right})"), alike="up")
    match node:
        case ast.Call(func=ast.Name(id="int"), args=[ast.BinOp(op=ast.Div()) as quotient]):
            left, right = (in_brackets(one, written.words(one)) for one in (quotient.left, quotient.right))
            assert up is not None
            yield mend(written, node, up, written.instead(node, f"-(-{left} // {right})"), alike="up")
        case ast.Call(func=ast.Attribute(attr="ceil"), args=[ast.BinOp(op=ast.Div()) as quotient]):
            said = say("`{code}` rounds up where it should not.", code=written.shown(node))
            left, right = (in_brackets(one, written.words(one)) for one in (quotient.left, quotient.right))
            yield mend(written, node, said, written.instead(node, f"{left} // {right}"), alike="down")


def both_the_same(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield one size twice in the place of two: a square, or what is put before and behind an axis."""
    if not (isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load) and len(node.elts) == 2):
        return
    one, other = (written.words(each) for each in node.elts)
    names = [each for each in node.elts if isinstance(each, ast.Name)]
    around = any(isinstance(each, ast.Call) and written.words(each.func) == "np.pad" for each in written.above(node))
    said = say("`{code}` are not the sizes that are meant.", code=written.shown(node))
    if len(names) == 2 and one != other:
        for name in written.sizes:
            yield mend(written, node, said, written.replaced(node, f"({name}, {name})"), alike=f"{one} {other} {name}")
    if around and names:
        for name in dict.fromkeys((*(each.id for each in names), "0")):
            yield mend(written, node, said, written.replaced(node, f"({name}, {name})"), alike=f"{one} {other} {name}")
