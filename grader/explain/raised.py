"""Why a student's code raised: a sentence with the line and the names in it, for exceptions that students often meet.

A function here looks at one kind of exception and returns its sentence, or None; `_REASONS` says which is for which.
An exception's own words could carry a hidden input. So of a hidden case they only choose the sentence, and what is
repeated stands in the source: names, keys and formulas of the line that raised, if the graded function holds it.
"""

from __future__ import annotations

import ast
import builtins
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from grader.execution.worker.streams import NO_MORE
from grader.explain.classes import of_class
from grader.explain.kinds import FUNCTIONS, KINDS, LAZY
from grader.explain.nearest import nearest, of_scope
from grader.explain.no_file import no_file
from grader.explain.scene import Scene, owner, scene, tree
from grader.explain.sentences import python_name, raising
from grader.explain.words import by_words
from grader.language import Inert, Message, inert, listed, say, say_count
from grader.model import Raised, Signature, Submission, Trial
from grader.submission import split
from grader.submission.removed import GONE

IMPORTS = {
    "np": "import numpy as np",
    "numpy": "import numpy",
    "math": "import math",
    "plt": "import matplotlib.pyplot as plt",
    "random": "import random",
    "copy": "import copy",
}


def missing_name(scene: Scene) -> str:
    """Return the name that a NameError is about, "" if it may not be told."""
    found = scene.matches(r"name '(\w{1,60})' is not defined|free variable '(\w{1,60})'")
    strange = (name for name in scene.read() if scene.public or not _is_known(name, scene))
    return scene.pick((found[1] or found[2]) if found else "", strange)


def undefined(scene: Scene) -> Message | None:
    """Return what to do about a NameError: add an import, spell it otherwise, or add the line that sets it."""
    name = missing_name(scene)
    if not name:
        return None
    safe = inert(name, 60)
    lost = next((each for each in scene.student.broken if each.function == name), None)
    if lost is not None:
        return say("{function} is not there, because Python cannot read it (line {line}).",
                   function=safe, line=lost.at.line)  # fmt: skip
    if name in IMPORTS:
        return say("`{name}` is not known; is `{line}` missing at the top of the file?", name=safe, line=IMPORTS[name])
    if near := of_scope(name, scene):
        return say("`{name}` is not defined; did you mean `{near}`?", name=safe, near=near)
    return say("`{name}` is not defined; is it misspelt, or is the line missing that sets it?", name=safe)


def unbound(scene: Scene) -> Message | None:
    """Return what to do about an UnboundLocalError."""
    found = scene.matches(r"variable '(\w{1,60})'")
    bound = (name for name in scene.read() if any(each.line for each in scene.bound(name)))
    name = scene.pick(found[1] if found else "", bound)
    if not name:
        return say("A name in this line has no value yet; set it above, for example before the loop.")
    return say(
        "`{name}` has no value yet when this line runs; set it above, for example before the loop.",
        name=inert(name, 60),
    )


def _is_known(name: str, scene: Scene) -> bool:
    return hasattr(builtins, name) or any(
        name in known for known in (scene.names, scene.globals, scene.student.symbols)
    )


def attribute(scene: Scene) -> Message | None:
    """Return what to write for an attribute that is not there."""
    found = scene.matches(r"^module '([\w.]{1,60})' has no attribute '(\w{1,60})'")
    if found is not None:
        return _of_module(found[1], found[2], scene)
    found = scene.matches(r"^`np\.(\w{1,60})` was removed in the NumPy")
    if found is not None:
        return _of_module("numpy", found[1], scene)
    found = scene.matches(r"^`(\w{1,60})` was removed from the ndarray class in NumPy")
    if found is not None:
        name = scene.pick(found[1], (node.attr for node in scene.every(ast.Attribute) if node.attr in _GONE_OF_ARRAYS))
        return _gone_of_array(name) if name in _GONE_OF_ARRAYS else None
    found = scene.matches(r"^'([\w.]{1,60})' object has no attribute '(\w{1,60})'")
    if found is None:
        return None
    kind, name = found[1], scene.pick(found[2], (node.attr for node in scene.every(ast.Attribute)))
    if not name:
        return None
    safe, code = inert(name, 60), _holder(name, scene)
    if kind == "numpy.ndarray":
        return _of_array(name, code)
    if kind == "dict":
        return say('`{name}` is a dict; write `{name}["{key}"]`.', name=code, key=safe)
    if kind in ("tuple", "list", "int", "float") and name in _OF_ARRAYS:
        return say("`{name}` is {kind} and has no `{attribute}`; make an array of it first: `np.array(…)`.",
                   name=code, kind=KINDS[kind], attribute=safe)  # fmt: skip
    if kind in KINDS:
        return say("`{name}` is {kind} and has no `{attribute}`.", name=code, kind=KINDS[kind], attribute=safe)
    return None


