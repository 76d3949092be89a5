"""Replays one case: as a script for a debugger, or at a prompt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from grader.checks.kind import kind_of
from grader.errors import UsageError
from grader.execution import Engine, Session
from grader.execution.running import SEED
from grader.grading import Prepared
from grader.grading.preparing import choose, reason_of
from grader.grading.runs import reference_limits
from grader.language import Language, inert, say
from grader.model import Call, Check, Returned, Submission, Task, Value
from grader.values import family_of


def literal(value: Value, known: Mapping[int, str] = {}) -> str:
    """Return an expression over `np`, `nan`, `inf` and `b64decode` that has this value.

    `known` are the names of values by their `id`; the expression uses them.
    """
    if id(value) in known:
        return known[id(value)]
    return family_of(value).literal(value, lambda each: literal(each, known))


SCRIPT = '''"""{name}{hidden}: seed {seed}.

Runs the student's code as it is, without confinement: python -m pdb {file}
"""

import importlib.util
import sys
from base64 import b64decode  # noqa: F401
from pathlib import Path

import numpy as np
from numpy import inf, nan  # noqa: F401

PATH = Path(sys.argv[1] if len(sys.argv) > 1 else {path!r})


def load(path):
    """Return the module at `path`."""
    sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location("submission", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


student_ = load(PATH)

{inputs}

{calls}
'''
_TAKEN = frozenset({"Path", "PATH", "b64decode", "importlib", "inf", "load", "nan", "np", "sys"})
"""Names that the script needs for itself; to a drawn name among them it adds an underscore."""


class Replayed(Struct, frozen=True, kw_only=True, eq=False):
    """A task that was found by its name, with its check.

    `parameters` are the function's; `seeds` are those that `numpy.random` gets before each call.
    """

    name: str
    check: Check
    task: Task
    parameters: tuple[str, ...]
    seeds: tuple[int, ...]


def find_case(prepared: Prepared, name: str) -> Replayed:
    """Return the case `function.check[index]`: the check by its key or its name, index 0 if none is given.

    Raises UsageError if there is no such case, with the names that there are.
    """
    text, _, rest = name.partition("[")
    function, _, key = text.partition(".")
    number = int(rest.rstrip("]")) if rest.rstrip("]").isdecimal() else 0
    (problem,) = choose(prepared.plan.rubric, [function])
    check = next((each for each in problem.checks if key in (each.key, each.name.zh, each.name.en)), None)
    if check is None:
        names = ", ".join(f"{function}.{each.key}" for each in problem.checks)
        raise UsageError(
            say("{function} has no check called {name}.", function=function, name=inert(key, 80)),
            say("It has: {names}", names=names),
        )
    place = f"{function}.{check.key}"
    tasks = {task.case.index: task for task in (*prepared.tasks, *prepared.timed) if task.key == (function, check.key)}
    if not tasks:
        raise UsageError(say("{name} has no cases.", name=place))
    if number not in tasks:
        raise UsageError(say("{name} has the cases 0 to {last}.", name=place, last=len(tasks) - 1))
    task = tasks[number]
    return Replayed(
        name=f"{place}[{number}]",
        check=check,
        task=task,
        parameters=prepared.plan.signatures[function].parameters,
        seeds=_seeds(prepared, task),
    )


def _seeds(prepared: Prepared, task: Task) -> tuple[int, ...]:
    """Return the seeds of `numpy.random` before each call; timed calls are made one by one, so all have the same."""
    tasks = [each for each in prepared.tasks if each.case.function == task.case.function]
    if task not in tasks:
        return (SEED,) * len(task.case.calls)
    before = sum(len(each.case.calls) for each in tasks[: tasks.index(task)])
    return tuple(range(SEED + before, SEED + before + len(task.case.calls)))


def script(found: Replayed, submission: str, file: str) -> str:
    """Return a Python script, to be saved as `file`, that makes the case's calls on the .py file `submission`.

    Inputs are the same to the last bit, and `numpy.random` has the state that it had when the case was graded.
    """
    case = found.task.case
    known: dict[int, str] = {}
    lines = []
    for name, value in case.names.items():
        lines.append(f"{_safe(name)} = {literal(value, known)}")
        if not isinstance(value, bool | int | float | str) and value is not None:
            known[id(value)] = _safe(name)
    return SCRIPT.format(
        name=found.name,
        hidden=", hidden" if found.check.visibility == "hidden" else "",
        seed=case.seed,
        file=file,
        path=submission,
        inputs="\n".join(lines),
        calls="\n".join(_calls(found, known)),
    )


def _calls(found: Replayed, known: Mapping[int, str]) -> list[str]:
    case, lines = found.task.case, []
    if case.property:
        lines.append(f"# The property is {case.property}.")
    if found.check.demand.wants_raised:
        lines.append(f"# This is to raise {' or '.join(map(str, kind_of(found.check).asked(case)))}.")
    for number, call in enumerate(case.calls):
        got = f"got_{number}" if len(case.calls) > 1 else "got_"
        given = zip(found.parameters, call.arguments, strict=False)
        arguments = ", ".join(
            _safe(name) if case.names.get(name) is value else literal(value, known) for name, value in given
        )
        others = [f"student_.{name}(*{literal(each, known)})" for name, each in call.beside]
        lines += [
            *[f"Path({name!r}).write_text({text!r}, 'utf-8')" for name, text in _files(call)],
            *others,
            f"np.random.seed({found.seeds[number]})",
            *_made(call, arguments, got, known),
            *others,
            f'print("{got}", {got}, sep="\\n")',
        ]
    want = found.task.want[0] if found.task.want else None
    if isinstance(want, Returned) and found.check.demand.compares:
        lines += [f"want_ = {literal(want.value, known)}", 'print("want_", want_, sep="\\n")']
    return lines


def _files(call: Call) -> list[tuple[str, Value]]:
    files = call.given.get("files")
    return [(str(name), text) for name, text in files.items()] if isinstance(files, dict) else []


def _made(call: Call, arguments: str, got: str, known: Mapping[int, str]) -> list[str]:
    """Return the lines that do what a call does, and bind what comes of it to the name `got`."""
    given = call.given
    typed = [f"sys.stdin = __import__('io').StringIO({given['stdin']!r})"] if "stdin" in given else []
    match call.act:
        case "variable":
            return [f"{got} = student_.{given['name']!s}"]
        case "program":
            words = ", ".join(map(repr, given["args"]))  # type: ignore[arg-type]
            run = f"[sys.executable, str(PATH), {words}], input={given.get('stdin', '')!r}, text=True"
            return [f"{got} = __import__('subprocess').run({run}, check=False).returncode"]
        case "play":
            steps: Any = given["steps"]
            other = {"new": f"student_.{call.function}({arguments})", "alike": "__import__('copy').deepcopy(made_)"}
            calls = [
                f"step_({', '.join([repr(name), f'*{literal(each, known)}', *(other[one] for one in another)])})"
                for name, each, *another in steps
            ]
            return [f"{got} = made_ = student_.{call.function}({arguments})", _STEP, *calls]
        case "steps":
            beside = f"beside_ = {{}}; sys.modules[{given['source']!r}] = student_; exec({given['module']!r}, beside_)"
            names: Any = given["names"]
            pairs = zip(names, call.arguments, strict=True)
            named = ", ".join(f"{name}={known.get(id(value)) or literal(value, known)}" for name, value in pairs)
            return [beside, f"{got} = list(beside_[{given['run']!r}]({named}))"]
        case "points":
            places = literal(given["at"], known)
            return [f"{got} = [student_.{call.function}({arguments})(*each) for each in {places}]"]
    return [*typed, f"{got} = student_.{call.function}({arguments})"]


_STEP = """def step_(name, *given):
    try:
        print(name, getattr(made_, name)(*given))
    except Exception as error:  # it may be the right one
        print(name, "raises", repr(error))
