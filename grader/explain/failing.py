"""Why one function fails: a known mistake, else a diagnosis of its values; and the hints."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from grader.checks.compared import agree
from grader.checks.kind import kind_of
from grader.comparison.values import fitted
from grader.explain import Explanation
from grader.explain.classes import line_of_method, shared
from grader.model import (
    Bilingual,
    Case,
    Check,
    Message,
    Mistake,
    Outcome,
    Part,
    Problem,
    Raised,
    Returned,
    Submission,
    Trial,
    Value,
)
from grader.values import element_count

if TYPE_CHECKING:
    import ast

    from grader.explain.mending.mends import FoundSlip
    from grader.explain.mending.search import Workshop


Trials: TypeAlias = Sequence[tuple[Check, Sequence[Trial]]]
"""A function's checks, each with its cases and their outcomes."""

ENOUGH = 12
"""Failing cases that are compared at most: a mistake that agrees on a dozen drawn cases is taken to agree on all."""


class Failing(Struct, frozen=True, kw_only=True, eq=False):
    """A function that fails, with all that may explain it.

    `mistakes` are the known ones of this function. `outcome` runs a mistake on a case, `answer` the reference on
    arguments. `workshop` runs other texts of the student's function on arguments.
    """

    problem: Problem
    trials: Trials
    student: Submission
    reference: Submission
    parameters: tuple[str, ...]
    mistakes: Sequence[Mistake]
    outcome: Callable[[Mistake, Case], Outcome]
    answer: Callable[[str, tuple[Value, ...]], Outcome]
    workshop: Workshop


def why(failing: Failing, attempt: int) -> Explanation:
    """Return the known mistake that was made, or the diagnosis that fits, and the hints for this attempt (from 1).

    With a known mistake a diagnosis is told as well where there is no doubt about it: it may be more exact than the
    mistake's first hint.
    """
    mistake = recognise(failing.mistakes, failing.trials, failing.outcome, failing.problem.returns)
    plain = [(check, trials) for check, trials in failing.trials if not any(map(_is_other, trials))]
    wrong = any(trial.verdict.share < 1 for _, trials in plain for trial in trials)
    found = _diagnosis(replace(failing, trials=plain), sure=mistake is not None) if wrong else None
    if found is None and failing.problem.subject == "class":
        found = shared(failing.student, failing.problem.function)
    if mistake is None:
        told = hinted(failing.problem.hints, attempt, found=found)
    else:
        told = hinted(mistake.hints, attempt, found=found, mistake=mistake.name)
    return told if told.line else replace(told, line=_line_to_blame(failing))


def _line_to_blame(failing: Failing) -> int:
    """Return the line of the method that is to blame in the first check that says so, 0 if none does."""
    blamed = filter(None, (kind_of(check).culprit(check, trials) for check, trials in failing.trials))
    name = next(blamed, "")
    return line_of_method(failing.student, failing.problem.function, name) if name else 0


def _is_other(trial: Trial) -> bool:
    """Return whether a case does something else than to call the function for its value."""
    return any(call.act != "call" or call.given for call in trial.case.calls)


def hinted(
    ladder: Sequence[Bilingual], attempt: int, *, found: FoundSlip | Message | None = None, mistake: str = ""
) -> Explanation:
    """Return an explanation with the steps of the ladder that are shown at this attempt."""
    said, line = (found, 0) if found is None or isinstance(found, Message) else (found.said, found.line)
    shown, more = tuple(ladder[:attempt]), max(0, len(ladder) - attempt)
    return Explanation(diagnosis=said, line=line, mistake=mistake, hints=shown, more=more)


def recognise(
    mistakes: Sequence[Mistake],
    trials: Trials,
    outcome: Callable[[Mistake, Case], Outcome],
    returns: tuple[Part, ...] = (),
) -> Mistake | None:
    """Return the mistake that does what the student's function does, None if there is none.

    It must give the student's answer in failing and passing cases: a function that is wrong in fewer cases has another
    mistake. `outcome` runs a mistake on a case, beside the reference and never beside the student's code. `returns` are
    the function's outputs.
    """
    failing, passing = _telling(trials)
    if not failing:
        return None
    strict = all(isinstance(trial.got[0], Raised) for _, trial in failing)

    def does(mistake: Mistake) -> bool:
        return all(
            _as_judged(check, trial, outcome(mistake, trial.case), returns)
            if _is_other(trial)
            else _does_the_same(
                outcome(mistake, trial.case), trial, mistake, (fitted(check, trial.task), returns), strict
            )
            for check, trial in (*failing[:ENOUGH], *passing)
        )

    return next(filter(does, mistakes), None)


