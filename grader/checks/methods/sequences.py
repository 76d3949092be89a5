"""How sequences of calls are drawn: the reference's object is asked what state it is in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from grader.cases.evaluation import Evaluator, contiguous, truth
from grader.cases.expression import Failure, expression_fault, fault, uses
from grader.cases.randomness import Randomness, digest
from grader.cases.recipe import Inputs, Subject, fill
from grader.cases.scrutiny import Vocabulary, scrutinize, scrutinize_template
from grader.checks.methods import CalledMethod, Methods
from grader.errors import Fault, ReferenceFailure, RubricError
from grader.language import say
from grader.model import Call, Case, Problem, Signature, Value

STATE = "state"
TRIES = 50
"""Draws of one step, at most, before no method counts as callable."""


def examine(demand: Methods, problem: Problem, scope: Vocabulary) -> Iterator[Fault]:
    """Yield what is wrong with the draws and conditions of the methods, and methods that the reference lacks."""
    own = scope.signatures.get(problem.function, Signature(parameters=()))
    for each in demand.calls:
        known = {*scope.known, STATE}
        for line in each.draw:
            yield from scrutinize_template(line.value, replace(scope, known=frozenset(known), random=True))
            known |= {*line.names}
        if each.when is not None:
            yield from scrutinize(each.when, replace(scope, known=frozenset({*scope.known, STATE})))
        parameters = _drawn_ones(each, dict(own.methods).get(each.name, ()))
        drawn = {name for line in each.draw for name in line.names}
        for name in parameters:
            if name not in drawn and not scope.open:
                message = say("`{function}` takes `{name}`, which is never drawn.", function=each.name, name=name)
                place = each.draw[0].at if each.draw else problem.at
                yield fault(place, message)
                break


def _drawn_ones(method: CalledMethod, parameters: Sequence[str]) -> Sequence[str]:
    """Return the parameters of a method that are drawn: all but the last where that is another object."""
    return parameters[:-1] if method.another else parameters


class Lots:
    """Turns without memory: what is drawn in one step has no part in the next."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def turn(self, site: tuple[str, int], count: int) -> int:
        """Return which of `count` values comes at `site`."""
        return digest(self._seed, *site) % count

    def keep(self) -> None:
        """Do nothing."""

    def pass_on(self, moving: object) -> None:
        """Do nothing."""


def sequences(demand: Methods, subject: Subject) -> list[Case]:
    """Return the cases of a check of methods. Raises RubricError."""
    cases = []
    for inputs in subject.recipe.draw(subject.check.cases):
        made = replace(subject.call(inputs.names), act="play")
        call = _Sequence(demand, subject, inputs, made).drawn()
        cases.append(subject.case(inputs, calls=(call,), truth=(call,)))
    return cases


class _Sequence:
    """Draws one case's steps."""

    def __init__(self, demand: Methods, subject: Subject, inputs: Inputs, made: Call) -> None:
        self._demand, self._subject, self._inputs, self._made = demand, subject, inputs, made
        self._methods = dict(subject.signature.methods)
        self._source = Randomness(inputs.seed, 0, Lots(digest(inputs.seed, "steps")))
        asked = [*(line.value for each in demand.calls for line in each.draw), *(
            each.when for each in demand.calls if each.when is not None)]  # fmt: skip
        self._looks = any(STATE in uses(each) for each in asked)

    def drawn(self) -> Call:
        """Return the call with its steps."""
        least, most = self._demand.steps
        self._source.value("steps")
        count = self._source.integers(least, most)
        steps: list[Value] = []
        state: Value = self._state(steps)
        for number in range(count):
            step = self._step(number, state)
            if step is None:
                break
            steps.append(step)
            state = self._state(steps)
        if len(steps) < least:
            message = say("After {count} calls no method may be called.", count=len(steps))
            raise RubricError([fault(self._subject.check.at, message, say("Loosen a `when`."))])
        return self._with(steps, state=False)

    def _with(self, steps: Sequence[Value], *, state: bool) -> Call:
        given: dict[str, Value] = {"steps": list(steps), "watch": list(self._demand.observe), "state": state}
        return replace(self._made, given={**self._made.given, **given})

    def _state(self, steps: Sequence[Value]) -> Value:
        """Return the attributes of the reference's object after some steps, nothing where nobody asks for them."""
        if not self._looks:
            return {}
        call = self._with(steps, state=True)
        try:
            came = self._subject.recipe.drawing.reference(call.function, call.arguments, act=call.act, given=call.given)
        except ReferenceFailure as error:
            raise RubricError([fault(self._subject.check.at, error.message, error.hint)]) from None
        state = came.get("state") if isinstance(came, dict) else None
        return state or {}

    def _step(self, number: int, state: Value) -> Value | None:
        names = {**self._inputs.names, STATE: state}
        for attempt in range(TRIES):
            place = f"{number}.{attempt}"
            self._source.value(f"{place}.method")
            method = self._picked()
            if method.when is None or self._may(method, names):
                return [method.name, self._arguments(method, names, place), *self._another(method, place)]
        return None

    def _picked(self) -> CalledMethod:
        methods = self._demand.calls
        left = self._source.integers(1, sum(each.weight for each in methods))
        for each in methods:
            left -= each.weight
            if left <= 0:
                return each
        return methods[-1]

    def _may(self, method: CalledMethod, names: Mapping[str, Any]) -> bool:
        assert method.when is not None
        try:
            return truth(Evaluator(names, self._subject.recipe.drawing).evaluate(method.when.text))
        except Failure as failure:
            raise RubricError([expression_fault(method.when, failure)]) from None

    def _another(self, method: CalledMethod, place: str) -> list[Value]:
        """Return which other object the method is given, if it is given one."""
        if method.another != "either":
            return [method.another] if method.another else []
        self._source.value(f"{place}.another")
        return [("new", "alike")[self._source.integers(0, 1)]]

    def _arguments(self, method: CalledMethod, names: Mapping[str, Any], place: str) -> Value:
        drawing = self._subject.recipe.drawing
        known, source = dict(names), replace(drawing, source=self._source)
        for line in method.draw:
            value = fill(line.value, Evaluator(known, source), self._source, f"{place}.{','.join(line.names)}")
            value = contiguous(value)
            if len(line.names) > 1 and not (isinstance(value, tuple | list) and len(value) == len(line.names)):
                raise RubricError([fault(line.at, say("{count} names need as many values.", count=len(line.names)))])
            known.update(zip(line.names, value if len(line.names) > 1 else [value], strict=True))
        drawn = [name for line in method.draw for name in line.names]
        taken = self._methods.get(method.name)
        wanted = _drawn_ones(method, taken) if taken else drawn
        return [known[name] for name in wanted if name in known]
