"""How the cases of a check are drawn: the lines of its draw, what depends on what, and when `where` can be asked."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from grader.cases.evaluation import Evaluator, contiguous, is_array, kind, truth
from grader.cases.expression import (
    Failure,
    calls,
    expression_fault,
    expressions,
    fault,
    leaves,
    needed,
    parse,
    parts,
    uses,
)
from grader.cases.functions import FUNCTIONS
from grader.cases.library import Drawing, bind
from grader.cases.randomness import Decks, InOrder, Randomness, Turns, case_seed, digest
from grader.cases.texts import filled
from grader.errors import ReferenceFailure, RubricError, Span
from grader.language import Message, say
from grader.model import (
    Call,
    Case,
    Check,
    Constant,
    Draw,
    DrawLine,
    Entry,
    Expression,
    Items,
    Problem,
    Signature,
    Template,
    TextTemplate,
    Value,
)


def is_random(template: Template) -> bool:
    """Return whether a template draws at random."""
    for tree in expressions(template):
        if any(isinstance(node, ast.LShift) for node in parts(tree)):
            return True
        if any(name in FUNCTIONS and FUNCTIONS[name].draws for name, _ in calls(tree)):
            return True
    return False


def fill(template: Template, evaluator: Evaluator, source: Randomness | None = None, place: str = "") -> Any:
    """Return a template's value: its expressions computed, each with random numbers of its own.

    `place` names the value for its random numbers: `x`, of its items `x.0`, of its entries `x.key`.
    Raises RubricError for an expression that has no value.
    """
    if isinstance(template, Items):
        return [fill(item, evaluator, source, f"{place}.{index}") for index, item in enumerate(template.items)]
    if isinstance(template, Constant):
        return template.value
    if not isinstance(template, Expression):
        return {key: fill(item, evaluator, source, f"{place}.{key}") for key, item in template.pairs}
    if source is not None:
        source.value(place)
    try:
        return evaluator.evaluate(template.text)
    except Failure as failure:
        raise RubricError([expression_fault(template, failure)]) from None


TRIES = 1000
"""Draws of one case, at most, before `where` counts as unsatisfiable."""


class Inputs(Struct, frozen=True, kw_only=True, eq=False):
    """What was drawn for one case: its number in the check, its seed, and every name in order."""

    number: int
    seed: int
    names: Mapping[str, Value]


class Requirement(Struct, frozen=True, kw_only=True):
    """What must hold besides `where`: a question about the drawn `names`, and the fault if it never holds."""

    holds: Callable[[Mapping[str, Value]], bool]
    names: tuple[str, ...]
    at: Span
    message: Message


class Recipe:
    """Draws the cases of one check. Every method raises RubricError for what the author has to correct."""

    def __init__(self, draw: Draw, seed: int, drawing: Drawing) -> None:
        self.drawing = drawing
        self._draw = draw
        self._seed = seed
        self._uses = [uses(line.value) for line in draw.lines]
        self._asked: frozenset[str] = uses(draw.where) if draw.where else frozenset()
        named = [index for index, line in enumerate(draw.lines) if self._asked & set(line.names)]
        self._ask_after = named[-1] + 1 if named else 0
        self._turns = self._new_turns()
        self._drawn: list[Inputs] = []

    def draw(self, count: int, condition: Requirement | None = None) -> list[Inputs]:
        """Return the inputs of `count` cases, for each of which `where` and the condition hold."""
        if condition is None:
            moving = self._moving(self._asked)
            while len(self._drawn) < count:
                self._drawn.append(self._inputs(len(self._drawn), self._turns, moving, None))
            return self._drawn[:count]
        turns, moving = self._new_turns(), self._moving(self._asked | set(condition.names))
        return [self._inputs(number, turns, moving, condition) for number in range(count)]

    def at(self, name: str, value: int) -> Recipe:
        """Return the recipe that draws `name` as `value`, and everything else as this one does."""
        lines = tuple(
            replace(line, value=Constant(value=value, at=line.at)) if line.names == (name,) else line
            for line in self._draw.lines
        )
        return Recipe(replace(self._draw, lines=lines), self._seed, self.drawing)

    def vary(self, inputs: Inputs, changes: Mapping[str, Value], wanted: Iterable[str]) -> dict[str, Value]:
        """Return the drawn names with `changes`; what follows from these is computed anew if `wanted` names need it."""
        names, dirty = {**inputs.names, **changes}, set(changes)
        relevant = needed(self._draw.lines, wanted)
        for line, used in zip(self._draw.lines, self._uses, strict=True):
            if dirty & used and not dirty >= set(line.names) and not relevant.isdisjoint(line.names):
                if is_random(line.value):
                    message = say("`{name}` is drawn at random from what is varied.", name=", ".join(line.names))
                    hint = say("Name it too, beside what is varied.")
                    raise RubricError([fault(line.at, message, hint)])
                self._line(line, names, self.drawing, keep=changes)
                dirty |= set(line.names)
        return names

    def evaluate(self, template: Template, known: Mapping[str, Value]) -> Any:
        """Return the value of a template over `known` names, drawing nothing."""
        return fill(template, Evaluator(known, self.drawing))

    def first_size(self, name: str) -> str:
        """Return the name that gives the first size of the array drawn as `name` ("": none does)."""
        for line in self._draw.lines:
            if line.names == (name,) and isinstance(line.value, Expression):
                for called, node in calls(parse(line.value.text)):
                    sizes = FUNCTIONS[called].sizes if called in FUNCTIONS else -1
                    if 0 <= sizes < len(node.args) and isinstance(first := node.args[sizes], ast.Name):
                        return first.id
        return ""

    def _inputs(self, number: int, turns: Turns, moving: frozenset[str], condition: Requirement | None) -> Inputs:
        seed = case_seed(self._seed, self._draw.stream, number)
        legacy = self._legacy()
        held = False
        for attempt in range(TRIES):
            source = Randomness(seed, attempt, turns, legacy)
            names = self._try(source, number, digest(seed, attempt) >> 96 if attempt else seed)
            if names is not None and (condition is None or condition.holds(names)):
                turns.keep()
                return Inputs(number=number, seed=seed, names=names)
            held = held or names is not None
            turns.pass_on(moving)
        if condition is not None and held:
            raise RubricError([fault(condition.at, condition.message)])
        where = self._draw.where
        message = say("This did not hold in any of {count} draws.", count=TRIES)
        hint = say("Widen the ranges that it depends on.")
        raise RubricError([fault(where.at if where else self._draw.at, message, hint)])

    def _try(self, source: Randomness, number: int, seed: int) -> dict[str, Value] | None:
        """Return one draw's names, or None if `where` does not hold; it is asked as soon as it can be."""
        names = self._generated(seed, number)
        drawing = replace(self.drawing, source=source)
        for index, line in enumerate(self._draw.lines):
            if index == self._ask_after and not self._holds(names):
                return None
            self._line(line, names, drawing)
        if self._ask_after == len(self._draw.lines) and not self._holds(names):
            return None
        return names

    def _holds(self, known: Mapping[str, Value]) -> bool:
        where = self._draw.where
        if where is None:
            return True
        try:
            return truth(Evaluator(known, self.drawing).evaluate(where.text))
        except Failure as failure:
            raise RubricError([expression_fault(where, failure)]) from None

    def _line(
        self, line: DrawLine, known: dict[str, Value], drawing: Drawing, keep: Mapping[str, Value] | None = None
    ) -> None:
        """Add a line's values to the `known` names, except to those of `keep`."""
        names = line.names
        value = contiguous(fill(line.value, Evaluator(known, drawing), drawing.source, ",".join(names)))
        if len(names) == 1:
            known[names[0]] = value
        elif isinstance(value, (tuple, list)) and len(value) == len(names):
            known.update({name: item for name, item in zip(names, value, strict=True) if name not in (keep or ())})
        else:
            message = say("{count} names need a tuple of values, not {kind}.", count=len(names), kind=kind(value))
            if isinstance(value, tuple | list):
                message = say("There are {given} values for {count} names.", given=len(value), count=len(names))
            raise RubricError([fault(line.at, message)])

    def _generated(self, seed: int, number: int) -> dict[str, Value]:
        """Return the names that the author's generator function gives, if there is one."""
        if not (name := self._draw.generator):
            return {}
        try:
            given = self.drawing.allowed(name, self.drawing.reference(name, (seed, number)))
        except ReferenceFailure as error:
            raise RubricError([fault(self._draw.at, error.message, error.hint)]) from None
        if not isinstance(given, dict) or not all(isinstance(key, str) for key in given):
            message = say("`{name}` must return a dict of names and values, not {kind}.", name=name, kind=kind(given))
            raise RubricError([fault(self._draw.at, message)])
        return {str(key): contiguous(value) for key, value in given.items()}

    def _new_turns(self) -> Turns:
        return InOrder() if self._draw.legacy_seed is not None else Decks(self._seed, self._draw.stream)

    def _legacy(self) -> Any:
        if self._draw.legacy_seed is None:
            return None
        import numpy as np

        return np.random.RandomState(self._draw.legacy_seed)

    def _moving(self, asked: Iterable[str]) -> frozenset[str]:
        """Return the drawn values that the names `asked` depend on, by their places as in `fill`."""
        names = needed(self._draw.lines, asked)
        lines = [line for line in self._draw.lines if not names.isdisjoint(line.names)]
        return frozenset(place for line in lines for place, _ in leaves(line.value, ",".join(line.names)))


