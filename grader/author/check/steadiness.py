"""Whether what is drawn, and what the reference makes of it, stays the same from run to run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from grader import comparison
from grader.author.check import clock
from grader.author.check.scene import Scene
from grader.execution import Engine
from grader.grading import Prepared
from grader.grading.runs import run
from grader.language import Message, say
from grader.model import Case, Check, Outcome, Raised, Returned, Source
from grader.report.focus import show_place
from grader.values import family_of, parts

SHIFTS = (101.37, 17_345_678.9)
"""Seconds by which the clock is put forward: another second and minute, another day, month and weekday."""
NOISE = 1e-4
"""Differences below this part of the tolerance are rounding, which may depend on where an array lies in memory."""


def drawn_anew(scene: Scene, again: Prepared) -> list[Message]:
    """Return a sentence for each check whose cases, drawn `again`, are others."""
    checks = scene.prepared.checks
    pairs = zip(scene.prepared.tasks, again.tasks, strict=True)
    changed = {
        id(checks[one.function, one.check]): say(
            "{place}: {function}, {check}: its cases are others in every run. A generator function draws from its "
            "`seed` alone: `np.random.default_rng([seed, index])`.",
            place=show_place(checks[one.function, one.check].at),
            function=one.function,
            check=checks[one.function, one.check].name,
        )
        for one, other in ((mine.case, theirs.case) for mine, theirs in pairs)
        if not _same_values(one, other)
    }
    return list(changed.values())


def unsteady(scene: Scene, other: Engine) -> list[Message]:
    """Return a sentence for each function whose reference answers the same cases otherwise when run again.

    It runs in other processes, at another time of day, and each call comes one later than before: the worker seeds
    `random` and `numpy.random` by a call's place, and what an earlier call left behind is something else then.
    """
    checks, tasks = scene.prepared.checks, scene.prepared.tasks
    first = {task.case.function: task for task in reversed(tasks)}
    truth = [task.case.truth for task in (*first.values(), *tasks)]
    found: dict[str, Message] = {}
    for seconds in SHIFTS:
        source = _later(scene.plan.reference.source, seconds)
        _, outcomes = run(other, source, truth, scene.prepared.limits, together=True)
        for task, got in zip(tasks, outcomes[len(first) :], strict=True):
            function, check = task.case.function, checks[task.key]
            if not all(_agree(mine, theirs, check) for mine, theirs in zip(got, task.want, strict=True)):
                found.setdefault(function, _said(function, check))
    return list(found.values())


def _said(function: str, check: Check) -> Message:
    return say(
        "{function}, {check}: asked again, the reference gives another answer. Does it use the time, a random number "
        "without a seed, or what an earlier call left? Let it take a seed or the numbers themselves as an argument.",
        function=function,
        check=check.name,
    )


def _later(source: Source, seconds: float) -> Source:
    """Return the source with its clock put forward before anything of it runs."""
    future = [node.end_lineno or 0 for node in ast.parse(source.text).body
              if isinstance(node, ast.ImportFrom) and node.module == "__future__"]  # fmt: skip
    lines = source.text.split("\n")
    lines.insert(max(future, default=0), "import pingfen_clock")
    text = f"{Path(clock.__file__).read_text('utf-8')}\n\nshift({seconds!r})\n"
    return replace(source, text="\n".join(lines), places=(), modules=(*source.modules, ("pingfen_clock", text)))


def _agree(got: Outcome, want: Outcome, check: Check) -> bool:
    if isinstance(got, Raised) and isinstance(want, Raised):
        return got.type == want.type
    if not isinstance(got, Returned) or not isinstance(want, Returned):
        return type(got) is type(want)
    rule = check.compare
    atol = None if rule.atol is None else rule.atol * NOISE
    return not comparison.differences(got.value, want.value, replace(rule, rtol=rule.rtol * NOISE, atol=atol))


def _same_values(one: Case, other: Case) -> bool:
    """Return whether two cases have the same names with the same values, to the last bit but for NaN's."""
    mine = [one.names, *(call.arguments for call in one.calls)]
    theirs = [other.names, *(call.arguments for call in other.calls)]
    return _equal(mine, theirs)


def _equal(one: object, other: object) -> bool:
    import numpy as np

    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    if family_of(one).container and family_of(one) is family_of(other):
        mine, theirs = dict(parts(one)), dict(parts(other))
        return list(mine) == list(theirs) and all(_equal(mine[key], theirs[key]) for key in mine)
    return type(one) is type(other) and repr(one) == repr(other)


def all_unsteady(scene: Scene, other: Engine, again: Prepared) -> Iterator[Message]:
    """Yield what changes from run to run: the draws, else the reference's answers."""
    drawn = drawn_anew(scene, again)
    yield from drawn or unsteady(scene, other)
