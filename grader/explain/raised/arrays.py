"""Arrays that do not fit together, indices past their end, and floats where Python wants whole numbers."""

from __future__ import annotations

import ast
from itertools import islice

from msgspec.structs import replace

from grader.explain.raised.names import nearest
from grader.explain.raised.scene import Scene
from grader.language import Message, inert, say, say_count

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
    return getattr(node.func, "attr", "") or getattr(node.func, "id", "")


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


def past_the_end(scene: Scene) -> Message | None:
    """Return which index is too large for which axis; of a hidden case only where that was."""
    what = _past(scene)
    if what is None:
        return None
    held = {ast.unparse(node.value) for node in scene.every(ast.Subscript) if not isinstance(node.value, ast.Subscript)}
    held = {each for each in held if each.isidentifier()} or held
    if len(held) != 1:
        return what
    name = held.pop()
    made = [each for each in scene.bound(name) if isinstance(each.value, ast.Call)]
    if len(made) == 1 and len(scene.bound(name)) == 1:
        return say("`{name}` (made in line {line}): {what}",
                   name=inert(name, 60), line=scene.number(made[0].line), what=what)  # fmt: skip
    return say("`{name}`: {what}", name=inert(name, 60), what=what)


def _past(scene: Scene) -> Message | None:
    if found := scene.said(r"index (-?\d{1,12}) is out of bounds for axis (\d{1,2}) with size (\d{1,12})"):
        index, axis, size = (int(each) for each in found.groups())
        if not scene.public:
            return say("An index runs past the end of an axis; where does the loop end, and is it the right axis?")
        if not size:
            return say("Axis {axis} is empty, so index {index} is not there.", axis=axis, index=index)
        return say("Index {index} is past the end of axis {axis}, which goes from 0 to {last}.",
                   index=index, axis=axis, last=size - 1)  # fmt: skip
    if found := scene.said(r"too many indices for array: array is (\d{1,2})-dimensional, but (\d{1,3}) were indexed"):
        if not scene.public:
            return say("There are more indices than the array has axes.")
        return say("There are {given} indices, but the array has only {axes} axes.",
                   given=int(found[2]), axes=int(found[1]))  # fmt: skip
    if scene.said(r"(?:list|tuple) (?:assignment )?index out of range|string index out of range"):
        return say("The index runs past the end of it.")
    return None


def shapes(scene: Scene) -> Message | None:
    """Return which shapes do not fit, or of a hidden case that they do not."""
    for pattern, hidden, shown in _MISFITS:
        if found := scene.said(pattern):
            if shown is None or not scene.public:
                return hidden
            return replace(shown, parameters={name: inert(text, 60) for name, text in found.groupdict().items()})
    return None


