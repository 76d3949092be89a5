"""Lays a case open: inputs, expected and got. What it makes of a hidden case goes into a `Withheld` only."""

from __future__ import annotations

from grader import submission
from grader.grading.judging import Trial
from grader.grading.status import deciding
from grader.language import Inert, inert
from grader.model import Check, Exhibit, Part, Raised, Returned, Signature, Span, Stopped, Submission, Value


def exhibit(
    check: Check, returns: tuple[Part, ...], trial: Trial, signature: Signature, student: Submission
) -> Exhibit:
    """Return the case laid open; values are as they crossed the wire, texts are inert."""
    outcome = deciding(trial)
    got = outcome.value if isinstance(outcome, Returned) else None
    want = _wanted(check, trial)
    call = trial.case.calls[min(trial.verdict.call, len(trial.case.calls) - 1)]
    return Exhibit(
        inputs=tuple(zip(signature.parameters, call.arguments, strict=False)),
        want=want,
        got=got,
        returned=isinstance(outcome, Returned),
        mismatches=trial.verdict.mismatches,
        shown=_shown(check, returns, trial, want, outcome),
        stdout=inert(getattr(outcome, "stdout", ""), 2000, lines=True),
        error=_error(outcome),
        frames=frames(outcome, student),
    )


def unseen(check: Check, trial: Trial, signature: Signature) -> Exhibit:
    """Return the case laid open without anything that came of it."""
    inputs = tuple(zip(signature.parameters, trial.case.calls[0].arguments, strict=False))
    return Exhibit(
        inputs=inputs,
        want=_wanted(check, trial),
        got=None,
        returned=False,
        mismatches=(),
        shown=(),
        stdout=inert(""),
        error=inert(""),
    )


def _wanted(check: Check, trial: Trial) -> Value:
    if check.kind in ("example", "values") and trial.want and isinstance(trial.want[0], Returned):
        return trial.want[0].value
    return None


def frames(outcome: object, student: Submission) -> tuple[tuple[Span, Inert], ...]:
    """Return the student's own lines of a traceback, innermost last, each with its text.

    A line that the file does not have is left out.
    """
    if not isinstance(outcome, Raised):
        return ()
    lines = submission.lines(student)
    return tuple(
        (student.source.span(frame.line), inert(lines[frame.line - 1], 200))
        for frame in outcome.frames
        if 0 < frame.line <= len(lines)
    )


def _error(outcome: object) -> Inert:
    if isinstance(outcome, Raised):
        return inert(" ".join(f"{outcome.type}: {outcome.message}".split()) if outcome.message else outcome.type)
    return inert(outcome.detail) if isinstance(outcome, Stopped) else Inert("")


def _shown(
    check: Check, returns: tuple[Part, ...], trial: Trial, want: Value, outcome: object
) -> tuple[tuple[str, str, str], ...]:
    if check.kind != "example" or trial.verdict.share == 1:
        return ()
    from grader import cases

    expected = cases.labelled(check, returns, trial.case, want)
    if not isinstance(outcome, Returned):
        return tuple((label, text, "") for label, text in expected)
    mine = cases.labelled(check, returns, trial.case, outcome.value)
    return tuple(
        (label, text, str(inert(other, 2000, lines=True)))
        for (label, text), (_, other) in zip(expected, mine, strict=True)
    )
