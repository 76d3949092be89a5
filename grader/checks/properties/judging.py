"""Properties that need no expected value: one judge for each registered name.

What the calls of each property are is said at `grader.model.Case`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

import msgspec
import numpy as np
from msgspec import Struct

from grader.comparison.blame import fault
from grader.comparison.values import EXACT, compare, differences, find, known, numbers
from grader.language import say
from grader.model import Case, Check, Comparison, Mismatch, Part, Returned, Verdict
from grader.values import form, word
from grader.values.arrays import largest, number

if TYPE_CHECKING:
    from grader.model import Value

_NAMED_BY_STUDENT = ("linear_in", "finite")
"""Here an undeclared output is named by the student's own dict key; a hidden input could leave in such a name."""


class Observed(Struct, frozen=True, kw_only=True, eq=False):
    """What a property is judged on: the student's calls, all returned, and the reference's values."""

    check: Check
    returns: tuple[Part, ...]
    case: Case
    got: Sequence[Returned]
    truths: Sequence[Value]


class Finding(Struct, frozen=True):
    """A property that does not hold: the evidence and the call that shows it."""

    mismatch: Mismatch
    call: int = 0


Property: TypeAlias = Callable[[Observed], Finding | None]


def judge(
    check: Check, returns: tuple[Part, ...], case: Case, got: Sequence[Returned], truths: Sequence[Value]
) -> Verdict:
    """Return full marks if the property `case.property` holds, else none and the evidence.

    Raises RubricError for a property that is not registered or that this function's results cannot show.
    """
    if case.property not in PROPERTIES:
        raise fault(check, say("There is no property called {name}.", name=case.property))
    found = PROPERTIES[case.property](Observed(check=check, returns=returns, case=case, got=got, truths=truths))
    if found is None:
        return Verdict(share=Fraction(1))
    named = msgspec.structs.replace(found.mismatch, property=case.property)
    if case.property in _NAMED_BY_STUDENT:
        named = msgspec.structs.replace(named, output=named.output.partition("[")[0])
    return Verdict(share=Fraction(0), mismatches=(named,), call=found.call)


def inputs_unchanged(scene: Observed) -> Finding | None:
    """No argument is changed by the call; the mismatch shows the argument before (`want`) and after (`got`)."""
    after = scene.got[0].arguments
    if after is None:
        return None
    before = scene.case.calls[0].arguments
    for index, (now, once) in enumerate(zip(after, before, strict=False)):
        name = next((name for name, value in scene.case.names.items() if value is once), f"#{index + 1}")
        found = differences(now, once, EXACT, name)
        if found:
            return Finding(_broken(found[0]))
    return Finding(Mismatch(category="property"))


def deterministic(scene: Observed) -> Finding | None:
    """Two equal calls return equal values, to the last bit."""
    found = differences(scene.got[1].value, scene.got[0].value, EXACT)
    return Finding(_broken(found[0]), 1) if found else None


def samples_independent(scene: Observed) -> Finding | None:
    """Each sample's rows are the same whether it comes alone, in its batch, or in the batch reversed."""
    names, count = _per_sample(scene)
    batch = dict(numbers(scene.got[0].value, "", scene.returns))
    for call, outcome in enumerate(scene.got[1:], start=1):
        mine = dict(numbers(outcome.value, "", scene.returns))
        for name in names:
            whole = np.asarray(batch.get(name, 0.0))
            if whole.ndim == 0 or len(whole) != count:
                return Finding(_rows(name, whole, count))
            rows = whole[call - 1 : call] if call <= count else whole[::-1]
            alone = np.asarray(mine.get(name, 0.0))
            found = compare(alone, rows, _scaled(scene.check.compare, largest(whole)), name)
            if found is not None:
                return Finding(_in_batch(found, call - 1 if call <= count else -1, count), call)
    return None


def linear_in(scene: Observed) -> Finding | None:
    """f(a) + f(b) = f(a+b) + f(0); the mismatch shows the right side as `got`, the left as `want`."""
    wanted = scene.case.options.get("outputs")
    outputs = [str(name) for name in wanted] if isinstance(wanted, tuple | list) else ["result"]
    sides = [_chosen(scene, outcome.value, outputs) for outcome in scene.got]
    for name in dict.fromkeys(name for side in sides for name in side):
        if any(name not in side for side in sides):
            return Finding(Mismatch(category="type", output=name, got="None", want="float"))
        one, other, both, zero = (_floats(side[name]) for side in sides)
        if not one.shape == other.shape == both.shape == zero.shape:
            odd = next(each for each in (other, both, zero) if each.shape != one.shape)
            return Finding(Mismatch(category="shape", output=name, got=str(odd.shape), want=str(one.shape)))
        scale = max(largest(each) for each in (one, other, both, zero))
        with np.errstate(all="ignore"):
            found = compare(both + zero, one + other, _scaled(scene.check.compare, scale), name)
        if found is not None:
            return Finding(_broken(found), 2)
    return None if all(sides) else Finding(_no_number(scene.got[0].value))


