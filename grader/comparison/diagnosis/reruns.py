"""What the reference gives for other arguments: a number replaced, an array ignored, only one part taken in.

Every candidate is a call of the reference on the smallest failing case; what agrees there must agree on all others.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from grader.comparison.diagnosis.agreement import fits, verdict, wide
from grader.comparison.diagnosis.alterations import Candidate, candidates
from grader.comparison.diagnosis.samples import Array, Evidence, Sample, outputs
from grader.model import Diagnosis

if TYPE_CHECKING:
    from grader.comparison.diagnosis.alterations import Path
    from grader.model import Value

    Key: TypeAlias = tuple[object, ...]

_CONFIRM = 2
"""Right cases that must agree as well."""


def rerun(evidence: Evidence) -> Diagnosis | None:
    """Explain by one changed argument: the reference then gives the student's answers, in every case."""
    if evidence.reference is None:
        return None
    first, *rest = sorted(evidence.wrong, key=_handiness)
    confirming = [*rest, *sorted(evidence.right, key=lambda sample: sample.size)[:_CONFIRM]]
    oracle = Oracle(evidence)
    for candidate in candidates(evidence, first, lambda candidate: oracle.matters(candidate, first)):
        if all(oracle.explains(candidate, sample) for sample in (first, *confirming)):
            sure = sum(sample.want.size for sample in evidence.wrong) > 2
            cases, words = len(evidence.wrong), candidate.words
            return verdict(candidate.cause, evidence.output, cases, sure=sure, words=words, **candidate.numbers)
    return None


def _handiness(sample: Sample) -> tuple[int, bool, int]:
    """Order samples: those with all arguments, whose answer is more than two numbers, small ones first."""
    return -len(sample.case.calls[0].arguments), sample.want.size < 3, sample.size


class Oracle:
    """The reference; what it was asked before is remembered."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.known: dict[Key, Array | None] = {}

    def explains(self, candidate: Candidate, sample: Sample) -> bool:
        """Return whether the reference gives the student's answer for the changed arguments."""
        predicted = self.predicted(candidate, sample)
        return predicted is not None and fits(sample, predicted)

    def matters(self, candidate: Candidate, sample: Sample) -> bool:
        """Return whether the change makes any difference to the reference's answer."""
        predicted = self.predicted(candidate, sample)
        return predicted is None or not np.array_equal(predicted, sample.want)

    def predicted(self, candidate: Candidate, sample: Sample) -> Array | None:
        """Return the reference's output for the changed arguments, None if it gives none (or is asked no more)."""
        arguments = list(sample.case.calls[0].arguments)
        changed: Value = arguments
        for path, change in candidate.changes:
            changed = _changed(changed, path, partial(change, sample=sample))
        output = self.asked(sample, changed) if isinstance(changed, list) else None
        return output if output is None or not candidate.negated else -wide(output)

    def asked(self, sample: Sample, arguments: list[Value]) -> Array | None:
        """Return the reference's output for these arguments, None if it gives none (or is asked no more)."""
        place = key(arguments)
        if place == key(list(sample.case.calls[0].arguments)):
            return sample.want
        if place not in self.known:
            if self.evidence.reference is None:
                return None
            value = self.evidence.reference(sample.case.function, tuple(arguments))
            self.known[place] = outputs(value, self.evidence.returns).get(self.evidence.output)
        return self.known[place]


def key(value: Value) -> Key:
    """Return what two values share only if they are the same, to look them up by."""
    if isinstance(value, np.ndarray):
        return (value.dtype.str, value.shape, value.tobytes())
    if isinstance(value, dict):
        return tuple((name, key(item)) for name, item in value.items())
    if isinstance(value, tuple | list):
        return tuple(key(item) for item in value)
    return (type(value).__name__, repr(value))


def _changed(value: Value, path: Path, change: Callable[[Value], Value]) -> Value:
    """Return a copy of `value` in which the item at `path` is changed; `value` itself where there is no such item.

    An argument that was left to its default is put in.
    """
    if not path:
        return change(value)
    head, rest = path[0], path[1:]
    if isinstance(value, list) and head == len(value) and not rest:
        return [*value, change(None)]
    if isinstance(value, dict) and head in value:
        return value | {head: _changed(value[head], rest, change)}
    if isinstance(value, tuple | list) and isinstance(head, int) and head < len(value):
        items = [_changed(item, rest, change) if index == head else item for index, item in enumerate(value)]
        return tuple(items) if isinstance(value, tuple) else items
    return value