_SHAPES = r"(?P<first>\([\d, ]*\)){} (?P<second>\([\d, ]*\))"
_ELSEWHERE = say("An array is put into a place of another shape.")
_PRODUCT = say("Two matrices have sizes that cannot be multiplied.")
_MISFITS: tuple[tuple[str, Message, Message | None], ...] = (
    ("remapped shapes", say("np.pad needs one pair (before, after) for every axis of the array."), None),
    (
        "could not be broadcast together with shapes " + _SHAPES.format(""),
        say("Two arrays in this line have shapes that do not fit together."),
        say("The shapes {first} and {second} do not fit together."),
    ),
    (
        r"could not broadcast input array from shape \((?:\d+,)*0(?:,\d+)*,?\) into",
        say("An empty array is put into a place of another shape; where does its slice begin and end?"),
        None,
    ),
    (
        "could not broadcast input array from shape " + _SHAPES.format(" into shape"),
        _ELSEWHERE,
        say("An array of shape {first} is put into a place of shape {second}."),
    ),
    (
        "output operand with shape " + _SHAPES.format(" doesn't match the broadcast shape"),
        _ELSEWHERE,
        say("The left side has the shape {first}, but the result has {second}."),
    ),
    (
        "shapes " + _SHAPES.format(" and") + " not aligned",
        _PRODUCT,
        say("A matrix of shape {first} cannot be multiplied by one of shape {second}."),
    ),
    ("^matmul: ", _PRODUCT, None),
    (
        r"cannot reshape array of size (?P<size>\d{1,12}) into shape (?P<shape>\([\d, ]*\))",
        say("The numbers do not fill the shape that reshape is given."),
        say("{size} numbers do not fill the shape {shape}."),
    ),
    (
        r"axis (?P<axis>-?\d{1,3}) is out of bounds for array of dimension (?P<count>\d{1,2})",
        say("There is no such axis; axes are counted from 0."),
        say("There is no axis {axis}: the array has {count}, counted from 0."),
    ),
    ("axes don't match array", say("transpose must name every axis of the array once."), None),
    ("zero-size array to reduction", say("The window is empty; where does its slice begin and end?"), None),
    ("negative dimensions are not allowed", say("A size is negative here; check the formula of the shape."), None),
    ("index can't contain negative values", say("np.pad cannot pad by a negative number."), None),
    (
        "must match exactly|must have same number of dimensions",
        say("The arrays that are put together must have the same shape but for one axis."),
        None,
    ),
    (
        "truth value of an array|truth value of an empty",
        say("A whole array is used as a condition; use np.any or np.all, or one element of it."),
        None,
    ),
    (
        "setting an array element with a sequence|only (?:length-1|size-1|0-dimensional|integer scalar) arrays",
        say("A whole array stands where one number belongs; is an index or a sum missing?"),
        None,
    ),
    ("cannot convert float (?:NaN|infinity) to integer", say("`int()` is given NaN or infinity here."), None),
    (
        "Cannot cast ufunc .* output from",
        say("An array of whole numbers cannot take in floats; make it without dtype=int."),
        None,
    ),
)
"""What numpy says, what of it is said of a hidden case, and what with the numbers in it of a public one."""


def unpacked(scene: Scene) -> Message | None:
    """Return how many names wait for values on the left side."""
    if not scene.said(r"not enough values to unpack|too many values to unpack"):
        return None
    sequences: list[ast.Tuple | ast.List] = [*scene.every(ast.Tuple), *scene.every(ast.List)]
    counts = [len(node.elts) for node in sequences if isinstance(node.ctx, ast.Store)]
    if not counts:
        return None
    return say_count(
        "There is {count} name on the left, but not as many values on the right.",
        "There are {count} names on the left, but not as many values on the right.", max(counts),
    )  # fmt: skip


def _keys(scene: Scene, name: str) -> list[str]:
    """Return the keys of the input dict that goes by a name, else of the only dict there is (in a cache)."""
    given = dict(scene.inputs)
    if isinstance(own := given.get(name), dict):
        return [str(each) for each in own]
    inside = [each for value in given.values() for each in (value if isinstance(value, tuple | list) else (value,))]
    dicts = [each for each in inside if isinstance(each, dict)]
    return [str(each) for each in dicts[0]] if len(dicts) == 1 and name not in given else []


def key(scene: Scene) -> Message | None:
    """Return the key that a dict lacks, and those it has if it is a public case's input."""
    keyed: dict[str, str] = {}
    for node in scene.every(ast.Subscript):
        match node:
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str(word))):
                keyed[repr(word)] = name
    wanted = scene.pick(scene.raised.message, keyed)
    if not wanted:
        return None
    keys = _keys(scene, keyed[wanted])
    shown, code = inert(wanted, 60), inert(keyed[wanted], 60)
    if near := nearest(wanted.strip("'"), keys):
        return say("`{name}` has no key {key}; did you mean '{near}'?", name=code, key=shown, near=near)
    if keys:
        return say("`{name}` has no key {key}; its keys are: {keys}.",
                   name=code, key=shown, keys=inert(", ".join(keys), 200))  # fmt: skip
    return say("`{name}` has no key {key}; is it spelt right?", name=code, key=shown)
