"""Why code raised that belongs to a class: a method that is missing or misspelt, a `self` that was forgotten."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from grader.explain.mending.mends import FoundSlip
from grader.explain.scene import Scene, tree
from grader.language import Message, inert, say
from grader.model import Submission
from grader.submission.spelling import spelled

_CONSTRUCTOR = "__init__"
_ALIKE = 0.7


def of_class(scene: Scene) -> Message | None:
    """Return what is wrong with a class of the student's own that the exception's words name."""
    methods = _methods(scene)
    if methods is None:
        return None
    found = scene.matches(r"^'\w{1,60}' object has no attribute '(\w{1,60})'")
    if found is not None and not scene.frames:
        return _missing(scene, found[1], methods)
    if scene.matches(r"\(\) takes no arguments$") and not scene.frames:
        return _unmade(scene, methods)
    found = scene.matches(r"^(?:\w{1,60}\.)?(\w{1,60})\(\) (?:takes|missing|got)\b")
    if found is not None and found[1] in methods and not scene.frames:
        return _without_self(scene, found[1], methods)
    return None


def shared(student: Submission, name: str) -> FoundSlip | None:
    """Return the attribute of a class that all its objects share, with its line; `None` if there is none."""
    owner = next((node for node in tree(student.source.text).module.body
                  if isinstance(node, ast.ClassDef) and node.name == name), None)  # fmt: skip
    if owner is None:
        return None
    own = {
        node.attr
        for node in ast.walk(owner)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and isinstance(node.value, ast.Name)
    }
    for node in owner.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and _is_mutable(node.value):
            attribute = node.targets[0].id
            if attribute not in own:
                said = say("Line {line}: all objects share this `{name}`, for it belongs to the class. Give each its "
                           "own in `__init__`: `self.{name} = …`.",
                           line=student.source.span(node.lineno).line, name=inert(attribute, 60))  # fmt: skip
                return FoundSlip(said, node.lineno)
    return None


def line_of_method(student: Submission, name: str, method: str) -> int:
    """Return the line where a class's own method begins, 0 if it has none of this name."""
    for node in tree(student.source.text).module.body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            for each in node.body:
                if isinstance(each, ast.FunctionDef) and each.name == method:
                    return each.lineno
    return 0


def _is_mutable(value: ast.expr) -> bool:
    made = isinstance(value, ast.Call) and isinstance(value.func, ast.Name)
    return isinstance(value, ast.List | ast.Dict | ast.Set) or (
        made and value.func.id in ("list", "dict", "set", "deque", "OrderedDict", "defaultdict")  # type: ignore[attr-defined]
    )


def _methods(scene: Scene) -> Mapping[str, ast.FunctionDef] | None:
    """Return the methods of the class that is graded, by name; `None` where no class is."""
    for node in tree(scene.student.source.text).module.body:
        if isinstance(node, ast.ClassDef) and node.name == scene.function:
            return {each.name: each for each in node.body if isinstance(each, ast.FunctionDef)}
    return None


def _missing(scene: Scene, name: str, methods: Mapping[str, ast.FunctionDef]) -> Message:
    near = spelled(name, methods, _ALIKE)
    owner = inert(scene.function, 60)
    if near and near != name:
        return say("{owner} has no method {name}; line {line} defines {near}: is that meant to be it?",
                   owner=owner, name=inert(name, 60), near=near, line=scene.number(methods[near].lineno))  # fmt: skip
    return say("{owner} has no method {name}.", owner=owner, name=inert(name, 60))


def _unmade(scene: Scene, methods: Mapping[str, ast.FunctionDef]) -> Message | None:
    near = next((name for name in methods if re.fullmatch(r"_*(?:init|int|inti)_*", name)), None)
    if near is None:
        return say("{owner} has no `__init__`, so it takes no arguments.", owner=inert(scene.function, 60))
    return say("The constructor is called `__init__`, with two underscores on each side; line {line} has `{near}`.",
               line=scene.number(methods[near].lineno), near=near)  # fmt: skip


def _without_self(scene: Scene, name: str, methods: Mapping[str, ast.FunctionDef]) -> Message | None:
    method = methods[name]
    taken = [each.arg for each in (*method.args.posonlyargs, *method.args.args)]
    if taken[:1] == ["self"] or any(isinstance(each, ast.Name) and each.id in ("staticmethod", "classmethod")
                                    for each in method.decorator_list):  # fmt: skip
        return None
    return say("Line {line}: `def {name}({taken})` lacks `self` as its first parameter.",
               line=scene.number(method.lineno), name=name, taken=inert(", ".join(taken), 120))  # fmt: skip
