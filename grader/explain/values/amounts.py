"""What a factor means that was found (a division, a logarithm, degrees), sums that should be 1, and NaN."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

import numpy as np
from msgspec.structs import replace

from grader.explain.values.samples import LEAST, Array, Evidence, Sample, agree, perhaps, structural, wide, within
from grader.language import Bilingual, Message, say

_EXACT = 1e-6
"""How near a factor has to be to a known one."""
_LOGARITHMS: Mapping[str, float] = {"np.log": 1.0, "np.log2": math.log(2), "np.log10": math.log(10)}
_DEGREE = math.pi / 180
_ANGLES: Mapping[str, float] = {
    "180/pi": 1 / _DEGREE,
    "pi/180": _DEGREE,
    "(180/pi)**2": 1 / _DEGREE**2,
    "(pi/180)**2": _DEGREE**2,
}
_CIRCLES: Mapping[str, float] = {
    "pi": math.pi,
    "1/pi": 1 / math.pi,
    "2*pi": math.tau,
    "1/(2*pi)": 1 / math.tau,
    "sqrt(2*pi)": math.sqrt(math.tau),
    "1/sqrt(2*pi)": 1 / math.sqrt(math.tau),
    "sqrt(2)": math.sqrt(2),
    "1/sqrt(2)": math.sqrt(0.5),
}


def of_constant(number: float) -> Message:
    """Return what one factor for all elements of all cases means, as far as it may be told."""
    for wrong, its in _LOGARITHMS.items():
        for right, other in _LOGARITHMS.items():
            if wrong != right and _is(number, other / its):
                return say(
                    "Every number is off by one and the same factor, the one between {wrong} and {right}; which "
                    "logarithm belongs here?",
                    wrong=_code(wrong), right=_code(right),
                )  # fmt: skip
    for name, value in _ANGLES.items():
        if _is(number, value):
            return say(
                "Every number is {factor} times what it should be; are degrees and radians mixed up?",
                factor=_code(name),
            )
    for name, value in _CIRCLES.items():
        if _is(number, value):
            return say("Every number is {factor} times what it should be.", factor=_code(name))
    return of_factor(structural(number))


def _is(number: float, known: float) -> bool:
    return abs(number - known) <= _EXACT * known


def _code(text: str) -> Bilingual:
    """Return a text that is no name of the rubric."""
    return Bilingual(zh=text, en=text)


_ONCE = (
    say(
        "Every number is {factor} times what it should be; is a division by {name} missing, or one multiplication too "
        "many?"
    ),
    say(
        "Every number is {factor} times what it should be; is there one division by {name} too many, or a "
        "multiplication missing?"
    ),
)
_TWICE = (
    say("Every number is {factor} times what it should be; is it multiplied by {name} where it should be divided?"),
    say("Every number is {factor} times what it should be; is it divided by {name} where it should be multiplied?"),
)
"""What a factor made of a number hints at, then what one over it does."""


def of_factor(factor: str, added: str = "") -> Message:
    """Return how many times too large the numbers are; "" is a factor that is measured and may not be told."""
    if added and factor == "-1":
        return say("All but the added {name} has the wrong sign.", name=added)
    if added and factor:
        return say("All but the added {name} is {factor} times what it should be.", name=added, factor=factor)
    if added:
        return say("All but the added {name} is off by one and the same factor.", name=added)
    if not factor:
        return say("Every number is off by one and the same factor.")
    over = factor.removeprefix("1/")
    name = over.removesuffix("**2")
    name = name.strip("()") if name.startswith("(") else name
    if over.endswith("**2"):
        return replace(_TWICE[over != factor], parameters={"factor": factor, "name": name})
    if re.fullmatch(r"[^\d\W][\w.*\[\]]*|len\(\w+\)", name):
        return replace(_ONCE[over != factor], parameters={"factor": factor, "name": name})
    if " - 1)" in factor:
        return say(
            "Every number is {factor} times what it should be; is it divided by how many there are where one less "
            "belongs, or the reverse (ddof)?",
            factor=factor,
        )
    return say("Every number is {factor} times what it should be.", factor=factor)


def shares(evidence: Evidence) -> Message | None:
    """Explain by numbers that should add up to 1, along an axis or all together, and do not."""
    for axis in _axes(evidence):
        if not all(map(_adds_up, (one.want for one in evidence.every), [axis] * len(evidence.every))):
            continue
        if any(_adds_up(one.got, axis) for one in evidence.wrong):
            continue
        elsewhere = [other for other in _axes(evidence) if all(_adds_up(one.got, other) for one in evidence.wrong)]
        scaled = all(_is_scaled(one, axis) for one in evidence.wrong)
        if not scaled and not elsewhere:
            continue
        return perhaps(_said_of_shares(axis, elsewhere), unless=len(evidence.wrong) > 1 or evidence.telling)
    return None


def _said_of_shares(axis: int | None, elsewhere: Sequence[int | None]) -> Message:
    if axis is None:
        return say("All numbers together should add up to 1, and here they do not; what are they divided by?")
    if not elsewhere:
        return say(
            "Along axis {axis} the numbers should add up to 1, and here they do not; what are they divided by?",
            axis=axis,
        )
    if elsewhere[0] is None:
        return say(
            "All numbers together add up to 1, but they should along axis {axis}; is `axis` missing in a sum?",
            axis=axis,
        )
    return say(
        "The numbers add up to 1 along axis {other}, but they should along axis {axis}; over which axis is the sum?",
        other=elsewhere[0], axis=axis,
    )  # fmt: skip


def _axes(evidence: Evidence) -> list[int | None]:
    """Return the axes that every array has, the last first; None, for all together, where that is not the same."""
    ranks = {one.want.ndim for one in evidence.every} | {one.got.ndim for one in evidence.wrong}
    rank = ranks.pop()
    if ranks or not rank or rank > _MOST_AXES or any(one.got.shape != one.want.shape for one in evidence.wrong):
        return []
    return [None] if rank == 1 else [*reversed(range(rank)), None]


_MOST_AXES = 4


def _adds_up(array: Array, axis: int | None) -> bool:
    """Return whether the numbers along an axis are shares of 1: none negative, two at least."""
    if array.dtype.kind != "f" or (array.size if axis is None else array.shape[axis]) < 2:
        return False
    total = np.sum(array, axis=axis)
    return bool(array.size and (array >= 0).all() and (np.abs(total - 1) <= LEAST).all())


def _is_scaled(sample: Sample, axis: int | None) -> bool:
    """Return whether the answer is right up to a factor, which may differ from one line along the axis to another."""
    got, want = wide(sample.got), wide(sample.want)
    if got.dtype.kind == "c" or want.dtype.kind == "c" or got.shape != want.shape or not np.isfinite(got).all():
        return False
    if axis is None:
        got, want, axis = got.reshape(-1), want.reshape(-1), 0
    got, want = np.moveaxis(got, axis, -1), np.moveaxis(want, axis, -1)
    if not want.size or (np.ptp(want, axis=-1) == 0).all():  # numbers that are all the same have one factor anyway
        return False
    largest = np.abs(want).argmax(axis=-1)[..., None]
    top = np.take_along_axis(want, largest, -1)
    ratio = np.take_along_axis(got, largest, -1) / np.where(top == 0, 1.0, top)
    predicted = ratio * want
    return (
        bool(got.any()) and bool(((ratio != 0) | (top == 0)).all()) and agree(got, predicted, within(predicted, LEAST))
    )


def scaled_along(evidence: Evidence) -> Message | None:
    """Explain by a factor of its own for every case, or for every line along an axis: each column of a table, say."""
    size = sum(one.want.size for one in evidence.wrong)
    for axis in (None, *_axes(evidence)) if _axes(evidence) else ():
        if axis is not None and size < _ENOUGH:
            continue
        if any((one.want.size if axis is None else one.want.shape[axis]) < _LONG for one in evidence.wrong):
            continue
        if all(_is_scaled(one, axis) for one in evidence.every):
            if axis is None:
                said = say(
                    "In each case the numbers are right up to one factor; what are they multiplied or divided by?"
                )
                return perhaps(said, unless=size >= _ENOUGH)
            return say(
                "Along axis {axis} the numbers are right up to a factor; what are they multiplied or divided by?",
                axis=axis,
            )
    return None


_ENOUGH, _LONG = 6, 3
"""So many numbers, and so many in a line, have one factor by chance no more."""


_LARGE = 30.0
"""exp of a larger number (1e13) leaves nothing of what is added to it."""
_OVERFLOW = float(np.log(np.finfo(np.float64).max))
"""exp of a larger number is infinite."""


def not_finite(evidence: Evidence) -> Message | None:
    """Explain NaN or infinity where numbers are expected by an argument that is 0, negative or large there."""
    if any(sample.mismatch is None or sample.mismatch.category != "nan" for sample in evidence.wrong):
        return None
    odd = [~np.isfinite(sample.got) & np.isfinite(wide(sample.want)) for sample in evidence.wrong]
    if all(mask.all() for mask in odd):
        return say("Every number is NaN or infinite; is something divided by zero, or an array never filled?")
    # Where NaN or infinity is expected in some places, an answer made for it could find out which these are.
    regular = all(np.isfinite(wide(sample.want)).all() for sample in evidence.wrong)
    for where, said in _WHERE.items() if regular else ():
        for name in evidence.wrong[0].arrays:
            sources = [sample.arrays.get(name) for sample in evidence.wrong]
            if all(_stands(where, source, mask) for source, mask in zip(sources, odd, strict=True)):
                return replace(said, parameters={"name": name})
    return perhaps(say("Some numbers are NaN or infinite; is something divided by zero there?"))


_WHERE = {
    "zero": say("NaN or infinity stands exactly where {name} is 0; what is divided by it, or logged?"),
    "negative": say("NaN stands exactly where {name} is negative; is a root or a logarithm taken of it?"),
    "overflow": say(
        "NaN or infinity stands exactly where exp of {name} overflows; subtract the largest number before exp."
    ),
    "large": say("NaN or infinity stands exactly where {name} is large; does exp overflow?"),
}


def _stands(where: str, source: Array | None, mask: Array) -> bool:
    """Return whether an argument is zero (negative, large) exactly where the mask is set."""
    if source is None or source.shape != mask.shape or source.dtype.kind == "c":
        return False
    numbers = wide(source)
    tested = {
        "zero": numbers == 0,
        "negative": numbers < 0,
        "overflow": numbers > _OVERFLOW,
        "large": np.abs(numbers) > _LARGE,
    }
    return np.array_equal(tested[where], mask)
