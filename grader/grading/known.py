"""Known mistakes: whose wrong outputs are all those of one of the author's wrong variants is told its hint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from grader import comparison
from grader.execution import Engine, Session
from grader.grading.judging import Judged, Trial
from grader.grading.second import generous
from grader.model import Call, Limits, Mistake, Outcome, Raised, Returned, Source, Submission, Value

ENOUGH = 12
"""Failing cases compared at most: a variant that agrees on a dozen drawn cases agrees."""


def recognise(
    engine: Engine,
    reference: Submission,
    mistakes: Sequence[Mistake],
    limits: Mapping[str, Limits],
    judged: Mapping[str, Judged],
) -> dict[str, Mistake]:
    """Return, for each function that fails, the known mistake that gives the student's output on every failing case.

    The variants run in a worker of their own, beside the reference and never beside the student's code.
    """
    failing = {name: _failing(one) for name, one in judged.items()}
    suspects = [mistake for mistake in mistakes if failing.get(mistake.function)]
    if not suspects:
        return {}
    found: dict[str, Mistake] = {}
    with engine.session(_beside(reference.source, suspects), generous(limits)) as session:
        for mistake in suspects:
            trials = failing[mistake.function]
            if mistake.function not in found and all(_same(session, mistake, judged, trial) for trial in trials):
                found[mistake.function] = mistake
    return found


def _failing(judged: Judged) -> list[Trial]:
    """Return the failing cases that say something, where the function gave a value or raised: smallest inputs first.

    Most variants differ on the first case they are tried on, so it should be the quickest.
    """
    trials = [
        trial
        for check, trials in judged.trials
        for trial in trials
        if check.kind != "properties" and trial.verdict.share < 1 and isinstance(trial.got[0], Returned | Raised)
    ]
    return sorted(trials, key=lambda trial: _size(trial.case.calls[0].arguments))[:ENOUGH]


def _size(value: Value) -> int:
    """Return about how many numbers there are in `value`."""
    if isinstance(value, tuple | list):
        return sum(map(_size, value))
    if isinstance(value, dict):
        return sum(map(_size, value.values()))
    return int(getattr(value, "size", 1))


def _beside(source: Source, mistakes: Sequence[Mistake]) -> Source:
    return replace(source, text="\n\n\n".join([source.text, *(mistake.text for mistake in mistakes)]))


def _same(session: Session, mistake: Mistake, judged: Mapping[str, Judged], trial: Trial) -> bool:
    call: Call = trial.case.calls[0]
    theirs: Outcome = session.call(mistake.symbol, call.arguments)
    mine = trial.got[0]
    if isinstance(mine, Raised) and isinstance(theirs, Raised):
        return mine.type == theirs.type
    if not isinstance(mine, Returned) or not isinstance(theirs, Returned):
        return False
    check = next(each for each, _ in judged[mistake.function].trials if each.key == trial.case.check)
    return not comparison.differences(mine.value, theirs.value, check.compare)
