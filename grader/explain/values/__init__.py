"""Why values are wrong: one sentence that explains every failing case of a function.

A hypothesis is a function that looks at the evidence and returns its sentence or None. The lists here name them in the
order in which they are tried: those that say most and cost least come first.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from grader.checks.compared import nearest
from grader.comparison.outputs import named_numbers, output_shares
from grader.comparison.structure import Disclosure, disclosures
from grader.comparison.values import differences, fitted, spelt
from grader.explain.values import amounts, answers, forms, reruns, sizes
from grader.explain.values.restraint import public_only, uncontradicted
from grader.explain.values.samples import (
    Evidence,
    Hypothesis,
    Reference,
    Run,
    Sample,
    of_output,
    perhaps,
    places,
    run,
)
from grader.explain.values.tables import of_tables
from grader.language import Message, say
from grader.model import Case, Check, Part, Problem, Raised, Returned
from grader.values import parts

if TYPE_CHECKING:
    from grader.explain.failing import Trials
    from grader.explain.mending.mends import FoundSlip
    from grader.language import Parameter
    from grader.model import Value

__all__ = ["Context", "Evidence", "also", "diagnose"]

ROUNDED, PRECISION = (public_only(each) for each in (forms.rounded, forms.precision))
SUMMED = uncontradicted(public_only(forms.summed))

HYPOTHESES: list[Hypothesis] = [
    answers.left_out,
    answers.hard_coded,
    reruns.modes_exchanged,
    answers.zeros,
    answers.changed_before_returned,
    answers.same_every_time,
    answers.another_kept,
    answers.echo,
    answers.other_output,
    ROUNDED,
    PRECISION,
    forms.right_but_dtype,
    amounts.not_finite,
    forms.transposed,
    forms.reshaped,
    SUMMED,
    forms.dimensions,
    sizes.axis_length,
    sizes.factor,
    sizes.offset,
    answers.of_argument,
    sizes.factor_beside,
    sizes.elementwise,
    public_only(sizes.elementwise_coarse),
    forms.flipped,
    uncontradicted(forms.part_of_an_axis),
    uncontradicted(public_only(amounts.shares)),
    forms.constant_along,
    uncontradicted(public_only(forms.shifted)),
    uncontradicted(public_only(forms.border)),
    answers.changed_input,
]
"""Those that explain by arithmetic on answers and expected values."""

SCALED = uncontradicted(public_only(amounts.scaled_along))
LAST: tuple[Hypothesis, ...] = (
    public_only(forms.rounded, few=True),
    public_only(sizes.elementwise_coarse, few=True),
    SCALED,
    answers.zeros_in_some,
    answers.right_only_where,
)
"""Those that need only a number or two as evidence, and those that say where it is wrong rather than why."""

CERTAIN: set[Hypothesis] = {
    answers.left_out,
    answers.hard_coded,
    reruns.modes_exchanged,
    answers.changed_before_returned,
    ROUNDED,
    PRECISION,
    forms.right_but_dtype,
    forms.transposed,
    forms.reshaped,
    SUMMED,
    sizes.axis_length,
    sizes.factor,
    sizes.offset,
    sizes.factor_beside,
    sizes.elementwise,
    forms.flipped,
}
"""Those that say what was done, not where it shows: a look at the student's code would add nothing."""


def also(hypothesis: Hypothesis) -> Hypothesis:
    """Add a course's own hypothesis behind those that explain by arithmetic; a decorator.

    It is given public cases only. Its sentence is told unchanged, so it must hold to what `Hypothesis` asks.
    """
    own = public_only(hypothesis)
    HYPOTHESES.append(own)
    CERTAIN.add(own)
    return hypothesis


MOST = 32
"""Calls of the reference for one function: about as much work as its own cases are."""
ELEMENTS, OUTPUTS = 1 << 20, 12
"""No output with more elements in all cases together is looked at, and no more outputs: a student may return anything,
and looking takes the grader's time."""


class Context(Struct, frozen=True, kw_only=True, eq=False):
    """What helps to explain: the function's parameters, and the reference to ask, if there is one.

    `names` says what the student's code calls a place in the arguments: `A_prev.shape[1]` is `n_H_prev`. `mended`
    yields the specific slip that is found in the student's function itself, then a loose one
    (`grader.explain.mending`); to look for them takes longer than all else here. `sure`: what may be wrong, or only
    says where the function is wrong, is of no use.
    """

    parameters: tuple[str, ...] = ()
    names: Mapping[str, str] = {}
    reference: Reference | None = None
    mended: Iterator[FoundSlip | None] = iter(())
    sure: bool = False


