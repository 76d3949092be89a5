"""The evidence of a diagnosis: cases by output, the whole numbers in them by name, and when two arrays agree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from grader.comparison.outputs import named_numbers
from grader.comparison.values import EXACT, compare, differences, item_name, ruled
from grader.language import Message, listed, say
from grader.model import Case, Check, Comparison, Mismatch, Part, Returned
from grader.values import compared_as
from grader.values.numbers import mask_of, number

if TYPE_CHECKING:
    from grader.model import Value


T = TypeVar("T")
Array: TypeAlias = NDArray[Any]
Column: TypeAlias = NDArray[np.int64]
Reference: TypeAlias = "Callable[[str, tuple[Value, ...]], Value | None]"
Hypothesis: TypeAlias = "Callable[[Evidence], Message | None]"
"""Looks at the evidence and returns the sentence that explains every wrong case, or None.

The sentence is told of hidden cases, too. It may hold names of the rubric, formulas in them and small factors, but no
input, no expected value and no text of the student's.
"""

LEAST = 1e-9
"""The least relative tolerance of an explanation: it computes the numbers in another way, so it rounds otherwise."""
_ROUTE = 1e-12
"""The same relative to a sample's largest number: the rounding that is left where sums and products cancel."""


class Sample(Struct, frozen=True, kw_only=True, eq=False):
    """One case of one output: the student's array `got`, the expected `want`, and what is known of the inputs.

    `mismatch` is None where the student is right. By name there are the drawn whole numbers (`facts`) and texts
    (`words`), the numbers and arrays among the arguments (`arrays`), and the expected arrays of the other outputs
    (`others`). `changed` names the arguments that the call changed. Arrays have any shape.
    """

    case: Case
    public: bool
    rule: Comparison
    got: Array
    want: Array
    mismatch: Mismatch | None
    facts: Mapping[str, int]
    arrays: Mapping[str, Array]
    words: Mapping[str, str | bool]
    changed: tuple[str, ...]
    others: Mapping[str, Array]

    @property
    def size(self) -> int:
        """The number of elements of the arguments: small samples are cheap to run again."""
        return sum(array.size for array in self.arrays.values())

    def fits(self, predicted: Array) -> bool:
        """Return whether the student's answer is `predicted`."""
        return agree(self.got, predicted, self.tolerance(predicted))

    def tolerance(self, predicted: Array) -> Array:
        """Return how far off each element of the prediction may be: as far as the check lets an answer be.

        If it were more, somebody who knows one element could find another by asking how far away is too far.
        """
        size, rule = _size(predicted), self.rule
        whole = rule.dtype == "truth" or (self.want.dtype.kind in "bui" and predicted.dtype.kind in "bui")
        rtol, largest = 0.0 if whole else rule.rtol, float(size.max(initial=0.0))
        absolute = rule.atol if rule.atol is not None else rtol * largest
        return np.asarray(max(rtol, LEAST) * size + max(absolute, _ROUTE * largest))


class Evidence(Struct, frozen=True, kw_only=True, eq=False):
    """All samples of one output, by whether the student is wrong (at least one is) or right.

    `texts` holds the texts that were drawn under each name, in any sample.
    """

    output: str
    wrong: tuple[Sample, ...]
    right: tuple[Sample, ...]
    returns: tuple[Part, ...] = ()
    parameters: tuple[str, ...] = ()
    texts: Mapping[str, frozenset[str | bool]] = {}
    reference: Reference | None = None

    @property
    def every(self) -> tuple[Sample, ...]:
        """Wrong and right samples together."""
        return self.wrong + self.right

    @property
    def telling(self) -> bool:
        """Whether the wrong samples hold more than two numbers: one or two agree with some explanation by chance."""
        return sum(sample.want.size for sample in self.wrong) > 2

    @property
    def public(self) -> Evidence | None:
        """The public samples alone, None where none of them is wrong."""
        wrong = tuple(sample for sample in self.wrong if sample.public)
        return replace(self, wrong=wrong, right=tuple(one for one in self.right if one.public)) if wrong else None


