"""How a sequence of calls is judged: step by step, up to the first one that is wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from grader.checks.errors import is_asked_for
from grader.checks.methods import Methods, outcome_of, shares, steps_of
from grader.comparison.outputs import check_error, reference_values
from grader.comparison.values import differences
from grader.language import inert, say
from grader.model import (
    Case,
    Check,
    Comparison,
    Mismatch,
    Outcome,
    Part,
    Raised,
    Returned,
    SourceLine,
    Stopped,
    Trial,
    Value,
    Verdict,
)
from grader.values import family_of
from grader.values.family import Style

MADE = "__init__"


class Came(NamedTuple):
    """What came of one call: its value, or the exception that it raised."""

    value: Value
    raised: Raised | None


class Looked(NamedTuple):
    """One call that was judged: the method to blame if it is wrong, the method called, what came and what should.

    `step` counts the calls from 0 (-1: the constructor); `seen` says that the call only looked at what a step left.
    """

    blamed: str
    method: str
    step: int
    seen: bool
    got: Came | None
    want: Came


def judged(
    demand: Methods, check: Check, returns: tuple[Part, ...], case: Case, got: Sequence[Outcome],
    want: Sequence[Outcome],
) -> Verdict:  # fmt: skip
    """Return the verdict of one sequence."""
    (truth,) = reference_values(check, case.function, want)
    made = _came(outcome_of(truth, "made"))
    if made is None or made.raised is not None:
        what = inert(made.raised.type if made is not None and made.raised is not None else "", 80)
        raise check_error(check, say("The reference's {function} did not return: {what}",
                                     function=case.function, what=what))  # fmt: skip
    stakes = shares(returns, demand.calls)
    if not isinstance(got[0], Returned):
        return Verdict(share=Fraction(0), blamed=_stopped_in(got[0], stakes), by_part=_parts(stakes, ()))
    every = [(each, _differing(each, check.compare)) for each in looked(case, got[0].value, truth, demand.observe)]
    blind = {each.method for each, _ in every if each.seen and _raises(each)}
    steps = [(each, wrong) for each, wrong in every if each.method not in blind]
    if not any(wrong for _, wrong in steps) and blind:  # all else is right: only then a look that fails is told
        steps = every
    first = next((place for place, (_, wrong) in enumerate(steps) if wrong is not None), None)
    if first is None:
        return Verdict(share=Fraction(1), by_part=_parts(stakes, {each.method for each, _ in steps}))
    if check.visibility == "hidden":  # whether an exception is wanted is an answer
        steps = [(one, _veiled(amiss)) for one, amiss in steps]
    (each, wrong), right = steps[first], {other.method for other, amiss in steps if amiss is None} - blind
    blamed = _to_blame(each)
    earned = _parts(stakes, right - {*blamed})
    return Verdict(
        share=sum((share for _, share in earned), Fraction(0)),
        mismatches=() if wrong is None else (wrong,),
        by_part=earned,
        blamed=blamed,
        speaks=each.got.raised if each.got is not None else None,
    )


def _veiled(amiss: Mismatch | None) -> Mismatch | None:
    return Mismatch(category="sealed", output=amiss.output) if amiss and amiss.category == "raised" else amiss


def _raises(each: Looked) -> bool:
    """Return whether a call raised that should return."""
    return each.got is not None and each.got.raised is not None and each.want.raised is None


def _parts(stakes: Mapping[str, Fraction], right: Collection[str]) -> tuple[tuple[str, Fraction], ...]:
    return tuple((name, share if name in right else Fraction(0)) for name, share in stakes.items())


def _to_blame(each: Looked) -> tuple[str, ...]:
    """Return the methods that may be to blame for the first wrong step, likeliest first.

    Where a method that only looks sees what another one left, that one did it, or the look is wrong: so it is if the
    look itself raises.
    """
    if not each.seen or _raises(each):
        return (each.method,)
    return (each.blamed, each.method)


def _stopped_in(outcome: Outcome, stakes: Mapping[str, Fraction]) -> tuple[str, ...]:
    """Return the method in which a sequence was stopped, as far as the student's own lines tell."""
    samples = outcome.samples if isinstance(outcome, Stopped) else ()
    frames = outcome.frames if isinstance(outcome, Raised) else samples[-1] if samples else ()
    return next(((frame.function,) for frame in frames if frame.function in stakes), ())