class Subject(Struct, frozen=True, kw_only=True, eq=False):
    """A check, the function it tries, and how its inputs are drawn; a module of the author's imports it as `source`."""

    problem: Problem
    check: Check
    signature: Signature
    recipe: Recipe
    source: str = ""

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
        return Call(function=self.problem.function, arguments=arguments, given=self.files(names))

    def files(self, names: Mapping[str, Value]) -> dict[str, Value]:
        """Return what a call is given beside its arguments: the files of the draw. Raises RubricError."""
        texts = self.check.draw.files
        return {"files": {name: self.text(text, names) for name, text in texts}} if texts else {}

    def items(self, expression: Expression, inputs: Inputs) -> list[Value]:
        """Return the items of a list or an array that an expression draws. Raises RubricError for anything else."""
        source = Randomness(inputs.seed, 0, InOrder())
        drawing = replace(self.recipe.drawing, source=source)
        value = fill(expression, Evaluator(inputs.names, drawing), source, "at")
        if is_array(value):
            value = value.tolist()
        if not isinstance(value, list | tuple) or not value:
            raise RubricError([fault(expression.at, say("Several values are needed here, in a list or an array."))])
        return [*value]

    def text(self, text: TextTemplate, names: Mapping[str, Value]) -> str:
        """Return a text with the drawn `names` in it. Raises RubricError."""
        return filled(text, Evaluator(names, self.recipe.drawing))

    def varied(self, inputs: Inputs, changes: Mapping[str, Value]) -> Call:
        """Return the function's call with `changes` to what was drawn, and to what follows from it."""
        return self.call(self.recipe.vary(inputs, changes, self.arguments(inputs.names)))

    def case(
        self,
        inputs: Inputs,
        calls: tuple[Call, ...],
        truth: tuple[Call, ...] = (),
        options: Mapping[str, Value] = {},
        entries: tuple[Entry, ...] = (),
    ) -> Case:
        """Return the case of these inputs; `grader.model.Case` says what its other fields hold."""
        return Case(
            function=self.problem.function,
            check=self.check.key,
            index=inputs.number,
            seed=inputs.seed,
            names=inputs.names,
            calls=calls,
            truth=truth,
            options=options,
            entries=entries,
        )
