"""Known mistakes: the author's wrong variants, run when the first submission fails and compared with it."""

from __future__ import annotations

from collections.abc import Sequence

from grader import comparison
from grader.execution import Session
from grader.grading.judging import Judged, Trial
from grader.grading.memo import Memo, size
from grader.model import Check, Mistake, Outcome, Raised, Returned

ENOUGH = 12
"""Failing cases compared at most: a variant that agrees on a dozen drawn cases agrees."""


def recognise(session: Session, mistakes: Sequence[Mistake], judged: Judged, memo: Memo) -> Mistake | None:
    """Return the known mistake that does what the student's function does, if any.

    It gives the student's answer on the failing cases, and on those that pass: who is wrong in fewer cases has made
    another mistake. `session` is on a source made by `beside`: the variants run beside the reference, never beside the
    student's code.
    """
    failing, passing = _telling(judged)
    if not failing:
        return None
    strict = all(isinstance(trial.got[0], Raised) for trial in failing)
    checks = {check.key: check for check, _ in judged.trials}
    tried = [(trial, checks[trial.case.check]) for trial in (*failing[:ENOUGH], *passing)]

    def does(mistake: Mistake) -> bool:
        return all(
            _same(memo.outcome(session, mistake, trial.case), trial.got[0], mistake, check, strict)
            for trial, check in tried
        )

    own = (mistake for mistake in mistakes if mistake.function == judged.problem.function)
    return next(filter(does, own), None)


def _telling(judged: Judged) -> tuple[list[Trial], list[Trial]]:
    """Return the failing and the passing cases that say something: the function gave a value or raised.

    Smallest inputs come first: most variants differ on the first case they are tried on, so it should be the quickest.
    """
    trials = [
        trial
        for check, trials in judged.trials
        for trial in trials
        if check.telling and isinstance(trial.got[0], Returned | Raised)
    ]
    trials.sort(key=lambda trial: size(trial.case.calls[0].arguments))
    return [one for one in trials if one.verdict.share < 1], [one for one in trials if one.verdict.share == 1]


def _same(theirs: Outcome, mine: Outcome, mistake: Mistake, check: Check, strict: bool) -> bool:
    """Return whether the mistake does what the student did; `strict` asks for an exception's words too."""
    if isinstance(mine, Raised) and isinstance(theirs, Raised):
        words = theirs.message.replace(mistake.symbol, mistake.function)
        return mine.type == theirs.type and (not strict or mine.message == words)
    if not isinstance(mine, Returned) or not isinstance(theirs, Returned):
        return False
    return not comparison.differences(mine.value, theirs.value, check.compare)
