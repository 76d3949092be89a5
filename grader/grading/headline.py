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
    return next((check.message for check in _public_first(checks) if check.message is not None), None)


def _public_first(checks: Sequence[CheckResult[Any]]) -> list[CheckResult[Any]]:
    return sorted(checks, key=lambda check: check.visibility != "public")


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
        "The results below come from your own {helpers}.",
        function=judged.problem.function,
        helpers=helpers,
    )
