"""Why one function fails, as far as can be told, and the hints that go with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from grader.explain import Explanation
from grader.explain.known import Trials, recognise
from grader.model import Bilingual, Case, Message, Mistake, Outcome, Problem, Returned, Submission, Value

if TYPE_CHECKING:
    import ast


class Failing(Struct, frozen=True, kw_only=True, eq=False):
    """A function that fails: its cases and what came of them, and its author's answers.

    `mistakes` are the known ones of this function. `outcome` runs one on a case, `answer` the reference on arguments.
    """

    problem: Problem
    trials: Trials
    student: Submission
    reference: Submission
    parameters: tuple[str, ...]
    mistakes: Sequence[Mistake]
    outcome: Callable[[Mistake, Case], Outcome]
    answer: Callable[[str, tuple[Value, ...]], Outcome]


def why(failing: Failing, attempt: int) -> Explanation:
    """Return the known mistake that was made, else the diagnosis that fits, and the hints for this attempt (from 1)."""
    mistake = recognise(failing.mistakes, failing.trials, failing.outcome)
    if mistake is not None:
        return hinted(mistake.hints, attempt, mistake=mistake.name)
    return hinted(failing.problem.hints, attempt, diagnosis=_diagnosis(failing))


def hinted(
    ladder: Sequence[Bilingual], attempt: int, *, diagnosis: Message | None = None, mistake: str = ""
) -> Explanation:
    """Return an explanation with the steps of the ladder that are shown at this attempt."""
    more = max(0, len(ladder) - attempt)
    return Explanation(diagnosis=diagnosis, mistake=mistake, hints=tuple(ladder[:attempt]), more=more)


def _diagnosis(failing: Failing) -> Message | None:
    from grader.explain.values import Context, diagnose

    def reference(function: str, arguments: tuple[Value, ...]) -> Value:
        outcome = failing.answer(function, arguments)
        return outcome.value if isinstance(outcome, Returned) else None

    # What a submission makes of a case that is timed is told to nobody: by then it may have seen hidden ones.
    trials = [trial for check, each in failing.trials if check.kind != "efficiency" for trial in each]
    names = shared_names(failing.problem.function, failing.reference, failing.student)
    return diagnose(
        failing.problem,
        [trial.case for trial in trials],
        [trial.got for trial in trials],
        [trial.want for trial in trials],
        context=Context(parameters=failing.parameters, names=names, reference=reference),
    )


def shared_names(function: str, reference: Submission, student: Submission) -> dict[str, str]:
    """Return names for places in the arguments (`A_prev.shape[1]` is `n_H_prev`), as the reference unpacks them.

    A name that does not occur in the student's function, docstring and comments included, says nothing to its author
    and is left out.
    """
    import ast
    import re

    theirs, own = _text(function, reference), set(re.findall(r"\w+", _text(function, student)))
    try:
        tree = ast.parse(theirs)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            for place, name in _unpacked(node.targets[0], node.value):
                if name in own:
                    found.setdefault(place, name)
    return found


def _text(function: str, source: Submission) -> str:
    symbol = source.symbols.get(function)
    return "\n".join(source.source.text.splitlines()[symbol.line - 1 : symbol.end_line]) if symbol else ""


def _unpacked(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, str]]:
    """Yield the places that an assignment gives names to: `m, n = X.shape`, `m = X.shape[0]`, `h, w = shape`."""
    import ast

    if isinstance(target, ast.Tuple) and isinstance(value, ast.Attribute | ast.Name):
        for index, item in enumerate(target.elts):
            if isinstance(item, ast.Name):
                yield f"{ast.unparse(value)}[{index}]", item.id
    if isinstance(target, ast.Name) and isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Constant):
        yield ast.unparse(value), target.id