_OF_ARRAYS = frozenset(
    {"shape", "size", "ndim", "dtype", "T", "sum", "mean", "max", "min", "reshape", "astype", "dot", "std"}
)
_KNOWN = frozenset({"numpy", "numpy.random", "numpy.linalg", "numpy.fft", "math"})
_GONE_OF_ARRAYS = {
    "itemset": ("a[…] = …", "2.0"),
    "ptp": ("np.ptp(a)", "2.0"),
    "newbyteorder": ("a.view(a.dtype.newbyteorder(…))", "2.0"),
    "tostring": ("a.tobytes()", "2.3"),
}


def _gone_of_array(name: str) -> Message:
    new, version = _GONE_OF_ARRAYS[name]
    return say("NumPy {version} removed `.{old}` of arrays; write `{new}`.", old=name, version=version, new=new)


def _of_module(module: str, name: str, scene: Scene) -> Message | None:
    loaded = sys.modules.get(module) if module in _KNOWN else None
    there = frozenset(dir(loaded)) if loaded is not None else frozenset()  # hasattr would warn of what is deprecated
    strange = (node.attr for node in scene.every(ast.Attribute) if scene.public or node.attr not in there)
    name = scene.pick(name, strange)
    if not name:
        return None
    safe, code = inert(name, 60), _holder(name, scene)
    if module == "numpy" and name in GONE:
        new, version = GONE[name]
        return say("NumPy {version} removed np.{old}; write {new}.", old=safe, version=version, new=new)
    if near := nearest(name, dir(loaded)) if loaded is not None else "":
        return say("`{module}` has no `{name}`; did you mean `{module}.{near}`?", module=code, name=safe, near=near)
    return say("`{module}` has no `{name}`; is it misspelt?", module=code, name=safe)


def _holder(name: str, scene: Scene) -> str:
    """Return what stands before the dot of an attribute in the line."""
    return inert(ast.unparse(next(node.value for node in scene.every(ast.Attribute) if node.attr == name)), 60)


def _of_array(name: str, holder: str) -> Message:
    numpy = sys.modules.get("numpy")
    if name in _GONE_OF_ARRAYS:
        return _gone_of_array(name)
    if numpy is not None and callable(getattr(numpy, name, None)):
        return say("An array has no `.{name}`; write `np.{name}({holder})`.", name=inert(name, 60), holder=holder)
    if near := nearest(name, dir(numpy.ndarray) if numpy is not None else ()):
        return say("An array has no `.{name}`; did you mean `.{near}`?", name=inert(name, 60), near=near)
    return say("`{holder}` is an array and has no `.{name}`.", name=inert(name, 60), holder=holder)


def absent(scene: Scene) -> Message | None:
    """Return that a module is not installed where the work is graded."""
    if found := scene.matches(r"^cannot import name '(\w{1,60})' from '([\w.]{1,60})'"):
        if not scene.public:
            return say("The module is there, but not the name that this line imports from it.")
        return say("The module {module} has no {name} to import.", module=inert(found[2], 60), name=inert(found[1], 60))
    found = scene.matches(r"^No module named '([\w.]{1,60})'")
    named = found[1].partition(".")[0] if found else ""
    module = named if scene.public else scene.pick(named, _imported(scene))
    if not module:
        return say("This line needs a module that is not available here; the function has to do without it.")
    return say("The module {name} is not available here; this function has to do without it.", name=inert(module, 60))


