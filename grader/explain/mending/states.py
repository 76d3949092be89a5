"""Slips of what changes when it should not: what outlives a call, and what is still needed as it was."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from grader.explain.mending.mends import SIGNS, CaseFacts, Mend, mend
from grader.explain.mending.written import FunctionText, Replacement
from grader.language import Message, inert, say

_CHANGING = {
    "append",
    "add",
    "update",
    "setdefault",
    "extend",
    "insert",
    "fill",
    "pop",
    "clear",
    "remove",
    "appendleft",
}


def outside(tree: object) -> Mapping[str, str]:
    """Return what names, and attributes of names, are given outside of functions."""
    found = {}
    for one in tree.body if isinstance(tree, ast.Module) else ():
        if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name | ast.Attribute):
            found[ast.unparse(one.targets[0])] = ast.unparse(one.value)
    return found


def kept(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield the function with all that outlives its calls made anew in each."""
    if node is not written.function:
        return
    shared = [one for one in written.nodes if isinstance(one, ast.Global)]
    arguments = written.function.args
    given = [*arguments.posonlyargs, *arguments.args][-len(arguments.defaults) :] if arguments.defaults else []
    defaults = {
        name.arg: written.words(default)
        for name, default in zip(given, arguments.defaults, strict=True)
        if isinstance(default, ast.List | ast.Dict | ast.Set | ast.Call | ast.ListComp)
    }
    starts = {**known.states, **defaults}
    named = {name: one for one in shared for name in one.names}
    own = {name for _, name in written.stored} | set(written.parameters)
    changed = {
        name: at
        for name, at in _changed(written)
        if name in defaults or (name in starts and name not in own - {*named})
    }
    states = named | changed
    if not states:
        return
    begin = written.whole_lines(written.function.body[0], written.function.body[0])[0]
    column = " " * written.function.body[0].col_offset
    anew = "".join(f"{column}{name} = {starts[name]}\n" for name in states if name in starts)
    local = (written.replaced(one, "pass\n") for one in shared)  # with its line: a `global` is none that runs
    edits = [*([Replacement(begin, begin, anew)] if anew else []), *local]
    name, at = next(iter(states.items()))
    said = say("`{name}` keeps what earlier calls left in it; a call must not depend on those.", name=inert(name, 60))
    yield Mend(edits=tuple(edits), lines=(written.line(at),), said=said)


def _changed(written: FunctionText) -> Iterator[tuple[str, ast.AST]]:
    """Yield the names and attributes whose value is changed in place or set, each with where."""
    for one in written.nodes:
        match one:
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store()):
                yield name, one
            case ast.AugAssign(target=ast.Subscript(value=ast.Name(id=name)) | ast.Name(id=name)):
                yield name, one
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attr)) if attr in _CHANGING:
                yield name, one
            case ast.Attribute(ctx=ast.Store()):
                yield written.words(one), one


