"""The cases of one function seen one output at a time, and the whole numbers that all of them know by one name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from grader.comparison.values import EXACT, compare, differences, numbers, place
from grader.model import Case, Check, Comparison, Mismatch, Part, Returned
from grader.values import form
from grader.values.arrays import number

if TYPE_CHECKING:
    from grader.model import Value


Array: TypeAlias = NDArray[Any]
Reference: TypeAlias = "Callable[[str, tuple[Value, ...]], Value | None]"


class Sample(Struct, frozen=True, kw_only=True, eq=False):
    """One case of one output. `mismatch` is None where the student is right; `facts` are whole numbers by name.

    `changed` names the arguments that the call changed.
    """

    case: Case
    public: bool
    rule: Comparison
    got: Array
    want: Array
    mismatch: Mismatch | None
    facts: Mapping[str, int]
    arrays: Mapping[str, Array]
    words: Mapping[str, str]
    changed: tuple[str, ...]
    others: Mapping[str, Array]

    @property
    def size(self) -> int:
        """The number of elements that go in: small samples are cheap to run again."""
        return sum(array.size for array in self.arrays.values())


class Evidence(Struct, frozen=True, kw_only=True, eq=False):
    """All samples of one output: those the student has wrong (at least one) and those that are right.

    `said` holds what texts were drawn under each name, in any sample.
    """

    output: str
    wrong: tuple[Sample, ...]
    right: tuple[Sample, ...]
    returns: tuple[Part, ...] = ()
    parameters: tuple[str, ...] = ()
    said: Mapping[str, frozenset[str]] = {}
    reference: Reference | None = None

    @property
    def every(self) -> tuple[Sample, ...]:
        """Wrong and right samples together."""
        return self.wrong + self.right

    @property
    def public(self) -> Evidence | None:
        """The public samples alone, None where none of them is wrong."""
        wrong = tuple(sample for sample in self.wrong if sample.public)
        return replace(self, wrong=wrong, right=tuple(one for one in self.right if one.public)) if wrong else None


class Run(Struct, frozen=True, kw_only=True, eq=False):
    """One case that returned on both sides: outputs by name, and what is known of the case whatever the output.

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
        mine, theirs, rule = one.mine[output], one.theirs[output], one.check.compare
        got, want = number(mine).array, number(theirs).array
        same = got.dtype == want.dtype and got.shape == want.shape and bool(np.all(got == want))
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
                words={name: value for name, value in one.case.names.items() if isinstance(value, str)},
                changed=one.changed,
                others={name: number(value).array for name, value in one.theirs.items() if name != output},
            )
        )
    return found if any(sample.mismatch is not None for sample in found) else []


def facts(case: Case) -> dict[str, int]:
    """Return the whole numbers that were drawn, those inside dicts by their keys."""
    found: dict[str, int] = {}
    for name, value in case.names.items():
        if isinstance(value, int) and not isinstance(value, bool):
            found[name] = value
    for value in case.names.values():
        if isinstance(value, dict):
            inner = {str(key): each for key, each in value.items() if type(each) is int}
            found = inner | found
    return found


def arrays(case: Case, parameters: Sequence[str] = ()) -> dict[str, Array]:
    """Return the numbers and arrays among the call's arguments by name.

    An argument has its parameter's name; an array within one that was drawn on its own (a cache's `W`) has the drawn
    name, else its place (`cache[0]`).
    """
    drawn = [(name, value) for name, value in case.names.items() if isinstance(value, np.ndarray)]
    found: dict[str, Array] = {}
    for position, argument in enumerate(case.calls[0].arguments):
        outer = argument_name(case, parameters, position)
        for path, value in numbers(argument, outer):
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
    yield from numbers(value, "", returns)


def _plain(item: Value) -> bool:
    return form(item) == "number" and not isinstance(item, np.ndarray) and not (type(item) is int and abs(item) >> 62)


def axis_name(name: str, axis: int) -> str:
    """Return how the length of an array's axis is written: `X.shape[1]`."""
    return place(f"{name}.shape", axis)


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
