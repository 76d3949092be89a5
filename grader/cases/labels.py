"""The labelled lines of an example, as the handout prints them."""

from __future__ import annotations

from typing import Any

from grader.cases.arithmetic import is_array, quiet
from grader.cases.evaluation import Evaluator
from grader.cases.failure import Failure
from grader.cases.library import Plain
from grader.language import inert
from grader.model import Case, Check, Example, Part, Value

LONGEST = 2000
"""Characters of a printed value."""


def labelled(check: Check, returns: tuple[Part, ...], case: Case, value: Value) -> tuple[tuple[str, str], ...]:
    """Return the example's labels with what `show` makes of the returned `value`, printed as Python prints it.

    In the expressions `result` is the value itself, the names of `returns` are its parts and all else is what was
    drawn. What has no value, because the student returned something else, is "?" and Python's name for the error.
    """
    if not isinstance(check.plan, Example) or not check.plan.show:
        return ()
    names = {**_parts(returns, value, nested=True), **case.names, **_parts(returns, value, nested=False)}
    evaluator = Evaluator({**names, "result": value}, Plain())
    with quiet():
        return tuple((label, _printed(evaluator, line.text)) for label, line in check.plan.show)


def _printed(evaluator: Evaluator, text: str) -> str:
    try:
        return _text(evaluator.evaluate(text))
    except Failure as failure:
        return f"? ({failure.word})"
    except (ValueError, OverflowError, MemoryError, RecursionError) as error:
        return f"? ({type(error).__name__})"


def _text(value: Any) -> str:
    if is_array(value):
        import numpy as np

        with np.printoptions(precision=8, threshold=1000, edgeitems=3, linewidth=75, suppress=False, legacy=False):
            return inert(str(value), LONGEST, lines=True)
    return inert(str(value), LONGEST, lines=True)


def _parts(returns: tuple[Part, ...], value: Value, *, nested: bool) -> dict[str, Value]:
    """Return the named outputs: of the value itself, or those further inside (their names may be drawn names too)."""
    items = _items(returns, value)
    if not nested:
        return items
    inner: dict[str, Value] = {}
    for part in returns:
        if part.name in items:
            inside = items[part.name]
            inner |= _parts(part.parts, inside, nested=True) | _items(part.parts, inside)
    return inner


def _items(returns: tuple[Part, ...], value: Value) -> dict[str, Value]:
    if isinstance(value, dict):
        return {part.name: value[part.name] for part in returns if part.name in value}
    if isinstance(value, tuple | list) and len(value) == len(returns):
        return {part.name: item for part, item in zip(returns, value, strict=True)}
    return {returns[0].name: value} if len(returns) == 1 else {}
