"""Names that are not there: misspelt, not imported, not yet bound, gone from numpy."""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterable
from functools import partial

from grader.explain.raised.scene import Scene
from grader.language import Message, inert, say
from grader.submission.patience import once
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
_KINDS = {
    "tuple": say("a tuple"),
    "list": say("a list"),
    "dict": say("a dict"),
    "str": say("a text"),
    "int": say("a whole number"),
    "float": say("a number"),
}


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
    if kind in _KINDS:
        return say("`{name}` is {kind} and has no `{attribute}`.", name=code, kind=_KINDS[kind], attribute=shown)
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
        return say("np.{old} is gone from NumPy since {version}; write {new}.", old=shown, version=version, new=new)
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