def _imported(scene: Scene) -> Iterator[str]:
    """Yield the modules that the file imports from outside the standard library, but for numpy."""
    for node in ast.walk(tree(scene.student.source.text).module):
        names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.append(node.module)
        yield from {name.partition(".")[0] for name in names} - sys.stdlib_module_names - {"numpy"}


_IN_PLACE = ("append", "extend", "insert", "sort", "reverse", "update", "fill", "shuffle", "resize")


def nothing(scene: Scene) -> Message | None:
    """Return which name in the line is None and why, for the many exceptions that speak of it."""
    if not scene.matches("NoneType|not None as shape"):
        return None
    for name in scene.read():
        values = scene.bound(name)
        if values and all(_is_none(each.value) for each in values):
            return say("`{name}` is still None; fill in the placeholder in line {line}.",
                       name=inert(name, 60), line=scene.number(values[-1].line))  # fmt: skip
    if any(_is_none(node) for node in scene.every(ast.Constant)) and not any(scene.every(ast.Is, ast.IsNot)):
        return say("This line still has a None in it; put the real value there.")
    for name in scene.read():
        for each in scene.bound(name):
            if (why := _came_of(each.value, scene)) is not None:
                return say("`{name}` is None: {why}", name=inert(name, 60), why=why)
    for call in scene.every(ast.Call):
        if (why := _came_of(call, scene)) is not None:
            return why
    return say("Something in this line is None: is a placeholder left, or a return missing in what is called?")


def _is_none(value: ast.AST | None) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _came_of(value: ast.expr | None, scene: Scene) -> Message | None:
    """Return why a call gives nothing, if that can be seen."""
    match value:
        case ast.Call(func=ast.Name(id=name)) if name in scene.student.symbols and returns_nothing(scene, name):
            return say("{function} returns nothing; is its return missing?", function=inert(name, 60))
        case ast.Call(func=ast.Attribute(attr=method)) if method in _IN_PLACE:
            return say("`.{method}()` works in place and returns nothing; put it in a line of its own.", method=method)
    return None


def returns_nothing(scene: Scene, name: str) -> bool:
    """Return whether one of the student's own functions has no `return` with a value in it."""
    symbol = scene.student.symbols[name]
    if symbol.untouched:
        return True
    body = "\n".join(split(scene.student.source.text)[symbol.line - 1 : symbol.end_line])
    return not any(word in body for word in ("return ", "return(", "yield", "lambda"))


_MAKERS = ("zeros", "ones", "empty", "full")


def arguments(scene: Scene) -> Message | None:
    """Return which argument a call lacks, or has too many."""
    found = scene.matches(
        r"^(?:\w+\.)?(\w{1,60})\(\) (?:(missing)|takes .*?(?:argument)|got (multiple) values"
        r"|got an unexpected (keyword) argument '(\w{1,60})')"
    )
    if found is None:
        return None
    name = found[1]
    if not scene.frames:
        return _graded(scene) if name == scene.function else None
    if found[4]:
        return _keyword(scene, name, found[5])
    called = scene.pick(name, scene.called())
    if not called or not (symbol := scene.student.symbols[called]).parameters:
        return _of_numpy(scene, name, missing=bool(found[2]))
    name = called
    takes = inert(", ".join(symbol.parameters), 200)
    if found[2]:
        lacking = [each for each in symbol.parameters if f"'{each}'" in scene.raised.message]
        if lacking and scene.public:
            return say("{function} is called without {names}; it takes `({parameters})`.",
                       function=inert(name, 60), names=inert(", ".join(lacking), 120), parameters=takes)  # fmt: skip
        return say("{function} is called with too few arguments; it takes `({parameters})`.",
                   function=inert(name, 60), parameters=takes)  # fmt: skip
    if found[3]:
        return say("{function} is given one argument twice; it takes `({parameters})`.",
                   function=inert(name, 60), parameters=takes)  # fmt: skip
    return say("{function} is called with too many arguments; it takes `({parameters})`.",
               function=inert(name, 60), parameters=takes)  # fmt: skip


