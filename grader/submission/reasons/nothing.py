"""A `None` where a value should be: a placeholder left over, or a return that is missing."""

from __future__ import annotations

import ast

from grader.language import Message, inert, say
from grader.submission.loading import split
from grader.submission.reasons.scene import Scene

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
