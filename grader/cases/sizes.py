"""Cases of efficiency: the same draw at one size, or at several, from small to large."""

from __future__ import annotations

from collections.abc import Iterator

from grader.cases.failure import fault, quoted, resembling
from grader.cases.subject import Planned, Subject
from grader.errors import Fault
from grader.language import say
from grader.model import Case, Check, Efficiency


def efficiency_cases(subject: Subject, plan: Efficiency) -> list[Case]:
    """Return the cases: each has one call for every size (one, where growth is not asked for), the largest last.

    Its names are those of the last call. The reference makes the same calls.
    """
    count = subject.check.cases
    recipes = [subject.recipe.at(plan.over, size) for size in plan.sizes] or [subject.recipe]
    drawn = zip(*(recipe.draw(count) for recipe in recipes), strict=True)
    cases = []
    for number, inputs in enumerate(drawn):
        calls = tuple(subject.call(each.names) for each in inputs)
        cases.append(subject.case(number, inputs[-1], Planned(calls=calls, truth=calls)))
    return cases


def examine_sizes(check: Check, plan: Efficiency) -> Iterator[Fault]:
    """Yield the fault of a size that no line of the draw has by itself."""
    alone = [line.names[0] for line in check.draw.lines if len(line.names) == 1]
    if plan.over and plan.over not in alone:
        message = say("`over` is `{name}`, which is not drawn.", name=quoted(plan.over))
        yield fault(check.at, message, resembling(plan.over, alone))
