"""Slips that show beside something alike: sizes of another array, an index unlike its neighbour, a branch too wide."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from itertools import permutations

from grader.explain.mending.mends import SIGNS, CaseFacts, Mend, mend
from grader.explain.mending.written import FunctionText, Replacement
from grader.language import inert, listed, say


def other_sizes(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield the sizes of another array, in order, where those of one were unpacked and stand together."""
    if not isinstance(node, ast.Subscript | ast.Call | ast.Tuple) or isinstance(getattr(node, "ctx", None), ast.Store):
        return
    read = [one for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)]
    for row in written.rows:
        mine = [one for one in read if one.id in row]
        if len({one.id for one in mine}) < 2:
            continue
        for other in written.rows:
            turned = dict(zip(row, other, strict=False))
            if len(other) == len(row) and any(turned[one.id] != one.id for one in mine):
                names = list(dict.fromkeys(one.id for one in mine if turned[one.id] != one.id))
                said = say("{names} are not the sizes that are meant in `{code}`.",
                           names=listed([f"`{name}`" for name in names]), code=written.shown(node))  # fmt: skip
                edits = [written.replaced(one, turned[one.id]) for one in mine]
                yield mend(written, node, said, *edits, alike=f"{row} {other}")


def loops_over(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield loops over the sizes of another array, where several go over those of one."""
    if node is not written.function:
        return
    ends = [
        one.iter.args[0]
        for one in written.nodes
        if isinstance(one, ast.For)
        and isinstance(one.iter, ast.Call)
        and written.words(one.iter.func) == "range"
        and len(one.iter.args) == 1
        and isinstance(one.iter.args[0], ast.Name)
    ]
    for row, other in permutations(written.rows, 2):
        turned = dict(zip(row, other, strict=False))
        wrong = [one for one in ends if isinstance(one, ast.Name) and turned.get(one.id, one.id) != one.id]
        if len(row) == len(other) and len(wrong) > 1:
            said = say("{names} are not the sizes that the loops should go over.",
                       names=listed([f"`{written.words(one)}`" for one in wrong]))  # fmt: skip
            edits = tuple(written.replaced(one, turned[written.words(one)]) for one in wrong)
            yield Mend(edits=edits, lines=tuple(sorted({written.line(one) for one in wrong})), said=said)


def counters(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield the counters of the loops, in order, for all the names that an array is indexed with."""
    if not (isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple)):
        return
    rounds, items = written.rounds(node), node.slice.elts
    wrong = [one for one in items if isinstance(one, ast.Name) and one.id not in rounds]
    own = {one.id for one in items if isinstance(one, ast.Name)}
    free = [name for name in rounds if name not in own]
    if 1 < len(wrong) <= len(free):
        said = say("{names} are not the indices that are meant in `{code}`.",
                   names=listed([f"`{written.words(one)}`" for one in wrong]), code=written.shown(node))  # fmt: skip
        edits = [written.replaced(one, name) for one, name in zip(wrong, free, strict=False)]
        yield mend(written, node, said, *edits, alike=f"counters {[written.words(one) for one in wrong]}")


def as_its_neighbour(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield an index calculated as another one of the same array is."""
    if not (isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple)):
        return
    items = node.slice.elts
    for model in (one for one in items if isinstance(one, ast.BinOp) and isinstance(one.left, ast.Name)):
        rest = f"{SIGNS[type(model.op)]} {written.words(model.right)}"
        for item in (one for one in items if isinstance(one, ast.Name)):
            said = say("the index `{name}` in `{code}` is not calculated as the one beside it.",
                       name=item.id, code=written.shown(node))  # fmt: skip
            yield mend(written, node, said, written.replaced(item, f"{item.id} {rest}"))


def in_every_case(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield what stands behind an `if` as its `else`."""
    if not (isinstance(node, ast.If) and not node.orelse):
        return
    block = written.block(node)
    later = block[block.index(node) + 1 :]
    if not later or isinstance(later[-1], ast.Return):
        later = later[:-1]
    if later:
        begin, end = written.whole_lines(later[0], later[-1])
        moved = "".join(written.moved(one, node.col_offset + 4) for one in later)
        said = say("`{code}` and what follows is done in every case, also where `{test}` holds.",
                   code=written.shown(later[0]), test=written.shown(node.test))  # fmt: skip
        yield mend(written, later[0], said, Replacement(begin, end, f"{' ' * node.col_offset}else:\n{moved}"))


def each_channel(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield a function called for each entry of the last axis, where it was called once for all of them."""
    match node:
        case ast.Call(func=ast.Name(id=name), args=[ast.Subscript() | ast.Name() as array, *rest], keywords=[]) if (
            name not in vars(builtins) and name not in written.parameters
        ):
            said = say("`{code}` is called once for the whole last axis, but each entry of it needs a call of its own.",
                       code=written.shown(node))  # fmt: skip
            others = "".join(f", {written.words(one)}" for one in rest)
            text = f"(lambda it__: np.stack([{name}(it__[..., at__]{others}) for at__ in range(it__.shape[-1])], -1))"
            yield mend(written, node, said, written.replaced(node, f"{text}({written.words(array)})"))


def by_order(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield the entries of a dict by their names, where they were unpacked in the order of the dict."""
    match node:
        case ast.Assign(
            targets=[ast.Tuple(elts=names)],
            value=ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr="values"), args=[]),
        ):
            said = say("the entries of `{name}` need not come in this order.", name=inert(owner, 60))
            text = ", ".join(f"{owner}[{written.words(one)!r}]" for one in names)
            yield mend(written, node, said, written.replaced(node.value, text))


def axes_added(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield a name with new axes: those that it gets elsewhere in the function, or one behind its own."""
    holder = written.parents.get(node)
    if not (isinstance(node, ast.Name) and isinstance(holder, ast.BinOp)):
        return
    if node.id not in (*written.arrays, *written.locals, *written.parameters):
        return
    elsewhere = [
        written.words(one.slice)
        for one in written.nodes
        if isinstance(one, ast.Subscript)
        and isinstance(one.value, ast.Name)
        and one.value.id == node.id
        and any(isinstance(each, ast.Constant) and each.value is None for each in ast.walk(one.slice))
    ]
    said = say("`{name}` lacks an axis in `{code}`.", name=node.id, code=written.shown(holder))
    for index in dict.fromkeys((*(one.strip("()") for one in elsewhere), "..., None")):
        yield mend(written, node, said, written.replaced(node, f"{node.id}[{index}]"))


def one_round(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield the largest or smallest number, or the sum, of all that a loop goes through, where it was of one round."""
    match node:
        case ast.Call(
            func=ast.Name(id="max" | "min" | "sum" as name), args=[ast.Name(id=item)]
        ) | ast.Call(func=ast.Attribute(value=ast.Name(id="np"), attr="max" | "min" | "sum" as name),
                     args=[ast.Name(id=item)]):  # fmt: skip
            loops = (one for one in written.above(node) if isinstance(one, ast.For | ast.comprehension))
            goes = (one for one in loops if isinstance(one.target, ast.Name) and one.target.id == item)
            for loop in goes:
                if isinstance(loop.iter, ast.Name):
                    said = say("`{code}` looks at one round of the loop only.", code=written.shown(node))
                    yield mend(written, node, said, written.replaced(node, f"np.{name}({loop.iter.id})"))
