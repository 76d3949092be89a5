"""What the reference returns for changed arguments: a number replaced, an array ignored, only a part of it used.

A change is tried on the smallest failing case. If the reference then gives the student's answer, it must do so in all
other failing cases, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import combinations, permutations
from math import pi
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np
from msgspec import Struct

from grader.comparison.values import item_name
from grader.explain.values.samples import (
    Array,
    Evidence,
    Sample,
    argument_name,
    literal,
    outputs,
    perhaps,
    simplest,
    wide,
)
from grader.language import Message, say
from grader.values import family_of, fingerprint, leaves, parts

if TYPE_CHECKING:
    from grader.model import Value

    Path: TypeAlias = tuple[int | str, ...]
    Found: TypeAlias = tuple[Path, str, Any]
    """A value in an argument: its position and the places and keys in it, its name, the value."""

    class Change(Protocol):
        """Makes another value of an argument's value."""

        def __call__(self, value: Value, /, sample: Sample) -> Value:
            """Return what `value` is replaced by in this sample."""


class Candidate(Struct, frozen=True, kw_only=True, eq=False):
    """Changes of arguments, each with its path, and the sentence that is true if they explain the student's answers.

    `negated` says that the reference's answer is to be taken with the other sign.
    """

    changes: tuple[tuple[Path, Change], ...]
    said: Message
    negated: bool = False


def candidates(evidence: Evidence, sample: Sample, matters: Callable[[Candidate], bool]) -> Iterator[Candidate]:
    """Yield changes, the likeliest slips first; an array that makes no difference when zeroed is changed in no way."""
    given = [
        ((position, *path), name, value)
        for position, argument in enumerate(sample.case.calls[0].arguments)
        for path, name, value in _named(argument, argument_name(sample.case, evidence.parameters, position), sample)
    ]
    whole = [(path, name) for path, name, value in given if type(value) is int]
    arrays = [(path, name, value) for path, name, value in given if isinstance(value, np.ndarray) and value.ndim]
    for path, name, value in given:
        if isinstance(value, str | bool):
            yield from (
                _as_if(path, name, literal(text), _always(text))
                for text in sorted(evidence.texts.get(name, frozenset()))
                if text != value
            )
    for path, name, value in given:
        if type(value) is float and evidence.telling:  # a number or two are something like that by chance
            yield from _in_other_units(path, name)
    for path, name in whole:
        public = {one.facts[name] for one in evidence.every if one.public and name in one.facts}
        for fixed in sorted({0, 1} | public):
            yield _as_if(path, name, str(fixed), _always(fixed))
    for (path, name), (other_path, other) in combinations(whole, 2):
        said = say(
            "This is what comes out if {name} and {other} change places; is one taken for the other?",
            name=name, other=other,
        )  # fmt: skip
        yield Candidate(changes=((path, _fact(other)), (other_path, _fact(name))), said=said)
    ignored = [_ignored(path, name) for path, name, _ in arrays]
    yield from ignored
    arrays = [one for one, candidate in zip(arrays, ignored, strict=True) if matters(candidate)]
    yield from _mistaken(arrays)
    yield from _parts(arrays)
    for path, name in whole:
        yield from _nearby(path, name, [other for _, other in whole if other != name])
    for path, name, _ in arrays:
        said = say("This is what comes out if {name} is all ones; is it multiplied by {name}?", name=name)
        yield Candidate(changes=((path, _ones),), said=said)
    for path, name, value in arrays:
        yield _as_if(path, name, f"abs({name})", _magnitude)
        yield _as_if(path, name, f"-{name}", _negative)
        yield _as_if(path, name, f"{name}[::-1, ::-1]" if value.ndim > 1 else f"{name}[::-1]", _reversed)
    for path, name, _ in arrays:
        yield from _angles(path, name)


def _modes_exchanged(evidence: Evidence, sample: Sample) -> Iterator[Candidate]:
    """Yield two texts (or truth values) of an argument that are exchanged."""
    for position, argument in enumerate(sample.case.calls[0].arguments):
        outer = argument_name(sample.case, evidence.parameters, position)
        for path, name, value in _named(argument, outer, sample):
            texts = sorted(evidence.texts.get(name, frozenset())) if isinstance(value, str | bool) else []
            if len(texts) != 2 or len({one.words.get(name) for one in evidence.wrong} - {None}) < 2:
                continue
            said = say(
                "{one} and {other} of {name} are swapped: each gets the result that belongs to the other.",
                one=literal(texts[0]), other=literal(texts[1]), name=name,
            )  # fmt: skip
            for default in texts:
                yield Candidate(changes=(((position, *path), _exchanged(texts, default)),), said=said)


def _exchanged(texts: Sequence[str | bool], default: str | bool) -> Change:
    """Return a change that puts the other of two texts; an argument left out is taken for `default`."""

    def exchanged(value: Value, /, sample: Sample) -> Value:
        return texts[1] if (default if value is None else value) == texts[0] else texts[0]

    return exchanged


