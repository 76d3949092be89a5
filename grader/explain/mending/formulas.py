"""Slips of formulas: signs, brackets, terms, factors, numbers."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import combinations

from grader.explain.mending.mends import SIGNS, CaseFacts, Mend, drops, in_brackets, mend
from grader.explain.mending.written import FunctionText
from grader.language import say


def brackets(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield an operation that is done before its neighbour, where it was done behind it."""
    if not isinstance(node, ast.BinOp):
        return
    said = say("the brackets in `{code}` are not right.", code=written.shown(node))
    sign = SIGNS[type(node.op)]
    left, right = (in_brackets(one, written.words(one)) for one in (node.left, node.right))
    for inner, other in ((node.left, right), (node.right, left)):
        if not isinstance(inner, ast.BinOp) or not isinstance(node.op, _PLAIN) or not isinstance(inner.op, _PLAIN):
            continue
        one, two = (in_brackets(each, written.words(each)) for each in (inner.left, inner.right))
        between = SIGNS[type(inner.op)]
        texts = [f"({other} {sign} {one}) {between} {two}"]
        if inner is node.left:
            texts = [f"{one} {between} ({two} {sign} {other})", f"({one} {sign} {other}) {between} {two}"]
        for number, text in enumerate(texts if between in ("+", "-") else texts[:1]):
            alike = f"brackets {number} {between} {two} {sign}"
            yield mend(written, node, said, written.instead(node, text), alike=alike)


_PLAIN = ast.Add | ast.Sub | ast.Mult | ast.Div | ast.FloorDiv


_OTHERS = {
    **{"+": ("*", "-"), "-": ("+", "*"), "*": ("+", "/", "@"), "/": ("*", "//"), "//": ("/", "*"), "%": ("//",)},
    **{"**": ("*",), "@": ("*",), "&": ("|",), "|": ("&",), "^": ("**",)},
}


