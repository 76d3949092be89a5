"""Looks whether two runs give the same: the same drawn cases, the same answers of the reference, the same report."""

from __future__ import annotations

import ast
import sys
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from grader.author.check import ways
from grader.author.check.checkup import Checkup, Look, look, of_check, values_agree
from grader.execution import Engine
from grader.grading import Prepared, for_students, grade, prepare
from grader.grading.runs import run
from grader.grading.variants import in_place
from grader.language import Message, say
from grader.model import Case, Check, Outcome, Part, Raised, Returned, Source, Submission, Task
from grader.values import fingerprint

SHIFTS = (101.37, 17_345_678.9)
"""Seconds by which the clock is put forward: another second and minute, another day, month and weekday."""
NOISE = 1e-4
"""Differences below this part of the tolerance are rounding, which may depend on where an array lies in memory."""


def two_runs_agree(checkup: Checkup, other: Engine) -> Look:
    """Look whether two runs in different processes give the same report, of the reference and of wrong answers.

    The cases must be the same, and the reference's answers must not depend on the time or on the order of calls. Wrong
    answers stand only for functions that no other function needs: `mistakes_cost_once` looks at the others.
    """
    again = prepare(checkup.plan, other)
    found = _drawn_anew(checkup, again) or _unsteady(checkup, other)
    helpers = {need for problem in checkup.plan.rubric.problems for need in problem.needs or ()}
    known = [mistake for mistake, _ in checkup.tried if mistake.function not in helpers]
    # The first known mistake of each function takes its place.
    first = {mistake.function: mistake for mistake in reversed(known)}
    wrong = in_place(checkup.plan.reference, list(first.values()))
    different = found or [
        say(
            "The reports of {what} differ. Does the reference use the time, or a random number without a seed?",
            what=what,
        )
        for what, source in (
            (say("the reference"), checkup.plan.reference),
            (say("the known mistakes together"), wrong),
        )
        if _seen(checkup.prepared, source, checkup.engine) != _seen(again, source, other)
    ]
    return look(say("Two runs give the same report."), say("Two runs give different reports."), different)


def _drawn_anew(checkup: Checkup, again: Prepared) -> list[Message]:
    """Return a sentence for each check whose cases differ when they are drawn `again`."""
    found: dict[tuple[str, str], Message] = {}
    what = say(
        "its cases differ from run to run. A generator function draws from its `seed` alone: "
        "`np.random.default_rng([seed, index])`."
    )
    for mine, theirs in zip(checkup.prepared.tasks, again.tasks, strict=True):
        if _values(mine.case) != _values(theirs.case):
            found[mine.key] = of_check(mine.case.function, checkup.prepared.checks[mine.key], what)
    return list(found.values())


def _unsteady(checkup: Checkup, other: Engine) -> list[Message]:
    """Return a sentence for each function whose reference returns something else for a case when it is run again.

    The second run is in other processes, with the clock put forward. Before its calls the first case of each function
    is called once more, so that each call comes at another place: `random` and `numpy.random`, which the worker seeds
    by a call's place, then give other numbers, and earlier calls have left something else behind.
    """
    checks, tasks = checkup.prepared.checks, checkup.prepared.tasks
    first = {task.case.function: task for task in reversed(tasks)}
    truth = [task.case.truth for task in (*first.values(), *tasks)]
    returns = {problem.function: problem.returns for problem in checkup.prepared.chosen}
    found: dict[str, Message] = {}
    returns = {problem.function: problem.returns for problem in checkup.plan.rubric.problems}
    for seconds in SHIFTS:
        source = _later(checkup.plan.reference.source, seconds)
        _, outcomes = run(other, source, truth, checkup.prepared.limits, together=True)
        for task, got in zip(tasks, outcomes[len(first) :], strict=True):
            function, check = task.case.function, checks[task.key]
            if not _agree(task, got, check, returns[function]):
                found[function] = found.get(function) or say(
                    "{function}, {check}: called again with the same input, the reference returns something else. "
                    "Does it use the time, a random number without a seed, or what an earlier call left behind? Pass a "
                    "seed or the numbers themselves as an argument.",
                    function=function,
                    check=check.name,
                )
    return list(found.values())


def _later(source: Source, seconds: float) -> Source:
    """Return the source with its clock put forward before anything of it runs.

    Libraries are imported before: one that is written in C, as pandas is, may want Python's own `datetime`. pandas is
    one of them in any case, because a source may be given tables without importing it.
    """
    tree = ast.parse(source.text)
    future = [node.end_lineno or 0 for node in tree.body
              if isinstance(node, ast.ImportFrom) and node.module == "__future__"]  # fmt: skip
    lines = source.text.split("\n")
    lines.insert(max(future, default=0), "import pingfen_clock")
    own = {name.partition(".")[0] for name, _ in source.modules} | sys.stdlib_module_names
    libraries = sorted({"pandas", *_imported(tree)} - own)
    early = f"for _each in {libraries!r}:\n    try:\n        __import__(_each)\n    except Exception:\n        pass\n"
    text = f"{Path(ways.__file__).read_text('utf-8')}\n\n{early}shift({seconds!r})\n"
    return replace(source, text="\n".join(lines), places=(), modules=(*source.modules, ("pingfen_clock", text)))


def _imported(tree: ast.Module) -> set[str]:
    """Return the first names of what a source imports by its full name."""
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level}
    return {name.partition(".")[0] for name in names if name}


def _agree(task: Task, got: Sequence[Outcome], check: Check, returns: tuple[Part, ...]) -> bool:
    """Return whether the reference did what it did before; what is no value is judged as a student's would be."""
    if any(call.act != "call" for call in task.case.calls):
        return check.demand.judge(check, returns, task.case, got, task.want).share == 1
    return all(_same(mine, theirs, task.case, check, returns) for mine, theirs in zip(got, task.want, strict=True))


def _same(got: Outcome, want: Outcome, case: Case, check: Check, returns: tuple[Part, ...]) -> bool:
    if isinstance(got, Returned) and isinstance(want, Returned):
        return values_agree(got, want, check, returns, case, NOISE)
    if isinstance(got, Raised) and isinstance(want, Raised):
        return got.type == want.type
    return type(got) is type(want)


def _values(case: Case) -> object:
    """Return a key that two cases share only if they have the same names with the same values, to the last bit."""
    names = [(name, fingerprint(value)) for name, value in case.names.items()]
    return names, [fingerprint(call.arguments) for call in case.calls]


def _seen(prepared: Prepared, student: Submission, engine: Engine) -> str:
    """Return all that a student sees of a report, except for the time it took."""
    from grader.report import json

    report = for_students(grade(prepared, student, engine))
    return json.render(replace(report, seconds=0.0), language=report.language)