def _angles(path: Path, name: str) -> Iterator[Candidate]:
    """Yield an angle that is not converted, or is the wrong way."""
    for text, factor in ((f"np.rad2deg({name})", 180 / pi), (f"np.deg2rad({name})", pi / 180)):
        said = say(
            "This is what comes out if {name} is replaced by {value}; are degrees and radians mixed up?",
            name=name, value=text,
        )  # fmt: skip
        yield Candidate(changes=((path, _times(factor)),), said=said)


def _in_other_units(path: Path, name: str) -> Iterator[Candidate]:
    """Yield a number that is left out or taken the other way round, in percent, for a year or for a month."""
    yield _as_if(path, name, "1", _always(1.0))
    yield _as_if(path, name, "0", _always(0.0))
    yield _as_if(path, name, f"1 - {name}", lambda value, sample: 1 - value if isinstance(value, float) else value)
    yield from _angles(path, name)
    units = (("100*{}", 100.0), ("{}/100", 0.01), ("12*{}", 12.0), ("{}/12", 1 / 12), ("{}/(2*pi)", 0.5 / pi))
    for text, factor in units:
        yield _as_if(path, name, text.format(name), _times(factor))


def _times(factor: float) -> Change:
    def times(value: Value, /, sample: Sample) -> Value:
        return value * factor if isinstance(value, float | np.ndarray) else value

    return times


def _ignored(path: Path, name: str) -> Candidate:
    said = say("This is what comes out if {name} is all zeros; is {name} used?", name=name)
    return Candidate(changes=((path, _zeros),), said=said)


def _mistaken(arrays: Sequence[Found]) -> Iterator[Candidate]:
    """Yield minimum and maximum exchanged, then arrays of one shape exchanged, then square arrays transposed."""
    for path, name, _ in arrays:
        said = say(
            "Smallest and largest of {name} are exchanged; is it min where max belongs, or the reverse?", name=name
        )
        yield Candidate(changes=((path, _negative),), said=said, negated=True)
    for (path, name, value), (_, other, instead) in permutations(arrays, 2):
        if value.shape == instead.shape and value.size > 1:
            yield _as_if(path, name, other, _array(other))
    for path, name, value in arrays:
        if value.ndim > 1 and value.shape[0] == value.shape[1] > 1:
            said = say(
                "This is what comes out if axes 0 and 1 of {name} are exchanged; are its indices in the right order?",
                name=name,
            )
            yield Candidate(changes=((path, _turned),), said=said)


def _parts(arrays: Sequence[Found]) -> Iterator[Candidate]:
    """Yield arrays whose first or last entry along some axes is all that is left, or all that is left out."""
    arrays = [one for one in arrays if one[2].size > 1]
    for path, name, value in arrays:
        first = say("Only the first entry of {name} counts; does the function return inside the loop?", name=name)
        last = say(
            "Only the last entries of {name} count; is something overwritten (=) that should be added up (+=)?",
            name=name,
        )
        yield Candidate(changes=((path, _only(-1, 1)),), said=last)
        yield Candidate(changes=((path, _only(0, 1)),), said=first)
        for axes in range(2, value.ndim + 1):
            yield Candidate(changes=((path, _only(-1, axes)),), said=last)
    for path, name, value in arrays:
        for axis in range(value.ndim):
            last = say(
                "The last entry of {name} along axis {axis} does not count; does a loop or a slice stop too early?",
                name=name, axis=axis,
            )  # fmt: skip
            yield Candidate(changes=((path, _without(-1, axis)),), said=last)
            first = say(
                "The first entry of {name} along axis {axis} does not count; does a loop or a slice start too late?",
                name=name, axis=axis,
            )  # fmt: skip
            yield Candidate(changes=((path, _without(0, axis)),), said=first)


def _nearby(path: Path, name: str, others: Sequence[str]) -> Iterator[Candidate]:
    """Yield `name` replaced by another number of the call, by a number one off, and doubled."""
    for other in others:
        yield _as_if(path, name, other, _fact(other))
    yield _as_if(path, name, f"{name} + 1", _linear(1, 1))
    yield _as_if(path, name, f"{name} - 1", _linear(1, -1))
    yield _as_if(path, name, f"2*{name}", _linear(2, 0))


def _as_if(path: Path, name: str, value: str, change: Change) -> Candidate:
    said = say(
        "This is what comes out if {name} is replaced by {value}; is {name} used everywhere it should be?",
        name=name, value=value,
    )  # fmt: skip
    if name in value:
        said = say("This is what comes out if {name} is replaced by {value}.", name=name, value=value)
    return Candidate(changes=((path, change),), said=said)


def _always(value: Value) -> Change:
    return lambda _, sample: value


def _fact(name: str) -> Change:
    return lambda value, sample: sample.facts.get(name, value)


def _linear(times: int, plus: int) -> Change:
    return lambda value, sample: times * value + plus if isinstance(value, int) else value


def _zeros(value: Value, /, sample: Sample) -> Value:
    return np.zeros_like(value) if isinstance(value, np.ndarray) else 0