def _graded(scene: Scene) -> Message | None:
    symbol = scene.student.symbols.get(scene.function)
    if symbol is None or not scene.given:
        return None
    return say(
        "{function} has to take `({wanted})`, but its def line says `({parameters})`.",
        function=scene.function, wanted=", ".join(scene.given), parameters=inert(", ".join(symbol.parameters), 200),
    )  # fmt: skip


def _keyword(scene: Scene, name: str, keyword: str) -> Message | None:
    keyword = scene.pick(keyword, (node.arg for node in scene.every(ast.keyword) if node.arg))
    if not keyword or name not in {_last(node.func) for node in scene.every(ast.Call)}:
        return None
    symbol = scene.student.symbols.get(name)
    near = nearest(keyword, symbol.parameters if symbol else ("axis", "keepdims", "dtype", "mode", "constant_values"))
    safe, function = inert(keyword, 60), inert(name, 60)
    if near:
        return say("{function} has no parameter `{name}`; did you mean `{near}`?",
                   function=function, name=safe, near=near)  # fmt: skip
    return say("{function} has no parameter `{name}`.", function=function, name=safe)


def of_pad(scene: Scene) -> Message | None:
    """Return which keyword `np.pad` does not know; its message differs from Python's."""
    found = scene.matches(r"^unsupported keyword arguments for mode '\w+': \{'(\w{1,60})'")
    return _keyword(scene, "pad", found[1]) if found is not None else None


def _of_numpy(scene: Scene, name: str, *, missing: bool) -> Message | None:
    if name in _MAKERS and not missing:
        return shape_in_brackets(scene)
    calls = [node.func for node in scene.every(ast.Call)]
    picked = scene.pick(name.lstrip("_"), map(_last, calls))
    if not picked:
        return None
    code = next(inert(ast.unparse(each), 60) for each in calls if _last(each) == picked)
    if missing:
        return say("`{function}` is called with too few arguments.", function=code)
    return say("`{function}` is called with too many arguments.", function=code)


def _last(function: ast.expr) -> str:
    return ast.unparse(function).rpartition(".")[2]


def shape_in_brackets(scene: Scene) -> Message | None:
    """Return that a shape needs brackets of its own, if the line makes an array without them."""
    for node in scene.every(ast.Call):
        match node:
            case ast.Call(func=ast.Attribute(attr=name), args=[first, _, *_]) if name in _MAKERS:
                if not isinstance(first, ast.Tuple | ast.List):
                    return say("The shape needs brackets of its own: `{function}((…, …))`.",
                               function=inert(ast.unparse(node.func), 60))  # fmt: skip
    return None


def data_type(scene: Scene) -> Message | None:
    """Return what is wrong with `np.zeros(2, 3)`: its second argument is taken for a dtype."""
    return shape_in_brackets(scene) if scene.matches(r"^Cannot interpret .* as a data type|^data type ") else None


def callable_(scene: Scene) -> Message | None:
    """Return what stands before round brackets and is not a function."""
    if not scene.matches(r"object is not callable$"):
        return None
    if scene.matches("^'module' object"):
        return say(
            "A module stands before the round brackets; is the name of its function missing, as in `random.random()`?"
        )
    for node in scene.every(ast.Call):
        match node.func:
            case ast.Constant(value=int() | float()):
                return say("Between a number and a bracket a `*` is missing.")
            case ast.Tuple() | ast.List() | ast.Constant():
                return say("Between two brackets a comma is missing.")
            case ast.Name(id=name) if made := [each for each in scene.bound(name) if each.value is not None]:
                if hasattr(builtins, name) or name in scene.student.symbols:
                    return say("`{name}` is no longer the function: line {line} gives its name to something else.",
                               name=inert(name, 60), line=scene.number(made[-1].line))  # fmt: skip
    suspects = [node.func for node in scene.every(ast.Call) if _holds_values(node.func, scene)]
    if len(suspects) == 1:
        return say("`{name}` is not a function; to take an element of it, write [ ] instead of ( ).",
                   name=inert(ast.unparse(suspects[0]), 60))  # fmt: skip
    return say("What stands before ( ) in this line is not a function; to take an element, write [ ].")


