"""The hypotheses in the order they are tried: what is cheap and tells most comes first."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from grader.comparison.shares import leaves
from grader.comparison.structure import Level, levels
from grader.comparison.values import differences, numbers
from grader.explain.values import answers, conditions, forms, layout, lengths, reruns, sizes
from grader.explain.values.agreement import telling
from grader.explain.values.answers import texts
from grader.explain.values.samples import Evidence, Reference, Run, Sample, of_output, places, run
from grader.model import Case, Diagnosis, Example, Outcome, Part, Problem, Returned, Values

if TYPE_CHECKING:
    from grader.model import Value


_QUOTED = r'"[^"]*"'


def spoken(diagnosis: Diagnosis, samples: Sequence[Sample], known: Mapping[str, str]) -> Diagnosis:
    """Return the diagnosis in names that a student knows: `A_prev.shape[1]` for a drawn `h`.

    `known` are better names for such places (`A_prev.shape[1]` is `n_H_prev`). A drawn number that stands for none, or
    is itself an argument, keeps its name.
    """
    named = {place: known.get(place, place) for sample in samples for place in places(sample)}
    arguments = _handed(samples)
    drawn = dict.fromkeys(name for sample in samples for name in sample.facts if name not in arguments)
    for name in drawn:
        place = _stands(name, samples, known)
        if place:
            named[name] = named[place]
    words = {key: _renamed(word, named) for key, word in diagnosis.words.items()}
    return replace(diagnosis, words=words, when=_renamed(diagnosis.when, named))


def _stands(name: str, samples: Sequence[Sample], known: Collection[str]) -> str:
    """Return the place in the arguments that holds `name` in every sample that drew it, "" if there is none."""
    having = [(sample.facts[name], places(sample)) for sample in samples if name in sample.facts]
    same = [place for place in having[0][1] if all(there.get(place) == number for number, there in having)]
    return next((place for place in same if place in known), same[0] if same else "")


def _handed(samples: Sequence[Sample]) -> set[str]:
    """Return the names of numbers that a call is given: arguments of their own, or kept in a dict."""
    keys = {name for sample in samples for argument in sample.case.calls[0].arguments for name in _keys(argument)}
    return keys.union(*(sample.arrays for sample in samples))


def _keys(value: Value) -> Iterator[str]:
    if isinstance(value, dict):
        yield from map(str, value)
    if isinstance(value, dict | tuple | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _keys(item)


def _renamed(text: str, named: Mapping[str, str]) -> str:
    """Return `text` with whole names replaced, but for what stands in quotes."""
    if not named:
        return text
    names = "|".join(re.escape(name) for name in sorted(named, key=len, reverse=True))
    pattern = rf"{_QUOTED}|(?<![\w.])(?:{names})(?![\w(\[.])"
    return re.sub(pattern, lambda found: named.get(found[0], found[0]), text)


Hypothesis: TypeAlias = Callable[[Evidence], Diagnosis | None]


def shown(hypothesis: Hypothesis, *, few: bool = False) -> Hypothesis:
    """Return the hypothesis looked for in public cases alone: where they hold more numbers than chance fits, or `few`.

    It is one that many wanted values would bear out, or a part of them. What is known of some hidden cases would let
    somebody find another's with it, coarsely first and then digit by digit, or one number after the other.
    """

    def found(evidence: Evidence) -> Diagnosis | None:
        public = evidence.public
        return None if public is None or telling(public.wrong) is few else hypothesis(public)

    return found


HYPOTHESES: tuple[Hypothesis, ...] = (
    conditions.left_out,
    answers.hard_coded,
    answers.zeros,
    answers.changed_before_returned,
    answers.same_every_time,
    answers.another_kept,
    answers.echo,
    answers.other_output,
    shown(forms.rounded),
    shown(forms.precision),
    forms.right_but_dtype,
    forms.not_finite,
    forms.transposed,
    forms.reshaped,
    shown(forms.summed),
    forms.dimensions,
    lengths.axis_length,
    sizes.factor,
    sizes.offset,
    sizes.elementwise,
    shown(sizes.elementwise_coarse),
    layout.flipped,
    layout.part_of_an_axis,
    layout.constant_along,
    shown(layout.shifted),
    shown(layout.border),
    answers.changed_input,
)
"""What explains by arithmetic."""

LAST: tuple[Hypothesis, ...] = (
    shown(forms.rounded, few=True),
    shown(sizes.elementwise_coarse, few=True),
    answers.zeros_in_some,
    conditions.right_only_where,
)
"""What a number or two bear out, and what says where it is wrong rather than why."""


MOST = 32
"""Calls of the reference for one function: about as much work as its own cases are."""


ELEMENTS, OUTPUTS = 1 << 20, 12
"""An output with more elements than these in all cases is not looked at, and no more outputs than these are: a student
may return anything, and the time for it is the grader's."""