class Run(Struct, frozen=True, kw_only=True, eq=False):
    """One case that returned on both sides: the outputs of both by name, and what is known of the inputs.

    `facts`, `arrays` and `changed` are those of a sample.
    """

    check: Check
    case: Case
    got: Returned
    want: Returned
    mine: Mapping[str, Value]
    theirs: Mapping[str, Value]
    facts: Mapping[str, int]
    arrays: Mapping[str, Array]
    changed: tuple[str, ...]


def run(
    check: Check, case: Case, got: Returned, want: Returned, returns: tuple[Part, ...], parameters: Sequence[str] = ()
) -> Run:
    """Return a case with its outputs taken apart."""
    return Run(
        check=check,
        case=case,
        got=got,
        want=want,
        mine=dict(_numeric(got.value, returns)),
        theirs=dict(_numeric(want.value, returns)),
        facts=facts(case),
        arrays=arrays(case, parameters),
        changed=_changed(case, got, parameters),
    )


def outputs(want: Value, returns: tuple[Part, ...]) -> dict[str, Array]:
    """Return every numeric output by name; a plain list of two or more numbers counts as one array."""
    return {name: number(value).array for name, value in _numeric(want, returns)}


def of_output(output: str, runs: Sequence[Run]) -> list[Sample]:
    """Return the samples of one output, where both sides have it."""
    found = []
    for one in runs:
        if output not in one.theirs or output not in one.mine:
            continue
        mine, theirs, rule = one.mine[output], one.theirs[output], ruled(one.check.compare, output)
        got, want = number(mine).array, number(theirs).array
        plain = mask_of(mine) is None and mask_of(theirs) is None
        same = plain and got.dtype == want.dtype and got.shape == want.shape and bool(np.all(got == want))
        found.append(
            Sample(
                case=one.case,
                public=one.check.visibility == "public",
                rule=rule,
                got=got,
                want=want,
                mismatch=None if same else compare(mine, theirs, rule, output),
                facts=one.facts,
                arrays=one.arrays,
                words={name: value for name, value in one.case.names.items() if isinstance(value, str | bool)},
                changed=one.changed,
                others={name: number(value).array for name, value in one.theirs.items() if name != output},
            )
        )
    return found if any(sample.mismatch is not None for sample in found) else []


def facts(case: Case) -> dict[str, int]:
    """Return the whole numbers that were drawn, those inside dicts by their keys, and lengths of texts and lists."""
    found = {name: value for name, value in case.names.items() if type(value) is int}
    found |= {f"len({name})": len(value) for name, value in case.names.items() if isinstance(value, str | list)}
    for value in case.names.values():
        if isinstance(value, dict):
            inner = {str(key): each for key, each in value.items() if type(each) is int}
            found = inner | found
    return found


def arrays(case: Case, parameters: Sequence[str] = ()) -> dict[str, Array]:
    """Return the numbers and arrays among the call's arguments by name.

    An argument is called by its parameter. An array within an argument is called by its drawn name (`W` in a cache) if
    it was drawn by itself, else by its place (`cache[0]`).
    """
    drawn = [(name, value) for name, value in case.names.items() if isinstance(value, np.ndarray)]
    found: dict[str, Array] = {}
    for position, argument in enumerate(case.calls[0].arguments):
        outer = argument_name(case, parameters, position)
        for path, value in named_numbers(argument, outer):
            name = path
            if isinstance(value, np.ndarray) and path != outer:
                name = next((known for known, each in drawn if _same(each, value)), path)
            found.setdefault(name, number(value).array)
    return found


def argument_name(case: Case, parameters: Sequence[str], position: int) -> str:
    """Return what an argument is called: its parameter, else the drawn name that holds the very object."""
    if position < len(parameters):
        return parameters[position]
    argument = case.calls[0].arguments[position]
    return next((name for name, value in case.names.items() if value is argument), f"#{position + 1}")


def _changed(case: Case, got: Returned, parameters: Sequence[str]) -> tuple[str, ...]:
    before, after = case.calls[0].arguments, got.arguments or ()
    return tuple(
        argument_name(case, parameters, position)
        for position, (once, now) in enumerate(zip(before, after, strict=False))
        if differences(now, once, EXACT)
    )


def _same(one: Array, other: Array) -> bool:
    return one is other or (one.shape == other.shape and bool(np.array_equal(one, other)))


