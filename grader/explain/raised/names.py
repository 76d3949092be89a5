"""Names that are not there, calls that do not fit, and a `None` where a value should be."""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterable
from functools import partial

from grader.explain.raised.scene import Scene
from grader.explain.sentences import KINDS
from grader.language import Message, inert, listed, say
from grader.submission.costs import once
from grader.submission.loading import split
from grader.submission.remarks import GONE

_IMPORTS = {
    "np": "import numpy as np",
    "numpy": "import numpy",
    "math": "import math",
    "plt": "import matplotlib.pyplot as plt",
    "random": "import random",
    "copy": "import copy",
}
_MOST = 1000
"""Names that another is compared with; a file with more is not a student's."""


def undefined(scene: Scene) -> Message | None:
    """Return what to do about a NameError: an import, another spelling, or a line that is missing."""
    found = scene.said(r"name '(\w{1,60})' is not defined|free variable '(\w{1,60})'")
    strange = (name for name in scene.read() if scene.public or not _is_known(name, scene))
    name = scene.pick((found[1] or found[2]) if found else "", strange)
    if not name:
        return None
    shown = inert(name, 60)
    lost = next((each for each in scene.student.broken if each.function == name), None)
    if lost is not None:
        return say("{function} is not there, because Python cannot read it (line {line}).",
                   function=shown, line=lost.at.line)  # fmt: skip
    if name in _IMPORTS:
        return say(
            "`{name}` is not known; is `{line}` missing at the top of the file?", name=shown, line=_IMPORTS[name]
        )
    known = {*scene.names, *scene.globals, *scene.student.symbols, *dir(builtins)}
    if near := nearest(name, known - {name}):
        return say("`{name}` is not defined; did you mean `{near}`?", name=shown, near=near)
    return say("`{name}` is not defined; is it misspelt, or is the line missing that sets it?", name=shown)


def unbound(scene: Scene) -> Message | None:
    """Return what to do about an UnboundLocalError."""
    found = scene.said(r"variable '(\w{1,60})'")
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
    found = scene.said(r"^module '([\w.]{1,60})' has no attribute '(\w{1,60})'")
    if found is not None:
        return _of_module(found[1], found[2], scene)
    found = scene.said(r"^'([\w.]{1,60})' object has no attribute '(\w{1,60})'")
    if found is None:
        return None
    kind, name = found[1], scene.pick(found[2], (node.attr for node in scene.every(ast.Attribute)))
    if not name:
        return None
    shown, code = inert(name, 60), _holder(name, scene)
    if kind == "numpy.ndarray":
        return _of_array(name, code)
    if kind == "dict":
        return say('`{name}` is a dict; write `{name}["{key}"]`.', name=code, key=shown)
    if kind in ("tuple", "list", "str", "int", "float"):
        return say("`{name}` is {kind} and has no `{attribute}`.", name=code, kind=KINDS[kind], attribute=shown)
    return None


def _of_module(module: str, name: str, scene: Scene) -> Message | None:
    loaded = sys.modules.get(module) if module in ("numpy", "numpy.random", "numpy.linalg", "math") else None
    strange = (node.attr for node in scene.every(ast.Attribute) if scene.public or not hasattr(loaded, node.attr))
    name = scene.pick(name, strange)
    if not name:
        return None
    shown, code = inert(name, 60), _holder(name, scene)
    if module == "numpy" and name in GONE:
        new, version = GONE[name]
        return say("NumPy {version} removed np.{old}; write {new}.", old=shown, version=version, new=new)
    if near := nearest(name, dir(loaded)) if loaded is not None else "":
        return say("`{module}` has no `{name}`; did you mean `{module}.{near}`?", module=code, name=shown, near=near)
    return say("`{module}` has no `{name}`; is it misspelt?", module=code, name=shown)


def _holder(name: str, scene: Scene) -> str:
    """Return what stands before the dot of an attribute in the line."""
    return inert(ast.unparse(next(node.value for node in scene.every(ast.Attribute) if node.attr == name)), 60)


def _of_array(name: str, holder: str) -> Message:
    numpy = sys.modules.get("numpy")
    if numpy is not None and callable(getattr(numpy, name, None)):
        return say("An array has no `.{name}`; write `np.{name}({holder})`.", name=inert(name, 60), holder=holder)
    if near := nearest(name, dir(numpy.ndarray) if numpy is not None else ()):
        return say("An array has no `.{name}`; did you mean `.{near}`?", name=inert(name, 60), near=near)
    return say("`{holder}` is an array and has no `.{name}`.", name=inert(name, 60), holder=holder)


