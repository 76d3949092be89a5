"""Slips of what is left out: a value that is calculated and never used, ends that count half, a square."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.explain.mending.mends import CaseFacts, Mend, in_brackets, mend
from grader.explain.mending.places import elements
from grader.explain.mending.written import FunctionText, Replacement
from grader.language import Message, inert, say

UNUSED, PLACES, FACTORS = 2, 24, 6
"""Unused names that are looked at, the places that each is tried at, and parameters that are tried as factors."""


def unused(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield a name that is calculated and never read as a factor of another name."""
    if not isinstance(node, ast.Assign):
        return
    named = [
        one.id for one in ast.walk(node.targets[0]) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
    ]
    for name in [one for one in named if one in written.unread[:UNUSED]]:
        yield from _used(name, node, written)


def _used(name: str, node: ast.Assign, written: FunctionText) -> Iterator[Mend]:
    said = say("`{name}` is calculated and never used.", name=inert(name, 60))
    end = written.part(node)[1]
    places = [one for one in written.factors if written.part(one)[0] > end]
    for one in places[:PLACES]:
        yield mend(written, node, said, written.replaced(one, f"({name} * {one.id})"))
        for each, text in _within(one, written):
            yield mend(written, node, said, written.replaced(one, f"({text.replace(each, f'({name} * {each})')})"))


def _within(node: ast.Name, written: FunctionText) -> Iterator[tuple[str, str]]:
    """Yield the names in what the node's name was last given, with the text of that."""
    given = [
        one.value
        for one in written.nodes
        if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name) and one.targets[0].id == node.id
    ]
    if len(given) == 1:
        names = {one.id for one in ast.walk(given[0]) if isinstance(one, ast.Name)} - written.imported
        text = written.words(given[0])
        yield from ((name, text) for name in sorted(names) if text.count(name) == 1)