def _ones(value: Value, /, sample: Sample) -> Value:
    return np.ones_like(value) if isinstance(value, np.ndarray) else 1


def _array(name: str) -> Change:
    return lambda value, sample: sample.arrays.get(name, value)


def _of_arrays(change: Callable[[Array], Array], axes: int = 0) -> Change:
    """Return a change of arrays with elements and so many axes; it returns any other value as it is."""

    def changed(value: Value, /, sample: Sample) -> Value:
        if not isinstance(value, np.ndarray) or value.ndim < axes or not value.size:
            return value
        return np.ascontiguousarray(change(value))

    return changed


_magnitude = _of_arrays(np.abs)
_negative = _of_arrays(lambda array: -array if array.dtype.kind == "f" else array)
_turned = _of_arrays(lambda array: array.swapaxes(0, 1), axes=2)
_reversed = _of_arrays(lambda array: np.flip(array, tuple(range(min(array.ndim, 2)))), axes=1)


def _only(place: int, axes: int) -> Change:
    """Return a change that zeros all but the first (0) or last (-1) entry along the first `axes` axes."""

    def only(array: Array) -> Array:
        changed = np.zeros_like(array)
        changed[(place,) * axes] = array[(place,) * axes]
        return changed

    return _of_arrays(only, axes)


def _without(place: int, axis: int) -> Change:
    """Return a change that zeros the first (0) or last (-1) entry along an axis."""

    def without(array: Array) -> Array:
        changed = array.copy()
        changed[(slice(None),) * axis + (place,)] = 0
        return changed

    return _of_arrays(without, axis + 1)


def _named(argument: Value, outer: str, sample: Sample) -> Iterator[Found]:
    """Yield what is in an argument called `outer`: an array under its drawn name, else under its place or key."""
    for path, value in leaves(argument):
        name = outer
        for at in path:
            name = at if isinstance(at, str) else item_name(name, at)
        if path and not isinstance(path[-1], str):
            name = next((drawn for drawn, one in sample.arrays.items() if one is value), name)
        yield path, name, value


_CONFIRM = 2
"""Right cases that must agree as well."""


def modes_exchanged(evidence: Evidence) -> Message | None:
    """Explain by two modes of the function, each of which does what the other should."""
    return _explained(evidence, lambda first, oracle: _modes_exchanged(evidence, first))


def rerun(evidence: Evidence) -> Message | None:
    """Explain by one changed argument: the reference then gives the student's answers, in every case."""
    return _explained(
        evidence,
        lambda first, oracle: candidates(evidence, first, lambda candidate: oracle.matters(candidate, first)),
    )


def _explained(evidence: Evidence, proposed: Callable[[Sample, Oracle], Iterator[Candidate]]) -> Message | None:
    """Return the sentence of the first change proposed for a failing sample that explains every case."""
    if evidence.reference is None:
        return None
    first, *rest = sorted(evidence.wrong, key=_trying_order)
    confirming = [*rest, *sorted(evidence.right, key=lambda sample: sample.size)[:_CONFIRM]]
    oracle = Oracle(evidence)
    tried = proposed(first, oracle)
    found = simplest(tried, (first, *confirming), oracle.explains)
    return perhaps(found.said, unless=evidence.telling) if found is not None else None


def _trying_order(sample: Sample) -> tuple[int, bool, int]:
    """Sort samples for trying: those with the most arguments, an answer of three numbers or more, small ones first."""
    return -len(sample.case.calls[0].arguments), sample.want.size < 3, sample.size


class Oracle:
    """The reference, asked once for the same arguments."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._answers: dict[tuple[object, ...], Array | None] = {}

    def explains(self, candidate: Candidate, sample: Sample) -> bool:
        """Return whether the reference gives the student's answer for the changed arguments."""
        predicted = self.predicted(candidate, sample)
        return predicted is not None and sample.fits(predicted)

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
        output = self._asked(sample, changed) if isinstance(changed, list) else None
        return output if output is None or not candidate.negated else -wide(output)

    def _asked(self, sample: Sample, arguments: list[Value]) -> Array | None:
        question = fingerprint(arguments)
        if question == fingerprint(list(sample.case.calls[0].arguments)):
            return sample.want
        if question not in self._answers:
            if self._evidence.reference is None:
                return None
            value = self._evidence.reference(sample.case.function, tuple(arguments))
            self._answers[question] = outputs(value, self._evidence.returns).get(self._evidence.output)
        return self._answers[question]


def _changed(value: Value, path: Path, change: Callable[[Value], Value]) -> Value:
    """Return a copy of `value` in which the item at `path` is changed; `value` itself where there is no such item.

    An argument that was left to its default is put in.
    """
    if not path:
        return change(value)
    head, rest = path[0], path[1:]
    if isinstance(value, list) and head == len(value) and not rest:
        return [*value, change(None)]
    items = [_changed(item, rest, change) if at == head else item for at, item in parts(value)]
    made: Value = family_of(value).rebuilt(value, items)
    return made