def passed(demand: Methods, rule: Comparison, stakes: Mapping[str, Fraction], trials: Sequence[Trial]) -> Fraction:
    """Return what the methods earn together, by their shares.

    A method is right or it is not: it earns if it is to blame in no case, and was seen to work. Behind a wrong step it
    may be wrong through no fault of its own.
    """
    calls = _judged_calls(demand, rule, trials)
    looks = _wrong_looks(calls, demand.observe, trials)
    wrong, unassigned = set(), 0
    for trial, name in _blamed(trials, looks):
        wrong.add(name)
        unreached = isinstance(trial.got[0], Stopped) and trial.got[0].reason == "unreached"
        unassigned += name not in stakes and not unreached
    proven = _proven(calls, looks)
    earned = sum((share for name, share in stakes.items() if name in proven - wrong), Fraction(0))
    return earned * (1 - Fraction(unassigned, max(1, len(trials))))


def to_blame(demand: Methods, rule: Comparison, trials: Sequence[Trial]) -> list[tuple[Trial, str]]:
    """Return each trial that fails with the method that is to blame, "" where none is known."""
    return _blamed(trials, _wrong_looks(_judged_calls(demand, rule, trials), demand.observe, trials))


def _blamed(trials: Sequence[Trial], looks: Collection[str]) -> list[tuple[Trial, str]]:
    return [
        (trial, next((each for each in trial.verdict.blamed if each in looks), next(iter(trial.verdict.blamed), "")))
        for trial in trials
        if trial.verdict.share < 1
    ]


def _wrong_looks(calls: _Calls, observe: Sequence[str], trials: Sequence[Trial]) -> set[str]:
    """Return the methods that only look and are wrong themselves, of those that a trial doubts."""
    doubted = {trial.verdict.blamed[-1] for trial in trials if len(trial.verdict.blamed) > 1}
    return {name for name in doubted if _is_wrong_look(name, calls, observe)}


_Calls: TypeAlias = "Sequence[Sequence[tuple[Looked, bool]]]"
"""The calls of each trial in which an object came back, with whether they are right."""


def _judged_calls(demand: Methods, rule: Comparison, trials: Sequence[Trial]) -> _Calls:
    values = [(trial.case, trial.got[0], trial.want[0]) for trial in trials]
    return [
        [(each, _differing(each, rule) is None) for each in looked(case, got.value, want.value, demand.observe)]
        for case, got, want in values
        if isinstance(got, Returned) and isinstance(want, Returned)
    ]


def _answers(calls: _Calls, *, right: bool) -> dict[str, set[str]]:
    """Return the different answers that are wanted of each method, or those of them that it gave."""
    found: dict[str, set[str]] = {}
    for trial in calls:
        for each, is_right in trial:
            if is_right or not right:
                found.setdefault(each.method, set()).add(_shown(each.want))
    return found


def _proven(calls: _Calls, looks: Collection[str]) -> set[str]:
    """Return the methods that were seen to work: that gave two different right answers.

    One answer may be that of a method that always gives it. Where no other is wanted, as of a method that only changes
    the object, others have to be seen to work after it: a method that does nothing spoils what they see. What `looks`
    see follows from what is right, so it tells as much.
    """
    right, wanted = _answers(calls, right=True), _answers(calls, right=False)
    seen = {name: {_shown(each.got) for trial in calls for each, _ in trial if each.method == name} for name in looks}
    telling = {name for name, answers in {**right, **seen}.items() if len(answers) > 1}
    if all(len(answers) == 1 for answers in wanted.values()):
        return {*right}
    found = telling - {*looks}
    for trial in calls:
        for place, (each, is_right) in enumerate(trial):
            if is_right and len(wanted[each.method]) == 1:
                after = {other.method for other, worked in trial[place + 1 :] if worked or other.method in looks}
                found |= {each.method} if after & telling - {each.method} else set()
    return found


