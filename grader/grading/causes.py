"""What makes several functions fail at once, so that a report can tell it once, with its place and what to do.

A missing import or helper stops every function that needs it. What follows from it says nothing more, so it is counted
and not listed. A name is told only as `grader.explain` tells it: of a hidden case it stands in the line that raised.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from grader.explain.nearest import nearest
from grader.explain.no_file import no_file_outside
from grader.explain.raised import IMPORTS, missing_name, reason
from grader.explain.scene import Scene, owner, scene, tree
from grader.explain.sentences import raising
from grader.grading.judging import Judged
from grader.grading.status import deciding
from grader.language import Message, inert, say
from grader.model import Absent, Cause, Happening, Raised, Signature, Span, Stopped, Submission, Trial
from grader.report.lines import show_place


class Root(Struct, frozen=True):
    """What stopped a function: a `name` that is not known, a `module` that is not here, or a `line` of a helper."""

    kind: str
    name: str
    line: int = 0


class _Stop(Struct, frozen=True, eq=False):
    """A function's stop: the line where it was met, and of a helper's line what is said of it."""

    line: int
    said: Message | None = None
    called: bool = False


_NOTHING = Cause(
    message=say("None of the functions to be written is in this file."),
    step=say("Make sure that this is the right file, with the functions under their own names, then grade again."),
)


def causes(
    judged: Mapping[str, Judged],
    student: Submission,
    happenings: Sequence[Happening],
    signatures: Mapping[str, Signature],
) -> dict[str, Cause]:
    """Return for each function that fails for a reason outside of it, or for the same one as another, what that is."""
    known = (student.symbols.keys() | student.meant.keys()) & judged.keys()
    if len(judged) > 1 and not known and not student.broken:
        return dict.fromkeys(judged, _NOTHING)
    found: dict[Root, dict[str, _Stop]] = {}
    for name, one in judged.items():
        stop = _stop(name, one, judged, student, happenings, signatures) if one.earned < 1 else None
        if stop is not None:
            found.setdefault(stop[0], {})[name] = stop[1]
    told: dict[str, Cause] = {}
    for key, stops in found.items():
        outside = key.kind == "name" and any(_setting(key.name, student, happenings))
        cause = _cause(key, list(stops.values()), student, happenings) if outside or len(stops) > 1 else None
        if cause is not None:
            told |= dict.fromkeys(stops, cause)
    return told


def _stop(
    name: str,
    one: Judged,
    judged: Mapping[str, Judged],
    student: Submission,
    happenings: Sequence[Happening],
    signatures: Mapping[str, Signature],
) -> tuple[Root, _Stop] | None:
    """Return what stopped a function in each case that it fails, None if cases fail in different ways."""
    symbol = student.symbols.get(name)
    if symbol is None or one.blames:
        return None
    failed = [(check, trial) for check, trials in one.trials for trial in trials if trial.verdict.share < 1]
    if failed and isinstance(failed[0][1].got[0], Absent):
        return _of_def(range(symbol.line, symbol.end_line + 1), student, happenings)
    raised = [
        (check.visibility == "public" and not check.demand.timed, trial, outcome)
        for check, trial in failed
        if not isinstance(outcome := deciding(trial), Stopped) or outcome.reason != "unreached"
    ]
    if not raised:
        return None
    public, trial, first = max(raised, key=lambda each: each[0])
    if not isinstance(first, Raised) or any(
        not isinstance(each, Raised) or each.type != first.type for _, _, each in raised
    ):
        return None
    seen = _scene(trial, first, student, signatures[name], public=public)
    line = seen.frames[-1].line if seen.frames else symbol.line
    if first.type == "NameError" and (lost := missing_name(seen) or _unset(seen, student, happenings)):
        return Root("name", lost), _Stop(line, called=_is_called(lost, seen))
    if first.type == "ModuleNotFoundError" and (lost := _missing_module(seen, happenings)):
        return Root("module", lost), _Stop(line)
    helper = owner(student, line) if public and seen.frames else ""
    if helper and helper in student.symbols and helper not in judged:
        what = reason(seen) or raising(first, public=True)
        said = say("{what} ({type})", what=what, type=inert(first.type, 60))
        return Root("line", f"{helper} {first.type}", line), _Stop(line, said=said)
    return None


def _scene(trial: Trial, raised: Raised, student: Submission, signature: Signature, *, public: bool) -> Scene:
    call = trial.call_of(raised)
    given = call.inputs(signature.parameters)
    names = tuple(name for name, _ in given)
    return scene(raised, student, call.function, given=names, inputs=given if public else (), public=public)


def _of_def(lines: range, student: Submission, happenings: Sequence[Happening]) -> tuple[Root, _Stop] | None:
    """Return what stopped a function's own `def`: a name in a default, an annotation or a decorator."""
    for happening in happenings:
        lost = re.match(r"NameError: name '(\w{1,60})' is not defined", happening.detail)
        if happening.kind == "raised" and happening.line in lines and lost is not None:
            return Root("name", lost[1]), _Stop(happening.line)
    return None


def _unset(seen: Scene, student: Submission, happenings: Sequence[Happening]) -> str:
    """Return the name in the raising line that a statement outside functions should have set, and failed."""
    found = seen.matches(r"name '(\w{1,60})' is not defined")
    unset = (name for name in seen.read() if next(_setting(name, student, happenings), None) is not None)
    return seen.pick(found[1] if found else "", unset)