"""


def _safe(name: str) -> str:
    """Return a name that the script does not need for itself."""
    return f"{name}_" if name in _TAKEN else name


class CallFailed(Exception):
    """Raised when a call does not return; its text is the reason."""


class Remote:
    """A function of a source that is called in its worker, as in grading."""

    def __init__(self, session: Session, function: str) -> None:
        self._session, self._function = session, function

    def __call__(self, *arguments: Value) -> Value:
        """Return what the function returns. Raises CallFailed where it does not."""
        outcome = self._session.call(self._function, arguments)
        print(getattr(outcome, "stdout", ""), end="")
        if isinstance(outcome, Returned):
            return outcome.value
        raise CallFailed(reason_of(outcome))

    def __repr__(self) -> str:
        return f"<{self._function}, in a worker>"


def interact(found: Replayed, prepared: Prepared, student: Submission, engine: Engine, language: Language) -> None:
    """Open a prompt with the drawn names, `want`, the student's function by its name, and `reference`."""
    import code

    function = found.task.case.function
    limits = reference_limits(prepared.limits)
    with (
        engine.session(student.source, limits) as theirs,
        engine.session(prepared.plan.reference.source, limits) as ours,
    ):
        names: dict[str, Any] = {
            **found.task.case.names,
            function: Remote(theirs, function),
            "reference": Remote(ours, function),
        }
        arguments = ", ".join(name for name in found.parameters if name in found.task.case.names)
        if found.task.want and isinstance(found.task.want[0], Returned):
            names["want"] = found.task.want[0].value
        banner = say(
            "{name}: {names}\n{function}({arguments}) is the student's, reference({arguments}) the reference's.",
            name=found.name,
            names=", ".join(names),
            function=function,
            arguments=arguments,
        )
        code.interact(banner.text(language), local=names, exitmsg="")