class Context(Struct, frozen=True, kw_only=True, eq=False):
    """What helps to explain: the function's parameters, and a way to ask the reference (a value, or None).

    `names` are what a student calls the places in the arguments: `A_prev.shape[1]` is `n_H_prev`.
    """

    parameters: tuple[str, ...] = ()
    names: Mapping[str, str] = {}
    reference: Reference | None = None


def diagnose(
    problem: Problem,
    cases: Sequence[Case],
    got: Sequence[Sequence[Outcome]],
    want: Sequence[Sequence[Outcome]],
    *,
    context: Context,
) -> Diagnosis | None:
    """Return the first hypothesis that explains every failing case of one output, None if none does.

    Looked at are the cases of examples and values that returned on both sides; the output that most points hang on is
    tried first. The student's answers are plain values; nothing of the student's is run.
    """
    runs = _runs(problem, cases, got, want, context.parameters)
    if not runs:
        return None
    context = replace(context, reference=_sparingly(context.reference))
    with np.errstate(all="ignore"):
        for output in _by_weight(runs, problem.returns):
            samples = of_output(output, runs)
            evidence = _evidence(output, samples, problem.returns, context)
            if evidence is None:
                continue
            found = _first(HYPOTHESES, evidence) or _in_one_mode(evidence) or _first(LAST, evidence)
            if found is not None:
                return spoken(found, evidence.every, context.names)
    public = (one for one in runs if one.check.visibility == "public")
    wrong = [one for one in public if differences(one.got.value, one.want.value, one.check.compare)]
    return texts(wrong) if wrong else None  # so alike are many texts and lists that hidden ones are not looked at


def _first(hypotheses: tuple[Hypothesis, ...], evidence: Evidence) -> Diagnosis | None:
    found = (hypothesis(evidence) for hypothesis in hypotheses)
    return next((diagnosis for diagnosis in found if diagnosis is not None), None)


def _in_one_mode(evidence: Evidence) -> Diagnosis | None:
    """Return what explains the wrong cases among those that were drawn with one text, if all wrong ones were.

    Otherwise, or if nothing does, the reference is asked about all cases (once: the wrong ones are the same).
    """
    modes = list(conditions.texts(evidence))
    for text, holds in modes:
        right = tuple(one for one, same in zip(evidence.every, holds, strict=True) if same and one in evidence.right)
        found = _first((*HYPOTHESES, reruns.rerun), replace(evidence, right=right))
        if found is not None:
            return replace(found, when=text)
    return None if modes else reruns.rerun(evidence)


def _sparingly(reference: Reference | None) -> Reference | None:
    """Return the reference as one that answers `MOST` times and then gives nothing."""
    if reference is None:
        return None
    left = iter(range(MOST))
    return lambda function, arguments: reference(function, arguments) if next(left, None) is not None else None


def _runs(
    problem: Problem,
    cases: Sequence[Case],
    got: Sequence[Sequence[Outcome]],
    want: Sequence[Sequence[Outcome]],
    parameters: Sequence[str],
) -> list[Run]:
    checks = {check.key: check for check in problem.checks if isinstance(check.plan, Example | Values)}
    wants = [(check, [each for case, each in zip(cases, want, strict=True) if case.check == key])
             for key, check in checks.items()]  # fmt: skip
    told = levels(problem.returns, wants)
    runs = [
        run(checks[case.check], case, mine[0], theirs[0], problem.returns, parameters)
        for case, mine, theirs in zip(cases, got, want, strict=True)
        if case.check in checks and isinstance(mine[0], Returned) and isinstance(theirs[0], Returned)
    ]
    return [_open(one, told.get(one.check.key, "all"), problem.returns) for one in runs]


def _open(one: Run, level: Level, returns: tuple[Part, ...]) -> Run:
    """Return the run with those of its outputs that may be named, where not all of its structure may be told.

    That there is an explanation of an output would tell that it is there.
    """
    if level == "all":
        return one
    every = numbers(one.want.value, "", returns) if level == "kinds" else ()
    return replace(one, theirs={name: value for name, value in every if "[" not in name})


def _by_weight(runs: Sequence[Run], returns: tuple[Part, ...]) -> list[str]:
    """Return the names of the reference's numeric outputs, those with the largest share first."""
    shares = dict(leaves(returns))
    names = list(dict.fromkeys(name for one in runs for name in one.theirs))
    return sorted(names, key=lambda name: -shares.get(name, 0))[:OUTPUTS]


def _evidence(output: str, samples: Sequence[Sample], returns: tuple[Part, ...], context: Context) -> Evidence | None:
    wrong = tuple(sample for sample in samples if sample.mismatch is not None)
    if not wrong or sum(sample.got.size + sample.want.size for sample in samples) > ELEMENTS:
        return None
    names = {name for sample in samples for name in sample.words}
    return Evidence(
        output=output,
        wrong=wrong,
        right=tuple(sample for sample in samples if sample.mismatch is None),
        returns=returns,
        parameters=context.parameters,
        said={name: frozenset(one.words[name] for one in samples if name in one.words) for name in names},
        reference=context.reference,
    )