def _is_wrong_look(name: str, calls: _Calls, observe: Sequence[str]) -> bool:
    """Return whether a method that only looks is wrong, and not the object that it looks at.

    What it gives then follows from what it should give: the same is always wrong in the same way, and never right. Of
    an object that went wrong the same look is right at another time, when it got there on another way. Where nothing
    is seen twice, a look that was right on different objects is right. And one that always gives the same sees an
    object that nobody changes, unless another method was seen to work on it.
    """
    given: dict[str, list[tuple[int, str]]] = {}
    for number, trial in enumerate(calls):
        for each, _ in trial:
            if each.method == name and each.got is not None:
                given.setdefault(_shown(each.want), []).append((number, _shown(each.got)))
    wrong = {want: seen for want, seen in given.items() if any(got != want for _, got in seen)}
    if not all(len({got for _, got in seen}) == 1 for seen in wrong.values()):
        return False
    if not any(len({number for number, _ in seen}) > 1 for seen in wrong.values()):
        return len(given) - len(wrong) < 2 and any(len(seen) > 1 for seen in wrong.values())
    if len({got for seen in given.values() for _, got in seen}) > 1:
        return True
    right = _answers(calls, right=True)
    return any(len(answers) > 1 for other, answers in right.items() if other not in observe)


def looked(case: Case, got: Value, want: Value, observe: Sequence[str]) -> Iterator[Looked]:
    """Yield every call of a sequence in order, with what came of it and what should have."""
    yield Looked(MADE, MADE, -1, False, _came(outcome_of(got, "made")), _sure(outcome_of(want, "made")))
    yield from _seen(MADE, -1, observe, outcome_of(got, "first"), outcome_of(want, "first"))
    mine, theirs = _list(outcome_of(got, "steps")), _list(outcome_of(want, "steps"))
    saw, should = _list(outcome_of(got, "seen")), _list(outcome_of(want, "seen"))
    for number, step in enumerate(steps_of(case)):
        name = str(step[0])
        came = _came(mine[number]) if number < len(mine) else None
        yield Looked(name, name, number, False, came, _sure(theirs[number]))
        yield from _seen(name, number, observe, saw[number] if number < len(saw) else None, should[number])


def _seen(method: str, step: int, observe: Sequence[str], got: Value, want: Value) -> Iterator[Looked]:
    """Yield what each method that only looks sees after a step."""
    own, should = _list(got), _list(want)
    for place, observer in enumerate(observe):
        came = _came(own[place]) if place < len(own) else None
        yield Looked(method, observer, step, True, came, _sure(should[place]))


def _list(value: Value) -> list[Value]:
    return value if isinstance(value, list) else []


def _came(value: Value) -> Came | None:
    """Return what came of a call as it crossed the wire, `None` for what is no such thing."""
    if not isinstance(value, dict) or not isinstance(value.get("raised"), str):
        return None
    name, message, parents, frames = (value.get(key) for key in ("raised", "message", "parents", "frames"))
    if not name:
        return Came(value.get("value"), None)
    lines = [frame for frame in _list(frames) if isinstance(frame, list) and len(frame) == 2]
    raised = Raised(
        type=str(name),
        message=str(message),
        parents=tuple(map(str, _list(parents))),
        frames=tuple(
            SourceLine(line=line, function=str(function)) for line, function in lines if isinstance(line, int)
        ),
    )
    return Came(None, raised)


def _sure(value: Value) -> Came:
    came = _came(value)
    assert came is not None  # it is the reference's
    return came