def factor_of_others(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield a term times a parameter that is a factor of another one."""
    holder = written.parents.get(node)
    if isinstance(holder, ast.BinOp) and isinstance(holder.op, ast.Add | ast.Sub) and node is holder.right:
        said = say("`{part}` lacks a factor in `{code}`.", part=written.shown(node), code=written.shown(holder))
        for name in _factors(written):
            yield mend(written, node, said, written.instead(node, f"{name} * ({written.words(node)})"))


def factor_of_arrays(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield what is summed up times an element of an argument that is read elsewhere in the loops."""
    if not (isinstance(node, ast.AugAssign) and isinstance(node.value, ast.Name | ast.Subscript | ast.Call)):
        return
    own = written.words(node.value)
    said = say("`{part}` lacks a factor or a divisor.", part=written.shown(node.value))
    for element in elements(written):
        if element not in own:
            yield mend(written, node, said, written.replaced(node.value, f"({own}) * {element}"))


def argument(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield the element of an argument that is in no calculation: for a number made of a window, or added in a loop."""
    match node:
        case ast.Call(args=[ast.Name(id=window)]) if window in written.windows:
            for name, said in _left_out(written):
                element = f"{name}[{', '.join(written.rounds(node))}]"
                yield mend(written, node, said, written.replaced(node, element), alike=element)
        case ast.Assign(targets=[ast.Subscript()], value=value) if written.loops(node):
            for name, said in _left_out(written):
                for last in written.rounds(node)[:-3:-1]:
                    text = f"({written.words(value)}) + np.squeeze({name}[..., {last}])"
                    yield mend(written, node, said, written.replaced(value, text))


def _left_out(written: FunctionText) -> Iterator[tuple[str, Message]]:
    """Yield the parameters that are in no calculation, but handed on or asked for their shape, with the sentence."""
    used = {
        one.id
        for one in written.nodes
        if isinstance(one, ast.Name)
        and not (isinstance(holder := written.parents[one], ast.Attribute) and holder.attr == "shape")
        and not isinstance(holder, ast.Tuple)
    }
    for name in written.parameters:
        if name not in used:
            yield name, say("`{name}` is used in no calculation.", name=inert(name, 60))


def _factors(written: FunctionText) -> list[str]:
    """Return the parameters that something is multiplied by, in a few places at most."""
    products = [one for one in written.nodes if isinstance(one, ast.BinOp) and isinstance(one.op, ast.Mult)]
    sides = [one.id for each in products for one in (each.left, each.right) if isinstance(one, ast.Name)]
    return [name for name in dict.fromkeys(sides) if name in written.parameters][:FACTORS]


def half_ends(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield a sum whose first and last term count half."""
    match node:
        case ast.For(
            target=ast.Name(id=index),
            iter=ast.Call(func=ast.Name(id="range"), args=[*limits]),
            body=[ast.AugAssign(target=ast.Name(id=total), op=ast.Add(), value=term)],
        ) if len(limits) in (1, 2):
            first = written.words(limits[0]) if len(limits) == 2 else "0"
            last = f"({written.words(limits[-1])} - 1)"
            text = written.words(term)
            ends = [f"(lambda {index}: {text})({at})" for at in (first, last)]
            end = written.whole_lines(node, node)[1]
            said = say("the first and the last term of `{code}` count whole.", code=written.shown(node.body[0]))
            anew = f"{' ' * node.col_offset}{total} -= ({' + '.join(ends)}) / 2\n"
            yield mend(written, node.body[0], said, Replacement(end, end, anew))
        case ast.Call(func=ast.Attribute(value=ast.Name(id="np"), attr="sum") | ast.Name(id="sum"), args=[inner]):
            yield from _halved(node, inner, written) if not node.keywords else ()
        case ast.Call(func=ast.Attribute(value=ast.Name() as inner, attr="sum"), args=[], keywords=[]):
            yield from _halved(node, inner, written) if inner.id not in written.imported else ()


def _halved(node: ast.Call, inner: ast.expr, written: FunctionText) -> Iterator[Mend]:
    if isinstance(inner, ast.Name):
        said = say("the first and the last term of `{code}` count whole.", code=written.shown(node))
        text = f"({written.words(node)} - ({inner.id}[0] + {inner.id}[-1]) / 2)"
        yield mend(written, node, said, written.replaced(node, text))


def item(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield a tuple of names with a parameter that it lacks, in the order of the parameters."""
    if not (isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load) and len(node.elts) > 1):
        return
    names = [one.id for one in node.elts if isinstance(one, ast.Name)]
    own = [name for name in names if name in written.parameters]
    if len(names) == len(node.elts) and own:
        for name in (one for one in written.parameters if one not in names):
            said = say("`{name}` is missing from `{code}`.", name=inert(name, 60), code=written.shown(node))
            before = [one for one in own if written.parameters.index(one) < written.parameters.index(name)]
            at = names.index(before[-1]) + 1 if before else names.index(own[0])
            yield mend(written, node, said, written.replaced(node, f"({', '.join([*names[:at], name, *names[at:]])})"))


def power(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield the square or the absolute of a difference that is summed."""
    match node:
        case ast.Call(func=ast.Attribute(attr="sum" | "mean"), args=[ast.BinOp(op=ast.Sub()) as inner, *_]):
            said = say("a step is missing: `{part}` is taken as it is.", part=written.shown(inner))
            words = in_brackets(inner, written.words(inner))
            for text in (f"{words} ** 2", f"abs({words})"):
                yield mend(written, inner, said, written.replaced(inner, text))


def first_of_ties(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield all places of the largest or smallest number, where the first was taken."""
    if not (isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)):
        return
    given = {
        one.targets[0].id: one.value
        for one in written.nodes
        if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name)
    }
    index = given.get(node.slice.id, node.slice) if isinstance(node.slice, ast.Name) else node.slice
    for one in ast.walk(index):
        match one:
            case ast.Call(func=ast.Attribute(attr="argmax" | "argmin" as attr, value=owner), args=args, keywords=[]):
                array = written.words(args[0] if args else owner)
                said = say("`{code}` finds only the first of several that are equal.", code=written.shown(one))
                if one is index:
                    said = say("`{code}` counts through the whole array, and is no row's index.",
                               code=written.shown(one))  # fmt: skip
                yield mend(written, one, said, written.replaced(node.slice, f"{array} == {array}.{attr[3:]}()"))
