"""What is wrong with the reference itself: told to the author at the reference's own line."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from grader import submission
from grader.errors import Fault, Span
from grader.language import inert, say
from grader.model import Case, Check, Outcome, Problem, Raised, Submission


def unreadable(reference: Submission) -> list[Fault]:
    """Return a fault for each statement of the reference that does not parse."""
    return [
        Fault(
            at=replace(broken.at, column=submission.caret(reference, broken.at)),
            message=say("The reference does not parse: {what}", what=broken.message),
            hint=broken.hint,
            line_text=broken.line_text,
        )
        for broken in reference.broken
    ]


def raising(
    reference: Submission, problems: Sequence[Problem], cases: Sequence[Case], want: Sequence[Sequence[Outcome]]
) -> list[Fault]:
    """Return a fault for each line of the reference where a case raises that does not ask for it."""
    checks = {(one.function, check.key): check for one in problems for check in one.checks}
    found: dict[tuple[int, str], Fault] = {}
    for case, outcomes in zip(cases, want, strict=True):
        check = checks[case.function, case.check]
        for outcome in outcomes:
            if isinstance(outcome, Raised) and check.kind != "errors":
                at = place(outcome, reference)
                found.setdefault((at.line, case.function), _fault(outcome, case, check, reference))
    return list(found.values())


def place(outcome: Raised, reference: Submission) -> Span:
    """Return the reference's own line that raised (line 0 if none is known)."""
    lines = [frame.line for frame in outcome.frames]
    return reference.source.span(lines[-1]) if lines else Span(path=reference.source.path)


def _fault(outcome: Raised, case: Case, check: Check, reference: Submission) -> Fault:
    at = place(outcome, reference)
    what = inert(f"{outcome.type}: {outcome.message}" if outcome.message else outcome.type, 200)
    return Fault(
        at=at,
        message=say("The reference's {function} did not return: {what}", function=case.function, what=what),
        hint=say("It was called for case {number} of the check {check}.", number=case.index + 1, check=check.name),
        line_text=submission.line(reference, at) if at.line else "",
    )
