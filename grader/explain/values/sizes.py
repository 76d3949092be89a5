"""Another size than expected: of an axis, or of the numbers (a factor, an offset, a function of every element)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace

from grader.explain.values.amounts import of_constant, of_factor
from grader.explain.values.formulas import Numbers, Slip, name_products, number_products, slip
from grader.explain.values.samples import (
    LEAST,
    Array,
    Evidence,
    Sample,
    agree,
    columns,
    perhaps,
    simplest,
    structural,
    wide,
)
from grader.language import Bilingual, Message, say


def axis_length(evidence: Evidence) -> Message | None:
    """Explain the lengths of every axis that differs by one change in the formula of the expected ones.

    A failing case whose shape is right by luck (stride 1, say) is explained too: its length must fit the formula.
    """
    ranks = {sample.want.ndim for sample in evidence.every} | {sample.got.ndim for sample in evidence.every}
    if len(ranks) > 1:
        return None
    known = columns(evidence.every)
    found: list[tuple[int, Slip]] = []
    for axis in range(ranks.pop()):
        wanted = np.array([sample.want.shape[axis] for sample in evidence.every])
        mine = np.array([sample.got.shape[axis] for sample in evidence.every])
        if np.array_equal(wanted, mine):
            continue
        change = slip(wanted, mine, known)
        if change is None:
            return None
        found.append((axis, change))
    if not found:
        return None
    axis, change = found[0]
    if len(evidence.every) < 3 and change.kind != "off":
        return None
    return _said_of_axis(axis, change, sure=len(evidence.wrong) > 2)


_SLIPS = {
    "without": say("Axis {axis} has the length {formula}; {name} is missing from that formula."),
    "with": say("Axis {axis} has the length {formula}; check how often {name} belongs in that formula."),
    "for": say("Axis {axis} has the length {formula}; {name} stands where {instead} belongs."),
    "rounded up": say("Axis {axis} has the length {formula}; it should be rounded down, not up."),
    "formula": say("Axis {axis} has the length {formula}; check that formula."),
}


def _said_of_axis(axis: int, change: Slip, *, sure: bool) -> Message:
    """Return the sentence for a slip. How far off a length is, is a fact; a formula found in few cases is not."""
    formula = change.formula.text
    if change.kind != "off":
        names = {"axis": axis, "formula": formula, "name": change.name, "instead": change.instead}
        return perhaps(replace(_SLIPS[change.kind], parameters=names), unless=sure and change.kind != "formula")
    by = abs(change.by)
    if change.by > 0 and sure:
        return say("Axis {axis} is too long by {by}; its length is {formula}.", axis=axis, by=by, formula=formula)
    if change.by > 0:
        return say("Axis {axis} is too long by {by}.", axis=axis, by=by)
    if sure:
        return say("Axis {axis} is too short by {by}; its length is {formula}.", axis=axis, by=by, formula=formula)
    return say("Axis {axis} is too short by {by}.", axis=axis, by=by)


FUNCTIONS: dict[str, Callable[[Array], Array]] = {
    "max(x, 0)": lambda x: np.maximum(x, 0),
    "min(x, 0)": lambda x: np.minimum(x, 0),
    "1 - x": lambda x: 1 - x,
    "abs(x)": np.abs,
    "trunc(x)": np.trunc,
    "floor(x)": np.floor,
    "ceil(x)": np.ceil,
    "x**2": np.square,
    "sqrt(x)": np.sqrt,
    "1/x": lambda x: 1 / x,
    "exp(x)": np.exp,
    "log(x)": np.log,
    "tanh(x)": np.tanh,
    "1/(1 + exp(-x))": lambda x: 1 / (1 + np.exp(-x)),
}
"""Plausible functions applied once too often, or (as inverses of each other) forgotten."""

COARSE = ("max(x, 0)", "min(x, 0)", "trunc(x)", "floor(x)", "ceil(x)", "tanh(x)", "1/(1 + exp(-x))")
"""Those that give the same, or nearly the same, for many different numbers."""

_BY_CHANCE = ("floor(x)", "ceil(x)")
"""Not tried where a number or two are all there is: a whole one may be these of anything near."""

_FAR, _FAR_OFF = 1e6, 1e3
"""Answers that are so many times larger or smaller than expected, or that far from it, are not explained by a factor
or an offset: rounding is so coarse beside them that almost anything would agree."""
_BESIDE = 1e-3
"""What is left beside an added argument is at least this share of it."""
_EXACT = 1e-6
"""How far a factor may differ from case to case, at most. Where a check is stricter it is less, by the strictest of the
cases: otherwise somebody who knows some expected numbers could find another by asking how far away is too far."""


def factor(evidence: Evidence) -> Message | None:
    """Explain by one factor for all elements: -1, a number common to all cases, or one made of drawn numbers."""
    return _factor(evidence, "") if _real_pairs(evidence) else None


def factor_beside(evidence: Evidence) -> Message | None:
    """Explain by one factor of what is left of all elements once an argument that is added is taken away."""
    names = evidence.wrong[0].arrays if _real_pairs(evidence) else ()
    return next((found for name in names if (found := _factor(evidence, name)) is not None), None)


class Measured(NamedTuple):
    """A number that was measured in each of some samples, and how far off each may be; both of shape (samples,)."""

    samples: Sequence[Sample]
    values: Numbers
    off: Numbers


def _measured(evidence: Evidence, measure: Callable[[Sample], tuple[float, float] | None]) -> Measured | None:
    """Return what was measured in all samples, None if there is nothing to measure in one, or in all.

    `measure` returns a number and how far off it may be: NaN where any number would do, None where none does.
    """
    samples: list[Sample] = []
    numbers: list[tuple[float, float]] = []
    for sample in evidence.every:
        number = measure(sample)
        if number is None:
            return None
        if not math.isnan(number[0]):
            samples.append(sample)
            numbers.append(number)
    return Measured(samples, *np.array(numbers).T) if samples else None


def _factor(evidence: Evidence, added: str) -> Message | None:
    """Explain by the factor that is left once the argument `added` (none: "") is taken from both answers."""
    known = _measured(evidence, lambda sample: _ratio(sample, added))
    if known is None:
        return None
    first = float(known.values[0])
    if np.ptp(known.values) <= known.off.min() * abs(first):
        if abs(first + 1) < LEAST and not added:
            return perhaps(say("Every number has the wrong sign."), unless=evidence.telling)
        if not _varied(evidence) or _alone(known.samples) or abs(first - 1) <= _EXACT:
            return None
        return of_factor(structural(first), added) if added else of_constant(first)
    factor = name_products(known.values, known.samples, known.off)
    if not factor and not added:
        factor = number_products(known.values, known.samples, known.off)
    return perhaps(of_factor(factor, added), unless=len(known.samples) > 3) if factor else None


def offset(evidence: Evidence) -> Message | None:
    """Explain by an offset: a multiple of an argument (spread over the output), or by one number everywhere."""
    if not _real_pairs(evidence):
        return None
    gaps = [_gap(sample) for sample in evidence.every]
    largest = max(float(np.abs(sample.want).max(initial=0)) for sample in evidence.every)
    if not all((np.abs(gap) <= _FAR_OFF * largest).all() for gap in gaps):
        return None
    flat = np.concatenate([gap.reshape(-1) for gap in gaps])
    if flat.size and np.ptp(flat) <= min(_least(*pair) for pair in zip(evidence.every, gaps, strict=True)):
        if not _varied(evidence) or _alone(evidence.every):
            return None
        return _said_of_offset(structural(float(flat[0])))
    names = evidence.wrong[0].arrays
    return next((found for name in names if (found := _multiple(evidence, name)) is not None), None)


def _said_of_offset(by: str) -> Message:
    """Return how much too large the numbers are; "" is a number that is measured and may not be told."""
    if not by:
        return say("Every number is off by one and the same amount.")
    if by.startswith("-"):
        return say("Every number is too small by {by}.", by=by[1:])
    return say("Every number is too large by {by}.", by=by)


def elementwise(evidence: Evidence) -> Message | None:
    """Explain by a plain function of every expected element, one that tells numbers apart."""
    names = ("1 - x",) if _truth(evidence) else tuple(name for name in FUNCTIONS if name not in COARSE)
    return _applied(evidence, names, _image)


def elementwise_coarse(evidence: Evidence) -> Message | None:
    """Explain by a plain function that takes many different numbers to one."""
    names = COARSE if evidence.telling else [name for name in COARSE if name not in _BY_CHANCE]
    return None if _truth(evidence) else _applied(evidence, names, lambda one, each: one.fits(each(wide(one.want))))


def _applied(
    evidence: Evidence, names: Sequence[str], fit: Callable[[Sample, Callable[[Array], Array]], bool]
) -> Message | None:
    if not _real_pairs(evidence):
        return None
    name = simplest(names, evidence.every, lambda name, sample: fit(sample, FUNCTIONS[name]))
    return perhaps(_said_of_function(name), unless=evidence.telling) if name is not None else None


def _said_of_function(name: str) -> Message:
    if name == "max(x, 0)":
        return say("Negative numbers come back as 0; the others are right.")
    if name == "trunc(x)":
        return say(
            "Only the whole part of each number comes back; is an array of whole numbers (dtype int) filled, or int() "
            "called?"
        )
    code = Bilingual(zh=name, en=name)  # x is not a name of the rubric here
    if name in _STEPS:
        return replace(_STEPS[name], parameters={"function": code})
    return say(
        "What comes back is {function}, where x is the right answer; is a step missing, or one too many?", function=code
    )


_STEPS: dict[str, Message] = {
    "x**2": say("What comes back is {function}, where x is the right answer; is a root missing, or a square too many?"),
    "sqrt(x)": say(
        "What comes back is {function}, where x is the right answer; is a square missing, or a root too many?"
    ),
    "exp(x)": say(
        "What comes back is {function}, where x is the right answer; is a logarithm missing, or an exp too many?"
    ),
    "log(x)": say(
        "What comes back is {function}, where x is the right answer; is an exp missing, or a logarithm too many?"
    ),
    "1/x": say("What comes back is {function}, where x is the right answer; are numerator and denominator exchanged?"),
}
"""What is missing where a function is applied once too often."""


def _image(sample: Sample, function: Callable[[Array], Array]) -> bool:
    """Return whether the answer is the function of an answer that the check would let pass."""
    want = wide(sample.want)
    off, predicted = sample.tolerance(sample.want), function(want)
    moved = np.maximum(np.abs(function(want + off) - predicted), np.abs(function(want - off) - predicted))
    return agree(sample.got, predicted, np.where(np.isfinite(moved), moved, 0.0))


def _truth(evidence: Evidence) -> bool:
    return any(sample.want.dtype.kind == "b" for sample in evidence.every)


def _ratio(sample: Sample, added: str) -> tuple[float, float] | None:
    """Return the factor between got and expected, and how far off it may be, relative to it; None if there is none.

    The factor is NaN where all elements are zero on both sides.
    """
    got, want = wide(sample.got), wide(sample.want)
    if added:
        base = _spread(sample.arrays.get(added), want.shape)
        if base is None:
            return None
        got, want = got - base, want - base
        if not _is_beyond(want, base) or not _is_beyond(got, base):
            return None
    got, want = got.reshape(-1), want.reshape(-1)
    if got.shape != want.shape or not np.isfinite(got).all():
        return None
    if not want.any():
        return None if got.any() else (math.nan, 0.0)
    largest = int(np.abs(want).argmax())
    ratio = float(got[largest] / want[largest])
    off = sample.tolerance(sample.want).reshape(-1)
    if not 1 / _FAR < abs(ratio) < _FAR or not agree(got, ratio * want, abs(ratio) * off):
        return None
    return ratio, min(_EXACT, float(off[largest] / abs(want[largest])))


def _is_beyond(rest: Array, base: Array) -> bool:
    """Return whether what is left beside an added argument is more than rounding, and more than one number.

    One number is an offset, and rounding has no factor.
    """
    least = _BESIDE * float(np.abs(base).max(initial=0.0))
    return float(np.abs(rest).max(initial=0.0)) > least and (rest.size < 2 or float(np.ptp(rest)) > least)


def _multiple(evidence: Evidence, name: str) -> Message | None:
    """Explain by how often the argument `name` is in the gaps between answers and expected arrays."""
    known = _measured(evidence, lambda sample: _times(sample, name))
    if known is None:
        return None
    first, sure = float(known.values[0]), evidence.telling
    if np.ptp(known.values) <= known.off.min():
        if abs(first + 1) <= known.off.min():
            return perhaps(
                say("{name} is missing; with it added, every number would be right.", name=name), unless=sure
            )
        times = structural(first)
        if (not times and not _varied(evidence)) or _alone(known.samples):
            return None
        return perhaps(_said_of_multiple(name, times), unless=sure)
    total = known.values + 1
    repeated = name_products(total, known.samples, np.minimum(_EXACT, known.off / np.abs(total)))
    if not repeated:
        return None
    said = say("{name} is added {times} times instead of once; is it inside the sum?", name=name, times=repeated)
    return perhaps(said, unless=len(known.samples) > 3)


def _times(sample: Sample, name: str) -> tuple[float, float] | None:
    """Return how often the argument `name` is in the gap, and how far off that may be; NaN where it is all zeros."""
    gap = _gap(sample)
    spread = _spread(sample.arrays.get(name), gap.shape)
    if spread is None:
        return None
    weight = float(np.sum(np.abs(spread) ** 2))
    count = float(np.sum(gap * spread) / weight) if weight else 0.0
    if not agree(gap, count * spread, sample.tolerance(sample.want)):
        return None
    return (count, _least(sample, gap) / float(np.abs(spread).max())) if weight else (math.nan, 0.0)


def _gap(sample: Sample) -> Array:
    return np.asarray(wide(sample.got) - wide(sample.want))


def _said_of_multiple(name: str, times: str) -> Message:
    """Return how often `name` is added too often; "" is a number that is measured and may not be told."""
    if not times:
        return say("Every number is off by a multiple of {name}.", name=name)
    if times == "1":
        return say("{name} is added once too often.", name=name)
    if times == "-2":
        return say("{name} is subtracted where it should be added.", name=name)
    return say("Every number is off by {times} times {name}.", times=times, name=name)


def _spread(source: Array | None, shape: tuple[int, ...]) -> Array | None:
    """Return an argument broadcast to the output's shape, None where it does not go or is not there."""
    if source is None:
        return None
    one = wide(source)
    if one.size == 1:
        one = one.reshape(())
    try:
        return np.broadcast_to(one, shape)
    except ValueError:
        return None


