"""The sentence for what a call did, in words a student understands; made here and nowhere else."""

from __future__ import annotations

import builtins

from grader.explain.raised import Scene, owner, reason, scene
from grader.grading.judging import Trial
from grader.language import Message, inert, say
from grader.model import Absent, Limits, Outcome, Raised, Returned, Signature, Stopped, Submission

NEARLY = 0.95
"""Share of the time of one call below which a call that was stopped had not its whole time."""


def python_name(name: str) -> str:
    """Return an exception type's name if it is one of Python's own, else "".

    A student's own class could carry a hidden input in its name.
    """
    found = getattr(builtins, name, None)
    return name if isinstance(found, type) and issubclass(found, BaseException) else ""


def of_outcome(outcome: Outcome, limits: Limits, *, public: bool) -> Message | None:
    """Return what is to be said of a call that gave no value (`None` for one that returned).

    `public` lets the student's own words (an exception's message, a type's name) be repeated.
    """
    match outcome:
        case Returned():
            return None
        case Raised():
            return raising(outcome, public=public)
        case Stopped():
            return _stopped(outcome, limits, public)
        case Absent(found=found):
            if found and public:
                return say("The name is there, but it is no function: {found}.", found=inert(found, 60))
            return say("There is no function of this name in the file.")


def raising(outcome: Raised, *, public: bool) -> Message:
    """Return an exception's type and, if `public`, its own words."""
    if outcome.type == "NotImplementedError":
        return say("Not written yet (NotImplementedError).")
    if public:
        if outcome.message:
            text = inert(" ".join(outcome.message.split()), 200)
            return say("Raised {type}: {text}", type=inert(outcome.type, 60), text=text)
        return say("Raised {type}.", type=inert(outcome.type, 60))
    name = python_name(outcome.type)
    return say("Raised {type}.", type=name) if name else say("Raised an exception of its own kind.")


def _stopped(outcome: Stopped, limits: Limits, public: bool) -> Message:
    detail = inert(outcome.detail, 60) if public else ""
    match outcome.reason:
        case "timeout" if outcome.seconds < NEARLY * limits.seconds:
            return say(
                "Was stopped: all cases of this function together may take {seconds:g} s, and the earlier ones used "
                "most of it.",
                seconds=2 * limits.seconds,
            )
        case "timeout" | "cpu":
            most = limits.seconds if outcome.reason == "timeout" else limits.cpu_seconds
            return say("Ran longer than {seconds:g} s and was stopped: does a loop never end?", seconds=most)
        case "unreached":
            return say("Not run: the earlier cases of this function used up its time.")
        case "memory":
            return say(
                "Needed more than {size} MiB of memory: is an array far larger than it should be?",
                size=limits.memory >> 20,
            )
        case "output":
            return say("Printed without end and was stopped: is there a print in a loop?")
        case "result":
            return say("Returned far more than is expected: is the shape right?")
        case "kind":
            if detail:
                return say("Returned a {kind}, which is no array, number, tuple, list or dict.", kind=detail)
            return say("Returned something that is no array, number, tuple, list or dict.")
        case "exit":
            return say("Ended the whole program (exit, quit or os._exit) instead of returning.")
        case "crash":
            return (
                say("Crashed the Python process ({signal}).", signal=detail)
                if detail
                else say("Crashed the Python process.")
            )
        case "compile":
            return say(
                "Python cannot compile this file within the limits of time and memory: is something in it nested very "
                "deeply?"
            )
        case "forged":
            return say("Interfered with the grader's own channel; the answer was not taken.")


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
        return _at(seen, raising(raised, public=public))
    kind = inert(raised.type, 60) if public else python_name(raised.type)
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
