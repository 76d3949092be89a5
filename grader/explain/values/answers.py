"""Answers that were not computed (fixed, copied, zeros), conditions on which being right depends, and texts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations, permutations
from math import comb
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from grader.comparison.values import differences
from grader.explain.values.samples import (
    LEAST,
    Array,
    Evidence,
    Run,
    Sample,
    agree,
    columns,
    literal,
    outputs,
    perhaps,
    sides,
    simplest,
    wide,
    within,
)
from grader.explain.values.sizes import FUNCTIONS
from grader.language import Bilingual, Message, say

if TYPE_CHECKING:
    from grader.model import Part, Value

Truth = NDArray[np.bool_]


def hard_coded(evidence: Evidence) -> Message | None:
    """Explain by the public example's answer that is returned for other inputs."""
    answers = [sample.want for sample in evidence.every if sample.public]
    several = len(evidence.wrong) > 1
    if any(sample.public for sample in evidence.wrong) or not any(answer.size > 1 or several for answer in answers):
        return None
    if not all(any(sample.fits(answer) for answer in answers) for sample in evidence.wrong):
        return None
    return say("Other inputs get the public example's answer; is it written into the code instead of worked out?")


def zeros(evidence: Evidence) -> Message | None:
    """Explain by answers that are zero throughout, in right cases too (where zero is right)."""
    return zeros_in_some(evidence) if all(_nothing_but_zeros(sample) for sample in evidence.right) else None


def zeros_in_some(evidence: Evidence) -> Message | None:
    """Explain by answers that are zero throughout wherever they are wrong."""
    if not all(_nothing_but_zeros(sample) for sample in evidence.wrong):
        return None
    said = say("Nothing but zeros comes back; is the result ever filled in?")
    if all(sample.got.dtype.kind == "b" for sample in evidence.wrong):
        said = say("Every element is False; is the condition too strict, or the result never filled in?")
    said = perhaps(said, unless=sum(sample.got.size for sample in evidence.wrong) > 2)
    where = right_only_where(evidence)
    return say("{first} {second}", first=said, second=where) if where else said


def _nothing_but_zeros(sample: Sample) -> bool:
    return sample.got.size > 0 and not sample.got.any()


def same_every_time(evidence: Evidence) -> Message | None:
    """Explain by one and the same answer for different inputs."""
    first, *rest = evidence.every
    if len(rest) < 2 or any(not agree(one.got, first.got, within(first.got, _ROUNDING)) for one in rest):
        return None
    if all(np.array_equal(one.want, first.want) for one in rest):
        return None
    return say("Different inputs get one and the same answer; are the arguments used at all?")


_ROUNDING = 1e-14
"""How far apart answers may be that are one and the same."""


def of_argument(evidence: Evidence) -> Message | None:
    """Explain by a plain function of every element of an argument: the answer has nothing else in it."""
    if not evidence.telling or any(one.got.dtype.kind == "c" for one in evidence.every):
        return None
    for name in evidence.wrong[0].arrays:
        if any(name not in one.arrays or one.arrays[name].shape != one.got.shape for one in evidence.every):
            continue
        if all(np.array_equal(one.got, one.arrays[name]) for one in evidence.every):
            continue
        for text, function in FUNCTIONS.items():
            if all(_is_of(function, one.arrays[name], one) for one in evidence.every):
                said = re.sub(r"\bx\b", name, text)
                return say(
                    "Each element is {function}; is that what is asked for?", function=Bilingual(zh=said, en=said)
                )
    return None


def _is_of(function: Callable[[Array], Array], argument: Array, sample: Sample) -> bool:
    if argument.dtype.kind == "c" or not argument.size:
        return False
    predicted = function(wide(argument))
    return bool(np.isfinite(predicted).all()) and agree(sample.got, predicted, within(predicted, LEAST))


def another_kept(evidence: Evidence) -> Message | None:
    """Explain by outputs in the wrong order, where the expected output is an argument that is handed on."""
    if all(any(np.array_equal(one.want, each) for each in one.arrays.values()) for one in evidence.wrong):
        return other_output(evidence)
    return None


def echo(evidence: Evidence) -> Message | None:
    """Explain by an argument returned as it came in."""
    name = _everywhere(evidence, lambda sample: sample.arrays)
    return say("This is the argument {name} as it came in.", name=name) if name else None


def other_output(evidence: Evidence) -> Message | None:
    """Explain by what is expected of another output."""
    name = _everywhere(evidence, lambda sample: sample.others)
    return say("This is what {name} should be; are the outputs in the right order?", name=name) if name else None