def diagnose(problem: Problem, trials: Trials, context: Context) -> FoundSlip | Message | None:
    """Return the sentence of the first hypothesis that explains every failing case of one output, None if none does.

    Cases in which either side raised are left out. The output that is worth most points is tried first. What is not
    `CERTAIN` is told only if no slip is found in the student's function.
    """
    runs = _runs(problem, trials, context.parameters)
    if not runs:
        return _slip(context) or _slip(context)
    context = replace(context, reference=_sparingly(context.reference))
    if (exchanged := answers.exchanged(runs, problem.returns)) is not None:
        return exchanged
    if (said := of_tables(_failing_in_public(runs))) is not None:
        return _beside(_slip(context), said, "")
    of_all = (SCALED, answers.right_only_where) if _some_raise(trials) else ()
    last = [each for each in LAST if each not in of_all]
    with np.errstate(all="ignore"):
        looked = [
            _evidence(output, of_output(output, runs), problem.returns, context)
            for output in _by_weight(runs, problem.returns)
        ]
        wrong = [evidence for evidence in looked if evidence is not None]
        certain = _certain(wrong[0]) if wrong else None
        slip = _slip(context)
        if certain is not None:
            return _beside(slip, _of_output(certain, wrong[0], context), wrong[0].output)
        if slip is not None and not slip.outputs:
            return slip
        part, slip = slip, None
        for evidence in wrong:
            if part is not None and evidence.output in part.outputs:
                continue
            firm = _first(HYPOTHESES, evidence) or _in_one_mode(evidence)
            found = firm or _first(last, evidence)
            if found is not None:
                doubtful = firm is None or firm.template == perhaps(firm).template
                slip = _slip(context) if doubtful else None
                if slip is not None or not (doubtful and context.sure):
                    return slip or _beside(part, _of_output(found, evidence, context), evidence.output)
    slip = _slip(context) or part
    if slip is not None or context.sure:
        return slip
    failing = _failing_in_public(runs)
    return answers.texts(failing) if failing else None  # of hidden cases it would tell too much of a short text or list


def _failing_in_public(runs: Sequence[Run]) -> list[Run]:
    public = (one for one in runs if one.check.visibility == "public")
    return [one for one in public if differences(one.got.value, one.want.value, one.check.compare)]


def _beside(slip: FoundSlip | None, said: Message, output: str) -> FoundSlip | Message:
    """Return what is told of an output's numbers with what is told of the text, of its slip or of another output's."""
    if slip is None:
        return said
    another = slip.outputs and output not in slip.outputs
    first, second = (slip.said, said) if another else (said, slip.said)
    return replace(slip, said=say("{first} {second}", first=first, second=second))


def _some_raise(trials: Trials) -> bool:
    """Return whether the function raises in some cases: then those that return say little of where it is right."""
    return any(isinstance(outcome, Raised) for _, each in trials for trial in each
               if trial.verdict.share < 1 for outcome in trial.got)  # fmt: skip


def _slip(context: Context) -> FoundSlip | None:
    """Return what the next look at the student's function finds."""
    return next(context.mended, None)


def _of_output(said: Message, evidence: Evidence, context: Context) -> Message:
    """Return the sentence in the student's names, led by the output that it is about."""
    plain, output = spoken(said, evidence.every, context.names), evidence.output
    return say("{output}: {said}", output=spelt(output), said=plain) if output else plain


def _certain(evidence: Evidence) -> Message | None:
    """Return the sentence of the first hypothesis that holds, if that one is certain and says more than a length."""
    for hypothesis in HYPOTHESES:
        said = hypothesis(evidence)
        if said is not None:
            vague = said.template == perhaps(said).template or said.parameters.keys() == {"axis", "by"}
            return said if hypothesis in CERTAIN and not vague else None
    return None


def _first(hypotheses: Sequence[Hypothesis], evidence: Evidence) -> Message | None:
    found = (hypothesis(evidence) for hypothesis in hypotheses)
    return next((said for said in found if said is not None), None)


def _in_one_mode(evidence: Evidence) -> Message | None:
    """Return what explains the wrong cases if all of them were drawn with one text (`mode="max"`), say.

    Right cases drawn with another text then do not count. Where no text is common to the wrong cases only, the
    reference is asked.
    """
    modes = list(answers.modes(evidence))
    for mode, holds in modes:
        right = tuple(one for one, same in zip(evidence.every, holds, strict=True) if same and one in evidence.right)
        said = _first((*HYPOTHESES, reruns.rerun), replace(evidence, right=right))
        if said is not None:
            return _only_where(mode, said)
    return None if modes else reruns.rerun(evidence)


def _only_where(mode: str, said: Message) -> Message:
    """Return the sentence led by where it holds, and "Perhaps" before both if it may be wrong."""
    plain = said.parameters["said"] if said.template == perhaps(said).template else said
    where = say("Only where {when}: {said}", when=mode, said=plain)
    return where if plain is said else perhaps(where)


def _sparingly(reference: Reference | None) -> Reference | None:
    """Return a reference that answers `MOST` times and then returns None."""
    if reference is None:
        return None
    left = iter(range(MOST))
    return lambda function, arguments: reference(function, arguments) if next(left, None) is not None else None