def _holds_values(function: ast.expr, scene: Scene) -> bool:
    match function:
        case ast.Name(id=name):
            return name not in scene.student.symbols and bool(scene.bound(name))
        case ast.Attribute(attr=name):
            return name in ("shape", "size", "ndim", "T")
    return isinstance(function, ast.Subscript)


def subscript(scene: Scene) -> Message | None:
    """Return what stands before square brackets and has no elements."""
    found = scene.matches(r"'([\w.]+)' object is not subscriptable|(invalid index to scalar variable)")
    if found is None:
        return None
    held = [inert(ast.unparse(node.value), 60) for node in scene.every(ast.Subscript)]
    held = list(dict.fromkeys(held))
    if found[1] and found[1].endswith(FUNCTIONS):
        functions = [each for each in held if each.startswith("np.") or each in scene.student.symbols]
        if len(functions) == 1:
            return say("`{name}` is a function; call it with ( ), not [ ].", name=functions[0])
        return say("A function is called with ( ), not [ ].")
    if found[1] and found[1] in LAZY:
        if len(held) == 1:
            return say("`{name}` is {kind}, which has no index; make a list of it first: `list(…)`.",
                       name=held[0], kind=KINDS[found[1]])  # fmt: skip
        return say("Something in this line has elements but no index; make a list of it first: `list(…)`.")
    if found[1] and not re.fullmatch(r"int|float|complex|bool|(?:numpy\.)?(?:u?int|float|complex|bool_?)\d*", found[1]):
        return None
    if len(held) == 1:
        return say("`{name}` is a single number; it has no elements to take with [ ].", name=held[0])
    if held:
        return say("One of {names} is a single number; it has no elements to take with [ ].", names=listed(held[:4]))
    return None


def iterable(scene: Scene) -> Message | None:
    """Return what is wrong with a loop over a single number, or with unpacking one."""
    if not scene.matches(r"'(?:numpy\.)?(?:int|float)\d*' object is not iterable"):
        return None
    for part in scene.parts:
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
            return say("A number cannot be looped over; write `range({name})`.", name=inert(part.id, 60))
    return say("A number stands here where several values are expected; is a `range(…)` or a bracket missing?")


_WANTED = (
    r"'(?:numpy\.)?float\d*' object cannot be interpreted as an integer|slice indices must be integers"
    r"|indices must be integers or slices, not (?:numpy\.)?float|only integers, slices|non-int of type"
    r"|expected a sequence of integers or a single integer|must be of integral type"
)
_FAR, _NODES = 12, 300
"""How many names a value is followed through, and how many nodes an expression may have."""
_SIZED = frozenset(
    {"range", "zeros", "ones", "empty", "full", "reshape", "pad", "rand", "randn", "eye", "tile", "repeat", "resize"}
)
_WHOLE = frozenset({"int", "len", "floor_divide", "argmax", "argmin"})


def whole(scene: Scene) -> Message | None:
    """Return which name is a float and which line divided."""
    if not scene.matches(_WANTED):
        return None
    regions = _regions(scene)
    for name in dict.fromkeys(name for region in regions for name in _names(region)):
        if line := _divided(name, scene):
            return say("`{name}` is a float, because line {line} divides with `/`; write `//` or `int(…)`.",
                       name=inert(name, 60), line=scene.number(line))  # fmt: skip
    if any(map(_divides, regions)):
        return say("`/` gives a float, but a whole number is needed here; write `//` or `int(…)`.")
    if scene.matches("only integers, slices"):
        return _index(scene)
    return say("A whole number is needed here, but there is a float; write `//` for `/`, or `int(…)`.")


def _regions(scene: Scene) -> list[ast.expr]:
    """Return the expressions of the line that have to be whole numbers: indices, sizes, ranges."""
    if scene.matches("indices|only integers"):
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
    """Return whether an expression divides with `/` and does not make the result whole again."""
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
    """Return whether `floor` or `ceil` is that of `math`, which returns whole numbers; numpy's returns floats."""
    match function:
        case ast.Attribute(value=ast.Name(id=module)):
            return module == "math"
    return isinstance(function, ast.Name)


