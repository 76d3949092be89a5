"""Known mistakes: whose wrong outputs are all those of one of the author's wrong variants is told its hint."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from grader import comparison
from grader.execution import Session
from grader.grading.judging import Judged, Trial
from grader.model import Call, Mistake, Outcome, Raised, Returned, Source, Value

ENOUGH = 12
"""Failing cases compared at most: a variant that agrees on a dozen drawn cases agrees."""


def recognise(session: Session, mistakes: Sequence[Mistake], judged: Judged) -> Mistake | None:
    """Return the known mistake that gives the student's output on every failing case of one function, if any does.

    `session` is on a source made by `beside`: the variants run beside the reference, never beside the student's code.
    """
    trials = _failing(judged)
    if not trials:
        return None
    own = (mistake for mistake in mistakes if mistake.function == judged.problem.function)
    return next((each for each in own if all(_same(session, each, judged, trial) for trial in trials)), None)


def beside(source: Source, mistakes: Sequence[Mistake]) -> Source:
    """Return the reference's source with the variants of `mistakes` behind it."""
    return replace(source, text="\n\n\n".join([source.text, *(mistake.text for mistake in mistakes)]))


def _failing(judged: Judged) -> list[Trial]:
    """Return the failing cases that say something, where the function gave a value or raised: smallest inputs first.

    Most variants differ on the first case they are tried on, so it should be the quickest.
    """
    trials = [
        trial
        for check, trials in judged.trials
        for trial in trials
        if not check.proportional and trial.verdict.share < 1 and isinstance(trial.got[0], Returned | Raised)
    ]
    return sorted(trials, key=lambda trial: size(trial.case.calls[0].arguments))[:ENOUGH]


def size(value: Value) -> int:
    """Return about how many numbers there are in `value`."""
    if isinstance(value, tuple | list):
        return sum(map(size, value))
    if isinstance(value, dict):
        return sum(map(size, value.values()))
    return int(getattr(value, "size", 1))


def _same(session: Session, mistake: Mistake, judged: Judged, trial: Trial) -> bool:
    call: Call = trial.case.calls[0]
    theirs: Outcome = session.call(mistake.symbol, call.arguments)
    mine = trial.got[0]
    if isinstance(mine, Raised) and isinstance(theirs, Raised):
        return mine.type == theirs.type
    if not isinstance(mine, Returned) or not isinstance(theirs, Returned):
        return False
    check = next(each for each, _ in judged.trials if each.key == trial.case.check)
    return not comparison.differences(mine.value, theirs.value, check.compare)
