"""Puts into a kit what known mistakes teach, without what they compute."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from itertools import zip_longest

import numpy as np
from msgspec.structs import replace

from grader.author.kit.sealing import LEAST, bits_to_guess, given_away
from grader.comparison.lessons import is_shown, lesson
from grader.comparison.seals import COST, Unsealable, cells_of, grid_of, numbers_in
from grader.comparison.values import fitted
from grader.execution import Engine
from grader.grading import Prepared
from grader.grading.judging import Judged
from grader.grading.variants import as_variant, known_mistakes, try_all
from grader.model import Call, Mistake, Returned, Value
from grader.model.outcome import Lesson
from grader.values import sealable
from grader.values.numbers import number

EACH = 12
"""Bits of one factor or term between a mistake's answer and the right one: people try simple fractions first."""


def lessons(prepared: Prepared, engine: Engine) -> tuple[list[Lesson], list[Mistake]]:
    """Return the lessons of a rubric's known mistakes, and the mistakes that have none.

    A mistake has none if the public cases do not show it, if it raises there, or if what it returns could be guessed
    by somebody who knows what is expected. Raises RubricError for faults in the file of mistakes.
    """
    known = known_mistakes(prepared.plan)
    public = tuple(task for task in prepared.tasks if is_shown(prepared.checks[task.key]))
    judged = try_all(replace(prepared, tasks=public), engine, [as_variant(mistake) for mistake in known])
    found: list[Lesson] = []
    without: list[Mistake] = []
    secret = f"{prepared.plan.digest} {prepared.plan.rubric.seed}"
    for place, (mistake, one) in enumerate(zip(known, judged, strict=True)):
        made = next(_of_mistake(mistake, one, f"{secret} {place}"), None)
        if made is None:
            without.append(mistake)
        else:
            found.append(made)
    return found, without


def _of_mistake(mistake: Mistake, judged: Judged, secret: str) -> Iterator[Lesson]:
    trials = [(check, trial) for check, each in judged.trials if is_shown(check) for trial in each]
    if all(trial.verdict.share == 1 for _, trial in trials):
        return
    grids, cells, pairs, bits = [], [], [], 0.0
    random = _dice(secret)
    for check, trial in trials:
        got, want = trial.got[0], trial.want[0]
        if not isinstance(got, Returned) or not isinstance(want, Returned):
            return
        rule = fitted(check, trial.task).compare
        if not sealable(got.value, rule):
            return
        try:
            laid = tuple(grid_of(each, rule, random, None) for each in numbers_in(got.value))
        except Unsealable:
            return
        found = cells_of(got.value, laid, rule)
        if found is None:
            return
        call = trial.case.calls[0]
        known = given_away(Call(function=call.function, arguments=(*call.arguments, want.value)))
        bits += bits_to_guess(got.value, laid, known)
        pairs.append((got.value, want.value))
        grids.append(laid)
        cells.append(found)
    if min(bits, _bits_of_a_variant(pairs)) >= LEAST:
        salt = sha256(f"lesson {secret}".encode()).digest()[:16]
        yield lesson(mistake.function, mistake.hints, grids, cells, salt, COST)


def _bits_of_a_variant(pairs: Sequence[tuple[Value, Value]]) -> float:
    """Return how many bits there are to guess for who varies right answers by factors or by terms.

    `pairs` are a mistake's answers and the right ones. A factor or a term is `EACH` bits, however often it stands.
    """
    factors: set[complex] = set()
    terms: set[complex] = set()
    for got, want in pairs:
        for one, other in zip_longest(map(number, numbers_in(got)), map(number, numbers_in(want))):
            if one is None or other is None or one.array.shape != other.array.shape:
                return math.inf
            mine, theirs = one.array.astype(np.complex128), other.array.astype(np.complex128)
            with np.errstate(all="ignore"):
                for kept, each in ((factors, mine / theirs), (terms, mine - theirs)):
                    kept.update(np.unique(np.round(each[np.isfinite(each)], 6)).tolist())
    return EACH * float(min(len(factors - {1.0}), len(terms - {0.0})))


def _dice(secret: str) -> Callable[[], float]:
    """Return a function that gives numbers from 0 to 1, which follow from a secret."""
    seed = int.from_bytes(sha256(f"dice {secret}".encode()).digest()[:16], "little")
    return np.random.default_rng(seed).random
