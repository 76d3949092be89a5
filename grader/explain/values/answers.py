"""Answers that do not come from a computation, and texts that are nearly right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from grader.explain.values.agreement import fits, verdict
from grader.explain.values.samples import Array, Evidence, Run, Sample
from grader.model import Cause, Diagnosis

if TYPE_CHECKING:
    from grader.model import Value


def hard_coded(evidence: Evidence) -> Diagnosis | None:
    """Explain by the public example's answer, given for other inputs."""
    answers = [sample.want for sample in evidence.every if sample.public]
    hidden = [sample for sample in evidence.wrong if not sample.public]
    if len(hidden) < len(evidence.wrong) or not any(answer.size > 1 or len(hidden) > 1 for answer in answers):
        return None
    if all(any(fits(sample, answer) for answer in answers) for sample in hidden):
        return verdict("hard_coded", evidence.output, len(hidden), sure=True)
    return None


def zeros(evidence: Evidence) -> Diagnosis | None:
    """Explain by answers that are zero throughout, in right cases too (where zero is right)."""
    if any(sample.got.size == 0 or sample.got.any() for sample in evidence.every):
        return None
    return zeros_in_some(evidence)


def zeros_in_some(evidence: Evidence) -> Diagnosis | None:
    """Explain by answers that are zero throughout wherever they are wrong; what makes them zero is not said."""
    if any(sample.got.size == 0 or sample.got.any() for sample in evidence.wrong):
        return None
    sure = sum(sample.got.size for sample in evidence.wrong) > 2
    words = {"value": "False"} if all(sample.got.dtype.kind == "b" for sample in evidence.wrong) else {}
    return verdict("zeros", evidence.output, len(evidence.wrong), sure=sure, words=words)


def same_every_time(evidence: Evidence) -> Diagnosis | None:
    """Explain by one and the same answer for different inputs."""
    first = evidence.every[0]
    if len(evidence.every) < 3 or any(not np.array_equal(one.got, first.got) for one in evidence.every[1:]):
        return None
    if all(np.array_equal(one.want, first.want) for one in evidence.every[1:]):
        return None
    return verdict("same_every_time", evidence.output, len(evidence.wrong), sure=True)


def another_kept(evidence: Evidence) -> Diagnosis | None:
    """Explain by the order of what is handed on: an argument is expected, and another output's stands there."""
    if all(any(np.array_equal(one.want, each) for each in one.arrays.values()) for one in evidence.wrong):
        return other_output(evidence)
    return None


def echo(evidence: Evidence) -> Diagnosis | None:
    """Explain by an argument returned as it came in."""
    name = _everywhere(evidence, lambda sample: sample.arrays)
    return verdict("echo", evidence.output, len(evidence.wrong), sure=True, words={"name": name}) if name else None


def other_output(evidence: Evidence) -> Diagnosis | None:
    """Explain by what belongs into another output."""
    name = _everywhere(evidence, lambda sample: sample.others)
    if not name:
        return None
    return verdict("other_output", evidence.output, len(evidence.wrong), sure=True, words={"name": name})


def changed_before_returned(evidence: Evidence) -> Diagnosis | None:
    """Explain by an argument that should come back as it went in, but was changed on the way."""
    names = set.intersection(*({*sample.changed} for sample in evidence.wrong))
    for name in sorted(names):
        if all(name in one.arrays and np.array_equal(one.arrays[name], one.want) for one in evidence.wrong):
            return verdict("changed_input", evidence.output, len(evidence.wrong), sure=True, words={"name": name})
    return None


def changed_input(evidence: Evidence) -> Diagnosis | None:
    """Explain by an argument that the call changes in every failing case, and in no other."""
    names = set.intersection(*({*sample.changed} for sample in evidence.wrong))
    names -= {name for sample in evidence.right for name in sample.changed}
    if not names:
        return None
    return verdict("changed_input", evidence.output, len(evidence.wrong), sure=False, words={"name": min(names)})


def _everywhere(evidence: Evidence, known: Callable[[Sample], Mapping[str, Array]]) -> str:
    """Return the name whose array is the answer in every failing sample, "" if there is none."""
    first, *rest = evidence.wrong
    names = [name for name, one in known(first).items() if fits(first, one)]
    for sample in rest:
        arrays = known(sample)
        names = [name for name in names if name in arrays and fits(sample, arrays[name])]
    return names[0] if names else ""


def texts(wrong: Sequence[Run]) -> Diagnosis | None:
    """Return what explains all of these cases if they return texts or plain lists, None if nothing does."""
    pairs = [(run.got.value, run.want.value) for run in wrong]
    tests: tuple[tuple[Cause, Callable[[Value, Value], bool]], ...] = (
        ("white_space", _spaces), ("letter_case", _letters), ("order", _order),
    )  # fmt: skip
    for cause, same in tests:
        if all(same(got, want) for got, want in pairs):
            return verdict(cause, "", len(pairs), sure=True)
    return None


def _spaces(got: Value, want: Value) -> bool:
    return isinstance(got, str) and isinstance(want, str) and got.split() == want.split()


def _letters(got: Value, want: Value) -> bool:
    return isinstance(got, str) and isinstance(want, str) and got.casefold().split() == want.casefold().split()


def _order(got: Value, want: Value) -> bool:
    if not isinstance(got, tuple | list) or not isinstance(want, tuple | list) or len(got) != len(want):
        return False
    if len(want) < 2 or not all(isinstance(item, str | int | float) for item in (*got, *want)):
        return False
    return Counter(map(repr, got)) == Counter(map(repr, want))
