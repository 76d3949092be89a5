"""The sentence for an exception; its reasons are looked for only where something was raised."""

from __future__ import annotations

from grader.grading import sentences
from grader.grading.judging import Trial
from grader.language import Message, inert, say
from grader.model import Raised, Signature, Submission
from grader.submission.reasons import Scene, owner, reason, scene


def of_raised(raised: Raised, student: Submission, trial: Trial, signature: Signature, *, public: bool) -> Message:
    """Return what is to be said of an exception: the student's own line, why it was raised, and its type's name.

    `public` lets the exception's own words and the case's inputs be repeated.
    """
    call = next(call for call, got in zip(trial.case.calls, trial.got, strict=True) if got is raised)
    given = tuple(zip(signature.parameters, call.arguments, strict=False))
    names = tuple(name for name, _ in given)
    seen = scene(raised, student, call.function, given=names, inputs=given if public else (), public=public)
    plain = raised.type == "NotImplementedError" or seen.beyond
    what = None if plain else reason(seen)
    if what is None:
        return _at(seen, sentences.raised(raised, public=public))
    kind = inert(raised.type, 60) if public else sentences.python_name(raised.type)
    return _at(seen, say("{what} ({type})", what=what, type=kind) if kind else what)


def _at(seen: Scene, what: Message) -> Message:
    """Return `what` behind the student's own line; if that is in a helper, with the line that called it.

    Of a hidden case the line that called it is told and the helper's is not.
    """
    if not seen.frames:
        return what
    student, line = seen.student, seen.frames[-1].line
    at, helper = student.source.span(line), owner(student, line)
    where = say("Cell {cell}, line {line}", cell=at.cell, line=at.line) if at.cell else say("Line {line}", line=at.line)
    if seen.beyond:
        return say("{where}, in a function that is called there: {what}", where=where, what=what)
    callers = [frame.line for frame in seen.frames if owner(student, frame.line) == seen.function]
    if helper and callers and helper != seen.function:
        return say(
            "{where}, in {helper} (called in line {caller}): {what}",
            where=where, helper=helper, caller=seen.number(callers[-1]), what=what,
        )  # fmt: skip
    return say("{where}: {what}", where=where, what=what)
