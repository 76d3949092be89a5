"""Slips of places in arrays: indices and slices."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import combinations

from grader.explain.mending.mends import CaseFacts, Mend, mend
from grader.explain.mending.written import FunctionText, Replacement, is_text
from grader.language import Message, listed, say


def indices(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield a subscript with the loops' counters at other places: for a fixed number, a slice, or in front."""
    if not isinstance(node, ast.Subscript) or isinstance(node.value, ast.Attribute):
        return
    rounds, code = written.rounds(node), written.shown(node)
    items = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    own = {one.id for item in items for one in ast.walk(item) if isinstance(one, ast.Name)}
    missing = say("in `{code}` an index is missing, so every round of the loop takes the same values.", code=code)
    begin = written.part(items[0])[0] if items else 0
    free = [name for name in rounds if name not in own]
    slices = [item for item in items if isinstance(item, ast.Slice)]
    bounded = [item for item in slices if item.lower or item.upper]
    said = say("`{code}` takes a slice where one element belongs.", code=code)
    for some in (bounded, slices):
        for at in range(len(free) - len(some) + 1) if some else ():
            edits = [written.instead(item, name) for item, name in zip(some, free[at:], strict=False)]
            yield mend(written, node, said, *edits)
    if not any(isinstance(item, ast.Constant) and isinstance(item.value, str) for item in items):
        for name in free:
            alike = f"[{name}", f"[{name} {written.words(node.value)} {type(node.ctx).__name__}"
            yield mend(written, node, missing, Replacement(begin, begin, f"{name}, "), alike=alike)
            end = written.part(items[-1])[1]
            yield mend(written, node, missing, Replacement(end, end, f", {name}"), alike=f"{name}]")
    fixed = say("an index in `{code}` is fixed, so every round takes the same.", code=code)
    other = say("an index in `{code}` is not the right one.", code=code)
    numbers = [item for item in items if isinstance(item, ast.Constant | ast.UnaryOp) and not is_text(item)]
    for at in range(len(free) - len(numbers) + 1) if len(numbers) > 1 else ():
        edits = [written.instead(item, name) for item, name in zip(numbers, free[at:], strict=False)]
        yield mend(written, node, fixed, *edits)
    for item in items:
        if isinstance(item, ast.Constant | ast.UnaryOp) and not is_text(item):
            for name in rounds:
                yield mend(written, node, fixed, written.instead(item, name), alike=f"{written.words(item)} {name}")
        elif isinstance(item, ast.Name | ast.BinOp):
            words = written.words(item)
            for name in rounds:
                if name != words:
                    yield mend(written, node, other, written.instead(item, name), alike=f"{words} {name}")
            for one in ast.walk(item) if isinstance(item, ast.BinOp) else ():
                if isinstance(one, ast.Constant):
                    for name in rounds:
                        yield mend(written, node, other, written.replaced(one, name), alike=f"{words} to {name}")
            off = say("an index in `{code}` is off by one.", code=code)
            for step in (" + 1", " - 1"):
                yield mend(written, node, off, written.instead(item, words + step), alike=words + step)
            for name in written.sizes if words in rounds and len(items) == 1 else ():
                for sign in ("+", "-"):
                    yield mend(written, node, other, written.instead(item, f"{words} {sign} {name}"))
        elif isinstance(item, ast.Slice) and not (item.lower or item.upper):
            for name in free:
                yield mend(written, node, said, written.instead(item, name), alike=f": {name}")
    if isinstance(node.slice, ast.Tuple):
        place = say("an index in `{code}` is one too many.", code=code)
        for item in items:
            if isinstance(item, ast.Name | ast.Constant) and not is_text(item):
                yield mend(written, node, place, written.replaced(item, ":"))


