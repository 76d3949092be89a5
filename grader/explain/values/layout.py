"""The expected elements in other places: reversed, moved along, or right only in a part of the array."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product

import numpy as np

from grader.explain.values.agreement import LEAST, agree, fits, tolerance, verdict, wide, within
from grader.explain.values.samples import Array, Evidence, Sample, columns
from grader.model import Cause, Diagnosis

_SHIFTS = (1, -1, 2, -2)
_PARTS: tuple[Cause, ...] = ("first_only", "last_only", "last_missing", "first_missing")


def flipped(evidence: Evidence) -> Diagnosis | None:
    """Explain by an array reversed along one or more axes, in right cases too (where that changes nothing)."""
    for count in range(1, _dimensions(evidence) + 1):
        for axes in combinations(range(_dimensions(evidence)), count):
            if all(fits(sample, np.flip(sample.want, axes)) for sample in evidence.every):
                words = {"axes": ", ".join(str(axis) for axis in axes)}
                return verdict("flipped", evidence.output, len(evidence.wrong), sure=_large(evidence), words=words)
    return None


def shifted(evidence: Evidence) -> Diagnosis | None:
    """Explain by every element some places further along one axis; what moved in from outside may be anything."""
    for axis in range(_dimensions(evidence)):
        for by in _SHIFTS:
            known = [sample for sample in evidence.every if sample.want.shape[axis] > abs(by)]
            if all(sample.want.shape[axis] <= abs(by) + 1 for sample in evidence.wrong):
                continue
            if all(sample in known for sample in evidence.wrong) and all(_moved(one, axis, by) for one in known):
                sure = _large(evidence)
                return verdict("shifted", evidence.output, len(evidence.wrong), sure=sure, axis=axis, by=by)
    return None


def part_of_an_axis(evidence: Evidence) -> Diagnosis | None:
    """Explain by a place: right at only the first (last) place of an axis, or everywhere but there.

    The wrong cases are public ones, for where a hidden one is right would tell a number that stands there.
    """
    wrong = [sample for sample in evidence.wrong if sample.public]
    masks = _masks(wrong)
    for axis in range(_dimensions(evidence)) if masks else ():
        rows: list[list[bool]] = [_rows(mask, axis) for mask in masks]
        if sum(len(row) > 1 for row in rows) * 2 < len(rows) or _longer(evidence.right, axis):
            continue
        for cause in _PARTS:
            if not all(row == _pattern(cause, len(row)) for row in rows):
                continue
            if all(len(row) <= 2 for row in rows) and cause in ("first_missing", "last_missing"):
                continue
            if max(len(row) for row in rows) <= 2 and len(rows) <= 2:  # so few are right or wrong by chance
                continue
            words = {"rest": _rest(wrong, axis, cause)}
            return verdict(cause, evidence.output, len(rows), sure=True, words=words, axis=axis)
    return None


def border(evidence: Evidence) -> Diagnosis | None:
    """Explain by a place: right but for a border on two or more axes (or right only there)."""
    masks = _masks(evidence.wrong)
    dimensions = _dimensions(evidence)
    causes: tuple[Cause, ...] = ("interior_only", "border_only")
    for cause, axes in product(causes, combinations(range(dimensions), 2)) if masks else ():
        widths = [_width(mask, axes, inside=cause == "interior_only") for mask in masks]
        name = _name(widths, evidence.wrong) if all(widths) else ""
        if name:
            words = {"axes": ", ".join(str(axis) for axis in axes), "width": name}
            return verdict(cause, evidence.output, len(masks), sure=len(masks) > 1, words=words)
    return None


def constant_along(evidence: Evidence) -> Diagnosis | None:
    """Explain by numbers that are the same all along some axes (all axes: ""), where the expected ones are not."""
    if not _masks(evidence.wrong):
        return None
    axes = [axis for axis in range(_dimensions(evidence)) if _still(evidence.wrong, axis)]
    if not axes:
        return None
    words = {"axes": "" if len(axes) == _dimensions(evidence) else ", ".join(str(axis) for axis in axes)}
    return verdict("constant_along", evidence.output, len(evidence.wrong), sure=_large(evidence), words=words)


def _still(samples: Sequence[Sample], axis: int) -> bool:
    """Return whether nothing changes along the axis in any sample that is long there, though it should.

    An answer of nothing but zeros says nothing about an axis.
    """
    long = [sample for sample in samples if sample.want.shape[axis] > 1]
    moving = [sample for sample in long if sample.got.any() and not _level(sample.want, axis)]
    return len(moving) > len(samples) // 2 and all(_level(sample.got, axis) for sample in long)


def _level(array: Array, axis: int) -> bool:
    return bool((array == array.take([0], axis)).all())


def _width(mask: Array, axes: Sequence[int], *, inside: bool) -> int:
    """Return the least border beside which all is right, or the widest that is all right itself; 0 if there is none."""
    widths = range(1, (min(mask.shape[axis] for axis in axes) + 1) // 2)
    for width in widths if inside else reversed(widths):
        inner = _inside(mask.shape, axes, width)
        if not mask[inner == inside].any():
            return width
    return 0


def _name(widths: Sequence[int], samples: Sequence[Sample]) -> str:
    """Return a width common to all, or the drawn name that has it in every sample."""
    if len(set(widths)) == 1:
        return str(widths[0])
    return next((name for name, column in columns(samples).items() if column.tolist() == list(widths)), "")


def _rows(mask: Array, axis: int) -> list[bool]:
    """Return for each place along the axis whether anything is wrong there."""
    others = tuple(other for other in range(mask.ndim) if other != axis)
    return [bool(wrong) for wrong in np.atleast_1d(mask.any(axis=others))]


def _pattern(cause: Cause, length: int) -> list[bool]:
    place = length - 1 if cause.startswith("last") else 0
    return [(index == place) == cause.endswith("missing") for index in range(length)]


def _moved(sample: Sample, axis: int, by: int) -> bool:
    if sample.got.shape != sample.want.shape:
        return False
    got, want = np.moveaxis(sample.got, axis, 0), np.moveaxis(sample.want, axis, 0)
    kept, source = (got[by:], want[:-by]) if by > 0 else (got[:by], want[-by:])
    return kept.size > 1 and bool(source.any()) and agree(kept, source, tolerance(sample, source))


def _masks(samples: Sequence[Sample]) -> list[Array]:
    """Return where each sample is wrong; nothing if one has another shape or is a single number."""
    if any(sample.got.shape != sample.want.shape or not sample.want.ndim for sample in samples):
        return []
    return [_wrong(sample) for sample in samples]


def _wrong(sample: Sample) -> Array:
    got, want = wide(sample.got), wide(sample.want)
    agrees: Array = (np.abs(got - want) <= tolerance(sample, sample.want)) | (got == want)
    return ~agrees


def _rest(samples: Sequence[Sample], axis: int, cause: str) -> str:
    """Return what stands in the wrong places: zero, a copy of the right ones, or something else."""
    if all(not sample.got[_wrong(sample)].any() for sample in samples):
        return "zero"
    place = {"first_only": 0, "last_only": -1}.get(cause)
    if place is not None and all(
        agree(sample.got, np.broadcast_to(one := sample.got.take([place], axis), sample.got.shape), within(one, LEAST))
        for sample in samples
    ):
        return "repeated"
    return "other"


def _longer(samples: Sequence[Sample], axis: int) -> bool:
    """Return whether some right sample has two places along the axis: then the place does not explain the wrong."""
    return any(sample.want.ndim > axis and sample.want.shape[axis] > 1 for sample in samples)


def _inside(shape: tuple[int, ...], axes: Sequence[int], width: int) -> Array:
    inner = np.zeros(shape, dtype=bool)
    inner[tuple(slice(width, -width) if axis in axes else slice(None) for axis in range(len(shape)))] = True
    return inner


def _dimensions(evidence: Evidence) -> int:
    ranks = {sample.want.ndim for sample in evidence.every}
    return ranks.pop() if len(ranks) == 1 else 0


def _large(evidence: Evidence) -> bool:
    return sum(sample.want.size for sample in evidence.wrong) > 4