def _runs(problem: Problem, trials: Trials, parameters: Sequence[str]) -> list[Run]:
    """Return the cases that returned on both sides. Timed ones do not count: by then code may know hidden cases."""
    looked = [(check, each) for check, each in trials if check.demand.compares]
    disclosed = disclosures(problem.returns, looked)
    runs = [
        _run(fitted(check, trial.task), trial.case, trial.got[0], trial.want[0], problem.returns, parameters)
        for check, each in looked
        for trial in each
        if isinstance(trial.got[0], Returned) and isinstance(trial.want[0], Returned)
    ]
    return [_disclosed(one, disclosed.get(one.check.key, "all"), problem.returns) for one in runs]


def _run(
    check: Check, case: Case, got: Returned, want: Returned, returns: tuple[Part, ...], parameters: Sequence[str]
) -> Run:
    """Return a run of what is compared, in the form nearest to what is expected: another is no mistake."""
    if check.compare.free:
        both = nearest(check, returns, case, got.value, want.value)
        got, want, returns = replace(got, value=both.got), replace(want, value=both.want), both.returns
    return run(check, case, got, want, returns, parameters)


def _disclosed(one: Run, level: Disclosure, returns: tuple[Part, ...]) -> Run:
    """Return the run with only those outputs whose names may be told.

    An explanation of any other output would tell that it exists.
    """
    if level == "all":
        return one
    every = named_numbers(one.want.value, "", returns) if level == "kinds" else ()
    return replace(one, theirs={name: value for name, value in every if "[" not in name})


def _by_weight(runs: Sequence[Run], returns: tuple[Part, ...]) -> list[str]:
    """Return the names of the reference's numeric outputs, those with the largest share first."""
    shares = dict(output_shares(returns))
    names = list(dict.fromkeys(name for one in runs for name in one.theirs))
    return sorted(names, key=lambda name: -shares.get(name, 0))[:OUTPUTS]


def _evidence(output: str, samples: Sequence[Sample], returns: tuple[Part, ...], context: Context) -> Evidence | None:
    wrong = tuple(sample for sample in samples if sample.mismatch is not None)
    if any(sample.mismatch is not None and sample.mismatch.category == "mask" for sample in wrong):
        return None  # every hypothesis is about numbers
    if not wrong or sum(sample.got.size + sample.want.size for sample in samples) > ELEMENTS:
        return None
    names = {name for sample in samples for name in sample.words}
    return Evidence(
        output=output,
        wrong=wrong,
        right=tuple(sample for sample in samples if sample.mismatch is None),
        returns=returns,
        parameters=context.parameters,
        texts={name: frozenset(one.words[name] for one in samples if name in one.words) for name in names},
        reference=context.reference,
    )


def spoken(said: Message, samples: Sequence[Sample], known: Mapping[str, str]) -> Message:
    """Return the sentence with names that a student knows: `A_prev.shape[1]` for a drawn `h`.

    `known` has better names for such places (`A_prev.shape[1]` is `n_H_prev`). A drawn number that is itself an
    argument, or that no place holds, keeps its name. Of a square (`f*f`) each factor is another axis of the array.
    """
    named = {place: [known.get(place, place)] for sample in samples for place in places(sample)}
    arguments = _argument_names(samples)
    drawn = dict.fromkeys(name for sample in samples for name in sample.facts if name not in arguments)
    for name in drawn:
        found = _places_of(name, samples, known)
        if found:
            named[name] = [named[place][0] for place in found]
    names = "|".join(re.escape(name) for name in sorted(named, key=len, reverse=True))
    pattern = re.compile(rf'"[^"]*"|(?<![\w.])(?:{names})(?![\w(\[.])')  # a quoted text is not a name

    def renamed(value: Parameter) -> Parameter:
        if isinstance(value, Message):
            return replace(value, parameters={key: renamed(each) for key, each in value.parameters.items()})
        if not isinstance(value, str):
            return value
        left = {name: cycle(each if f"{name}*{name}" in value else each[:1]) for name, each in named.items()}
        return pattern.sub(lambda found: next(left[found[0]]) if found[0] in left else found[0], value)

    return replace(said, parameters={key: renamed(each) for key, each in said.parameters.items()}) if named else said


def _places_of(name: str, samples: Sequence[Sample], known: Collection[str]) -> list[str]:
    """Return the places in an argument that hold `name` in every sample that drew it: one that has a name, or all."""
    having = [(sample.facts[name], places(sample)) for sample in samples if name in sample.facts]
    same = [place for place in having[0][1] if all(there.get(place) == number for number, there in having)]
    plain = next((place for place in same if place in known), "")
    return [plain] if plain else [place for place in same if place.split(".shape")[0] == same[0].split(".shape")[0]]


def _argument_names(samples: Sequence[Sample]) -> set[str]:
    """Return the names of arguments, and of what dicts among them hold."""
    keys = {name for sample in samples for argument in sample.case.calls[0].arguments for name in _keys(argument)}
    return keys.union(*(sample.arrays for sample in samples))


def _keys(value: Value) -> Iterator[str]:
    if isinstance(value, dict):
        yield from map(str, value)
    for _, item in parts(value):
        yield from _keys(item)