def past_the_end(scene: Scene) -> Message | None:
    """Return which index is too large for which axis; of a hidden case only the name of the array."""
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
    if found := scene.matches(r"index (-?\d{1,12}) is out of bounds for axis (\d{1,2}) with size (\d{1,12})"):
        index, axis, size = (int(each) for each in found.groups())
        if not scene.public:
            return say("An index runs past the end of an axis; where does the loop end, and is it the right axis?")
        if not size:
            return say("Axis {axis} is empty, so index {index} is not there.", axis=axis, index=index)
        return say("Index {index} is past the end of axis {axis}, which goes from 0 to {last}.",
                   index=index, axis=axis, last=size - 1)  # fmt: skip
    if found := scene.matches(
        r"too many indices for array: array is (\d{1,2})-dimensional, but (\d{1,3}) were indexed"
    ):
        if not scene.public:
            return say("There are more indices than the array has axes.")
        return say("There are {given} indices, but the array has only {axes} axes.",
                   given=int(found[2]), axes=int(found[1]))  # fmt: skip
    if scene.matches(r"(?:list|tuple) (?:assignment )?index out of range|string index out of range"):
        return say("The index is past the end of the list, tuple or text.")
    return None


def unpacked(scene: Scene) -> Message | None:
    """Return how many names on the left side need values."""
    if not scene.matches(r"not enough values to unpack|too many values to unpack"):
        return None
    sequences: list[ast.Tuple | ast.List] = [*scene.every(ast.Tuple), *scene.every(ast.List)]
    counts = [len(node.elts) for node in sequences if isinstance(node.ctx, ast.Store)]
    if not counts:
        return None
    found = scene.matches(r"\(expected (\d{1,4}), got (\d{1,4})\)")
    if found is not None and scene.public and found[1] != "1":
        return say("{names} names stand on the left, but {values} values on the right.",
                   names=int(found[1]), values=int(found[2]))  # fmt: skip
    return say_count(
        "There is {count} name on the left, but not as many values on the right.",
        "There are {count} names on the left, but not as many values on the right.", max(counts),
    )  # fmt: skip


def _keys(scene: Scene, name: str) -> list[str]:
    """Return the keys of the input dict called `name`, else of the only dict in the inputs (that of a cache)."""
    given = dict(scene.inputs)
    if isinstance(named := given.get(name), dict):
        return [str(each) for each in named]
    written = [each.value for each in scene.bound(name)]
    if len(written) == 1 and isinstance(written[0], ast.Dict):
        return [key.value for key in written[0].keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]
    inside = [each for value in given.values() for each in (value if isinstance(value, tuple | list) else (value,))]
    dicts = [each for each in inside if isinstance(each, dict)]
    return [str(each) for each in dicts[0]] if len(dicts) == 1 and name not in given else []


def missing_key(scene: Scene) -> Message | None:
    """Return the key that a dict lacks, and those it has if it is the input of a public case."""
    keyed: dict[str, str] = {}
    for node in scene.every(ast.Subscript):
        match node:
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str(word))):
                keyed[repr(word)] = name
    wanted = scene.pick(scene.raised.message, keyed)
    if not wanted:
        return None
    keys = _keys(scene, keyed[wanted])
    word, code = inert(wanted, 60), inert(keyed[wanted], 60)
    if near := nearest(wanted.strip("'"), keys):
        return say("`{name}` has no key {key}; did you mean '{near}'?", name=code, key=word, near=near)
    if keys:
        return say("`{name}` has no key {key}; its keys are: {keys}.",
                   name=code, key=word, keys=inert(", ".join(keys), 200))  # fmt: skip
    return say("`{name}` has no key {key}; is it spelt right?", name=code, key=word)


def of_math(scene: Scene) -> Message | None:
    """Return that a function of `math` takes one number, where it was given an array."""
    if not scene.matches("only (?:length-1|size-1|0-dimensional) arrays can be converted"):
        return None
    for node in scene.every(ast.Call):
        match node.func:
            case ast.Attribute(value=ast.Name(id="math"), attr=name):
                return say("`math.{name}` takes one number; for an array write `np.{name}`.", name=inert(name, 60))
    return None