def _everywhere(evidence: Evidence, known: Callable[[Sample], Mapping[str, Array]]) -> str:
    """Return the name whose array is the answer in every failing sample, "" if there is none."""
    return simplest(known(evidence.wrong[0]), evidence.wrong, lambda name, one: _is(known(one).get(name), one)) or ""


def _is(array: Array | None, sample: Sample) -> bool:
    return array is not None and sample.fits(array)


def changed_before_returned(evidence: Evidence) -> Message | None:
    """Explain by an argument that should come back as it went in, but was changed on the way."""
    for name in sorted(_changed(evidence)):
        if all(name in one.arrays and np.array_equal(one.arrays[name], one.want) for one in evidence.wrong):
            return _changes_argument(name)
    return None


def changed_input(evidence: Evidence) -> Message | None:
    """Explain by an argument that the call changes in every failing case, and in no other."""
    names = _changed(evidence) - {name for sample in evidence.right for name in sample.changed}
    return _changes_argument(min(names)) if names else None


def _changed(evidence: Evidence) -> set[str]:
    return set.intersection(*({*sample.changed} for sample in evidence.wrong))


def _changes_argument(name: str) -> Message:
    return say("In these cases the call changes its argument {name}; work on a copy.", name=name)


_GIVEN = 3
"""Right cases that give an argument, at least; with fewer, leaving it out may be common to the wrong ones by chance."""


def left_out(evidence: Evidence) -> Message | None:
    """Explain by a default: calls that leave an argument out are wrong, those that give it are right."""
    given = {len(sample.case.calls[0].arguments) for sample in evidence.wrong}
    place = given.pop()
    if given or place >= len(evidence.parameters) or len(evidence.right) < _GIVEN:
        return None
    if any(len(sample.case.calls[0].arguments) <= place for sample in evidence.right):
        return None
    name = evidence.parameters[place]
    value = next((text for text in sorted(evidence.texts.get(name, ())) if _is_default(evidence, text)), None)
    if value is None:
        return say("Only calls that leave {name} out are wrong; what is its default?", name=name)
    return say(
        "Only calls that leave {name} out are wrong: they are answered as if it were {value}. What is its default?",
        name=name, value=literal(value),
    )  # fmt: skip


def _is_default(evidence: Evidence, text: str | bool) -> bool:
    """Return whether the reference gives the student's answers where the argument left out is `text`."""
    if evidence.reference is None:
        return False
    for sample in evidence.wrong:
        value = evidence.reference(sample.case.function, (*sample.case.calls[0].arguments, text))
        output = outputs(value, evidence.returns).get(evidence.output)
        if output is None or not sample.fits(output):
            return False
    return True


_CHANCES = (1 / 15, 1 / 100, 1 / 900)
"""How probable it may be that the cases a condition picks are all right by chance, by the condition's rank: a mode or
a least number; one of the few pairs of an array's sides; an order of two numbers, of which there are about ninety."""


_SIDES = 3
"""Cases where a condition holds, and where it does not, at least."""


class Condition(Struct, frozen=True, eq=False):
    """A condition in words and the cases where it holds, of shape (cases,).

    `rank` is 0 for a mode or a number at its least: slips often depend on these, so it may also say where the student
    is wrong, and some cases may be right by luck. It is 1 for two equal sides of one array, 2 for any two numbers.
    """

    text: str
    holds: Truth
    rank: int


def right_only_where(evidence: Evidence) -> Message | None:
    """Explain by a condition that separates wrong cases from right ones: on a text, a number, or two numbers.

    No case is wrong where the condition says that it is right; at most a quarter is right where it says wrong.
    """
    right = np.arange(len(evidence.every)) >= len(evidence.wrong)
    best: tuple[tuple[int, float], Message] | None = None
    for condition in _conditions(evidence.every) if right.any() else ():
        for only_right in (True, False) if not condition.rank else (True,):
            wanted = condition.holds if only_right else ~condition.holds
            lucky = int((right & ~wanted).sum())
            few = min(wanted.sum(), (~wanted).sum()) < _SIDES
            if (wanted & ~right).any() or few or lucky * 4 > (0 if condition.rank else len(right)):
                continue
            chance = comb(int(right.sum()), int(wanted.sum())) / comb(len(right), int(wanted.sum()))
            rank = (condition.rank, chance)
            if chance < _CHANCES[condition.rank] and (best is None or rank < best[0]):
                best = rank, _where(condition.text, only_right=only_right, lucky=lucky > 0)
    return best[1] if best is not None else None


def _where(condition: str, *, only_right: bool, lucky: bool) -> Message:
    if not only_right:
        return say("It is wrong only where {condition}.", condition=condition)
    if lucky:
        return say("It is right where {condition}, and wrong in most other cases.", condition=condition)
    return say("It is right only where {condition}.", condition=condition)