def signs(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield an operation with another sign; the same for all with one operand in common."""
    if not isinstance(node, ast.BinOp):
        return
    sign, left, right = SIGNS[type(node.op)], written.words(node.left), written.words(node.right)
    said = say("`{sign}` is not the right operator in `{code}`.", sign=sign, code=written.shown(node))
    left, right = in_brackets(node.left, left), in_brackets(node.right, right)
    for other in _OTHERS.get(sign, ()):
        if right == "1" and other not in ("+", "-"):
            continue
        alike = f"{sign}{other}{right}", f"{left}{sign}{other}"
        yield mend(written, node, said, *written.signed(node, other), alike=alike)
    if sign in ("-", "/", "//", "**"):
        turned = say("in `{code}` the two sides are exchanged.", code=written.shown(node))
        yield mend(written, node, turned, written.instead(node, f"{right} {sign} {left}"))


def terms(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield an operation without one of its two sides."""
    if isinstance(node, ast.BinOp):
        for kept, gone in ((node.left, node.right), (node.right, node.left)):
            if kept is node.right and isinstance(node.op, ast.Sub | ast.Div | ast.FloorDiv | ast.Pow):
                continue
            said = say("`{part}` does not belong in `{code}`.", part=written.shown(gone), code=written.shown(node))
            alike = f"{SIGNS[type(node.op)]}{written.words(gone)}"
            yield mend(written, node, said, *written.only(node, kept), alike=alike)


def factors(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield a counter of a loop times a size where a window's start or an index is the counter alone."""
    if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load) or node.id not in written.rounds(node):
        return
    holder = written.parents[node]
    several = isinstance(holder, ast.Tuple) and isinstance(written.parents[holder], ast.Assign)
    sliced = isinstance(holder, ast.Call) and isinstance(holder.func, ast.Name) and holder.func.id == "slice"
    starts = several or sliced or isinstance(holder, ast.Assign | ast.Slice)
    within = isinstance(holder, ast.BinOp) and isinstance(holder.op, ast.Add)
    if not (starts or within):
        return
    said = say("`{code}` ignores how far each step of `{name}` goes.", code=written.shown(holder), name=node.id)
    for name in written.sizes:
        if name not in written.rounds(node):
            yield mend(written, node, said, written.instead(node, f"{node.id} * {name}"), alike=f"* {name}")


def missing_one(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield one more or less of what is calculated and assigned, handed over or returned."""
    if not isinstance(node, ast.BinOp | ast.Name) or not isinstance(
        written.parents[node], ast.Assign | ast.Return | ast.Call | ast.Tuple
    ):
        return
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        return
    said = say("`{code}` is off by one.", code=written.shown(node))
    for step in ("+ 1", "- 1"):
        yield mend(written, node, said, written.instead(node, f"{written.words(node)} {step}"), alike=step)


def numbers(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield another number for one that is written in: its neighbours, with the other sign, and names of sizes."""
    if not isinstance(node, ast.Constant) or type(node.value) not in (int, float):
        return
    holder = written.parents[node]
    code = written.shown(holder if isinstance(holder, ast.expr | ast.keyword) else written.statement(holder))
    said = say("the number `{number}` is not right in `{code}`.", number=str(node.value), code=code)
    value = node.value
    assert isinstance(value, int | float)
    others: list[object] = [value + 1, value - 1] if type(value) is int else []
    others += [one for one in (0, 1, 2, 3, 4, 6, 0.0, 1.0, 0.5) if type(one) is type(value)]
    if value in (0, 1, -1) and isinstance(holder, ast.Call | ast.Assign):
        others += ["-float('inf')", "float('inf')"]
    others.append(-value)
    for other in others:
        if other != value:
            yield mend(written, node, said, written.instead(node, str(other)), alike=f"{value} {other}")
    for name in written.sizes if isinstance(holder, ast.BinOp | ast.Slice | ast.Call) else ():
        yield mend(written, node, said, written.instead(node, name), alike=f"{value} {name}")


def minus_too_much(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield what is returned or assigned, no number that is written in, without its minus."""
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=operand) if not isinstance(operand, ast.Constant):
            if isinstance(written.parents[node], ast.Return | ast.Assign | ast.AugAssign | ast.Tuple):
                said = say("the sign before `{code}` is too much.", code=written.shown(operand))
                yield mend(written, node, said, written.instead(node, written.words(operand)), alike="minus")


def minus(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield an expression without its minus or `not`, and with one."""
    if isinstance(node, ast.UnaryOp) and not isinstance(node.op, ast.UAdd):
        said = say("the sign before `{code}` is too much.", code=written.shown(node.operand))
        yield mend(written, node, said, written.instead(node, written.words(node.operand)))
    elif isinstance(node, ast.Return | ast.Assign | ast.AugAssign) and node.value is not None:
        said = say("`{code}` has the wrong sign.", code=written.shown(node.value))
        if not isinstance(node.value, ast.Tuple | ast.UnaryOp | ast.Constant):
            yield mend(written, node, said, written.instead(node.value, f"-({written.words(node.value)})"))
    elif (
        isinstance(node, ast.Call)
        and len(node.args) == 1
        and drops(node)
        and isinstance(node.args[0], ast.Name | ast.BinOp | ast.Attribute)
    ):
        said = say("`{code}` has the wrong sign.", code=written.shown(node.args[0]))
        yield mend(written, node, said, written.instead(node.args[0], f"-({written.words(node.args[0])})"))


def factor_left_out(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield a term or a divisor twice, and half of what is assigned."""
    holder = written.parents.get(node)
    if not isinstance(node, ast.expr) or not isinstance(holder, ast.BinOp | ast.Assign | ast.AugAssign | ast.Return):
        return
    if isinstance(node, ast.Constant) or isinstance(getattr(node, "ctx", None), ast.Store):
        return
    if any(isinstance(one, ast.Subscript | ast.Slice) for one in written.above(node)):
        return
    term = isinstance(holder, ast.BinOp) and isinstance(holder.op, ast.Add | ast.Sub)
    divisor = isinstance(holder, ast.BinOp) and isinstance(holder.op, ast.Div) and node is holder.right
    said = say("`{part}` lacks a factor in `{code}`.", part=written.shown(node), code=written.shown(holder))
    if term or divisor or not (isinstance(node, ast.Tuple) or isinstance(holder, ast.BinOp)):
        for factor in ("2 *", "0.5 *"):
            yield mend(written, node, said, written.instead(node, f"{factor} ({written.words(node)})"))


PARAMETERS = 6
"""Parameters that are tried as a factor."""


def name_left_out(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield a term, or what is summed, times a parameter."""
    holder = written.parents.get(node)
    if holder is None or not isinstance(node, ast.Name | ast.Call | ast.BinOp | ast.Subscript):
        return
    if isinstance(getattr(node, "ctx", None), ast.Store):
        return
    term = isinstance(holder, ast.BinOp) and isinstance(holder.op, ast.Add | ast.Sub)
    summed = isinstance(holder, ast.Call) and node in holder.args[:1] and written.words(holder.func)[-4:] in _SUMS
    if term or summed or (isinstance(holder, ast.AugAssign) and node is holder.value):
        said = say("`{part}` lacks a factor in `{code}`.", part=written.shown(node), code=written.shown(holder))
        for name in written.parameters[:PARAMETERS]:
            yield mend(written, node, said, written.instead(node, f"{name} * ({written.words(node)})"))


_SUMS = (".sum", "mean")


def power_left_out(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield the square of a factor, and of what is taken from 1 the power."""
    holder = written.parents.get(node)
    if not (isinstance(node, ast.Name) and isinstance(holder, ast.BinOp) and node.id not in written.rounds(node)):
        return
    said = say("`{part}` lacks a power in `{code}`.", part=node.id, code=written.shown(holder))
    if isinstance(holder.op, ast.Mult | ast.Div):
        yield mend(written, node, said, written.replaced(node, f"{node.id} ** 2"))
    elif isinstance(holder.op, ast.Sub) and isinstance(holder.left, ast.Constant) and holder.left.value == 1:
        for name in written.parameters:
            yield mend(written, node, said, written.replaced(node, f"{node.id} ** {name}"))


def divided(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield what is assigned, added or returned divided by a size, and times it."""
    if not isinstance(node, ast.Assign | ast.AugAssign | ast.Return) or node.value is None:
        return
    if isinstance(node, ast.AugAssign | ast.Return) or any(isinstance(one, ast.Call) for one in ast.walk(node.value)):
        said = say("`{part}` lacks a factor or a divisor.", part=written.shown(node.value))
        for name in written.sizes[:5] if not isinstance(node.value, ast.Tuple) else ():
            for sign in ("/", "*"):
                yield mend(
                    written, node, said, written.instead(node.value, f"({written.words(node.value)}) {sign} {name}")
                )


def complement(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield 1 - x for x and the reverse, where the function has 1 - x elsewhere."""
    match node:
        case ast.BinOp(left=ast.Constant(value=1), op=ast.Sub(), right=ast.Name() as name):
            said = say("`{code}` is not right here.", code=written.shown(node))
            yield mend(written, node, said, written.instead(node, name.id))
        case ast.Name(ctx=ast.Load()) if b"1 - " + node.id.encode() in written.data:
            holder = written.parents[node]
            said = say(
                "`{name}` is not right in `{code}`.",
                name=node.id,
                code=written.shown(holder) if isinstance(holder, ast.expr) else node.id,
            )
            yield mend(written, node, said, written.replaced(node, f"(1 - {node.id})"))


def inside_the_sum(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield a term of what is summed behind the sum."""
    match node:
        case ast.Call(func=ast.Attribute(attr="sum"), args=[ast.BinOp(op=ast.Add() | ast.Sub()) as inner]) if (
            not node.keywords
        ):
            for kept, gone in ((inner.left, inner.right), (inner.right, inner.left)):
                said = say("`{part}` is inside the sum, so it is added many times.", part=written.shown(gone))
                sign = "-" if isinstance(inner.op, ast.Sub) else "+"
                text = f"{written.words(node.func)}({written.words(kept)}) {sign} {written.words(gone)}"
                yield mend(written, node, said, written.instead(node, text))


def outside_the_call(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield a term behind a call inside of it."""
    match node:
        case ast.BinOp(
            left=ast.Call(func=ast.Attribute(attr=attr), args=[inner], keywords=[]) as call,
            op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div(),
            right=gone,
        ) if attr in _OF_ONE:
            said = say("`{part}` stands outside of `{code}`, but belongs inside.", part=written.shown(gone),
                       code=written.shown(call))  # fmt: skip
            left, right = in_brackets(inner, written.words(inner)), in_brackets(gone, written.words(gone))
            text = f"{written.words(call.func)}({left} {SIGNS[type(node.op)]} {right})"
            yield mend(written, node, said, written.replaced(node, text))


def inside_the_call(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield a term of a call's argument behind the call."""
    match node:
        case ast.Call(
            func=ast.Attribute(attr=attr), args=[ast.BinOp(op=ast.Add() | ast.Sub()) as inner], keywords=[]
        ) if attr in _OF_ONE:
            said = say("`{part}` stands inside of `{code}`, but belongs outside.", part=written.shown(inner.right),
                       code=written.shown(node))  # fmt: skip
            sign, right = SIGNS[type(inner.op)], in_brackets(inner.right, written.words(inner.right))
            text = f"({written.words(node.func)}({written.words(inner.left)}) {sign} {right})"
            yield mend(written, node, said, written.replaced(node, text))


def crossed(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield two products with their first factors exchanged."""
    match node:
        case ast.BinOp(
            left=ast.BinOp(left=one, op=ast.Mult()),
            op=ast.Add() | ast.Sub(),
            right=ast.BinOp(left=other, op=ast.Mult()),
        ):
            said = say("`{one}` and `{other}` are exchanged in `{code}`.", one=written.shown(one),
                       other=written.shown(other), code=written.shown(node))  # fmt: skip
            edits = (
                written.replaced(one, in_brackets(other, written.words(other))),
                written.replaced(other, in_brackets(one, written.words(one))),
            )
            yield mend(written, node, said, *edits)


def step_left_out(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield a function of a side of an operation, or of what is assigned or returned."""
    holder = written.parents.get(node)
    if not isinstance(node, ast.Name | ast.BinOp | ast.Call) or isinstance(getattr(node, "ctx", None), ast.Store):
        return
    if not isinstance(holder, ast.BinOp | ast.Assign | ast.Return):
        return
    said = say("a step is missing: `{part}` is taken as it is.", part=written.shown(node))
    words = written.words(node)
    for name in _functions(written):
        yield mend(written, node, said, written.replaced(node, f"{name}({words})"))
    if isinstance(node, ast.Name) and not isinstance(holder, ast.BinOp):
        for name in ("linalg.norm", "sum"):
            text = f"{words} / np.{name}({words})"
            yield mend(written, node, said, written.replaced(node, text))


def _functions(written: FunctionText) -> list[str]:
    """Return the functions of one number that occur in the function."""
    found = [
        written.words(one.func)
        for one in written.nodes
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and one.func.attr in _OF_ONE
    ]
    return list(dict.fromkeys((*found[:4], "np.sqrt", "np.exp", "np.log")))


_OF_ONE = {"tanh", "exp", "log", "sqrt", "abs", "square", "sin", "cos", "maximum"}


def exchanged_numbers(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield two different factors, or values that are assigned, exchanged."""
    if node is not written.function:
        return
    found = [
        one
        for one in written.nodes
        if isinstance(one, ast.Constant)
        and type(one.value) in (int, float)
        and isinstance(holder := written.parents[one], ast.BinOp | ast.Assign)
        and (isinstance(holder, ast.Assign) or isinstance(holder.op, ast.Mult))
    ]
    for one, other in combinations(found[:8], 2):
        if one.value != other.value:
            said = say("`{one}` and `{other}` are exchanged.", one=str(one.value), other=str(other.value))
            edits = (written.replaced(one, written.words(other)), written.replaced(other, written.words(one)))
            lines = tuple(sorted({written.line(one), written.line(other)}))
            yield Mend(edits=edits, lines=lines, said=said)
