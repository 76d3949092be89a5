"""Slips of loops and statements: what stands inside or outside, what is overwritten or added up."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import combinations

from grader.explain.mending.mends import SIGNS, CaseFacts, Mend, mend
from grader.explain.mending.written import FunctionText, Loop, Replacement
from grader.language import inert, say


def return_inside(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield the `return` of a loop's last line behind all loops."""
    loops = written.loops(node)
    if not isinstance(node, ast.Return) or not loops or written.block(node)[-1] is not node:
        return
    said = say("the `return` is inside a loop and ends it in the first round.")
    body = written.function.body
    outer = loops[0] if loops[0] in body else body[-1]
    for loop in dict.fromkeys((outer, *loops)):
        end = written.whole_lines(loop, loop)[1]
        behind = Replacement(end, end, written.moved(node, loop.col_offset))
        yield mend(written, node, said, written.replaced(node, "pass"), behind)


def wrong_depth(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield a statement at the end of a loop behind it, one behind a loop at its end."""
    if not isinstance(node, ast.Assign | ast.AugAssign | ast.Expr):
        return
    block, loop = written.block(node), written.parents.get(node)
    place = next((at for at, one in enumerate(block) if one is node), 0)
    if isinstance(loop, Loop) and block is loop.body and node is block[-1] and len(block) > 1:
        said = say("`{code}` stands inside the loop, but belongs behind it.", code=written.shown(node))
        end = written.whole_lines(loop, loop)[1]
        behind = Replacement(end, end, written.moved(node, loop.col_offset))
        yield mend(written, node, said, written.replaced(node, "pass"), behind)
    before = block[place - 1] if place else None
    said = say("`{code}` stands behind the loop, but belongs inside it.", code=written.shown(node))
    while isinstance(before, Loop):
        end = written.whole_lines(before.body[-1], before.body[-1])[1]
        inside = Replacement(end, end, written.moved(node, before.body[0].col_offset))
        yield mend(written, node, said, written.replaced(node, "pass"), inside)
        before = before.body[-1]


def not_carried(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield a loop whose rounds begin with what the round before ended with."""
    match node:
        case ast.For(body=body):
            stored = {
                one.id for each in body for one in ast.walk(each)
                if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
            }  # fmt: skip
        case _:
            return
    for each in body:
        if not (isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name)):
            continue
        new, end = each.targets[0].id, written.whole_lines(node, node)[1]
        read = [one.id for one in ast.walk(each.value) if isinstance(one, ast.Name) and one.id not in written.imported]
        for old in dict.fromkeys(name for name in read if name not in stored):
            said = say("`{name}` stays the same in every round.", name=old)
            text = f"{' ' * each.col_offset}{old} = {new}\n"
            yield mend(written, node, said, Replacement(end, end, text))


def wrong_start(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield a first value set before the loop where it was set in every round, and the reverse."""
    if not (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)):
        return
    if not isinstance(node.value, ast.Constant | ast.Call | ast.List | ast.Attribute | ast.Name | ast.UnaryOp):
        return
    loop, block = written.parents.get(node), written.block(node)
    if isinstance(loop, Loop) and block is loop.body:
        said = say("`{code}` begins anew in every round; it belongs before the loop.", code=written.shown(node))
        outer: ast.AST = loop
        while isinstance(outer, Loop):
            begin = written.whole_lines(outer, outer)[0]
            before = Replacement(begin, begin, written.moved(node, outer.col_offset))
            yield mend(written, node, said, before, written.replaced(node, "pass"))
            outer = written.parents[outer]
    said = say(
        "`{code}` is done once, before the loop; every round has to begin with it anew.", code=written.shown(node)
    )
    later = next((one for one in block[block.index(node) + 1 :] if isinstance(one, Loop)), None) if block else None
    while isinstance(later, Loop):
        begin = written.whole_lines(later.body[0], later.body[0])[0]
        inside = Replacement(begin, begin, written.moved(node, later.body[0].col_offset))
        yield mend(written, node, said, inside)
        later = next((one for one in later.body if isinstance(one, Loop)), None)


def assigned(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield += in place of = in a loop, and for each augmented assignment the others."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and written.loops(node):
        target = node.targets[0]
        if isinstance(target, ast.Subscript | ast.Name):
            said = say("`=` overwrites what the rounds before put into `{name}`.", name=written.shown(target))
            for sign in ("+=", "-=", "*="):
                text = f"{written.words(target)} {sign} {written.words(node.value)}"
                yield mend(written, node, said, written.instead(node, text), alike=sign)
    elif isinstance(node, ast.AugAssign):
        sign = SIGNS[type(node.op)]
        target_text, value = written.words(node.target), written.words(node.value)
        said = say("`{sign}` is not the right operator for `{name}`.", sign=f"{sign}=", name=written.shown(node.target))
        others = {"+": ("-=", "=", "*="), "-": ("+=",), "*": ("/=", "+="), "/": ("*=",), "//": ("/=",)}.get(sign, ())
        for other in others:
            yield mend(
                written, node, said, written.instead(node, f"{target_text} {other} {value}"), alike=f"{sign}{other}"
            )


def second_name(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield a copy where an array only gets a second name."""
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name | ast.Subscript):
        said = say("`{code}` copies nothing: both names mean one object.", code=written.shown(node))
        yield mend(written, node, said, written.instead(node.value, f"{written.words(node.value)}.copy()"))


