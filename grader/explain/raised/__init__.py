"""Why a student's code raised: a sentence with the line and the names in it, for the exceptions students really meet.

An exception's own words could carry a hidden input, so of a hidden case only what stands in the source is repeated:
names, keys and formulas of the line that raised, if it is the graded function's own. The words then choose the
sentence and nothing else.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

from grader.explain.raised import arrays, names
from grader.explain.raised.scene import Scene, owner, scene, told
from grader.explain.sentences import KINDS, python_name, raising
from grader.language import Message, inert, say
from grader.model import Raised, Signature, Submission, Trial

__all__ = ["Scene", "of_raised", "reason", "scene", "told"]


def by_zero(scene: Scene) -> Message | None:
    """Return what is divided by and is 0."""
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


def kinds(scene: Scene) -> Message | None:
    """Return which two kinds an operator cannot take."""
    found = scene.said(
        r"^unsupported operand type\(s\) for (\S{1,12})(?: or pow\(\))?: '([\w.]+)' and '([\w.]+)'$"
    ) or (scene.said(r"^'([<>]=?)' not supported between instances of '([\w.]+)' and '([\w.]+)'$"))
    if found is not None and scene.public and found[2] in KINDS and found[3] in KINDS:
        return say("`{operator}` does not work between {left} and {right}.",
                   operator=inert(found[1].rstrip(":"), 12), left=KINDS[found[2]], right=KINDS[found[3]])  # fmt: skip
    if found is not None:
        return say("An operator in this line is given kinds that it cannot take together.")
    if scene.said(r"^'(?:tuple|str)' object does not support item assignment"):
        return say("A tuple or text cannot be changed in place; make a list or an array of it.")
    if scene.said(r"^'(?:int|float|numpy\.float64)' object does not support item assignment"):
        return say("What is filled here is a single number, not an array; where is the array made?")
    if scene.said(r"^can only concatenate|^must be str, not"):
        return say("`+` does not work between a text and a number; use an f-string or `str(…)`.")
    return None


def assertion(scene: Scene) -> Message | None:
    """Return the condition of an assert that does not hold."""
    if scene.home is None or not scene.parts or not isinstance(scene.parts[0], ast.expr):
        return None
    if scene.said("^$") is None and not scene.public and scene.raised.type != "AssertionError":
        return None
    return say("This assert does not hold: `{condition}`.", condition=inert(ast.unparse(scene.parts[0]), 100))


def asked(scene: Scene) -> Message | None:
    """Return that nobody answers `input()`."""
    if "input" not in scene.read():
        return None
    return say("Nobody answers `input()` here; use the function's arguments instead.")


def file(_: Scene) -> Message | None:
    """Return that a file is not there where the work is graded."""
    return say("This file is not there when your work is graded; the function gets all it needs as arguments.")


def large(_: Scene) -> Message | None:
    """Return that an array is too large."""
    return say("An array far too large is made here; check its shape.")


Told = Callable[[Scene], Message | None]

_REASONS: Mapping[str, tuple[Told, ...]] = {
    "UnboundLocalError": (names.unbound,),
    "NameError": (names.undefined,),
    "ModuleNotFoundError": (names.absent,),
    "ImportError": (names.absent,),
    "AttributeError": (names.nothing, names.attribute),
    "IndexError": (arrays.whole, names.subscript, arrays.past_the_end, arrays.shapes),
    "KeyError": (arrays.key,),
    "TypeError": (
        names.nothing,
        arrays.whole,
        names.arguments,
        names.data_type,
        names.callable_,
        names.subscript,
        names.iterable,
        arrays.shapes,
        kinds,
    ),
    "ValueError": (arrays.whole, names.of_pad, arrays.shapes, arrays.unpacked),
    "ZeroDivisionError": (by_zero,),
    "RecursionError": (endless,),
    "AssertionError": (assertion,),
    "EOFError": (asked,),
    "FileNotFoundError": (file,),
    "MemoryError": (large,),
    "OverflowError": (arrays.shapes,),
}


def reason(scene: Scene) -> Message | None:
    """Return the sentence for what was raised, `None` where Python's own words must do."""
    try:
        for kind in (scene.raised.type, *scene.raised.parents):
            for told in _REASONS.get(kind, ()):
                if (said := told(scene)) is not None:
                    return said
    except RecursionError:  # the line is nested too deeply to be followed or written out
        return None
    return None


def of_raised(raised: Raised, student: Submission, trial: Trial, signature: Signature, *, public: bool) -> Message:
    """Return what is to be said of an exception: the student's own line, why it was raised, and its type's name.

    `public` lets the exception's own words and the case's inputs be repeated.
    """
    call = next(call for call, got in zip(trial.case.calls, trial.got, strict=True) if got is raised)
    given = tuple(zip(signature.parameters, call.arguments, strict=False))
    names = tuple(name for name, _ in given)
    seen = scene(raised, student, call.function, given=names, inputs=given if public else (), public=public)
    plain = raised.type == "NotImplementedError" or seen.beyond
    what = None if plain else reason(seen)
    if what is None:
        return _at(seen, raising(raised, public=public))
    kind = inert(raised.type, 60) if public else python_name(raised.type)
    return _at(seen, say("{what} ({type})", what=what, type=kind) if kind else what)


def _at(seen: Scene, what: Message) -> Message:
    """Return `what` behind the student's own line; if that is in a helper, with the line that called it.

    Of a hidden case the line that called it is told and the helper's is not.
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
