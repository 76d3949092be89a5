"""How near to right an answer is in one case."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from grader.checks.compared import nearest
from grader.explain.values.samples import Array, outputs, wide
from grader.model import Check, Outcome, Part, Raised, Returned, Trial
from grader.values import element_count, leaves


class TriedCase(Struct, frozen=True, eq=False):
    """A case with its check."""

    check: Check
    trial: Trial

    @property
    def size(self) -> int:
        """How many numbers its arguments hold."""
        return element_count(self.trial.case.calls[0].arguments)

    @property
    def right(self) -> bool:
        """Whether the student's function was right in it."""
        return self.trial.verdict.share == 1

    @property
    def seconds(self) -> float:
        """How long the student's function took."""
        return duration(self.trial.got)

    @property
    def plain(self) -> bool:
        """Whether nothing but the value that comes back decides on it."""
        return self.check.demand.compares and len(self.trial.case.calls) == 1


def duration(outcomes: Sequence[Outcome]) -> float:
    """Return how many seconds calls took that came to an end."""
    return sum(outcome.seconds for outcome in outcomes if isinstance(outcome, Returned | Raised))


def content(outcome: Outcome) -> tuple[object, ...]:
    """Return what is the same for the same answers."""
    if not isinstance(outcome, Returned):
        return ()
    plain = (
        (where, type(one), one.shape, one.dtype.str, one.tobytes()) if type(one) is np.ndarray else (where, repr(one))
        for where, one in leaves(outcome.value)
    )
    return True, *plain


def top(name: str) -> str:
    """Return the returned item that a numeric output is in."""
    return re.split(r"[.\[]", name, maxsplit=1)[0]


def wanted(one: TriedCase, returns: tuple[Part, ...]) -> dict[str, Array]:
    """Return the expected outputs that are numbers, by name."""
    want = one.trial.want[0] if one.trial.want else None
    return outputs(want.value, returns) if isinstance(want, Returned) else {}


def nearness(got: Sequence[Outcome], one: TriedCase, returns: tuple[Part, ...]) -> float:
    """Return which part of the expected numbers comes back, from 0 (wrong shapes) to 1; -1 where nothing does."""
    each = alike(got, one, returns)
    return -1.0 if each is None else sum(each.values()) / max(1, len(each))


def alike(got: Sequence[Outcome], one: TriedCase, returns: tuple[Part, ...]) -> dict[str, float] | None:
    """Return which part of each expected output comes back, from 0 (a wrong shape) to 1; None where nothing does."""
    want = one.trial.want
    if not isinstance(got[0], Returned) or not want or not isinstance(want[0], Returned):
        return None
    value = got[0].value
    if one.check.compare.free and one.check.compare.of is None:
        value = nearest(one.check, returns, one.trial.case, value, want[0].value).got
    mine, theirs = outputs(value, returns), outputs(want[0].value, returns)
    return {name: _alike(mine.get(name), array) for name, array in theirs.items()}


def _alike(mine: Array | None, theirs: Array) -> float:
    if mine is None or mine.shape != theirs.shape:
        return 0.0
    if not theirs.size:
        return 1.0
    one, other = wide(mine), wide(theirs)
    same = np.isclose(one, other, rtol=1e-6, atol=1e-6 * float(np.abs(other).max(initial=0.0)), equal_nan=True)
    found = 0.2 + 0.8 * float(same.mean())
    if one.size < 3 or not np.isfinite(one).all() or not other.all():
        return found
    ratio = np.median(np.abs(one / other))  # all in proportion: what is left is a factor
    same = np.isclose(np.abs(one), ratio * np.abs(other), rtol=1e-6, atol=0.0)
    return max(found, 0.9 * float(same.mean())) if ratio > 0 else found