def _numeric(value: Value, returns: tuple[Part, ...]) -> Iterator[tuple[str, Value]]:
    if not returns and isinstance(value, tuple | list) and len(value) > 1 and all(_plain(item) for item in value):
        yield "", np.asarray(value)
        return
    yield from named_numbers(value, "", returns)


def _plain(item: Value) -> bool:
    return (
        compared_as(item) == "number"
        and not isinstance(item, np.ndarray)
        and not (type(item) is int and abs(item) >> 62)
    )


def columns(samples: Sequence[Sample]) -> dict[str, Column]:
    """Return the whole numbers that all samples know: by name an array of shape (samples,), in the samples' order.

    An example from a handout gives whole arrays, so it lacks names such as `h`. If more than half of the samples have
    `h`, and it equals the length of some axis in each of these, that length is taken for `h` in the others. The length
    of an axis that equals no drawn name has its own name (`X.shape[0]`). Other names missing in a sample are left out.
    """
    results = [{item_name(".shape", axis): length for axis, length in enumerate(one.want.shape)} for one in samples]
    lengths = [_lengths(sample) | result for sample, result in zip(samples, results, strict=True)]
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
    """Return the whole numbers in a call's arguments by their places: lengths of axes, items of tuples."""
    items = {name: one for name, one in sample.arrays.items() if "[" in name and one.shape == ()}
    return _lengths(sample) | {name: int(one) for name, one in items.items() if one.dtype.kind in "iu"}


def _lengths(sample: Sample) -> dict[str, int]:
    """Return the lengths of all axes of the arguments: `X.shape[1]`."""
    return {
        item_name(f"{name}.shape", axis): length
        for name, one in sample.arrays.items()
        for axis, length in enumerate(one.shape)
    }


def agree(got: Array, predicted: Array, allowed: Array | float) -> bool:
    """Return whether two arrays have one shape and agree in every element, up to `allowed` (one shape, or a number)."""
    return got.shape == predicted.shape and bool(agreeing(got, predicted, allowed).all())


def agreeing(got: Array, predicted: Array, allowed: Array | float) -> Array:
    """Return for each element of two arrays of one shape whether they agree, up to `allowed`."""
    one, other = wide(got), wide(predicted)
    return np.asarray((np.abs(one - other) <= allowed) | (one == other))


def within(predicted: Array, rtol: float) -> Array:
    """Return how far each element may be off: by rtol of it and of the largest."""
    size = _size(predicted)
    return np.asarray(rtol * (size + size.max(initial=0.0)))


def wide(array: Array) -> Array:
    """Return the array as float64 or complex128, fit for arithmetic."""
    return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64, copy=False)


def _size(array: Array) -> Array:
    """Return how large each element is, 0 for one that is not finite."""
    one = wide(array)
    return np.asarray(np.abs(np.where(np.isfinite(one), one, 0.0)))


_LARGEST = 100
"""Whole and half numbers up to this, and one over a whole number up to this, may be told."""


def structural(number: float) -> str:
    """Return a number as it is told if it is a small whole or half one, or one over a small one, else "".

    Other numbers are not told: a submission could choose its answers so that a measured factor spells what is expected.
    """
    if not 1 / (_LARGEST + 1) < abs(number) < _LARGEST + 1:
        return ""
    plain = round(2 * number) / 2 if abs(number) >= 1 else 1 / round(1 / number)
    return f"{plain:.6g}" if abs(number - plain) <= 1e-6 * abs(plain) else ""


def literal(value: str | bool) -> str:
    """Return a drawn text or truth value as code: `"max"`, `True`."""
    return f'"{value}"' if isinstance(value, str) else str(value)


def simplest(candidates: Iterable[T], samples: Sequence[Sample], explains: Callable[[T, Sample], bool]) -> T | None:
    """Return the first of the candidates that explains every sample; they should come simple ones first."""
    return next((each for each in candidates if all(explains(each, one) for one in samples)), None)


def perhaps(said: Message, *, unless: bool = False) -> Message:
    """Return the sentence behind "Perhaps", `unless` there is no doubt about it."""
    return said if unless else say("Perhaps: {said}", said=said)


def named_axes(axes: Sequence[int]) -> Message:
    """Return axes in words: "axis 0", "axes 0, 1"."""
    names = listed([str(axis) for axis in axes])
    return say("axis {names}", names=names) if len(axes) == 1 else say("axes {names}", names=names)
