"""A laboratory for diagnoses: a right function, a wrong one, drawn cases, and what is made of them."""

import copy

import numpy as np
from comparison_samples import AT, F

from grader.checks.example import Example
from grader.checks.values import Values
from grader.explain.values import Context, diagnose
from grader.language import Bilingual
from grader.model import Call, Case, Check, Comparison, Draw, Limits, Problem, Raised, Returned, Task, Trial, Verdict


def _check(key, demand, rule, *, shown=False):
    visibility = "public" if shown or isinstance(demand, Example) else "hidden"
    return Check(
        key=key,
        name=Bilingual(key, key),
        demand=demand,
        share=F(1, 2),
        visibility=visibility,
        cases=1,
        draw=Draw(stream=f"f.{key}", at=AT),
        compare=Comparison(**rule),
        at=AT,
    )


def problem(returns=(), *, shown=False, **rule):
    """Return a problem with a public example and hidden values (public ones: `shown`)."""
    return Problem(
        function="f",
        title=Bilingual("f", "f"),
        points=F(10),
        bonus=False,
        needs=(),
        returns=returns,
        limits=Limits(),
        checks=(_check("example", Example(), rule), _check("values", Values(), rule, shown=shown)),
        at=AT,
    )


def _case(names, parameters, index, key):
    arguments = tuple(names[name] for name in parameters if name in names)
    call = (Call(function="f", arguments=arguments),)
    return Case(function="f", check=key, index=index, seed=index, names=names, calls=call, truth=call)


def _run(function, case):
    """Return what one of this file's own functions does with a copy of the arguments."""
    arguments = copy.deepcopy(case.calls[0].arguments)
    before = copy.deepcopy(arguments)
    try:
        value = function(*arguments)
    except (ValueError, IndexError, ZeroDivisionError) as error:
        return Raised(type=type(error).__name__, message=str(error))
    changed = any(
        not np.array_equal(one, two) for one, two in zip(arguments, before, strict=True) if hasattr(one, "shape")
    )
    return Returned(value=value, arguments=arguments if changed else None)


class Asked:
    """The reference as a diagnosis may ask it; counts the questions."""

    def __init__(self, function):
        self.function, self.calls = function, 0

    def __call__(self, name, arguments):
        assert name == "f"
        self.calls += 1
        try:
            return self.function(*copy.deepcopy(arguments))
        except (ValueError, IndexError, ZeroDivisionError):
            return None


def diagnosed(right, wrong, draws, parameters, *, returns=(), example=None, asked=True, **rule):
    """Return the diagnosis of `wrong` against `right` on the drawn names (the first, or `example`, is public)."""
    names = rule.pop("names", {})
    draws = [example, *draws] if example is not None else list(draws)
    cases = [
        _case(drawn, parameters, index, "example" if index == 0 and example is not None else "values")
        for index, drawn in enumerate(draws)
    ]
    reference = asked if isinstance(asked, Asked) else Asked(right) if asked else None
    question = problem(returns, **rule)
    trials = [(check, [_trial(right, wrong, case) for case in cases if case.check == check.key])
              for check in question.checks]  # fmt: skip
    return diagnose(question, trials, Context(parameters=tuple(parameters), names=names, reference=reference))


def _trial(right, wrong, case):
    got = _run(wrong, case)
    return Trial(task=Task(case=case, want=(_run(right, case),)), got=(got,), verdict=Verdict(share=F(0)))


def said(diagnosis):
    """Return the English sentence, "" for none."""
    return diagnosis.text("en") if diagnosis is not None else ""


def draws(count=8, seed=3, **ranges):
    """Return `count` dicts of whole numbers drawn from inclusive ranges."""
    rng = np.random.default_rng(seed)
    return [{name: int(rng.integers(low, high + 1)) for name, (low, high) in ranges.items()} for _ in range(count)]
