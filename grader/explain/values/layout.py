"""The expected elements in other places: reversed, moved along, or right only in a part of the array."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product

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
    within,
)
from grader.language import Message, say

_SHIFTS = (1, -1, 2, -2)


def flipped(evidence: Evidence) -> Message | None:
    """Explain by an array reversed along one or more axes, in right cases too (where that changes nothing)."""
    dimensions = _dimensions(evidence)
    for count in range(1, dimensions + 1):
        for axes in combinations(range(dimensions), count):
            if all(sample.fits(np.flip(sample.want, axes)) for sample in evidence.every):
                said = say("The result is reversed along {axes}.", axes=named_axes(axes))
                return perhaps(said, unless=_is_large(evidence))
    return None


def shifted(evidence: Evidence) -> Message | None:
    """Explain by every element some places further along one axis; what moved in from outside may be anything."""
    for axis, by in product(range(_dimensions(evidence)), _SHIFTS):
        known = [sample for sample in evidence.every if sample.want.shape[axis] > abs(by)]
        if all(sample.want.shape[axis] <= abs(by) + 1 for sample in evidence.wrong):
            continue
        if all(sample in known for sample in evidence.wrong) and all(_is_moved(one, axis, by) for one in known):
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
    kept, source = (got[by:], want[:-by]) if by > 0 else (got[:by], want[-by:])
    return kept.size > 1 and bool(source.any()) and agree(kept, source, sample.tolerance(source))


def part_of_an_axis(evidence: Evidence) -> Message | None:
    """Explain by a place: right at only the first (last) place of an axis, or everywhere but there.

    The wrong cases are public ones, for where a hidden one is right would tell a number that stands there.
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
                return _told_part(wrong, axis, place) if only else _told_missing(axis, place)
    return None


def _pattern(length: int, place: int, only: bool) -> list[bool]:
    """Return where an axis is wrong that is right `only` at its first (last: -1) place, or wrong only there."""
    return [(index == place % length) != only for index in range(length)]


def _told_part(samples: Sequence[Sample], axis: int, place: int) -> Message:
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


def _told_missing(axis: int, place: int) -> Message:
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
    """Explain by a place: right but for a border on two or more axes (or right only there)."""
    masks = _masks(evidence.wrong)
    for inside, axes in product((True, False), combinations(range(_dimensions(evidence)), 2)) if masks else ():
        widths = [_width(mask, axes, inside=inside) for mask in masks]
        width = _name(widths, evidence.wrong) if all(widths) else ""
        if not width:
            continue
        told: dict[str, str | Message] = {"width": width, "axes": named_axes(axes)}
        said = say("Only a border {width} wide along {axes} is right.", **told)
        if inside:
            said = say("Only a border {width} wide along {axes} is wrong; what belongs there?", **told)
        return perhaps(said, unless=len(masks) > 1)
    return None


def _width(mask: Array, axes: Sequence[int], *, inside: bool) -> int:
    """Return the least border beside which all is right, or the widest that is all right itself; 0 if there is none."""
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


def constant_along(evidence: Evidence) -> Message | None:
    """Explain by numbers that are the same all along some axes, or all, where the expected ones are not."""
    if not _masks(evidence.wrong):
        return None
    axes = [axis for axis in range(_dimensions(evidence)) if _is_still(evidence.wrong, axis)]
    if not axes:
        return None
    said = say(
        "Nothing changes along {axes}, but it should; does an index not move, or is one value filled in everywhere?",
        axes=named_axes(axes),
    )
    if len(axes) == _dimensions(evidence):
        said = say("The same number stands in every place, but it should not; is one value filled in everywhere?")
    return perhaps(said, unless=_is_large(evidence))


def _is_still(samples: Sequence[Sample], axis: int) -> bool:
    """Return whether nothing changes along the axis in any sample that is long there, though it should.

    An answer of nothing but zeros says nothing about an axis.
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
