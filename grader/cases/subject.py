"""What a case is made from: a check of a function, and its recipe."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from grader.cases.failure import Failure, fault
from grader.cases.library import bind
from grader.cases.recipe import Inputs, Recipe
from grader.errors import RubricError
from grader.model import Call, Case, Check, Problem, Signature, Value


class Planned(Struct, frozen=True, kw_only=True, eq=False):
    """The calls that a property makes with one case's inputs, and its options, evaluated."""

    calls: tuple[Call, ...]
    truth: tuple[Call, ...] = ()
    options: Mapping[str, Value] = {}


class Subject(Struct, frozen=True, kw_only=True, eq=False):
    """A check, the function it tries, and how its inputs are drawn."""

    problem: Problem
    check: Check
    signature: Signature
    recipe: Recipe

    def arguments(self, names: Mapping[str, Value]) -> tuple[str, ...]:
        """Return the parameters that the drawn `names` give, in the function's order.

        Raises RubricError if one is missing; parameters with a default may be left out at the end.
        """
        function = self.problem.function
        given = {name: None for name in self.signature.parameters if name in names}
        try:
            return bind(self.signature, function, 0, given)
        except Failure as failure:
            raise RubricError([fault(self.check.draw.at, failure.message, failure.hint)]) from None

    def call(self, names: Mapping[str, Value]) -> Call:
        """Return the function's call with the drawn `names`."""
        arguments = tuple(names[parameter] for parameter in self.arguments(names))
        return Call(function=self.problem.function, arguments=arguments)

    def varied(self, inputs: Inputs, changes: Mapping[str, Value]) -> Call:
        """Return the function's call with `changes` to what was drawn, and to what follows from it."""
        return self.call(self.recipe.vary(inputs, changes, self.arguments(inputs.names)))

    def case(self, index: int, inputs: Inputs, planned: Planned, property_: str = "") -> Case:
        """Return the case number `index` of the check."""
        return Case(
            function=self.problem.function,
            check=self.check.key,
            index=index,
            seed=inputs.seed,
            names=inputs.names,
            calls=planned.calls,
            truth=planned.truth,
            property=property_,
            options=planned.options,
        )