def _missing_module(seen: Scene, happenings: Sequence[Happening]) -> str:
    """Return the module that the raising line needs, among those that were missing when the file was loaded."""
    missing = {each.detail.partition(".")[0] for each in happenings if each.kind == "module"}
    found = seen.matches(r"^No module named '([\w.]{1,60})'")
    return seen.pick(found[1].partition(".")[0] if found else "", missing)


def _is_called(name: str, seen: Scene) -> bool:
    """Return whether the line calls the name, or something in it: then it is a helper or a module, not a variable."""
    for node in seen.every(ast.Call):
        function = node.func
        while isinstance(function, ast.Attribute):
            function = function.value
        if isinstance(function, ast.Name) and function.id == name:
            return True
    return False


def _cause(key: Root, stops: Sequence[_Stop], student: Submission, happenings: Sequence[Happening]) -> Cause | None:
    at = student.source.span(stops[0].line)
    if key.kind == "module":
        line = next(each.line for each in happenings if each.kind == "module" and _is_of(each, key.name))
        return _module(key.name, student.source.span(line))
    if key.kind == "line":
        helper = inert(key.name.partition(" ")[0], 60)
        said = say("Line {line}, in {helper}: {what}", line=at.line, helper=helper, what=stops[0].said or "")
        step = say("First look at {helper} ({place}), then grade again.", helper=helper, place=show_place(at))
        return Cause(message=said, step=step, at=at)
    return _name(key.name, at, student, happenings, called=all(stop.called for stop in stops))


def _is_of(happening: Happening, module: str) -> bool:
    return happening.detail.partition(".")[0] == module


def _module(name: str, at: Span) -> Cause:
    safe = inert(name, 60)
    return Cause(
        message=say("The module {name} is not available here; these functions have to do without it.", name=safe),
        step=say("First write the functions without the module {name} ({place}), then grade again.",
                 name=safe, place=show_place(at)),
        at=at,
    )  # fmt: skip


def _name(name: str, at: Span, student: Submission, happenings: Sequence[Happening], *, called: bool) -> Cause | None:
    """Return why a name is not known; None for a variable, which each function has to set itself."""
    safe = inert(name, 60)
    broken = next((each for each in student.broken if each.function == name), None)
    if broken is not None:
        place = show_place(broken.at)
        said = say("{function} is not there, because Python cannot read it (line {line}).",
                   function=safe, line=broken.at.line)  # fmt: skip
        step = say("First fix the line that Python cannot read ({place}), then grade again.", place=place)
        return Cause(message=said, step=step, at=broken.at)
    for happening in _setting(name, student, happenings):
        return _outside(safe, happening, student)
    line = _import_of(name, student)
    if line:
        return Cause(
            message=say("`{line}` is missing at the top: `{name}` is not known.", line=line, name=safe),
            step=say("First write `{line}` at the top, then grade again.", line=line),
            at=student.source.span(1),
        )
    if not called:
        return None
    near = nearest(name, {*student.symbols, *tree(student.source.text).bindings(tree(student.source.text).module)})
    said = say("`{name}` is called here, and is not defined anywhere in the file.", name=safe)
    if near:
        said = say("`{name}` is called here, and is not defined anywhere in the file; did you mean `{near}`?",
                   name=safe, near=near)  # fmt: skip
    step = say("First define `{name}`, or correct its name ({place}), then grade again.",
               name=safe, place=show_place(at))  # fmt: skip
    return Cause(message=said, step=step, at=at)


def _import_of(name: str, student: Submission) -> str:
    """Return the line that imports a module by its usual name, if the name is one and is used as one."""
    if name in IMPORTS:
        return IMPORTS[name]
    used = re.search(rf"\b{name}\.\w", student.source.text)
    return f"import {name}" if name in sys.stdlib_module_names and used else ""


def _setting(name: str, student: Submission, happenings: Sequence[Happening]) -> Iterator[Happening]:
    """Yield what went wrong in the statements outside functions that would have set the name."""
    found = tree(student.source.text)
    bound = {each.line for each in found.bindings(found.module).get(name, ())}
    for happening in happenings:
        statement, _ = found.at(happening.line)
        if statement is None:
            continue
        whole = range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
        star = isinstance(statement, ast.ImportFrom) and any(each.name == "*" for each in statement.names)
        if star or any(line in whole for line in bound):
            yield happening


def _outside(name: str, happening: Happening, student: Submission) -> Cause:
    """Return that a statement outside functions did not set the name."""
    at = student.source.span(happening.line)
    if happening.kind == "module":
        said = say("The module {module} is not available here, so `{name}` is not known.",
                   module=inert(happening.detail, 60), name=name)  # fmt: skip
    elif happening.kind == "timeout":
        said = say("Line {line}, outside the functions, ran too long and was cut off, so `{name}` is not known.",
                   line=at.line, name=name)  # fmt: skip
    else:
        said = say("Line {line}, outside the functions, failed, so `{name}` is not known: {what}",
                   line=at.line, name=name,
                   what=no_file_outside(happening.detail, student) or inert(happening.detail, 200))  # fmt: skip
    step = say("First fix the line outside the functions that fails ({place}), then grade again.",
               place=show_place(at))  # fmt: skip
    return Cause(message=said, step=step, at=at)