def _least(sample: Sample, gap: Array) -> float:
    """Return how far off a difference may be, measured against what is expected (where that is zero, against itself).

    Measured against the answer, it could be made as coarse as a submission likes, and where it begins to hold would
    tell how far apart the expected numbers are.
    """
    if not gap.size:
        return math.inf
    return float(sample.tolerance(sample.want).min()) or LEAST * float(np.abs(gap).max())


def _real_pairs(evidence: Evidence) -> bool:
    """Return whether every answer has the expected shape, and nothing is complex."""
    return all(
        sample.got.shape == sample.want.shape and "c" not in sample.got.dtype.kind + sample.want.dtype.kind
        for sample in evidence.every
    )


def _varied(evidence: Evidence) -> bool:
    """Return whether the wrong answers hold at least three different numbers, so that a factor or offset may be told.

    Beside one known number that answers everything, a factor would tell what a hidden case expects.
    """
    numbers = np.sort(np.concatenate([sample.got.reshape(-1) for sample in evidence.wrong]))
    return bool(np.count_nonzero(numbers[1:] != numbers[:-1]) > 1)  # np.unique would import numpy.ma: 6 ms


def _alone(samples: Sequence[Sample]) -> bool:
    """Return whether all of these cases expect the same, a hidden one among them.

    A factor or an offset is measured in one case and confirmed by others. Of a single expected array, somebody who
    knows all but its size (`s * [1, 2, 3]`) would read that size, or find it by asking how far away is too far.
    """
    first = samples[0].want
    return any(not one.public for one in samples) and all(np.array_equal(one.want, first) for one in samples)
