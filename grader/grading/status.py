"""The status of a case, a check and a function, a function's headline, and where it stands in the file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from grader import submission
from grader.grading.judging import Judged
from grader.grading.submitted import unwritten
from grader.language import Message, inert, listed, say
from grader.model import (
    Absent,
    Broken,
    CheckResult,
    Listing,
    Outcome,
    Problem,
    Raised,
    Returned,
    Span,
    Status,
    Stopped,
    StopReason,
    Submission,
    Trial,
)

_STOPPED: dict[StopReason, Status] = {
    "timeout": "timeout",
    "cpu": "timeout",
    "unreached": "not_run",
    "memory": "out_of_memory",
    "output": "failed",
    "result": "failed",
    "kind": "failed",
    "exit": "crashed",
    "crash": "crashed",
    "compile": "ungradable",
    "forged": "crashed",
}


def status_of_outcome(outcome: Outcome) -> Status:
    """Return the status of a call that earned nothing."""
    match outcome:
        case Returned():
            return "failed"
        case Raised(type="NotImplementedError"):
            return "not_attempted"
        case Raised():
            return "error"
        case Stopped(reason=reason):
            return _STOPPED[reason]
        case Absent():
            return "missing"


def deciding(trial: Trial) -> Outcome:
    """Return the outcome that tells most of a case: the first that did not return, else that of the verdict's call."""
    if trial.verdict.speaks is not None:
        return trial.verdict.speaks
    for outcome in trial.got:
        if not isinstance(outcome, Returned):
            return outcome
    return trial.got[trial.verdict.call]


def status_of_trial(trial: Trial) -> Status:
    """Return the status of one case."""
    if trial.verdict.share == 1:
        return "passed"
    return "partial" if trial.verdict.share else status_of_outcome(deciding(trial))


def status_of_all(earned: Fraction, statuses: Iterable[Status]) -> Status:
    """Return the status of several cases or checks together: where nothing is earned, that of the first that failed."""
    if earned == 1:
        return "passed"
    if earned:
        return "partial"
    return next((status for status in statuses if status not in ("passed", "partial")), "failed")


def status_of_problem(judged: Judged, student: Submission) -> Status:
    """Return the status of a function: a source that is broken or untouched says more than its calls."""
    name = judged.problem.function
    if judged.earned == 1:
        return "passed" if judged.is_right else "partial"
    if broken_for(name, student) is not None:
        return "ungradable"
    symbol = student.symbols.get(name)
    if symbol is not None and symbol.untouched and not judged.earned:
        return "not_attempted"
    return status_of_all(judged.earned, (status_of_trial(trial) for _, trials in judged.trials for trial in trials))


def broken_for(function: str, student: Submission) -> Broken | None:
    """Return the statement that does not parse and would have defined `function`.

    Where nothing at all could be read, it is the first such statement for every function.
    """
    if function in student.symbols:
        return None
    named = next((broken for broken in student.broken if broken.function == function), None)
    if named is None and student.broken and not student.symbols:
        return student.broken[0]
    return named


MOST_LISTED = 80
"""Lines of a function that a report lists."""


def whereabouts(function: str, status: Status, student: Submission) -> tuple[Span | None, Listing | None]:
    """Return the place of `function` (its `def`, or the line that does not parse), and its listing."""
    lines = submission.lines(student)
    broken = broken_for(function, student) if status == "ungradable" else None
    if broken is not None:
        first, last, at = broken.line, broken.end_line, broken.at
    elif symbol := student.symbols.get(function):
        first, last, at = symbol.line, symbol.end_line, student.source.span(symbol.line)
    else:
        return None, None
    shown = tuple(inert(line, 200) for line in lines[first - 1 : min(last, first + MOST_LISTED - 1)])
    column = submission.caret(student, at) if broken is not None else 0
    return at, Listing(at=student.source.span(first), lines=shown, caret=column)


def headline(judged: Judged, status: Status, checks: Sequence[CheckResult[Any]], student: Submission) -> Message | None:
    """Return the sentence that sums up a function's result; `None` where all of it is right."""
    function = judged.problem.function
    if judged.blames:
        return _blame(judged)
    match status:
        case "passed":
            return None
        case "not_attempted":
            return _unwritten(judged.problem, student)
        case "missing" if function in student.meant:
            return student.meant[function][0]
        case "missing":
            return _missing(judged.problem)
        case "ungradable" if broken := broken_for(function, student):
            return _broken(broken)
    # A rule that takes no point, since nothing is right yet, is not what a student should mend first.
    free = [not check.demand.drawn and not judged.proportion(check) for check, _ in judged.trials]
    ranked = sorted(zip(free, checks, strict=True), key=lambda pair: (pair[0], pair[1].visibility != "public"))
    return next((check.message for _, check in ranked if check.message is not None), None)


def _unwritten(problem: Problem, student: Submission) -> Message:
    match problem.subject:
        case "training" if idle := unwritten(problem, student):
            return say("It begins once these functions are written, too: {functions}.", functions=listed(idle))
        case "program":
            return say("The program is not written yet.")
        case "variable":
            return say("No value has been given yet.")
    return say("{function} is still a stub: write its body.", function=problem.function)


def _missing(problem: Problem) -> Message:
    match problem.subject:
        case "class":
            return say("There is no class called {name} in the file.", name=problem.function)
        case "variable":
            names = listed([name for check in problem.checks for name in check.demand.variables()])
            return say("There is no variable called {names} once the file has run.", names=names)
    return say("There is no function called {function} in the file.", function=problem.function)


def _broken(broken: Broken) -> Message:
    if broken.hint is None:
        return say("Python cannot read this: {what}", what=broken.message)
    return say("{hint} (Python says: {what})", hint=broken.hint, what=broken.message)


def _blame(judged: Judged) -> Message:
    helpers = listed(judged.blames)
    if all(judged.passed(check) == 1 or judged.unmeasured(check, trials) for check, trials in judged.trials):
        return say(
            "{function} itself is right; its result is wrong for now because of {helpers}.",
            function=judged.problem.function,
            helpers=helpers,
        )
    return say(
        "Graded with a right {helpers} in place of yours, which is wrong for now; {function} itself has mistakes too. "
        "Points, and what counts as right, go by the right {helpers}; what is shown of a case came with your own.",
        function=judged.problem.function,
        helpers=helpers,
    )