def overwritten(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield what reads a value as it was before an earlier statement, or round, of the same step changed it."""
    if not isinstance(node, ast.Assign | ast.AugAssign):
        return
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
        name = target.value.id
        said = say("`{code}` is changed while other elements still need it as it was.", code=written.shown(target))
        for loop in written.loops(node)[::-1]:
            read = [one for one in _reads(loop, name) if not _is_same(written.parents[one], target, written)]
            yield _as_before(name, loop, read, node, written, said)
    elif isinstance(target, ast.Name) and written.is_bound_before(target):
        block = written.block(node)
        later = block[block.index(node) + 1 :]
        read = [one for each in later for one in _reads(each, target.id)]
        said = say("`{name}` is changed here, but is needed below as it was.", name=inert(target.id, 60))
        asked = [one for one in read if isinstance(written.parents[one], ast.Attribute | ast.Tuple)]
        for some in (*(read[:count] for count in range(len(read), 0, -1)), *([asked] if asked else [])):
            mend = _as_before(target.id, node, some, node, written, said)
            yield replace(mend, alike=("needed below",)) if some == read else mend


def made_anew(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield what changes a part of an array in place, where its name was given to a new array."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.BinOp(left=ast.Name(id=same), right=right) as value) if (
            name == same and name in written.windows
        ):
            said = say(
                "`{code}` makes a new array; the one that `{name}` was cut from stays as it was.",
                code=written.shown(node), name=inert(name, 60),
            )  # fmt: skip
            text = f"{name} {SIGNS[type(value.op)]}= {written.words(right)}"
            yield mend(written, node, said, written.replaced(node, text))


def copied(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield a part of an array itself, where a copy of it was changed in its place."""
    match node:
        case ast.Assign(
            targets=[ast.Name(id=name)],
            value=ast.Call(func=ast.Attribute(attr="copy", value=ast.Subscript() as part), args=[])
            | ast.Call(func=ast.Attribute(attr="copy" | "array"), args=[ast.Subscript() as part]),
        ) if written.loops(node):
            said = say("`{name}` is a copy: what changes in it does not reach `{code}`.", name=inert(name, 60),
                       code=written.shown(part))  # fmt: skip
            yield mend(written, node, said, written.replaced(node.value, written.words(part)))


_IN_PLACE = {
    *("fill", "sort", "append", "extend", "insert", "reverse", "remove", "add", "update", "clear", "put", "resize")
}
_IN_PLACE_OF_FIRST = {"np.fill_diagonal", "np.put", "np.copyto", "np.random.shuffle", "random.shuffle", "np.add.at"}


def gives_nothing(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield what a call changed in place, where its result was taken, which is None."""
    if not isinstance(node, ast.Call) or isinstance(written.parents[node], ast.Expr):
        return
    given = ", ".join(written.words(one) for one in (*node.args, *node.keywords))
    if written.words(node.func) in _IN_PLACE_OF_FIRST and node.args:
        rest = ", ".join(["it__", *(written.words(one) for one in (*node.args[1:], *node.keywords))])
        owner, call = written.words(node.args[0]), f"{written.words(node.func)}({rest})"
    elif isinstance(node.func, ast.Attribute) and node.func.attr in _IN_PLACE:
        owner, call = written.words(node.func.value), f"it__.{node.func.attr}({given})"
        if owner in written.imported:
            return
    else:
        return
    name = node.func.attr if isinstance(node.func, ast.Attribute) else written.words(node.func)
    said = say("`{name}` changes what it is called on and gives None, not the changed value.", name=inert(name, 60))
    yield mend(written, node, said, written.replaced(node, f"(lambda it__: ({call}, it__)[-1])({owner})"))


def cut_from(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield what is calculated of a part of an array as an array of its own, where it was written into the part."""
    match node:
        case ast.AugAssign(target=ast.Name(id=name)) if name in written.windows:
            said = say(
                "`{code}` changes the array that `{name}` was cut from, too.", code=written.shown(node), name=name
            )
            block = written.block(node)
            read = [one for each in block[block.index(node) + 1 :] for one in _reads(each, name)]
            text = f"({name} {SIGNS[type(node.op)]} ({written.words(node.value)}))"
            edits = [written.replaced(node, "pass"), *(written.replaced(one, text) for one in read)]
            yield mend(written, node, said, *edits, alike=name)


def _as_before(
    name: str, start: ast.stmt, read: list[ast.Name], node: ast.stmt, written: FunctionText, said: Message
) -> Mend:
    """Return the mend that lets some places read what a name held before a statement."""
    begin = written.whole_lines(start, start)[0]
    copy = f"{' ' * start.col_offset}{name}__ = {name}.copy() if hasattr({name}, 'copy') else {name}\n"
    edits = [Replacement(begin, begin, copy), *(written.replaced(one, f"{name}__") for one in read)]
    return Mend(edits=tuple(edits), lines=(written.line(node),), said=said)


def _reads(node: ast.AST, name: str) -> list[ast.Name]:
    return [
        one for one in ast.walk(node) if isinstance(one, ast.Name) and one.id == name and isinstance(one.ctx, ast.Load)
    ]


def _is_same(holder: ast.AST, target: ast.Subscript, written: FunctionText) -> bool:
    """Return whether a place is, or reads, the very element that is changed."""
    return isinstance(holder, ast.Subscript) and written.words(holder) == written.words(target)
