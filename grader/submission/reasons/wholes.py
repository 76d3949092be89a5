"""A float where Python wants a whole number: sizes, ranges, indices, slices."""

from __future__ import annotations

import ast
from itertools import islice

from grader.language import Message, inert, say
from grader.submission.reasons.scene import Scene

_WANTED = (
    r"'(?:numpy\.)?float\d*' object cannot be interpreted as an integer|slice indices must be integers"
    r"|indices must be integers or slices, not (?:numpy\.)?float|only integers, slices|non-int of type"
    r"|expected a sequence of integers or a single integer|must be of integral type"
)
_FAR, _NODES = 12, 300
"""How many names a value is followed through, and how large an expression may be."""
_SIZED = frozenset(
    {"range", "zeros", "ones", "empty", "full", "reshape", "pad", "rand", "randn", "eye", "tile", "repeat", "resize"}
)
_WHOLE = frozenset({"int", "len", "floor_divide", "argmax", "argmin"})


def whole(scene: Scene) -> Message | None:
    """Return which name is a float and which line divided."""
    if not scene.said(_WANTED):
        return None
    regions = _regions(scene)
    for name in dict.fromkeys(name for region in regions for name in _names(region)):
        if line := _divided(name, scene):
            return say("`{name}` is a float, because line {line} divides with `/`; write `//` or `int(…)`.",
                       name=inert(name, 60), line=scene.number(line))  # fmt: skip
    if any(map(_divides, regions)):
        return say("`/` gives a float, but a whole number is needed here; write `//` or `int(…)`.")
    if scene.said("only integers, slices"):
        return _index(scene)
    return say("A whole number is needed here, but there is a float; write `//` for `/`, or `int(…)`.")


def _regions(scene: Scene) -> list[ast.expr]:
    """Return the expressions of the line that have to be whole numbers: indices, or sizes and ranges."""
    if scene.said("indices|only integers"):
        return [node.slice for node in scene.every(ast.Subscript)]
    calls = [node for node in scene.every(ast.Call) if isinstance(node.func, ast.Name | ast.Attribute)]
    sized = [node for node in calls if _called(node) in _SIZED]
    found = [argument for node in sized or calls for argument in node.args]
    found += [each.value for node in sized for each in node.keywords if each.arg in ("shape", "newshape", "pad_width")]
    return found or [part for part in scene.parts if isinstance(part, ast.expr)]


def _called(node: ast.Call) -> str:
    return (
        node.func.attr
        if isinstance(node.func, ast.Attribute)
        else node.func.id
        if isinstance(node.func, ast.Name)
        else ""
    )


def _index(scene: Scene) -> Message:
    for node in scene.every(ast.Subscript):
        match node:
            case ast.Subscript(value=value, slice=ast.Constant(value=str(key))):
                return say("`{name}` is an array, not a dict; it has no key {key}.",
                           name=inert(ast.unparse(value), 60), key=inert(repr(key), 60))  # fmt: skip
    return say("An index in this line is not a whole number; is it a float or a list?")


def _divided(name: str, scene: Scene) -> int:
    """Return the line of the division that a name's value comes from, 0 if there is none."""
    waiting, seen = [name], {name}
    while waiting:
        for each in scene.bound(waiting.pop(0))[:8]:
            if each.value is None or sum(1 for _ in islice(ast.walk(each.value), _NODES)) == _NODES:
                continue
            if _divides(each.value):
                return each.line
            found = [inner for inner in _names(each.value) if inner not in seen]
            waiting += dict.fromkeys(found[: max(0, _FAR - len(seen))])
            seen.update(found)
    return 0


def _divides(node: ast.AST) -> bool:
    """Return whether an expression divides with `/` outside of what makes a whole number of it again."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return True
    return not _is_whole(node) and any(_divides(inner) for inner in ast.iter_child_nodes(node))


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Name):
        return [node.id]
    if _is_whole(node):
        return []
    return [name for inner in ast.iter_child_nodes(node) for name in _names(inner)]


def _is_whole(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
            return name in _WHOLE or (isinstance(node, ast.Call) and name in ("floor", "ceil") and _is_math(node.func))
        case ast.Subscript():
            return True
    return False


def _is_math(function: ast.expr) -> bool:
    """Return whether `floor` and `ceil` are those of `math`, which give whole numbers; numpy's give floats."""
    match function:
        case ast.Attribute(value=ast.Name(id=module)):
            return module == "math"
    return isinstance(function, ast.Name)
