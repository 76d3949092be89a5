"""Whole numbers that all samples know by the same name: drawn ones, and lengths of axes that stand for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from grader.comparison.diagnosis.samples import Array, Sample, axis_name

Column: TypeAlias = NDArray[np.int64]


def columns(samples: Sequence[Sample]) -> dict[str, Column]:
    """Return name -> its value in every sample, in the samples' order.

    A handout's example draws whole arrays, so it lacks names such as `h`; where `h` equals the length of some axis in
    every sample that has it (more than half of them), that axis stands for it in the others. A length that no drawn
    name stands for is a fact of its own (`X.shape[0]`). Names missing in some sample are left out.
    """
    lengths = [_lengths(sample) for sample in samples]
    shared = set.intersection(*(set(each) for each in lengths)) if lengths else set()
    names = list(dict.fromkeys(name for sample in samples for name in sample.facts))
    found: dict[str, Column] = {}
    taken: set[str] = set()
    for name in names:
        having = [
            (sample.facts[name], each) for sample, each in zip(samples, lengths, strict=True) if name in sample.facts
        ]
        enough = 2 * len(having) > len(samples)
        same = [axis for axis in lengths[0] if enough and axis in shared and all(each[axis] == n for n, each in having)]
        taken.update(same)
        if len(having) == len(samples):
            found[name] = np.array([value for value, _ in having])
        elif same:
            found[name] = np.array([each[same[0]] for each in lengths])
    for axis in lengths[0] if lengths else ():
        if axis in shared and axis not in taken and not axis.startswith("."):
            found[axis] = np.array([each[axis] for each in lengths])
    return found


def sides(samples: Sequence[Sample]) -> set[tuple[str, str]]:
    """Return the pairs of names that are lengths of two axes of one argument in every sample."""
    known = {name: column.tolist() for name, column in columns(samples).items()}
    found: set[tuple[str, str]] = set()
    for name, array in samples[0].arrays.items():
        shapes = [sample.arrays[name].shape if name in sample.arrays else () for sample in samples]
        if {len(shape) for shape in shapes} != {array.ndim}:
            continue
        along = [[shape[axis] for shape in shapes] for axis in range(array.ndim)]
        axes = {one: {axis for axis in range(array.ndim) if along[axis] == column} for one, column in known.items()}
        found |= {(one, other) for one in axes for other in axes if any(i != j for i in axes[one] for j in axes[other])}
    return found


def places(sample: Sample) -> dict[str, int]:
    """Return the whole numbers that can be read off a call's arguments: lengths of axes, items of tuples."""
    found = {
        axis_name(name, axis): length for name, one in sample.arrays.items() for axis, length in enumerate(one.shape)
    }
    return found | {
        name: int(one) for name, one in sample.arrays.items() if "[" in name and one.shape == () and _whole(one)
    }


def _whole(one: Array) -> bool:
    return one.dtype.kind in "iu"


def _lengths(sample: Sample) -> dict[str, int]:
    """Return the lengths of all axes of the arguments, and of the expected output under a name of its own."""
    sizes = {
        axis_name(name, axis): length for name, one in sample.arrays.items() for axis, length in enumerate(one.shape)
    }
    return sizes | {axis_name("", axis): length for axis, length in enumerate(sample.want.shape)}