def _telling(trials: Trials) -> tuple[list[tuple[Check, Trial]], list[tuple[Check, Trial]]]:
    """Return the failing and the passing cases in which the function returned or raised, small inputs first.

    Most mistakes already differ in the first case, so that should be the quickest.
    """
    telling = [
        (check, trial)
        for check, each in trials
        for trial in each
        if check.demand.telling and isinstance(trial.got[0], Returned | Raised)
    ]
    telling.sort(key=lambda one: element_count(one[1].case.calls[0].arguments))
    return [one for one in telling if one[1].verdict.share < 1], [one for one in telling if one[1].verdict.share == 1]


def _as_judged(check: Check, trial: Trial, theirs: Outcome, returns: tuple[Part, ...]) -> bool:
    """Return whether a case that is no plain call came to the same as the mistake."""
    if not isinstance(theirs, Returned):
        return type(theirs) is type(trial.got[0])
    return kind_of(check).alike(check, returns, trial.case, trial.got, [theirs])


def _does_the_same(
    theirs: Outcome, trial: Trial, mistake: Mistake, rule: tuple[Check, tuple[Part, ...]], strict: bool
) -> bool:
    """Return whether the mistake does what the student's function did; `strict` compares an exception's words, too."""
    mine = trial.got[0]
    if isinstance(mine, Raised) and isinstance(theirs, Raised):
        words = theirs.message.replace(mistake.symbol, mistake.function)
        return mine.type == theirs.type and (not strict or mine.message == words)
    if not isinstance(mine, Returned) or not isinstance(theirs, Returned):
        return False
    return agree(*rule, trial.case, mine.value, theirs.value)


def _diagnosis(failing: Failing, *, sure: bool) -> FoundSlip | Message | None:
    from grader.explain.mending import mended
    from grader.explain.values import Context, diagnose

    def reference(function: str, arguments: tuple[Value, ...]) -> Value:
        outcome = failing.answer(function, arguments)
        return outcome.value if isinstance(outcome, Returned) else None

    names = shared_names(failing.problem.function, failing.reference, failing.student)
    problem = failing.problem
    demands = [check.demand for check, _ in failing.trials]
    loose = any(each.loose for each in demands) and not any(each.compares for each in demands)
    loose = loose or not all(each.portable for each in demands)  # a checker need not bear what a mend returns
    slips = (
        iter(())
        if loose
        else mended(problem.function, problem.returns, failing.trials, failing.student, failing.workshop)
    )
    context = Context(parameters=failing.parameters, names=names, reference=reference, mended=slips, sure=sure)
    return diagnose(failing.problem, failing.trials, context)


def shared_names(function: str, reference: Submission, student: Submission) -> dict[str, str]:
    """Return the reference's names for places in the arguments: `A_prev.shape[1]` is `n_H_prev`.

    A name that does not occur in the student's function, docstring and comments included, is left out: the student
    would not know it.
    """
    import ast

    names = set(re.findall(r"\w+", _text(function, student)))
    try:
        tree = ast.parse(_text(function, reference))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            for place, name in _unpacked(node.targets[0], node.value):
                if name in names:
                    found.setdefault(place, name)
    return found


def _text(function: str, source: Submission) -> str:
    symbol = source.symbols.get(function)
    return "\n".join(source.source.text.splitlines()[symbol.line - 1 : symbol.end_line]) if symbol else ""


def _unpacked(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, str]]:
    """Yield places and their names of an assignment: `m, n = X.shape`, `m = X.shape[0]` or `h, w = shape`."""
    import ast

    if isinstance(target, ast.Tuple) and isinstance(value, ast.Attribute | ast.Name):
        for index, item in enumerate(target.elts):
            if isinstance(item, ast.Name):
                yield f"{ast.unparse(value)}[{index}]", item.id
    if isinstance(target, ast.Name) and isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Constant):
        yield ast.unparse(value), target.id