def whole_array(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield an element of an array that is read as a whole inside a loop."""
    if not (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)) or not written.loops(node):
        return
    holder = written.parents[node]
    if (
        not isinstance(holder, ast.Call | ast.Assign | ast.AugAssign | ast.BinOp)
        or getattr(holder, "func", None) is node
    ):
        return
    if isinstance(holder, ast.Call) and isinstance(holder.func, ast.Name) and holder.func.id in ("range", "len"):
        return
    rounds = written.rounds(node)
    if node.id in rounds or node.id not in written.parameters:
        return
    said = say(
        "in `{code}` an index is missing, so every round of the loop takes the same values.", code=written.shown(holder)
    )
    for name in rounds:
        for index in (name, f"..., {name}"):
            yield mend(written, node, said, written.replaced(node, f"{node.id}[{index}]"))


def other_axis(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield an index counted from the other end of the axes."""
    match node:
        case ast.Subscript(value=ast.Name() as array, slice=ast.Name() as index) if index.id in written.rounds(node):
            said = say("the index in `{code}` is on the wrong axis.", code=written.shown(node))
            for text in (f"..., {index.id}", f":, {index.id}"):
                yield mend(written, node, said, written.replaced(node, f"{array.id}[{text}]"), alike=text)
        case ast.Subscript(slice=ast.Tuple(elts=[*rest, ast.Name() as index])) if index.id in written.rounds(node):
            if all(_everything(one) for one in rest):
                said = say("the index in `{code}` is on the wrong axis.", code=written.shown(node))
                yield mend(written, node, said, written.replaced(node, f"{written.words(node.value)}[{index.id}]"))


def _everything(node: ast.expr) -> bool:
    """Return whether an index takes a whole axis."""
    if isinstance(node, ast.Slice):
        return not (node.lower or node.upper or node.step)
    return isinstance(node, ast.Constant) and node.value is ...


def other_part(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield an array, or a part of it, cut as another one is cut in the function."""
    if not written.loops(node) or isinstance(getattr(node, "ctx", None), ast.Store):
        return
    holder = written.parents[node]
    match node:
        case ast.Subscript(value=ast.Name(id=array)):
            said = say("`{code}` is not the part of `{name}` that is meant.", code=written.shown(node), name=array)
        case ast.Name(id=array) if array in written.arrays and isinstance(
            holder, ast.Call | ast.BinOp | ast.Assign | ast.Compare
        ):
            said = say(
                "in `{code}` the whole of `{name}` stands where a part of it belongs.",
                code=written.shown(holder),
                name=array,
            )
        case _:
            return
    here = {written.function.name, *written.rounds(node)}
    for cut in (*written.cuts, *_unused(node, written)):
        if (isinstance(node, ast.Subscript) and written.words(node.slice) == cut) or array in here:
            continue
        yield mend(
            written,
            node,
            said,
            written.replaced(node, f"{array}[{cut}]"),
            alike=(f"{array} {cut}", f"{written.line(node)} {array} {cut}"),
        )


def _unused(node: ast.AST, written: FunctionText) -> list[str]:
    """Return the indices of the window whose ends are calculated above a node and taken by nothing."""
    pairs = []
    for one in written.nodes:
        match one:
            case ast.Assign(targets=[ast.Name(id=end)], value=ast.BinOp(left=ast.Name(id=start), op=ast.Add())):
                if end not in written.read:
                    pairs.append(f"{start}:{end}")
    rounds = written.rounds(node)
    if not pairs or len(pairs) > 3 or not rounds:
        return []
    plain = ", ".join(pairs)
    return [plain, f"{rounds[0]}, {plain}", f"{rounds[0]}, {plain}, {rounds[-1]}"]


def other_array(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield another array of the function in a loop: a name that a round binds, or a part of an array for a counter."""
    rounds = written.rounds(node)
    if not rounds or isinstance(getattr(node, "ctx", None), ast.Store):
        return
    holder = written.parents[node]
    if not isinstance(holder, ast.BinOp | ast.Call | ast.Compare) or getattr(holder, "func", None) is node:
        return
    match node:
        case ast.Subscript(value=ast.Name(id=array)):
            others = [name for name in written.windows if name != array]
            others += elements(written)
        case ast.Call(args=[ast.Name(id=window)]) if window in written.windows:
            array, others = written.words(node), elements(written)
        case ast.Name(id=array) if array in written.arrays or array in written.windows:
            whole = [name for name in written.arrays if name != array and name not in written.windows]
            others = [f"{name}[..., {last}]" for name in whole for last in rounds[:-3:-1]]
            others += [name for name in written.windows if name != array]
            others += elements(written)
        case _:
            return
    said = say("`{name}` is not the right array in `{code}`.", name=array, code=written.shown(holder))
    for other in others:
        yield mend(written, node, said, written.replaced(node, other), alike=f"{written.line(node)} {array} {other}")


def stepping(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield places counted one by one, where the counters of the loops go in steps."""
    if not isinstance(node, ast.Subscript):
        return
    steps: dict[str, tuple[str, str]] = {}
    for loop in written.loops(node):
        match loop:
            case ast.For(target=ast.Name(id=name), iter=ast.Call(func=ast.Name(id="range"), args=[start, _, step])):
                steps[name] = written.words(start), written.words(step)
    places = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    items = [one for one in places if isinstance(one, ast.Name) and one.id in steps]
    if items:
        said = say("the places in `{code}` go up one by one, but the loop over {names} goes in steps.",
                   code=written.shown(node), names=listed([f"`{one.id}`" for one in items]))  # fmt: skip
        edits = [written.replaced(one, f"({one.id} - ({steps[one.id][0]})) // ({steps[one.id][1]})") for one in items]
        yield mend(written, node, said, *edits, alike=f"stepping {[one.id for one in items]}")


def element_for_window(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield a window that is changed, where one element of the array was; what was summed for that stays as it is."""
    if not isinstance(node, ast.Assign | ast.AugAssign):
        return
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    match target:
        case ast.Subscript(value=ast.Name(id=array), slice=ast.Tuple(elts=items)) if (
            sum(isinstance(one, ast.Name) and one.id in written.rounds(node) for one in items) > 1
        ):
            said = say("`{code}` is one element, but the window belongs there.", code=written.shown(target))
            values = [written.words(node.value)]
            match node.value:
                case ast.Call(func=ast.Attribute(attr="sum", value=owner), args=args):
                    values.insert(0, written.words(args[0] if args else owner))
            for cut in (*written.cuts, *_unused(node, written)):
                for value in values:
                    edits = written.replaced(target, f"{array}[{cut}]"), written.replaced(node.value, f"({value})")
                    yield mend(written, node, said, *edits)


def target_whole(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield a place of an array that a round of the loops adds to, where it was added to all of it."""
    match node:
        case ast.AugAssign(target=ast.Name(id=array) as target) if array in written.arrays:
            said = say("`{code}` changes all of `{name}`; an index is missing.", code=written.shown(node), name=array)
            read = {one.id for one in ast.walk(node.value) if isinstance(one, ast.Name)}
            for name in [one for one in written.rounds(node) if one in read][::-1]:
                for index in (f"..., {name}", name):
                    yield mend(written, node, said, written.replaced(target, f"{array}[{index}]"))


def elements(written: FunctionText) -> list[str]:
    """Return the elements of arguments, or parts of them, that are read for the counters of the loops."""
    return list(
        dict.fromkeys(
            written.words(one)
            for one in written.nodes
            if isinstance(one, ast.Subscript)
            and isinstance(one.value, ast.Name)
            and one.value.id in written.parameters
            and {each.id for each in ast.walk(one.slice) if isinstance(each, ast.Name)} & {*written.rounds(one)}
        )
    )


def slices(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield a slice with another bound."""
    if not isinstance(node, ast.Slice):
        return
    holder = written.parents[node]
    subscript = holder if isinstance(holder, ast.Subscript) else written.parents[holder]
    assert isinstance(subscript, ast.Subscript)
    code = written.shown(subscript)
    items = subscript.slice.elts if isinstance(subscript.slice, ast.Tuple) else [subscript.slice]
    axis, array = items.index(node), written.words(subscript.value)
    match node:
        case ast.Slice(lower=ast.expr() as lower, upper=ast.UnaryOp(op=ast.USub(), operand=by)):
            said = say("`{code}` is empty where `{by}` is 0.", code=code, by=written.shown(by))
            number = by.value if isinstance(by, ast.Constant) and type(by.value) is int else 0
            fixed = say("`{number}` is a size of the example; other inputs have another size.", number=str(number))
            for other in known.sizes.get(number, ()):
                text = f"{other}:{array}.shape[{axis}] - {other}"
                yield mend(written, subscript, fixed, written.replaced(node, text), alike=f"written in {other}")
            end = f"{array}.shape[{axis}] - {written.words(by)}"
            yield mend(
                written,
                subscript,
                said,
                written.replaced(node, f"{written.words(lower)}:{end}"),
                alike="negative",
            )
        case ast.Slice(lower=None, upper=None, step=None):
            said = say("the order in `{code}` is not turned round.", code=code)
            yield mend(written, subscript, said, written.replaced(node, "::-1"))
            return
        case ast.Slice(step=ast.UnaryOp(op=ast.USub())):
            said = say("the order in `{code}` is turned round.", code=code)
            alike = f"turned {written.words(subscript.value)}"
            yield mend(written, subscript, said, written.replaced(node, ":"), alike=alike)
            return
    low = written.words(node.lower) if node.lower else ""
    high = written.words(node.upper) if node.upper else ""
    for text, said in _bounds(node, written, code):
        alike = text.replace(low, "#") if low else text
        kind = f"{written.line(node)} {alike.replace(high, '@') if high else alike}"
        several = (f"slice {alike}", f"slice {kind}", f"{axis} {kind}")
        yield mend(written, subscript, said, written.replaced(node, text), alike=several)


def _bounds(node: ast.Slice, written: FunctionText, code: str) -> list[tuple[str, Message]]:
    """Return other bounds of a slice, each with what is wrong then with the one that stands there."""
    short, long = (
        say("a slice in `{code}` is too short.", code=code),
        say("a slice in `{code}` is too long.", code=code),
    )
    shifted = say("a slice in `{code}` is at the wrong place.", code=code)
    low = written.words(node.lower) if node.lower else ""
    high = written.words(node.upper) if node.upper else ""
    step = f":{written.words(node.step)}" if node.step else ""
    options: list[tuple[str, Message]] = []
    if high:
        options += [(f"{low}:({high}) + 1{step}", short), (f"{low}:({high}) - 1{step}", long), (f"{low}:{step}", short)]
    if low:
        options += [
            (f"({low}) - 1:{high}{step}", short),
            (f"({low}) + 1:{high}{step}", long),
            (f":{high}{step}", short),
        ]
    if high and low:
        options += [(f"({low}) - 1:({high}) - 1{step}", shifted), (f"({low}) + 1:({high}) + 1{step}", shifted)]
        options += [(f"{high}:{low}{step}", shifted), (f"({low}) - ({high}):({low}) + ({high}){step}", shifted)]
        options += [
            (
                f"{low}:({low}) + ({high}){step}",
                say("the end of a slice in `{code}` is not where it should be.", code=code),
            )
        ]
    if high == f"{low} + 1" and not step:
        options += [(":", short)]
    if high and not low:
        options += [(f"{high}:{step}", shifted), (f"1:{high}{step}", long), (f"{high}:2*({high}){step}", shifted)]
        still = say("the slice in `{code}` does not move on with the loop.", code=code)
        options += [(f"{name}:{name} + ({high}){step}", still) for name in written.rounds(node)]
    if low and not high:
        options += [(f":{low}{step}", shifted), (f":-({low}){step}", shifted), (f"{low}:-1{step}", long)]
    if step:
        options += [(f"{low}:{high}", say("the step of a slice in `{code}` is not right.", code=code))]
    return options


def letters(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield the text of an `einsum` with two letters of one array exchanged."""
    holder = written.parents.get(node)
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str) and isinstance(holder, ast.Call)):
        return
    name = holder.func.attr if isinstance(holder.func, ast.Attribute) else getattr(holder.func, "id", "")
    if name != "einsum" or holder.args[0] is not node or len(node.value) > MOST_LETTERS:
        return
    said = say("the letters in `{text}` are not in the right order.", text=written.shown(node))
    begin = 0
    for term in re.split("(,|->)", node.value):
        for one, other in combinations(range(begin, begin + len(term)), 2) if term.strip().isalpha() else ():
            new = [*node.value]
            new[one], new[other] = new[other], new[one]
            yield mend(written, node, said, written.replaced(node, repr("".join(new))))
        begin += len(term)
    wrong = say("a letter in `{text}` is not the right one.", text=written.shown(node))
    for at, old in enumerate(node.value):
        for new in sorted({*node.value}) if old.isalpha() else ():
            if new.isalpha() and new != old:
                text = node.value[:at] + new + node.value[at + 1 :]
                yield mend(written, node, wrong, written.replaced(node, repr(text)))


MOST_LETTERS = 24
"""The longest text of an `einsum` whose letters are exchanged."""
