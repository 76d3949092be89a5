"""Rubric -> cases: every check's inputs drawn, and the calls that are made with them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from msgspec.structs import replace

from grader.cases.arithmetic import quiet
from grader.cases.failure import fault, once
from grader.cases.gradients import gradient_case
from grader.cases.library import Drawing, Reference
from grader.cases.properties import rule_of
from grader.cases.recipe import Recipe
from grader.cases.sizes import efficiency_cases
from grader.cases.subject import Planned, Subject
from grader.errors import Fault, RubricError, Span
from grader.language import say
from grader.model import Case, Check, Draw, Efficiency, Gradient, Problem, Properties, Rubric, Rules, Signature


def draw(
    rubric: Rubric, signatures: Mapping[str, Signature], call: Reference, only: Collection[str] | None = None
) -> list[Case]:
    """Return the cases of every check (of the functions `only`, if given), in the rubric's order.

    `signatures` are those of the reference's functions, `call` runs one of them in its own process. The same arguments
    give the same cases on every machine. Raises RubricError with every check's fault: a draw that cannot be satisfied,
    an expression without a value, a reference that does not return.
    """
    book = Book(rubric, Drawing(signatures=signatures, reference=call))
    cases: list[Case] = []
    faults: list[Fault] = []
    with quiet():
        for problem in rubric.problems:
            if only is None or problem.function in only:
                for subject in _subjects(problem, book, faults):
                    try:
                        cases += _cases(subject)
                    except RubricError as error:
                        faults += error.faults
    if faults:
        raise RubricError(once(faults))
    return cases


def _subjects(problem: Problem, book: Book, faults: list[Fault]) -> Iterator[Subject]:
    """Yield the checks of a problem with their recipes; add to `faults` what has none."""
    if problem.function not in book.drawing.signatures:
        faults.append(fault(problem.at, say("The reference has no function `{name}`.", name=problem.function)))
        return
    for check in problem.checks:
        if isinstance(check.plan, Rules):
            continue
        try:
            recipe = book.recipe(check)
        except RubricError as error:
            faults += error.faults
        else:
            yield Subject(
                problem=problem, check=check, signature=book.drawing.signatures[problem.function], recipe=recipe
            )


class Book:
    """The recipes of a rubric; checks that draw alike share one, and so the very same inputs.

    Public and hidden ones never do: what is shown follows from nothing that is hidden.
    """

    def __init__(self, rubric: Rubric, drawing: Drawing) -> None:
        self.drawing = drawing
        self._rubric = rubric
        self._recipes: dict[tuple[Draw, int], Recipe] = {}

    def recipe(self, check: Check) -> Recipe:
        """Return the recipe of a check's draw. Raises RubricError for a text that is no expression."""
        seed = self._rubric.public_seed if check.visibility == "public" else self._rubric.seed
        key = replace(check.draw, at=Span(path="")), seed
        if key not in self._recipes:
            self._recipes[key] = Recipe(check.draw, seed, self.drawing)
        return self._recipes[key]


def _cases(subject: Subject) -> list[Case]:
    check = subject.check
    if isinstance(check.plan, Properties):
        return _property_cases(subject, check.plan)
    if isinstance(check.plan, Efficiency):
        return efficiency_cases(subject, check.plan)
    drawn = subject.recipe.draw(check.cases)
    if isinstance(check.plan, Gradient):
        return [gradient_case(subject, check.plan, inputs.number, inputs) for inputs in drawn]
    planned = ((inputs, (subject.call(inputs.names),)) for inputs in drawn)
    return [subject.case(inputs.number, inputs, Planned(calls=one, truth=one)) for inputs, one in planned]


def _property_cases(subject: Subject, plan: Properties) -> list[Case]:
    """Return a case for each property and each draw; all properties share the inputs that suit them."""
    count = subject.check.cases
    shared = subject.recipe.draw(count)
    cases: list[Case] = []
    for stated in plan.properties:
        rule = rule_of(stated)
        condition = rule.condition(subject, stated, shared[0])
        suits = condition is None or all(condition.holds(inputs.names) for inputs in shared)
        drawn = shared if suits else subject.recipe.draw(count, condition)
        for inputs in drawn:
            planned = rule.plan(subject, stated, inputs)
            cases.append(subject.case(len(cases), inputs, planned, stated.name))
    return cases