def counter_lost(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield another name for what is bound inside a loop to the name that the loop counts with."""
    if not (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)):
        return
    statement = written.statement(node)
    outer = [one for one in written.loops(statement) if isinstance(one, ast.For)]
    if not any(one.id == node.id for loop in outer for one in ast.walk(loop.target) if isinstance(one, ast.Name)):
        return
    block = written.block(statement)
    later = statement.body if isinstance(statement, ast.For) else block[block.index(statement) + 1 :]
    read = [one for each in later for one in ast.walk(each) if isinstance(one, ast.Name) and one.id == node.id]
    said = say("`{name}` counts a loop around, and is given another value here.", name=inert(node.id, 60))
    for count in range(len(read), 0, -1) if len(read) <= READ else ():
        for some in combinations(read, count):
            edits = [written.replaced(one, f"{node.id}__") for one in (node, *some)]
            yield mend(written, node, said, *edits)


READ = 4
"""Places that read a name, of which some mean an outer and some an inner value, at most."""


def counted_too(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield a sum over one counter without the round in which it is equal to another one."""
    if not isinstance(node, ast.AugAssign):
        return
    used = [one.id for one in ast.walk(node.value) if isinstance(one, ast.Name)]
    rounds = [name for name in written.rounds(node) if name in used]
    for one, other in combinations(dict.fromkeys(rounds), 2):
        said = say("`{code}` counts the round in which `{one}` is `{other}`, too.", code=written.shown(node),
                   one=other, other=one)  # fmt: skip
        begin = written.part(node)[0]
        yield mend(written, node, said, Replacement(begin, begin, f"if {one} != {other}: "))


def exchanged_lines(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield two assignments, one below the other, in the other order, where one of them reads what the other sets."""
    if not isinstance(node, ast.Assign | ast.AugAssign):
        return
    block = written.block(node)
    below = block[block.index(node) + 1] if node in block[:-1] else None
    if not isinstance(below, ast.Assign | ast.AugAssign):
        return
    (first, its), (second, their) = _names(node), _names(below)
    if first & their or second & its:
        said = say("`{code}` and the line below it are in the wrong order.", code=written.shown(node))
        texts = [written.words(each) for each in (node, below)]
        yield mend(written, node, said, written.replaced(node, texts[1]), written.replaced(below, texts[0]))


def _names(statement: ast.Assign | ast.AugAssign) -> tuple[set[str], set[str]]:
    """Return the names that an assignment sets, and those that it reads."""
    found = [one for one in ast.walk(statement) if isinstance(one, ast.Name)]
    stored = {one.id for one in found if isinstance(one.ctx, ast.Store)}
    return stored, {one.id for one in found if isinstance(one.ctx, ast.Load)}


def left_out(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield a function without one of its statements."""
    if isinstance(node, ast.AugAssign | ast.Expr | ast.Assign | ast.Break | ast.Continue):
        if isinstance(node, ast.Assign) and not _is_bound_before(node, written):
            return
        said = say("`{code}` should not be here.", code=written.shown(node))
        yield mend(written, node, said, written.replaced(node, "pass"))


def _is_bound_before(node: ast.Assign, written: FunctionText) -> bool:
    """Return whether all that is assigned to has a value without it."""
    targets = [one for one in node.targets if isinstance(one, ast.Name)]
    if len(targets) < len(node.targets):
        return all(isinstance(one, ast.Subscript) for one in node.targets)
    return all(map(written.is_bound_before, targets))


def ranges(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield a `range` that begins or ends elsewhere."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range" and node.args):
        return
    code = written.shown(node)
    late = say("`{code}` begins too late.", code=code)
    early = say("`{code}` ends too early.", code=code)
    far = say("`{code}` goes too far.", code=code)
    soon = say("`{code}` begins too early.", code=code)
    last = node.args[min(1, len(node.args) - 1)]
    words = written.words(last)
    if len(node.args) > 1:
        first = node.args[0]
        if not (isinstance(first, ast.Constant) and first.value == 0):
            yield mend(written, node, late, written.instead(first, "0"), alike="range 0")
            yield mend(
                written, node, late, written.instead(first, f"{written.words(first)} - 1"), alike="range first - 1"
            )
        yield mend(written, node, soon, written.instead(first, f"{written.words(first)} + 1"), alike="range first + 1")
    if isinstance(last, ast.Constant):
        for name in written.sizes:
            yield mend(written, node, early, written.instead(last, name))
    if len(node.args) < 3:
        shorter = _leftmost(last)
        if shorter is not last:
            said = (
                early if isinstance(last, ast.BinOp) and isinstance(last.op, ast.Sub | ast.FloorDiv | ast.Div) else far
            )
            said = (
                early
                if any(isinstance(one, ast.BinOp) and isinstance(one.op, ast.Sub) for one in ast.walk(last))
                else said
            )
            yield mend(written, node, said, written.instead(last, written.words(shorter)), alike="range leftmost")
        yield mend(written, node, early, written.instead(last, f"{words} + 1"), alike="range + 1")
        yield mend(written, node, far, written.instead(last, f"{words} - 1"), alike="range - 1")
        if len(node.args) == 1:
            yield mend(
                written,
                node,
                soon,
                written.instead(last, f"1, {words}") if words.isidentifier() else written.replaced(last, f"1, {words}"),
                alike="range 1",
            )
    else:
        steps = say("`{code}` leaves numbers out.", code=code)
        begin = written.words(node.args[0])
        yield mend(written, node, steps, written.replaced(node, f"range({begin}, {words})"), alike="range step")
        back = isinstance(node.args[2], ast.UnaryOp)
        for step, said in ((" - 1", early if back else far), (" + 1", far if back else early)):
            yield mend(written, node, said, written.instead(last, words + step), alike=f"range end{step}")
    turned = say("`{code}` goes through the numbers in the wrong order.", code=code)
    yield mend(written, node, turned, written.instead(node, f"[*{written.words(node)}][::-1]"))


def _leftmost(node: ast.expr) -> ast.expr:
    while isinstance(node, ast.BinOp):
        node = node.left
    return node


def exchanged(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield a statement, or a condition, in which two counters of loops have changed places."""
    holder = written.parents.get(node)
    condition = isinstance(holder, ast.If | ast.While) and node is holder.test
    if not condition and not isinstance(node, ast.Assign | ast.AugAssign | ast.Expr):
        return
    found = [one for one in ast.walk(node) if isinstance(one, ast.Name)]
    rounds = [name for name in dict.fromkeys(written.rounds(node)) if any(one.id == name for one in found)]
    for one, other in combinations(rounds, 2):
        said = say("`{one}` and `{other}` are exchanged in `{code}`.", one=one, other=other, code=written.shown(node))
        turned = {one: other, other: one}
        yield mend(
            written,
            node,
            said,
            *(written.replaced(each, turned[each.id]) for each in found if each.id in turned),
        )