def absent(scene: Scene) -> Message | None:
    """Return what a module that is not installed means for the function."""
    found = scene.said(r"^No module named '([\w.]{1,60})'")
    module = found[1].partition(".")[0] if found else ""
    if not module or not scene.public:
        return say("This line needs a module that is not available here; the function has to do without it.")
    return say("The module {name} is not available here; this function has to do without it.", name=inert(module, 60))


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name that is spelt most alike, "" if none is."""
    alike = (each for each in known if not each.startswith("_") and abs(len(each) - len(name)) < 4)
    return _nearest(name.casefold(), tuple(sorted(alike)[:_MOST]))


@partial(once, most=64)
def _nearest(name: str, known: tuple[str, ...]) -> str:
    from difflib import get_close_matches

    folded = {each.casefold(): each for each in known}
    close = get_close_matches(name, folded, n=1, cutoff=0.7)
    return inert(folded[close[0]], 60) if close else ""


_IN_PLACE = ("append", "extend", "insert", "sort", "reverse", "update", "fill", "shuffle", "resize")


def nothing(scene: Scene) -> Message | None:
    """Return which name in the line is None and why, for the many exceptions that speak of it."""
    if not scene.said("NoneType|not None as shape"):
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


_FUNCTIONS = ("function", "method", "type", "_ArrayFunctionDispatcher", "ufunc")
"""How the kinds end that are called, not indexed."""
_MAKERS = ("zeros", "ones", "empty", "full")


def arguments(scene: Scene) -> Message | None:
    """Return which argument a call lacks, or has too many."""
    found = scene.said(
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
    own = scene.pick(name, scene.called())
    if not own or not (symbol := scene.student.symbols[own]).parameters:
        return _of_numpy(scene, name, missing=bool(found[2]))
    name = own
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
    shown, function = inert(keyword, 60), inert(name, 60)
    if near:
        return say("{function} has no parameter `{name}`; did you mean `{near}`?",
                   function=function, name=shown, near=near)  # fmt: skip
    return say("{function} has no parameter `{name}`.", function=function, name=shown)


def of_pad(scene: Scene) -> Message | None:
    """Return which keyword `np.pad` does not know; it says so in words of its own."""
    found = scene.said(r"^unsupported keyword arguments for mode '\w+': \{'(\w{1,60})'")
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
    """Return that a shape must stand in brackets of its own, if an array is made in the line without them."""
    for node in scene.every(ast.Call):
        match node:
            case ast.Call(func=ast.Attribute(attr=name), args=[first, _, *_]) if name in _MAKERS:
                if not isinstance(first, ast.Tuple | ast.List):
                    return say("The shape needs brackets of its own: `{function}((…, …))`.",
                               function=inert(ast.unparse(node.func), 60))  # fmt: skip
    return None


def data_type(scene: Scene) -> Message | None:
    """Return what `np.zeros(2, 3)` means: its second argument is taken for a dtype."""
    return shape_in_brackets(scene) if scene.said(r"^Cannot interpret .* as a data type|^data type ") else None


def callable_(scene: Scene) -> Message | None:
    """Return what stands before round brackets and is no function."""
    if not scene.said(r"object is not callable$"):
        return None
    for node in scene.every(ast.Call):
        match node.func:
            case ast.Constant(value=int() | float()):
                return say("Between a number and a bracket a `*` is missing.")
            case ast.Tuple() | ast.List() | ast.Constant():
                return say("Between two brackets a comma is missing.")
            case ast.Name(id=name) if made := [each for each in scene.bound(name) if each.value is not None]:
                if hasattr(builtins, name) or name in scene.student.symbols:
                    return say("`{name}` no longer is the function: line {line} puts something else under its name.",
                               name=inert(name, 60), line=scene.number(made[-1].line))  # fmt: skip
    suspects = [node.func for node in scene.every(ast.Call) if _holds_values(node.func, scene)]
    if len(suspects) == 1:
        return say("`{name}` is no function; to take an element of it, write [ ] instead of ( ).",
                   name=inert(ast.unparse(suspects[0]), 60))  # fmt: skip
    return say("What stands before ( ) in this line is no function; elements are taken with [ ].")


def _holds_values(function: ast.expr, scene: Scene) -> bool:
    match function:
        case ast.Name(id=name):
            return name not in scene.student.symbols and bool(scene.bound(name))
        case ast.Attribute(attr=name):
            return name in ("shape", "size", "ndim", "T")
    return isinstance(function, ast.Subscript)


def subscript(scene: Scene) -> Message | None:
    """Return what stands before square brackets and has no elements."""
    found = scene.said(r"'([\w.]+)' object is not subscriptable|(invalid index to scalar variable)")
    if found is None:
        return None
    held = [inert(ast.unparse(node.value), 60) for node in scene.every(ast.Subscript)]
    held = list(dict.fromkeys(held))
    if found[1] and found[1].endswith(_FUNCTIONS):
        functions = [each for each in held if each.startswith("np.") or each in scene.student.symbols]
        if len(functions) == 1:
            return say("`{name}` is a function; call it with ( ), not [ ].", name=functions[0])
        return say("A function is called with ( ), not [ ].")
    if len(held) == 1:
        return say("`{name}` is a single number; it has no elements to take with [ ].", name=held[0])
    if held:
        return say("One of {names} is a single number; it has no elements to take with [ ].", names=listed(held[:4]))
    return None


def iterable(scene: Scene) -> Message | None:
    """Return what a loop or an unpacking runs over that is one number."""
    if scene.said(r"cannot unpack non-iterable"):
        return say("Several names stand on the left, but the right side is a single value.")
    if not scene.said(r"'(?:numpy\.)?(?:int|float)\d*' object is not iterable"):
        return None
    for part in scene.parts:
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
            return say("A number cannot be looped over; write `range({name})`.", name=inert(part.id, 60))
    return say("A number stands here where several values are expected; is a `range(…)` or a bracket missing?")