def by_list(scene: Scene) -> Message | None:
    """Return that a list is multiplied by a float, which is no matter of whole numbers."""
    return by_words(scene) if scene.matches("^can't multiply sequence by non-int of type 'float'") else None


def by_zero(scene: Scene) -> Message | None:
    """Return the divisor that is 0."""
    under = [node.right for node in scene.every(ast.BinOp) if isinstance(node.op, ast.Div | ast.FloorDiv | ast.Mod)]
    if len(under) != 1:
        return say("Something is divided by 0 in this line.")
    return say("`{what}` is 0 here, and something is divided by it.", what=inert(ast.unparse(under[0]), 60))


def endless(scene: Scene) -> Message | None:
    """Return which function calls itself without end."""
    home = scene.home
    if home is not None and home.name in {node.id for node in ast.walk(home) if isinstance(node, ast.Name)}:
        return say("{function} calls itself and never stops.", function=inert(home.name, 60))
    return say("Functions call one another here and never stop.")


_SEQUENCES = frozenset({"list", "tuple", "int", "float", "range"})


def kinds(scene: Scene) -> Message | None:
    """Return between which two types an operator does not work."""
    found = scene.matches(
        r"^unsupported operand type\(s\) for (\S{1,12})(?: or pow\(\))?: '([\w.]+)' and '([\w.]+)'$"
    ) or (scene.matches(r"^'([<>]=?)' not supported between instances of '([\w.]+)' and '([\w.]+)'$"))
    if found is not None and {found[2], found[3]} & {"function", "method", "builtin_function_or_method"}:
        return say("A function that was not called stands in a calculation here; are its brackets ( ) missing?")
    if found is not None and {found[2], found[3]} <= _SEQUENCES and found[1] not in ("<", ">", "<=", ">="):
        return say("Lists and tuples cannot be calculated with; make arrays of them first: `np.array(…)`.")
    if found is not None and scene.public and found[2] in KINDS and found[3] in KINDS:
        return say("`{operator}` does not work between {left} and {right}.",
                   operator=inert(found[1].rstrip(":"), 12), left=KINDS[found[2]], right=KINDS[found[3]])  # fmt: skip
    if found is not None:
        return say("An operator in this line does not work between the types of its two sides.")
    return None


def assertion(scene: Scene) -> Message | None:
    """Return the condition of an assert that does not hold."""
    if scene.home is None or not scene.parts or not isinstance(scene.parts[0], ast.expr):
        return None
    if scene.matches("^$") is None and not scene.public and scene.raised.type != "AssertionError":
        return None
    return say("This assert does not hold: `{condition}`.", condition=inert(ast.unparse(scene.parts[0]), 100))


def asked(scene: Scene) -> Message | None:
    """Return that `input()` gets no answer, or that more is asked for than is typed."""
    if scene.raised.message == NO_MORE:
        return say("The program waits for more input than there is: everything that is typed was read before.")
    if "input" not in scene.read():
        return None
    return say("`input()` gets no answer here; use the function's arguments instead.")


def warned(scene: Scene) -> Message:
    """Return that a warning stopped the function, since the file turns warnings into errors."""
    line = _raising_warnings(scene.student.source.text)
    if not line:
        return say("A warning is an error here; mend what it warns of.")
    return say("Line {line} makes errors of warnings, and this line draws one; take that line out, or mend what is "
               "warned of.", line=scene.number(line))  # fmt: skip


def _raising_warnings(text: str) -> int:
    found = re.search(r"""^[^#\n]*\b(?:filterwarnings|simplefilter|seterr|errstate)\([^)\n]*["'](?:error|raise)["']""",
                      text, re.MULTILINE)  # fmt: skip
    return text.count("\n", 0, found.start()) + 1 if found else 0


Reason = Callable[[Scene], Message | None]
_TOO_LARGE = say("An array that is far too large is made here; check its shape.")