def _conditions(every: Sequence[Sample]) -> Iterator[Condition]:
    """Yield conditions that might matter.

    At its least, 0 or 1, a number often hides a slip: no padding, a single sample.
    """
    for text, holds, _ in _drawn_texts(every):
        yield Condition(text, holds, 0)
    known = columns(every)
    for name, numbers in known.items():
        if numbers.min() in (0, 1):
            yield Condition(f"{name} == {numbers.min()}", numbers == numbers.min(), 0)
    alike = sides(every)
    for one, other in combinations(known, 2):
        mine, theirs = known[one], known[other]
        yield Condition(f"{one} == {other}", mine == theirs, 1 if (one, other) in alike else 2)
        yield Condition(f"{one} >= {other}", mine >= theirs, 2)
        yield Condition(f"{other} >= {one}", theirs >= mine, 2)


def modes(evidence: Evidence) -> Iterator[tuple[str, Truth]]:
    """Yield conditions on drawn texts (`mode == "max"`) that hold in all wrong cases but not in all cases.

    In a wrong case that leaves the argument to its default, they count as holding.
    """
    wrong = np.arange(len(evidence.every)) < len(evidence.wrong)
    for text, holds, default in _drawn_texts(evidence.every):
        known = holds | (default & wrong)
        if known[wrong].all() and not known.all():
            yield text, known


def _drawn_texts(every: Sequence[Sample]) -> Iterator[tuple[str, Truth, Truth]]:
    """Yield each condition, where it holds, and where the argument was left out."""
    for name in dict.fromkeys(name for sample in every for name in sample.words):
        said = [sample.words.get(name) for sample in every]
        for text in dict.fromkeys(each for each in said if each is not None):
            yield (
                f"{name} == {literal(text)}",
                np.array([each == text for each in said]),
                np.array([each is None for each in said]),
            )


def exchanged(runs: Sequence[Run], returns: tuple[Part, ...]) -> Message | None:
    """Explain by all outputs in another order, whatever they are: then every case has them in the same wrong order."""
    wrong = [one for one in runs if differences(one.got.value, one.want.value, one.check.compare)]
    lengths = {len(one.want.value) if isinstance(one.want.value, tuple) else 0 for one in runs}
    lengths |= {len(one.got.value) if isinstance(one.got.value, tuple) else 0 for one in runs}
    length = lengths.pop()
    if lengths or not 2 <= length <= _OUTPUTS or not any(one.check.visibility == "public" for one in wrong):
        return None
    for order in list(permutations(range(length)))[1:]:
        if all(_comes_in(order, one) for one in runs):
            names = [part.name for part in returns]
            if len(names) != length:
                return say("The outputs are right, but in another order; compare the return line with the docstring.")
            came = [""] * length
            for place, at in enumerate(order):
                came[at] = names[place]
            return say(
                "The outputs are right, but in the wrong order: your function returns {came}, but {wanted} is "
                "expected.",
                came=", ".join(came), wanted=", ".join(names),
            )  # fmt: skip
    return None


_OUTPUTS = 4
"""Outputs of a function that are put into every order, at most."""


def _comes_in(order: Sequence[int], one: Run) -> bool:
    got, want = one.got.value, one.want.value
    if not isinstance(got, tuple) or not isinstance(want, tuple):
        return False
    return not differences(tuple(got[at] for at in order), want, one.check.compare)


def texts(wrong: Sequence[Run]) -> Message | None:
    """Return what explains all of these cases if they return texts or plain lists."""
    pairs = [(run.got.value, run.want.value) for run in wrong]
    words = [(got, want) for got, want in pairs if isinstance(got, str) and isinstance(want, str)]
    if len(words) == len(pairs):
        if all(got.split() == want.split() for got, want in words):
            return say("Only spaces or line ends differ.")
        if all(got.casefold().split() == want.casefold().split() for got, want in words):
            return say("Only capital and small letters differ.")
        if all(got == want[::-1] for got, want in words) and any(len(got) > 2 for got, _ in words):
            return say("The text is right, but backwards.")
        if all(got in one.case.calls[0].arguments for (got, _), one in zip(words, wrong, strict=True)):
            return say("A text of the arguments comes back as it came in.")
    if all(_reordered(got, want) for got, want in pairs):
        return say("The items are right, but in another order.")
    return None


def _reordered(got: Value, want: Value) -> bool:
    if not isinstance(got, tuple | list) or not isinstance(want, tuple | list) or len(want) < 2:
        return False
    if not all(isinstance(item, str | int | float) for item in (*got, *want)):
        return False
    return Counter(map(repr, got)) == Counter(map(repr, want))
