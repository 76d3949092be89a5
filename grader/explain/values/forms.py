"""The right numbers in another form (precision, dtype, rounding, axes, sums) or place (reversed, moved, in a part)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, combinations, permutations, product

import numpy as np

from grader.explain.values.samples import (
    LEAST,
    Array,
    Evidence,
    Sample,
    agree,
    agreeing,
    columns,
    named_axes,
    perhaps,
    simplest,
    wide,
    within,
)
from grader.language import Message, listed, say, say_count

_MOST = 6
"""Arrays with more axes are not looked at."""
_BROKEN = 2
"""Up to so many fractions may be float32 or float16 numbers by chance."""


def precision(evidence: Evidence) -> Message | None:
    """Explain by single or half precision: of the dtype, or of every number, all of them nearly right."""
    for name in ("float32", "float16"):
        dtype = np.dtype(name)
        if all(_is_narrow(sample, dtype) for sample in evidence.wrong) and _shows(evidence, dtype):
            return say(
                "The numbers are only as precise as {dtype}; is an array of that dtype made on the way?", dtype=name
            )
    return None


def _is_narrow(sample: Sample, dtype: np.dtype[np.floating]) -> bool:
    """Return whether the answer is nearly right and all its numbers fit `dtype`; those expected are of a wider one."""
    got, want = sample.got, sample.want
    if got.dtype.kind != "f" or want.dtype.kind not in "fc" or want.dtype.itemsize <= dtype.itemsize:
        return False
    narrow = got.dtype == dtype or np.array_equal(got, got.astype(dtype), equal_nan=True)
    return narrow and agree(got, want, within(want, 64 * float(np.finfo(dtype).eps)))


def _shows(evidence: Evidence, dtype: np.dtype[np.floating]) -> bool:
    """Return whether the answers are of this dtype, or hold enough fractions.

    Whole numbers are the same in any precision, and a wrong one may be near the right one.
    """
    if all(sample.got.dtype == dtype for sample in evidence.wrong):
        return True
    return sum(int(np.count_nonzero(sample.got != np.trunc(sample.got))) for sample in evidence.wrong) > _BROKEN


def right_but_dtype(evidence: Evidence) -> Message | None:
    """Explain by the dtype alone: the numbers are right (whole numbers for floats, 0 and 1 for truth values)."""
    if any(sample.mismatch is None or sample.mismatch.category != "dtype" for sample in evidence.wrong):
        return None
    if not all(sample.fits(sample.want) for sample in evidence.wrong):
        return None
    return say("The numbers are right; only their dtype should not be {dtype}.", dtype=str(evidence.wrong[0].got.dtype))


def rounded(evidence: Evidence) -> Message | None:
    """Explain by rounding to a number of decimals (0: to whole numbers)."""
    decimals = simplest(range(9), evidence.every, _is_rounded) if all(map(_is_real, evidence.wrong)) else None
    if decimals:
        said = say("The numbers are rounded to {decimals} decimals; return them as they are.", decimals=decimals)
        return perhaps(said, unless=evidence.telling)
    if decimals is None or not evidence.telling:  # a whole number or two may be anything
        return None
    return say("The numbers are rounded to whole numbers.")


def _is_rounded(decimals: int, sample: Sample) -> bool:
    predicted = np.round(wide(sample.want), decimals)
    return agree(sample.got, predicted, within(predicted, LEAST))


def _is_real(sample: Sample) -> bool:
    return sample.got.shape == sample.want.shape and sample.want.dtype.kind == "f" and sample.got.dtype.kind in "fi"


def transposed(evidence: Evidence) -> Message | None:
    """Explain by axes in another order, in right cases too (where that changes nothing)."""
    dimensions = _dimensions(evidence)
    orders = list(permutations(range(dimensions)))[1:] if dimensions <= 4 else []
    order = simplest(orders, evidence.every, lambda order, one: one.fits(one.want.transpose(order)))
    if order is None:
        return None
    return say(
        "The axes are in another order; this is the right result with its axes as {order}.",
        order=listed([str(axis) for axis in order]),
    )


def reshaped(evidence: Evidence) -> Message | None:
    """Explain by the shape alone: the right numbers in the right order."""
    if not all(
        sample.got.shape != sample.want.shape
        and sample.got.size == sample.want.size
        and agree(sample.got.reshape(-1), sample.want.reshape(-1), sample.tolerance(sample.want).reshape(-1))
        for sample in evidence.wrong
    ):
        return None
    said = say("The numbers and their order are right, only the shape is not; look at reshape and keepdims.")
    return perhaps(said, unless=evidence.telling)


def summed(evidence: Evidence) -> Message | None:
    """Explain by axes that were summed and should not have been.

    A sum tells little of what was summed, so of a hidden case it would tell a part.
    """
    axes = _summed_over(evidence, -_surplus(evidence))
    if not axes:
        return None
    said = say("Summed over too many axes; this is the right result summed over {axes}.", axes=named_axes(axes))
    return perhaps(said, unless=len(evidence.wrong) > 1)


def dimensions(evidence: Evidence) -> Message | None:
    """Explain by axes that should have been summed away, or by how many there are too many or too few."""
    by = _surplus(evidence)
    if not by:
        return None
    if axes := _summed_over(evidence, by):
        said = say("A sum is missing; summed over {axes}, this would be right.", axes=named_axes(axes))
    elif by > 0:
        said = say_count(
            "The result has {count} axis too many; is a sum or an index missing?",
            "The result has {count} axes too many; is a sum or an index missing?", by,
        )  # fmt: skip
    else:
        said = say_count(
            "The result has {count} axis too few; was something summed or indexed away?",
            "The result has {count} axes too few; was something summed or indexed away?", -by,
        )  # fmt: skip
    return perhaps(said, unless=len(evidence.wrong) > 1)


def _surplus(evidence: Evidence) -> int:
    """Return how many axes too many there are in every wrong case (too few: negative), 0 if that is not the same."""
    ranks = {(sample.got.ndim, sample.want.ndim) for sample in evidence.wrong}
    got, want = ranks.pop()
    return got - want if not ranks and max(got, want) <= _MOST else 0


def _summed_over(evidence: Evidence, count: int) -> tuple[int, ...]:
    """Return the `count` axes over which the longer of answer and expected array sums to the other, () for none."""
    if count <= 0:
        return ()
    long = max(evidence.wrong[0].got.ndim, evidence.wrong[0].want.ndim)
    return simplest(combinations(range(long), count), evidence.wrong, _sums) or ()


def _sums(axes: tuple[int, ...], sample: Sample) -> bool:
    over = sample.got.ndim > sample.want.ndim
    long, short = (sample.got, sample.want) if over else (sample.want, sample.got)
    if not long.size:
        return False
    total = np.asarray(np.sum(wide(long), axis=axes))
    return agree(short, total, sample.tolerance(sample.want if over else total))


_SHIFTS = (1, -1, 2, -2)


def flipped(evidence: Evidence) -> Message | None:
    """Explain by an array reversed along one or more axes, in right cases too (where that changes nothing)."""
    dimensions = range(_dimensions(evidence))
    choices = chain.from_iterable(combinations(dimensions, count + 1) for count in dimensions)
    axes = simplest(choices, evidence.every, lambda axes, one: one.fits(np.flip(one.want, axes)))
    if axes is None:
        return None
    return perhaps(say("The result is reversed along {axes}.", axes=named_axes(axes)), unless=_is_large(evidence))


def shifted(evidence: Evidence) -> Message | None:
    """Explain by every element some places further along one axis; what moved in from outside may be anything."""
    for axis, by in product(range(_dimensions(evidence)), _SHIFTS):
        lengths = [sample.want.shape[axis] for sample in evidence.wrong]
        if min(lengths) <= abs(by) or max(lengths) == abs(by) + 1:
            continue
        if all(_is_moved(one, axis, by) for one in evidence.every if one.want.shape[axis] > abs(by)):
            said = say(
                "Everything is moved by {by} along axis {axis}; do the indices start in the right place?",
                by=by, axis=axis,
            )  # fmt: skip
            return perhaps(said, unless=_is_large(evidence))
    return None


def _is_moved(sample: Sample, axis: int, by: int) -> bool:
    if sample.got.shape != sample.want.shape:
        return False
    got, want = np.moveaxis(sample.got, axis, 0), np.moveaxis(sample.want, axis, 0)
    arrived, source = (got[by:], want[:-by]) if by > 0 else (got[:by], want[-by:])
    return arrived.size > 1 and bool(source.any()) and agree(arrived, source, sample.tolerance(source))


def part_of_an_axis(evidence: Evidence) -> Message | None:
    """Explain by a place along an axis: only its first (or last) place is right, or only that is wrong.

    Only wrong cases that are public are looked at: where a hidden one is right would tell a number that stands there.
    """
    wrong = [sample for sample in evidence.wrong if sample.public]
    masks = _masks(wrong)
    for axis in range(_dimensions(evidence)) if masks else ():
        rows: list[list[bool]] = [_rows(mask, axis) for mask in masks]
        if sum(len(row) > 1 for row in rows) * 2 < len(rows) or _is_long(evidence.right, axis):
            continue
        longest = max(len(row) for row in rows)
        if longest <= 2 and len(rows) <= 2:  # so few are right or wrong by chance
            continue
        for place, only in ((0, True), (-1, True), (-1, False), (0, False)) if longest > 2 else ((0, True), (-1, True)):
            if all(row == _pattern(len(row), place, only) for row in rows):
                if not only:
                    return _only_wrong(axis, place)
                if place == 0 and _dimensions(evidence) == 1 and _rest(wrong, axis, place) not in ("zero", "repeated"):
                    continue  # so does all that goes on from a given first number, whatever the slip
                if any(one.want.take([place], axis).any() for one in wrong):  # zeros are right by chance
                    return perhaps(_only_right(wrong, axis, place), unless=_is_sure(wrong))
    return None


def _is_sure(wrong: Sequence[Sample]) -> bool:
    """Return whether the place is right in several cases, or in several elements, and so not by chance."""
    return len(wrong) > 1 or wrong[0].want.ndim > 1


def _pattern(length: int, place: int, only: bool) -> list[bool]:
    """Return which places of an axis are wrong: all but `place` (0, or -1 for the last) if `only`, else that alone."""
    return [(index == place % length) != only for index in range(length)]


def _only_right(samples: Sequence[Sample], axis: int, place: int) -> Message:
    rest = _rest(samples, axis, place)
    if place == 0 and rest == "zero":
        return say(
            "Along axis {axis} only index 0 is right, the rest is zero; does the loop end after one turn, at a return "
            "inside it?",
            axis=axis,
        )
    if place == 0 and rest == "repeated":
        return say("Along axis {axis} everything repeats index 0; is an index fixed or forgotten?", axis=axis)
    if place == 0:
        return say("Along axis {axis} only index 0 is right; is an index fixed at 0?", axis=axis)
    if rest == "repeated":
        return say("Along axis {axis} everything repeats the last place; is an index forgotten?", axis=axis)
    return say("Along axis {axis} only the last place is right; is what came before overwritten?", axis=axis)


def _only_wrong(axis: int, place: int) -> Message:
    if place == 0:
        return say("Along axis {axis} only index 0 is wrong; does the loop start at 1?", axis=axis)
    return say("Along axis {axis} only the last place is wrong; does the loop stop too early?", axis=axis)


def _rest(samples: Sequence[Sample], axis: int, place: int) -> str:
    """Return what stands everywhere but at `place`: zero, a copy of what stands there, or something else."""
    if all(not sample.got[_wrong(sample)].any() for sample in samples):
        return "zero"
    ones = [(sample.got, sample.got.take([place], axis)) for sample in samples]
    repeated = all(agree(got, np.broadcast_to(one, got.shape), within(one, LEAST)) for got, one in ones)
    return "repeated" if repeated else "other"


def border(evidence: Evidence) -> Message | None:
    """Explain by a border along two axes that is wrong, or alone is right."""
    masks = _masks(evidence.wrong)
    for inside, axes in product((True, False), combinations(range(_dimensions(evidence)), 2)) if masks else ():
        widths = [_width(mask, axes, inside=inside) for mask in masks]
        width = _name(widths, evidence.wrong) if all(widths) else ""
        if not width:
            continue
        where: dict[str, str | Message] = {"width": width, "axes": named_axes(axes)}
        said = say("Only a border {width} wide along {axes} is right.", **where)
        if inside:
            said = say("Only a border {width} wide along {axes} is wrong; what belongs there?", **where)
        return perhaps(said, unless=len(masks) > 1)
    return None


def _width(mask: Array, axes: Sequence[int], *, inside: bool) -> int:
    """Return the width of the narrowest border within which all is right, else 0.

    Not `inside`: that of the widest border that is all right itself.
    """
    widths = range(1, (min(mask.shape[axis] for axis in axes) + 1) // 2)
    for width in widths if inside else reversed(widths):
        inner = np.zeros(mask.shape, dtype=bool)
        inner[tuple(slice(width, -width) if axis in axes else slice(None) for axis in range(mask.ndim))] = True
        if not mask[inner == inside].any():
            return width
    return 0


def _name(widths: Sequence[int], samples: Sequence[Sample]) -> str:
    """Return a width common to all, or the drawn name that has it in every sample."""
    if len(set(widths)) == 1:
        return str(widths[0])
    return next((name for name, column in columns(samples).items() if column.tolist() == list(widths)), "")


def _changes(right: Sequence[Sample]) -> bool:
    """Return whether some right answer holds different numbers: then not one value is filled in everywhere."""
    return any(one.got.size and (one.got != one.got.reshape(-1)[0]).any() for one in right)


def constant_along(evidence: Evidence) -> Message | None:
    """Explain by numbers that are the same all along some axes, or all, where the expected ones are not."""
    if not _masks(evidence.wrong):
        return None
    axes = [axis for axis in range(_dimensions(evidence)) if _is_still(evidence.wrong, axis)]
    if not axes or (_changes(evidence.right) and len(axes) == _dimensions(evidence)):
        return None
    said = say(
        "Nothing changes along {axes}, but it should; does an index not move, or is one value filled in everywhere?",
        axes=named_axes(axes),
    )
    if len(axes) == _dimensions(evidence):
        said = say("The same number stands in every place, but it should not; is one value filled in everywhere?")
    return perhaps(said, unless=_is_large(evidence))


def _is_still(samples: Sequence[Sample], axis: int) -> bool:
    """Return whether no answer changes along the axis, in more than half of the samples though it should.

    Answers that are all zeros do not count among these: zeros are the same along every axis.
    """
    long = [sample for sample in samples if sample.want.shape[axis] > 1]
    moving = [sample for sample in long if sample.got.any() and not _is_level(sample.want, axis)]
    return len(moving) > len(samples) // 2 and all(_is_level(sample.got, axis) for sample in long)


def _is_level(array: Array, axis: int) -> bool:
    return bool((array == array.take([0], axis)).all())


def _masks(samples: Sequence[Sample]) -> list[Array]:
    """Return where each sample is wrong; nothing if one has another shape or is a single number."""
    if any(sample.got.shape != sample.want.shape or not sample.want.ndim for sample in samples):
        return []
    return [_wrong(sample) for sample in samples]


def _wrong(sample: Sample) -> Array:
    return ~agreeing(sample.got, sample.want, sample.tolerance(sample.want))


def _rows(mask: Array, axis: int) -> list[bool]:
    """Return for each place along the axis whether anything is wrong there."""
    others = tuple(other for other in range(mask.ndim) if other != axis)
    return [bool(wrong) for wrong in np.atleast_1d(mask.any(axis=others))]


def _is_long(samples: Sequence[Sample], axis: int) -> bool:
    """Return whether some right sample has two places along the axis: then the place does not explain the wrong."""
    return any(sample.want.ndim > axis and sample.want.shape[axis] > 1 for sample in samples)


def _dimensions(evidence: Evidence) -> int:
    """Return the number of axes that every case's expected array has, 0 if they differ."""
    ranks = {sample.want.ndim for sample in evidence.every}
    return ranks.pop() if len(ranks) == 1 else 0


def _is_large(evidence: Evidence) -> bool:
    return sum(sample.want.size for sample in evidence.wrong) > 4
