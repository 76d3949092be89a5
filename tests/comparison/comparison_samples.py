"""Checks, cases and outcomes to judge, made short."""

from fractions import Fraction

from grader.checks.errors import Errors
from grader.checks.example import Example
from grader.checks.gradient import Gradient
from grader.checks.properties import Properties
from grader.checks.values import Values
from grader.errors import Span
from grader.language import Bilingual
from grader.model import Call, Case, Check, Comparison, Draw, Entry, Expression, Part, Raised, Returned

AT = Span(path="grading.yaml", line=7, column=3)
F = Fraction


def part(name, share, *parts):
    """Return an output with its share in percent."""
    return Part(name=name, share=F(share, 100), parts=parts)


CONV = (part("Z", 80), part("cache", 20, part("A_prev", 5), part("W", 5), part("b", 5), part("hparameters", 5)))
BACK = (part("dA_prev", 40), part("dW", 40), part("db", 20))


def check(demand=None, **rule):
    """Return a check of values (or of `demand`), with the comparison's options."""
    return Check(
        key="k",
        name=Bilingual("检查", "check"),
        demand=demand or Values(),
        share=F(1),
        visibility="hidden",
        cases=1,
        draw=Draw(stream="f.k", at=AT),
        compare=Comparison(**rule),
        at=AT,
    )


def judge(check, returns, case, got, want):
    """Return the verdict of a case, as the check's kind judges it."""
    return check.demand.judge(check, returns, case, got, want)


def case(calls=1, truth=None, arguments=((),), **more):
    """Return a case of `calls` calls."""
    arguments = list(arguments) * (calls if len(arguments) == 1 else 1)
    made = tuple(Call(function="f", arguments=tuple(each)) for each in arguments)
    base = {"function": "f", "check": "k", "index": 0, "seed": 1, "names": {}}
    return Case(**(base | {"calls": made, "truth": made if truth is None else truth} | more))


def judged(got, want, returns=(), **rule):
    """Return the verdict for a returned value against the reference's."""
    return judge(check(**rule), returns, case(), [Returned(value=got)], [Returned(value=want)])


def category(got, want, **rule):
    """Return the category of the first mismatch, "" if the two agree; the share must tell the same."""
    verdict = judged(got, want, **rule)
    assert (verdict.share == 1) == (not verdict.mismatches)
    assert verdict.share in (0, 1)
    return verdict.mismatches[0].category if verdict.mismatches else ""


def raised(name, *parents):
    """Return an outcome that raised."""
    return Raised(type=name, message="no", parents=parents)


__all__ = [
    "AT", "BACK", "CONV", "Call", "Entry", "Errors", "Example", "Expression", "F", "Gradient", "Properties", "Returned",
    "case", "category", "check", "judged", "part", "raised",
]  # fmt: skip
