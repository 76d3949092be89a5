"""The one sentence a student reads first about a function."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from grader.grading.judging import Judged
from grader.grading.status import broken_for
from grader.language import Message, listed, say
from grader.model import Broken, CheckResult, Status, Submission


def headline(judged: Judged, status: Status, checks: Sequence[CheckResult[Any]], student: Submission) -> Message | None:
    """Return the sentence, or `None` where a full mark says it all."""
    function = judged.problem.function
    if judged.blames:
        return _blame(judged)
    match status:
        case "passed":
            return None
        case "not_attempted":
            return say("{function} is still a stub: write its body.", function=function)
        case "missing" if function in student.meant:
            return student.meant[function][0]
        case "missing":
            return say("There is no function called {function} in the file.", function=function)
        case "ungradable" if broken := broken_for(function, student):
            return _broken(broken)
    # A rule that takes no point, since nothing is right yet, is not what a student should mend first.
    free = [check.kind == "rules" and not judged.counted(check) for check, _ in judged.trials]
    ranked = sorted(zip(free, checks, strict=True), key=lambda pair: (pair[0], pair[1].visibility != "public"))
    return next((check.message for _, check in ranked if check.message is not None), None)


def _broken(broken: Broken) -> Message:
    if broken.hint is None:
        return say("Python cannot read this: {what}", what=broken.message)
    return say("{hint} (Python says: {what})", hint=broken.hint, what=broken.message)


def _blame(judged: Judged) -> Message:
    helpers = listed(judged.blames)
    if all(judged.own(check, trials) == 1 or judged.unmeasured(check, trials) for check, trials in judged.trials):
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
