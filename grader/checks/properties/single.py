"""Properties that show in one call, or in the same call twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from grader.cases.failure import fault, quoted, resembling
from grader.cases.recipe import Inputs, words
from grader.cases.subject import Planned, Subject
from grader.checks.properties import Property
from grader.checks.properties.rule import Known, Rule, refused
from grader.errors import Fault
from grader.language import say
from grader.model import Template

DTYPES = (
    *("bool", "int", "float", "complex", "str", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32"),
    *("uint64", "float16", "float32", "float64", "complex64", "complex128"),
)
"""What `dtype` may ask for: a kind, or an exact dtype."""


class InputsUnchanged(Rule):
    """`inputs_unchanged`: the call changes none of its arguments."""

    name: ClassVar[str] = "inputs_unchanged"

    def plan(self, subject: Subject, stated: Property, inputs: Inputs) -> Planned:
        """Return one call."""
        return Planned(calls=(subject.call(inputs.names),))


class Finite(InputsUnchanged):
    """`finite`: no NaN and no infinity comes back."""

    name: ClassVar[str] = "finite"


class Deterministic(Rule):
    """`deterministic`: the same call twice gives the same."""

    name: ClassVar[str] = "deterministic"

    def plan(self, subject: Subject, stated: Property, inputs: Inputs) -> Planned:
        """Return the call twice."""
        call = subject.call(inputs.names)
        return Planned(calls=(call, call))


class Shape(Rule):
    """`shape: {Z: "(m, n_H, n_W, n_C)"}`: outputs have these shapes, computed from the drawn names."""

    name: ClassVar[str] = "shape"

    def examine(self, stated: Property, known: Known) -> Iterator[Fault]:
        """Yield a fault for what is no output."""
        return _unknown_outputs(stated, known)

    def computed(self, stated: Property) -> list[Template]:
        """Return the shapes."""
        return [template for _, template in stated.options]

    def plan(self, subject: Subject, stated: Property, inputs: Inputs) -> Planned:
        """Return one call, and the shapes."""
        shapes = {}
        for output, template in stated.options:
            value = subject.recipe.evaluate(template, inputs.names)
            sizes = tuple(value) if isinstance(value, tuple | list) else (value,)
            if not all(type(size) is int for size in sizes):
                raise refused(stated, say("The shape of `{name}` must be whole numbers.", name=output))
            shapes[output] = sizes
        return Planned(calls=(subject.call(inputs.names),), options=shapes)


class Dtype(Rule):
    """`dtype: {Z: float64}`: outputs have these dtypes, or dtypes of this kind (`float`)."""

    name: ClassVar[str] = "dtype"

    def examine(self, stated: Property, known: Known) -> Iterator[Fault]:
        """Yield a fault for what is no output, and for what is no dtype."""
        yield from _unknown_outputs(stated, known)
        for _, template in stated.options:
            given = words(template)
            if len(given) != 1 or given[0] not in DTYPES:
                message = say("A dtype is needed here, as `float64` or `float`.")
                yield fault(template.at, message, resembling(given[0], DTYPES) if given else None)

    def plan(self, subject: Subject, stated: Property, inputs: Inputs) -> Planned:
        """Return one call, and the dtypes."""
        dtypes = {output: "".join(words(template)) for output, template in stated.options}
        return Planned(calls=(subject.call(inputs.names),), options=dtypes)


def _unknown_outputs(stated: Property, known: Known) -> Iterator[Fault]:
    if not stated.options:
        hint = say("As in `{example}`.", example=f"{stated.name}: {{result: …}}")
        yield fault(stated.at, say("`{property}` needs to know of which output.", property=stated.name), hint)
    for name, _ in stated.options:
        if name not in known.outputs:
            message = say("`{name}` is no output of this function.", name=quoted(name))
            yield fault(stated.at, message, resembling(name, known.outputs))
