"""Rubric -> cases: every check's inputs drawn, and the calls that are made with them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from msgspec.structs import replace

from grader.cases.evaluation import quiet
from grader.cases.expression import fault, once
from grader.cases.library import Drawing, Reference
from grader.cases.recipe import Recipe, Subject
from grader.checks.kind import kind_of
from grader.errors import Fault, RubricError, Span
from grader.language import say
from grader.model import Case, Check, Draw, Problem, Rubric, Signature


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
                        cases += kind_of(subject.check).draw(subject)
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
        if not check.demand.drawn:
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