def shape(scene: Observed) -> Finding | None:
    """Each output named in the options has the shape given there."""
    for name, value, want in _options(scene):
        expected = tuple(want) if isinstance(want, tuple | list) else (want,)
        if form(value) != "number":
            return Finding(Mismatch(category="type", output=name, got=word(value), want="array"))
        have = number(value).array.shape
        if have != expected:
            return Finding(Mismatch(category="shape", output=name, got=str(have), want=str(expected)))
    return None


def dtype(scene: Observed) -> Finding | None:
    """Each output named in the options has the dtype (`float64`) or kind (`float`) given there."""
    for name, value, want in _options(scene):
        if form(value) != "number":
            return Finding(Mismatch(category="type", output=name, got=word(value), want=str(want)))
        have = number(value)
        if want not in (have.kind, str(have.array.dtype)):
            return Finding(Mismatch(category="dtype", output=name, got=str(have.array.dtype), want=str(want)))
    return None


def finite(scene: Observed) -> Finding | None:
    """There are numbers in the result, and none of them is NaN or infinite."""
    every = list(numbers(scene.got[0].value, "", scene.returns))
    for name, value in every:
        array = number(value).array
        odd = ~np.isfinite(array)
        if odd.any():
            where = np.unravel_index(int(odd.argmax()), array.shape)
            index = tuple(int(place) for place in where) if array.ndim else None
            return Finding(
                Mismatch(
                    category="nan", output=name, index=index, got=array[where].item(),
                    differing=int(np.count_nonzero(odd)), total=array.size,
                )
            )  # fmt: skip
    return None if every else Finding(_no_number(scene.got[0].value))


PROPERTIES: dict[str, Property] = {
    "inputs_unchanged": inputs_unchanged,
    "deterministic": deterministic,
    "samples_independent": samples_independent,
    "linear_in": linear_in,
    "shape": shape,
    "dtype": dtype,
    "finite": finite,
}


def _broken(found: Mismatch) -> Mismatch:
    return msgspec.structs.replace(found, category="property")


def _no_number(value: Value) -> Mismatch:
    return Mismatch(category="type", got=word(value), want="float")


def _scaled(rule: Comparison, scale: float) -> Comparison:
    return rule if rule.atol is not None else msgspec.structs.replace(rule, atol=rule.rtol * scale)


def _floats(value: Value) -> np.ndarray:
    array = number(value).array
    return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)


def _per_sample(scene: Observed) -> tuple[list[str], int]:
    """Return the outputs with one row a sample, as the reference has them, and the number of samples."""
    count = len(scene.got) - 2
    batch = dict(numbers(scene.truths[0], "", scene.returns))
    single = dict(numbers(scene.truths[1], "", scene.returns))
    names = [
        name
        for name, value in batch.items()
        if name in single and _rows_of(value) == count and _rows_of(single[name]) == 1
    ]
    if not names:
        raise fault(scene.check, say("No output of {name} has one row a sample.", name=scene.case.function))
    return names, count


def _rows_of(value: Value) -> int:
    return len(value) if isinstance(value, np.ndarray) and value.ndim else 0


def _rows(name: str, whole: np.ndarray, count: int) -> Mismatch:
    want = (count, *whole.shape[1:])
    return Mismatch(category="shape", output=name, got=str(whole.shape), want=str(want))


def _in_batch(found: Mismatch, sample: int, count: int) -> Mismatch:
    """Return the mismatch with its index in the whole batch's terms; `sample` -1 stands for the reversed batch."""
    index = found.index
    if index:
        index = (sample if sample >= 0 else count - 1 - index[0], *index[1:])
    elif sample >= 0:
        index = (sample,)
    return msgspec.structs.replace(found, category="property", index=index)


def _chosen(scene: Observed, value: Value, outputs: Sequence[str]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for output in outputs:
        _must_be_known(scene, output)
        name, parts = ("", scene.returns) if output == "result" else (output, ())
        for item in find(value, output, scene.returns):
            found |= numbers(item, name, parts)
    return found


def _options(scene: Observed) -> list[tuple[str, Value, Value]]:
    """Return each option's output name, the student's value for it (None if it is not there), and what is wanted."""
    rows: list[tuple[str, Value, Value]] = []
    for name, want in scene.case.options.items():
        _must_be_known(scene, name)
        mine = find(scene.got[0].value, name, scene.returns)
        rows.append(("" if name == "result" else name, mine[0] if mine else None, want))
    return rows


def _must_be_known(scene: Observed, output: str) -> None:
    if not known(output, scene.returns):
        raise fault(scene.check, say("returns has no output called {name}.", name=output))
