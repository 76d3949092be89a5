"""What a draw's expressions may call: the reference's functions first, then what this project registers."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Protocol

from msgspec import Struct

import grader.cases.generators
import grader.cases.others  # noqa: F401 - registers what it defines, as the one before
from grader.cases.evaluation import contiguous, guarded
from grader.cases.expression import Failure
from grader.cases.functions import FUNCTIONS, Function
from grader.cases.randomness import Randomness
from grader.errors import ReferenceFailure
from grader.language import Message, say, say_count
from grader.model import Call, Signature, Value
from grader.values import leaves
from grader.values.functions import WrittenFunction


class Reference(Protocol):
    """Runs one function of the reference in its own process, or does another act on it."""

    def __call__(
        self, function: str, arguments: tuple[Value, ...], /, *, act: str = "drawn", given: Mapping[str, Value] = {}
    ) -> Value:
        """Return its value. Raises ReferenceFailure if it does not return."""


class Drawing(Struct, frozen=True, kw_only=True):
    """What a line of `draw` may call; without a `source` nothing may be drawn at random.

    A function of the reference may be drawn as text, but none that is `graded`.
    """

    signatures: Mapping[str, Signature]
    reference: Reference
    source: Randomness | None = None
    graded: frozenset[str] = frozenset()

    def call(self, node: ast.Call, name: str, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        """Return what a function of the reference, a generator or a plain function returns."""
        if name in self.signatures:
            return self._reference(name, arguments, keywords)
        function = registered(name)
        check_arity(function, len(arguments), keywords)
        if not function.draws:
            return guarded(partial(function.work, **keywords), *arguments)
        source = _needed(self.source)
        if function.legacy and not source.legacy:
            raise needs_legacy(name)
        source.site(node.col_offset)
        return guarded(function.work, source, *arguments)

    def value(self, name: str) -> Any:
        """Return a function of the reference as text. Raises Failure if students must not read it."""
        if name not in self.signatures:
            raise no_value(name)
        if name in self.graded:
            raise Failure(say("`{name}` is graded, so its text must not reach a student's code.", name=name))
        try:
            return self.reference(name, (), act="name")
        except ReferenceFailure as error:
            raise Failure(error.message, error.hint) from None

    def between(self, node: ast.expr, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, whose turn it is."""
        source = _needed(self.source)
        source.site(node.col_offset)
        return low + source.turn(high - low + 1)

    def bound(self, name: str, arguments: list[Any], keywords: dict[str, Any]) -> tuple[Value, ...]:
        """Return the arguments of a reference function by position. Raises Failure if they do not fit."""
        given = bind(self.signatures[name], name, len(arguments), keywords)
        return tuple(contiguous(value) for value in (*arguments, *(keywords[parameter] for parameter in given)))

    def _reference(self, name: str, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        try:
            return self.allowed(name, self.reference(name, self.bound(name, arguments, keywords)))
        except ReferenceFailure as error:
            raise Failure(error.message, error.hint) from None

    def allowed(self, name: str, value: Value) -> Value:
        """Return what the function `name` gave. Raises ReferenceFailure for a text of what is graded in it."""
        for _, leaf in leaves(value):
            if isinstance(leaf, WrittenFunction):
                own = next((each for each in self.graded if leaf.text.startswith(f"def {each}(")), "")
                if name in self.graded or own:
                    message = say("`{name}` is graded, so its text must not reach a student's code.", name=own or name)
                    raise ReferenceFailure(message)
        return value


class Outermost(Struct, frozen=True):
    """What an expression may call whose outermost call is not made: it becomes a `Call` of the reference."""

    drawing: Drawing
    outermost: ast.expr

    def call(self, node: ast.Call, name: str, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        """Return the outermost call as a `Call`, and what any other returns."""
        if node is not self.outermost or name not in self.drawing.signatures:
            return self.drawing.call(node, name, arguments, keywords)
        return Call(function=name, arguments=self.drawing.bound(name, arguments, keywords))

    def between(self, node: ast.expr, low: int, high: int) -> int:
        """Return the number that is drawn."""
        return self.drawing.between(node, low, high)

    def value(self, name: str) -> Any:
        """Return a function of the reference as text."""
        return self.drawing.value(name)


class Plain(Struct, frozen=True):
    """What a `show` expression may call: plain functions alone."""

    def call(self, node: ast.Call, name: str, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        """Return what a plain function returns."""
        function = registered(name)
        check_arity(function, len(arguments), keywords)
        if function.draws:
            _needed(None)
        return guarded(function.work, *arguments, **keywords)

    def between(self, node: ast.expr, low: int, high: int) -> int:
        """Refuse: nothing is drawn here."""
        _needed(None)
        return low

    def value(self, name: str) -> Any:
        """Refuse: there is no such name."""
        raise no_value(name)


def no_value(name: str) -> Failure:
    """Return the failure of a name that stands for nothing."""
    return Failure(say("`{name}` has no value here.", name=name), word="NameError")


def registered(name: str) -> Function:
    """Return the registered function. Raises Failure if there is none."""
    if name not in FUNCTIONS:
        raise Failure(say("There is no function `{name}`.", name=name), word="NameError")
    return FUNCTIONS[name]


def check_arity(function: Function, count: int, keywords: Sequence[str] | Mapping[str, Any] = ()) -> None:
    """Raise Failure if a registered function does not take so many arguments."""
    if keywords and not function.named:
        raise Failure(say("`{name}` takes its arguments by position.", name=function.name), word="TypeError")
    if count < function.least or (function.most is not None and count > function.most):
        raise _count(function.name, function.least, function.most, count)


def bind(signature: Signature, name: str, count: int, keywords: Sequence[str] | Mapping[str, Any]) -> tuple[str, ...]:
    """Return the parameters after `count` positional arguments, up to the last one that the keywords give.

    Raises Failure if a parameter is missing, unknown or given twice.
    """
    rest = signature.parameters[count:]
    if count > len(signature.parameters):
        raise _count(name, len(signature.parameters) - len(signature.defaults), len(signature.parameters), count)
    for keyword in keywords:
        if keyword not in rest:
            message = say("`{name}` takes no `{keyword}` here.", name=name, keyword=keyword)
            raise Failure(message, _parameters(name, signature), word="TypeError")
    last = max((rest.index(keyword) for keyword in keywords), default=-1)
    for place, parameter in enumerate(rest):
        if parameter not in keywords and (place < last or parameter not in signature.defaults):
            message = say("`{name}` also needs `{parameter}`.", name=name, parameter=parameter)
            raise Failure(message, _parameters(name, signature), word="TypeError")
    return rest[: last + 1]


def needs_legacy(name: str) -> Failure:
    """Return the failure of a call of a legacy generator in a check without `legacy_seed`."""
    hint = say("Write `normal` or `uniform`, or give the check a `legacy_seed`.")
    return Failure(say("`{name}` needs a `legacy_seed`.", name=name), hint)


def _parameters(name: str, signature: Signature) -> Message:
    return say("The reference has {signature}.", signature=f"{name}({', '.join(signature.parameters)})")


def _count(name: str, least: int, most: int | None, given: int) -> Failure:
    if most is None:
        message = say_count(
            "`{name}` takes at least {count} argument, not {given}.",
            "`{name}` takes at least {count} arguments, not {given}.",
            least,
            name=name,
            given=given,
        )
    elif least == most:
        message = say_count(
            "`{name}` takes {count} argument, not {given}.",
            "`{name}` takes {count} arguments, not {given}.",
            least,
            name=name,
            given=given,
        )
    else:
        message = say(
            "`{name}` takes {least} to {most} arguments, not {given}.", name=name, least=least, most=most, given=given
        )
    return Failure(message, word="TypeError")


def _needed(source: Randomness | None) -> Randomness:
    if source is None:
        raise Failure(say("Nothing can be drawn at random here."))
    return source
