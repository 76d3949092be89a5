"""Slips of windows and of whole arrays: where a window ends or lies, sizes, turns, a place for a number."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from grader.explain.mending.mends import CaseFacts, Mend, in_brackets, mend
from grader.explain.mending.written import FunctionText, Replacement, replaced_in
from grader.language import inert, listed, say


def next_window(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield a window that ends its own length behind its begin, where it ended at the next one's begin."""
    match node:
        case ast.BinOp(
            left=ast.BinOp(left=ast.Name(id=counter), op=ast.Add(), right=ast.Constant(value=1)),
            op=ast.Mult(),
            right=ast.Name(id=step),
        ) if counter in written.rounds(node):
            said = say("`{code}` is where the next window begins; this one ends elsewhere.", code=written.shown(node))
            for size in (name for name in written.sizes if name != step):
                text = f"({counter} * {step} + {size})"
                yield mend(written, node, said, written.replaced(node, text), alike=f"{step} {size}")


def cut_at_the_end(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield what is cut off on both sides, where all of it was cut off at the end."""
    match node:
        case ast.Slice(lower=None, upper=ast.Name() | ast.Subscript() | ast.Attribute() as upper, step=None):
            subscript = next(one for one in written.above(node) if isinstance(one, ast.Subscript))
            said = say("a slice in `{code}` is at the wrong place.", code=written.shown(subscript))
            end = written.words(upper)
            for name in (name for name in written.sizes if name != end):
                text = f"{name}:{name} + {end}"
                yield mend(written, subscript, said, written.replaced(node, text), alike=f"{written.line(node)} {name}")


def before_the_loops(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield what is calculated of each window, where it was calculated of the whole array before the loops."""
    if not (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)):
        return
    given = [
        one
        for one in written.nodes
        if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name) and one.targets[0].id == node.id
    ]
    if len(given) != 1 or not isinstance(given[0].value, ast.Call):
        return
    inner = written.loops(node)[len(written.loops(given[0])) :]
    ranges = [
        ":".join(written.words(one) for one in loop.iter.args)
        for loop in inner
        if isinstance(loop, ast.For)
        and isinstance(loop.iter, ast.Call)
        and written.words(loop.iter.func) == "range"
        and len(loop.iter.args) == 2
    ]
    cuts = [[one for one in re.split(r",\s*", cut) if ":" in one and one != ":"] for cut in written.cuts]
    text, start = written.words(given[0].value), written.part(given[0].value)[0]
    for one in ast.walk(given[0].value):
        if isinstance(one, ast.Subscript) and isinstance(one.slice, ast.Tuple) and inner:
            items = [item for item in one.slice.elts if isinstance(item, ast.Slice) and written.words(item) == ":"]
            whole = [written.part(item) for item in items]
            said = say("`{name}` is calculated of all of `{array}` at once, not of each window.", name=node.id,
                       array=written.shown(one))  # fmt: skip
            for window in (ranges, *cuts):
                if whole and len(window) == len(whole):
                    edits = [
                        Replacement(begin - start, end - start, words)
                        for (begin, end), words in zip(whole, window, strict=True)
                    ]
                    yield mend(written, given[0], said, written.replaced(node, f"({replaced_in(text, edits)})"))


