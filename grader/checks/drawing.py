"""The draws of a whole rubric: examined before anything is drawn, then made into cases."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from msgspec.structs import replace

from grader.cases import texts
from grader.cases.evaluation import quiet
from grader.cases.expression import fault, is_verbatim, once, quoted, resembling
from grader.cases.library import Drawing, Reference
from grader.cases.recipe import Recipe, Subject
from grader.cases.scrutiny import Vocabulary, scrutinize, scrutinize_template
from grader.checks.kind import kind_of
from grader.errors import Fault, RubricError, Span
from grader.language import say
from grader.model import Case, Check, Draw, Problem, Rubric, Signature


def examine(rubric: Rubric, signatures: Mapping[str, Signature]) -> list[Fault]:
    """Return what is wrong with the draws of a rubric, found without drawing: every fault at its line and column.

    These are expressions that cannot be read, unknown names, functions, generators and properties, names used before
    they are drawn, parameters that are never drawn, and arguments that do not fit. `signatures` are those of the
    reference's functions.
    """
    found: list[Fault] = []
    inherited: list[Fault] = []
    for problem in rubric.problems:
        if problem.named and problem.function not in signatures:
            message = say("The reference has no function `{name}`.", name=quoted(problem.function))
            if problem.subject == "class":
                message = say("The reference has no class `{name}`.", name=quoted(problem.function))
            found.append(fault(problem.at, message, resembling(problem.function, signatures)))
        for check in problem.checks:
            if not check.demand.drawn:
                continue
            scope = replace(_scope(check.draw, signatures), graded=frozenset(rubric.defined), source=rubric.imported_as)
            found += _lines(check.draw, scope)
            for _, text in check.draw.files:
                found += texts.examine(text, scope)
            found += kind_of(check).examine(problem, check, scope)
            # What a draw that `like` takes over gets wrong is told once, where it was written.
            rooted = check.draw.stream == f"{problem.function}.{check.key}"
            if problem.named:
                (found if rooted else inherited).extend(_parameters(problem, check, signatures))
            if (where := check.draw.where) is not None and (faults := list(scrutinize(where, scope))):
                (found if is_verbatim(where) else inherited).extend(faults)
    known = [each.message for each in found]
    return once([*found, *(each for each in inherited if each.message not in known)])


def _scope(draw: Draw, signatures: Mapping[str, Signature]) -> Vocabulary:
    """Return the names that expressions may use when all lines are drawn."""
    return Vocabulary(
        signatures=signatures,
        known=frozenset(name for line in draw.lines for name in line.names),
        open=bool(draw.generator),
        legacy=draw.legacy_seed is not None,
    )


def _lines(draw: Draw, scope: Vocabulary) -> Iterator[Fault]:
    later = {name: line.at.line for line in draw.lines for name in line.names}
    known: set[str] = set()
    for line in draw.lines:
        here = replace(scope, known=frozenset(known), later=later, random=True)
        yield from scrutinize_template(line.value, here)
        known |= set(line.names)
        later = {name: number for name, number in later.items() if name not in known}


def _parameters(problem: Problem, check: Check, signatures: Mapping[str, Signature]) -> Iterator[Fault]:
    function = problem.function
    if function not in signatures or check.draw.generator:
        return
    signature = signatures[function]
    drawn = {name for line in check.draw.lines for name in line.names}
    last = max((place for place, name in enumerate(signature.parameters) if name in drawn), default=-1)
    for place, name in enumerate(signature.parameters):
        if name in drawn or (name in signature.defaults and place > last):
            continue
        message = say("`{function}` takes `{name}`, which is never drawn.", function=function, name=name)
        if name in signature.defaults:
            message = say("`{name}` must be drawn too, for it comes before other arguments.", name=name)
        yield fault(check.draw.at, message, resembling(name, drawn - set(signature.parameters)))


def draw(
    rubric: Rubric, signatures: Mapping[str, Signature], call: Reference, only: Collection[str] | None = None
) -> list[Case]:
    """Return the cases of every check (of the functions `only`, if given), in the rubric's order.

    `signatures` are those of the reference's functions, `call` runs one of them in its own process. The same arguments
    give the same cases on every machine. Raises RubricError with every check's fault: a draw that cannot be satisfied,
    an expression without a value, a reference that does not return.
    """
    recipes = Recipes(rubric, Drawing(signatures=signatures, reference=call, graded=frozenset(rubric.defined)))
    cases: list[Case] = []
    faults: list[Fault] = []
    with quiet():
        for problem in rubric.problems:
            if only is None or problem.function in only:
                for subject in _subjects(problem, recipes, faults):
                    try:
                        cases += kind_of(subject.check).draw(subject)
                    except RubricError as error:
                        faults += error.faults
    if faults:
        raise RubricError(once(faults))
    return cases


def _subjects(problem: Problem, recipes: Recipes, faults: list[Fault]) -> Iterator[Subject]:
    """Yield the checks of a problem with their recipes; add to `faults` why a check has none."""
    signatures = recipes.drawing.signatures
    if problem.named and problem.function not in signatures:
        faults.append(fault(problem.at, say("The reference has no function `{name}`.", name=problem.function)))
        return
    for check in problem.checks:
        if not check.demand.drawn:
            continue
        try:
            recipe = recipes.recipe(check)
        except RubricError as error:
            faults += error.faults
        else:
            signature = signatures[problem.function] if problem.named else Signature(parameters=())
            yield Subject(problem=problem, check=check, signature=signature, recipe=recipe, source=recipes.source)


class Recipes:
    """The recipes of a rubric. Checks that draw alike share one, and so the very same inputs.

    A public check and a hidden one never do: what is shown follows from nothing that is hidden.
    """

    def __init__(self, rubric: Rubric, drawing: Drawing) -> None:
        self.drawing = drawing
        self.source = rubric.imported_as
        self._rubric = rubric
        self._recipes: dict[tuple[Draw, int], Recipe] = {}

    def recipe(self, check: Check) -> Recipe:
        """Return the recipe of a check's draw. Raises RubricError for a text that is no expression."""
        seed = self._rubric.public_seed if check.visibility == "public" else self._rubric.seed
        key = replace(check.draw, at=Span(path="")), seed
        if key not in self._recipes:
            self._recipes[key] = Recipe(check.draw, seed, self.drawing)
        return self._recipes[key]