_REASONS: Mapping[str, tuple[Reason, ...]] = {
    "UnboundLocalError": (unbound,),
    "NameError": (undefined,),
    "ModuleNotFoundError": (absent,),
    "ImportError": (absent,),
    "AttributeError": (of_class, nothing, attribute),
    "IndexError": (whole, subscript, past_the_end, by_words),
    "KeyError": (missing_key,),
    "TypeError": (
        of_class,
        nothing,
        by_list,
        whole,
        arguments,
        data_type,
        callable_,
        subscript,
        iterable,
        of_math,
        by_words,
        kinds,
    ),
    "ValueError": (whole, of_pad, by_words, unpacked),
    "ZeroDivisionError": (by_zero,),
    "RecursionError": (endless,),
    "RuntimeError": (by_words,),
    "LinAlgError": (by_words,),
    "AssertionError": (assertion,),
    "EOFError": (asked,),
    "FileNotFoundError": (by_words, no_file),
    "PermissionError": (by_words,),
    "OSError": (by_words,),
    "MemoryError": (lambda _: _TOO_LARGE,),
    "OverflowError": (by_words,),
    "Warning": (warned,),
    "FloatingPointError": (warned,),
}


def reason(scene: Scene) -> Message | None:
    """Return the sentence for what was raised, None if there is none but Python's own words."""
    try:
        for kind in (scene.raised.type, *scene.raised.parents):
            for explain in _REASONS.get(kind, ()):
                if (said := explain(scene)) is not None:
                    return said
    except RecursionError:  # the line is nested too deeply to be followed or written out
        return None
    return None


def of_raised(raised: Raised, student: Submission, trial: Trial, signature: Signature, *, public: bool) -> Message:
    """Return the sentence for an exception: the student's own line, why it was raised, and its type's name.

    The exception's own words and the case's inputs are repeated only if `public`. Where another exception is asked for,
    the names that the rubric asks for are told.
    """
    call = trial.call_of(raised)
    given = call.inputs(signature.parameters)
    names = tuple(name for name, _ in given)
    seen = scene(raised, student, call.function, given=names, inputs=given if public else (), public=public)
    plain = raised.type == "NotImplementedError" or seen.beyond
    what = None if plain else reason(seen)
    kind = inert(raised.type, 60) if public else python_name(raised.type)
    asked = next(
        (inert(str(each.want), 200) for each in trial.verdict.mismatches if each.category == "raised" and each.want),
        None,
    )
    if asked is not None and raised.type != "NotImplementedError":
        return _at(seen, _not_asked_for(what, kind, asked))
    if what is None:
        return _at(seen, raising(raised, public=public))
    return _at(seen, say("{what} ({type})", what=what, type=kind) if kind else what)


def _not_asked_for(what: Message | None, kind: Inert | str, asked: Inert) -> Message:
    """Return that an exception of a `kind` ("" if it may not be named) is not the one that is asked for."""
    if not kind:
        return say("An exception was raised that is not one of Python's own, but {want} is expected.", want=asked)
    if what is None:
        return say("{got} was raised, but {want} is expected.", got=kind, want=asked)
    return say("{what} ({type}, but {want} is expected)", what=what, type=kind, want=asked)


def _at(seen: Scene, what: Message) -> Message:
    """Return `what` behind the student's own line; for a line in a helper, with the line that called it.

    Of a hidden case only the line that called the helper is told.
    """
    if not seen.frames:
        return what
    student, line = seen.student, seen.frames[-1].line
    at, helper = student.source.span(line), owner(student, line)
    where = say("Cell {cell}, line {line}", cell=at.cell, line=at.line) if at.cell else say("Line {line}", line=at.line)
    if seen.beyond:
        return say("{where}, in a function that is called there: {what}", where=where, what=what)
    callers = [frame.line for frame in seen.frames if owner(student, frame.line) == seen.function]
    if helper and callers and helper != seen.function:
        return say(
            "{where}, in {helper} (called in line {caller}): {what}",
            where=where, helper=helper, caller=seen.number(callers[-1]), what=what,
        )  # fmt: skip
    return say("{where}: {what}", where=where, what=what)