def _differing(each: Looked, rule: Comparison) -> Mismatch | None:
    """Return how a call differs from what it should come to."""
    if each.got is None:
        return Mismatch(category="raised", output=each.method, got="?", want="")
    mine, theirs = each.got.raised, each.want.raised
    if theirs is not None:
        if mine is not None and is_asked_for(mine, (theirs.type,)):
            return None
        return Mismatch(category="raised", output=each.method, got=mine.type if mine else "", want=theirs.type)
    if mine is not None:
        return Mismatch(category="raised", output=each.method, got=mine.type, want="")
    return next(iter(differences(each.got.value, each.want.value, rule, each.method)), None)


def is_fair(case: Case, shorter: Case, want: Outcome, came: Outcome) -> bool:
    """Return whether the reference raises in a shorter sequence only where it raises in the whole one.

    Without the calls before it a method may be called when it must not be, which says nothing of the student's class.
    """
    if not isinstance(want, Returned) or not isinstance(came, Returned):
        return False
    whole, kept = _list(outcome_of(want.value, "steps")), _list(outcome_of(came.value, "steps"))
    raised = {id(step): _sure(each).raised for step, each in zip(steps_of(case), whole, strict=True)}
    after = zip(steps_of(shorter), kept, strict=True)
    return all((_sure(each).raised is None) == (raised[id(step)] is None) for step, each in after)


_STYLE = Style(digits=6, depth=2, quote=lambda text: inert(text, 60))


def told(demand: Methods, check: Check, trial: Trial) -> tuple[tuple[str, str, str], ...]:
    """Return the calls up to the first wrong one, each as it is written, with what is expected and what came.

    What came is "" where it is as expected.
    """
    got, want = trial.got[0], trial.want[0] if trial.want else None
    if not isinstance(want, Returned):
        return ()
    came = got.value if isinstance(got, Returned) else None
    lines = []
    for each in looked(trial.case, came, want.value, demand.observe):
        wrong = isinstance(got, Returned) and _differing(each, check.compare) is not None
        if wrong or not each.seen:
            lines.append((_written(trial.case, each), _shown(each.want), _shown(each.got) if wrong else ""))
        if wrong:
            break
    return tuple(lines)


def _written(case: Case, each: Looked) -> str:
    name = case.function[:1].lower()
    made = f"{case.function}({', '.join(map(_value, case.calls[0].arguments))})"
    if each.step < 0 and not each.seen:
        return f"{name} = {made}"
    arguments: list[str] = []
    if not each.seen:
        _, given, *another = steps_of(case)[each.step]
        arguments = [
            *map(_value, _list(given)),
            *({"new": made, "alike": f"copy({name})"}[str(one)] for one in another),
        ]
    if each.method in _FUNCTIONS and not arguments:
        return f"{_FUNCTIONS[each.method]}({name})"
    if each.method in _OPERATORS and len(arguments) == 1:
        return f"{name} {_OPERATORS[each.method]} {arguments[0]}"
    return f"{name}.{each.method}({', '.join(arguments)})"


_FUNCTIONS = {name: name.strip("_") for name in ("__len__", "__repr__", "__str__", "__bool__", "__hash__", "__float__")}
_FUNCTIONS |= {"__iter__": "list"}
_OPERATORS = {
    "__eq__": "==", "__ne__": "!=", "__lt__": "<", "__le__": "<=", "__gt__": ">", "__ge__": ">=", "__add__": "+",
    "__sub__": "-", "__mul__": "*", "__truediv__": "/", "__matmul__": "@", "__pow__": "**", "__mod__": "%",
}  # fmt: skip


def _value(value: Value) -> str:
    family = family_of(value)
    return family.shown(value, _STYLE, _value)


def _shown(came: Came | None) -> str:
    if came is None:
        return "?"
    return came.raised.type if came.raised is not None else "" if came.value is None else _value(came.value)
