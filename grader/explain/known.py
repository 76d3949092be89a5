"""Known mistakes: the author's wrong variants, run when the first submission fails and compared with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from grader import comparison
from grader.model import Case, Check, Mistake, Outcome, Raised, Returned, Trial, Value
from grader.values import family_of, leaves, parts

Trials: TypeAlias = Sequence[tuple[Check, Sequence[Trial]]]
"""A function's checks, each with its cases and what came of them."""
Key: TypeAlias = tuple[object, ...]

ENOUGH = 12
"""Failing cases compared at most: a variant that agrees on a dozen drawn cases agrees."""


def recognise(
    mistakes: Sequence[Mistake], trials: Trials, outcome: Callable[[Mistake, Case], Outcome]
) -> Mistake | None:
    """Return the mistake of the function that does what the student's does, if any.

    It gives the student's answer on the failing cases, and on those that pass: who is wrong in fewer cases has made
    another mistake. `outcome` is what a mistake does in a case: run beside the reference, never beside the student's
    code.
    """
    failing, passing = _telling(trials)
    if not failing:
        return None
    strict = all(isinstance(trial.got[0], Raised) for _, trial in failing)

    def does(mistake: Mistake) -> bool:
        return all(
            _same(outcome(mistake, trial.case), trial.got[0], mistake, check, strict)
            for check, trial in (*failing[:ENOUGH], *passing)
        )

    return next(filter(does, mistakes), None)


def _telling(trials: Trials) -> tuple[list[tuple[Check, Trial]], list[tuple[Check, Trial]]]:
    """Return the failing and the passing cases that say something: the function gave a value or raised.

    Smallest inputs come first: most variants differ on the first case they are tried on, so it should be the quickest.
    """
    telling = [
        (check, trial)
        for check, each in trials
        for trial in each
        if check.telling and isinstance(trial.got[0], Returned | Raised)
    ]
    telling.sort(key=lambda one: size(one[1].case.calls[0].arguments))
    return [one for one in telling if one[1].verdict.share < 1], [one for one in telling if one[1].verdict.share == 1]


def _same(theirs: Outcome, mine: Outcome, mistake: Mistake, check: Check, strict: bool) -> bool:
    """Return whether the mistake does what the student did; `strict` asks for an exception's words too."""
    if isinstance(mine, Raised) and isinstance(theirs, Raised):
        words = theirs.message.replace(mistake.symbol, mistake.function)
        return mine.type == theirs.type and (not strict or mine.message == words)
    if not isinstance(mine, Returned) or not isinstance(theirs, Returned):
        return False
    return not comparison.differences(mine.value, theirs.value, check.compare)


def size(value: Value) -> int:
    """Return about how many numbers there are in `value`."""
    return sum(int(getattr(leaf, "size", 1)) for _, leaf in leaves(value))


def key(value: Value) -> Key:
    """Return what two values share only if they are the same, to look them up by."""
    import numpy as np

    if isinstance(value, np.ndarray):
        return (value.dtype.str, value.shape, value.tobytes())
    if family_of(value).container:
        return tuple((at, key(item)) for at, item in parts(value))
    return (type(value).__name__, repr(value))