def given(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield an entry of an argument for a number of its name that is calculated or written in."""
    match node:
        case ast.Assign(
            targets=[ast.Name(id=name)],
            value=ast.BinOp() | ast.Constant() | ast.Subscript(slice=ast.Constant(value=str())) as value,
        ):
            entries = {where for each in known.sizes.values() for where in each if where.endswith(f"[{name!r}]")}
            said = say("`{name}` is given among the arguments, and is not read from there.", name=inert(name, 60))
            if isinstance(value, ast.Subscript) and written.words(value.value) in {
                one.split("[")[0] for one in entries
            }:
                said = say("the key in `{code}` is not the right one.", code=written.shown(value))
            for entry in sorted(entries):
                if written.words(value) != entry:
                    yield mend(written, node, said, written.replaced(value, entry))


def place_or_number(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield the largest or smallest number for its place."""
    match node:
        case ast.Call(func=ast.Attribute(attr="argmax" | "argmin" as attr) as called):
            said = say("`{code}` gives the place of a number, not the number.", code=written.shown(node))
            end = written.part(called)[1]
            yield mend(written, node, said, Replacement(end - len(attr), end, attr[3:]))


def nearly(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield numbers that are equal, where those that are near were taken, too."""
    match node:
        case ast.Call(func=ast.Attribute(attr="isclose"), args=[one, other]):
            said = say("`{code}` takes numbers that are only near, too.", code=written.shown(node))
            sides = [in_brackets(each, written.words(each)) for each in (one, other)]
            yield mend(written, node, said, written.replaced(node, f"({' == '.join(sides)})"))


def product_of_sums(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield the sum of a product for the product of sums."""
    match node:
        case ast.BinOp(
            left=ast.Call(func=ast.Attribute(attr="sum") as one, args=[first], keywords=[]),
            op=ast.Mult(),
            right=ast.Call(func=ast.Attribute(attr="sum"), args=[second], keywords=[]),
        ):
            said = say("in `{code}` each side is summed by itself, before they are multiplied.",
                       code=written.shown(node))  # fmt: skip
            sides = [in_brackets(each, written.words(each)) for each in (first, second)]
            yield mend(written, node, said, written.replaced(node, f"{written.words(one)}({' * '.join(sides)})"))


def turned(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield an array with its first two axes the other way round."""
    holder = written.parents.get(node)
    match node:
        case ast.Name(ctx=ast.Load()) if node.id in written.parameters or node.id in written.unpacked:
            if isinstance(holder, ast.Call | ast.BinOp | ast.Assign) and getattr(holder, "func", None) is not node:
                said = say("`{name}` lies the wrong way round in `{code}`.", name=node.id, code=written.shown(holder))
                yield mend(written, node, said, written.replaced(node, f"{node.id}[::-1, ::-1]"))
        case ast.Subscript(slice=ast.Tuple(elts=[first, second, *rest])) if _reversed(first) and _reversed(second):
            said = say("`{code}` lies the wrong way round.", code=written.shown(node))
            whole = ", ".join([":", ":", *map(written.words, rest)])
            yield mend(written, node, said, written.replaced(node, f"{written.words(node.value)}[{whole}]"))


def _reversed(item: ast.expr) -> bool:
    return isinstance(item, ast.Slice) and item.step is not None and ast.unparse(item.step) == "-1"


def in_the_window(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield places within a window counted from the array's own begin."""
    if not (isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple)):
        return
    loops = [one for one in written.loops(node) if isinstance(one, ast.For)]
    inner = [one.id for one in ast.walk(loops[-1].target) if isinstance(one, ast.Name)] if len(loops) > 1 else []
    for names in (inner, written.found):
        items = [one for one in node.slice.elts if isinstance(one, ast.Name) and one.id in names]
        if not items:
            continue
        said = say(
            "in `{code}` {names} count from the window's corner, not from the array's.",
            code=written.shown(node), names=listed([f"`{one.id}`" for one in items]),
        )  # fmt: skip
        for begins in written.begins:
            if len(begins) == len(items):
                edits = [
                    written.replaced(item, f"({begin}) + {item.id}") for item, begin in zip(items, begins, strict=True)
                ]
                yield mend(written, node, said, *edits, alike=", ".join(begins))


def steps_of_axes(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield the steps of slices one axis further on."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        items = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        steps = [one for one in items if isinstance(one, ast.Slice) and one.step and not (one.lower or one.upper)]
        if steps and not any(_reversed(one) for one in steps):
            said = say("the steps in `{code}` are on the wrong axes.", code=written.shown(node))
            begin = written.part(items[0])[0]
            yield mend(written, node, said, Replacement(begin, begin, ":, "))
