"""`linear_in`: the function is linear in one of its inputs, up to a constant."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, ClassVar

from grader.cases.arithmetic import is_array
from grader.cases.randomness import digest
from grader.cases.recipe import Inputs
from grader.cases.subject import Planned, Subject
from grader.checks.properties import Property
from grader.checks.properties.rule import Known, Rule, names_of, refused, unknown_names
from grader.errors import Fault
from grader.language import say
from grader.model import Value


class LinearIn(Rule):
    """`linear_in: {argument: W}`: f(a) + f(b) = f(a + b) + f(0), with everything else the same.

    `outputs` says which outputs that is about, if not about all.
    """

    name: ClassVar[str] = "linear_in"
    options: ClassVar[tuple[str, ...]] = ("argument", "outputs")
    needed: ClassVar[tuple[str, ...]] = ("argument",)

    def examine(self, stated: Property, known: Known) -> Iterator[Fault]:
        """Yield a fault for an option that is not known, and for names that are not."""
        yield from super().examine(stated, known)
        if known.complete:
            yield from unknown_names(stated, "argument", known.drawn)
        yield from unknown_names(stated, "outputs", known.outputs)

    def plan(self, subject: Subject, stated: Property, inputs: Inputs) -> Planned:
        """Return f(a), f(b), f(a + b) and f(0)."""
        names = names_of(stated, "argument")
        value: Any = inputs.names.get(names[0]) if names else None
        if not isinstance(value, float) and not (is_array(value) and value.dtype.kind in "fc"):
            raise refused(stated, say("`{name}` must be a float or an array of floats.", name=", ".join(names)))
        other = _other(value, digest(inputs.seed, self.name, *names))
        calls = tuple(subject.varied(inputs, {names[0]: each}) for each in (value, other, value + other, value * 0.0))
        outputs = names_of(stated, "outputs")
        options: dict[str, Value] = {"argument": names[0]}
        return Planned(calls=calls, options=options | ({"outputs": outputs} if outputs else {}))


def _other(value: Any, seed: int) -> Any:
    """Return another value of the same shape, dtype and magnitude, drawn by `seed`."""
    import numpy as np

    rng = np.random.default_rng(seed)
    if not is_array(value):
        return float(rng.uniform(0.5, 2.0)) * (abs(value) or 1.0)
    size = math.sqrt(float(np.mean(np.abs(value) ** 2))) if value.size else 1.0
    return (rng.standard_normal(value.shape) * (size or 1.0)).astype(value.dtype)
