"""The laws about what a call leaves behind: in the random numbers of its caller, and for the calls after it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace

from grader.cases.expression import expressions, fault
from grader.checks.kind import led
from grader.checks.properties import Property
from grader.checks.properties.law import Finding, Known, Law, Observed, names_of, refused, unknown_names
from grader.comparison.values import EXACT, differences
from grader.errors import Fault
from grader.language import Message, inert, say
from grader.model import Call, Case, Mismatch, Template
from grader.values import fingerprint

if TYPE_CHECKING:
    from grader.cases.recipe import Inputs, Subject

OTHERS = 3
"""Calls with other inputs that are made before and after the one that is judged."""


class RandomStateUnchanged(Law):
    """`random_state_unchanged`: the call neither seeds nor draws from `random` and `numpy.random`.

    For functions that need no random numbers, and for those that have a generator of their own (`default_rng`).
    """

    name: ClassVar[str] = "random_state_unchanged"

    def case(self, subject: Subject, stated: Property, inputs: Inputs) -> Case:
        """Return the case of one call that is watched."""
        return subject.case(inputs, (replace(subject.call(inputs.names), watched=True),))

    def judge(self, observed: Observed) -> Finding | None:
        """Return that the state moved."""
        return Finding(Mismatch(category="property")) if observed.got[0].random_moved else None

    def sentence(self, mismatch: Mismatch, *, public: bool) -> Message | None:
        """Return what the caller's random numbers suffer from, and what to do instead."""
        return say(
            "The call changed the random numbers of whoever calls it: do not seed or draw from `random` and "
            "`np.random` here."
        )


class CallsIndependent(Law):
    """`calls_independent: {of: "conv_forward(A_prev, W, b, hparameters)"}`: other calls make no difference.

    A call is made once by itself, and once between others with other inputs: what it returns must be the same, to the
    last bit, and stay so while the others follow. `of` says which call the others are; without it they are of the same
    function. It finds what is kept from call to call: an input of the last forward pass that is used in place of the
    cache, a dict of the module's own in a cache, an array that is filled again.
    """

    name: ClassVar[str] = "calls_independent"
    options: ClassVar[tuple[str, ...]] = ("of",)

    def examine(self, stated: Property, known: Known) -> Iterator[Fault]:
        """Yield a fault for an option that is not known, and for one that is no call."""
        yield from super().examine(stated, known)
        for template in self.computed(stated):
            trees = list(expressions(template))
            if not (len(trees) == 1 and isinstance(trees[0], ast.Call)):
                hint = say("As in `conv_forward(A_prev, W, b, hparameters)`.")
                yield fault(template.at, say("`of` must be a call of a function of the reference."), hint)

    def computed(self, stated: Property) -> list[Template]:
        """Return the other call."""
        return [template for name, template in stated.options if name == "of"]

    def case(self, subject: Subject, stated: Property, inputs: Inputs) -> Case:
        """Return the case of two calls that are alike, the second between calls with the inputs drawn next."""
        alone = subject.call(inputs.names)
        others = subject.recipe.draw(inputs.number + 1 + OTHERS)[inputs.number + 1 :]
        others.sort(key=lambda each: _alike(each, inputs), reverse=True)  # what is kept is what the last one leaves
        beside = tuple(
            (each.function, each.arguments) for each in (self._other(subject, stated, one) for one in others)
        )
        return subject.case(inputs, (alone, replace(alone, beside=beside)))

    def _other(self, subject: Subject, stated: Property, inputs: Inputs) -> Call:
        from grader.cases.evaluation import Evaluator
        from grader.cases.library import Outermost
        from grader.cases.recipe import fill

        for template in self.computed(stated):
            (tree,) = expressions(template)
            found = fill(template, Evaluator(inputs.names, Outermost(subject.recipe.drawing, tree)))
            if not isinstance(found, Call):
                raise refused(stated, say("`of` must be a call of a function of the reference."))
            return found
        return subject.call(inputs.names)

    def judge(self, observed: Observed) -> Finding | None:
        """Return how the value that other calls stood around differs from the first: they are to be equal."""
        found = differences(observed.got[1].value, observed.got[0].value, EXACT)
        return Finding(replace(found[0], category="property"), 1) if found else None

    def sentence(self, mismatch: Mismatch, *, public: bool) -> Message | None:
        """Return the usual causes."""
        said = say(
            "The result changes when calls with other inputs are made before or after it: is something kept outside "
            "the function, or the same dict or array returned every time?"
        )
        return led(mismatch.output, said)


class DependsOn(Law):
    """`depends_on: {argument: seed}`: other values of the argument give other results.

    For results that may be anything, as long as they are random: the calls take the next cases' values of the
    argument, and one result that differs is enough. Draw inputs for which all of them being equal by chance is out of
    the question.
    """

    name: ClassVar[str] = "depends_on"
    options: ClassVar[tuple[str, ...]] = ("argument",)
    needed: ClassVar[tuple[str, ...]] = ("argument",)

    def examine(self, stated: Property, known: Known) -> Iterator[Fault]:
        """Yield a fault for an option that is not known, and for a name that is not."""
        yield from super().examine(stated, known)
        if known.complete:
            yield from unknown_names(stated, "argument", known.drawn)

    def case(self, subject: Subject, stated: Property, inputs: Inputs) -> Case:
        """Return the case of one call, and the same with other values of the argument."""
        name = ", ".join(names_of(stated, "argument"))  # several, or none, are no drawn name
        others = [each.names.get(name) for each in subject.recipe.draw(inputs.number + 1 + OTHERS)[inputs.number + 1 :]]
        values = [each for each in others if fingerprint(each) != fingerprint(inputs.names.get(name))]
        if not values:
            raise refused(stated, say("`{name}` is drawn with one value only.", name=name))
        calls = (subject.call(inputs.names), *(subject.varied(inputs, {name: each}) for each in values))
        return subject.case(inputs, calls, options={"argument": name})

    def judge(self, observed: Observed) -> Finding | None:
        """Return that all values are equal to the last bit."""
        first, *others = (outcome.value for outcome in observed.got)
        if any(differences(each, first, EXACT) for each in others):
            return None
        return Finding(Mismatch(category="property", output=str(observed.case.options["argument"])))

    def sentence(self, mismatch: Mismatch, *, public: bool) -> Message | None:
        """Return what the result does not depend on."""
        return say("The result is the same whatever `{name}` is: is it used?", name=inert(mismatch.output, 80))


def _alike(one: Inputs, other: Inputs) -> int:
    """Return how many of the values drawn for two cases are the same."""
    return sum(fingerprint(value) == fingerprint(other.names[name]) for name, value in one.names.items())
