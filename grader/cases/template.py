"""Templates: what stands on the right of a line of `draw`, an expression or a list or mapping of them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from grader.cases.evaluation import Evaluator
from grader.cases.expression import calls, parse, reads
from grader.cases.failure import Failure
from grader.cases.places import expression_fault
from grader.cases.randomness import Source
from grader.cases.registry import FUNCTIONS
from grader.errors import RubricError
from grader.model import Constant, DrawLine, Expression, Items, Template

T = TypeVar("T")


def leaves(template: Template, place: str = "") -> Iterator[tuple[str, Expression | Constant]]:
    """Yield the expressions and constants of a template with their places: `hparameters.pad`."""
    if isinstance(template, Items):
        for index, item in enumerate(template.items):
            yield from leaves(item, f"{place}.{index}")
    elif isinstance(template, Expression | Constant):
        yield place, template
    else:
        for key, item in template.pairs:
            yield from leaves(item, f"{place}.{key}")


def expressions(template: Template) -> Iterator[ast.expr]:
    """Yield the syntax trees of a template. Raises RubricError for a text that is no expression."""
    return _each(template, parse)


def uses(template: Template) -> frozenset[str]:
    """Return the names a template reads. Raises RubricError for a text that is no expression."""
    return frozenset().union(*_each(template, reads))


def needed(lines: Sequence[DrawLine], wanted: Iterable[str]) -> frozenset[str]:
    """Return the `wanted` names with all that they depend on, through the lines of a draw."""
    found = set(wanted)
    for line in reversed(lines):
        if not found.isdisjoint(line.names):
            found |= uses(line.value)
    return frozenset(found)


def is_random(template: Template) -> bool:
    """Return whether a template draws at random."""
    for tree in expressions(template):
        if any(isinstance(node, ast.LShift) for node in ast.walk(tree)):
            return True
        if any(name in FUNCTIONS and FUNCTIONS[name].draws for name, _ in calls(tree)):
            return True
    return False


def words(template: Template) -> tuple[str, ...]:
    """Return the bare names a template consists of (`A_prev`, `[A_prev, dZ]`), () if it is anything else."""
    if isinstance(template, Items):
        each = [words(item) for item in template.items]
        return tuple(word for some in each for word in some) if all(len(some) == 1 for some in each) else ()
    if not isinstance(template, Expression):
        return ()
    (tree,) = expressions(template)
    parts = tree.elts if isinstance(tree, ast.Tuple | ast.List) else [tree]
    return tuple(part.id for part in parts if isinstance(part, ast.Name)) if _all_names(parts) else ()


def fill(template: Template, evaluator: Evaluator, source: Source | None = None, place: str = "") -> Any:
    """Return a template's value: its expressions computed, each with random numbers of its own.

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


def _each(template: Template, read: Callable[[str], T]) -> Iterator[T]:
    for _, leaf in leaves(template):
        if isinstance(leaf, Expression):
            try:
                yield read(leaf.text)
            except Failure as failure:
                raise RubricError([expression_fault(leaf, failure)]) from None


def _all_names(nodes: list[ast.expr]) -> bool:
    return all(isinstance(node, ast.Name) for node in nodes)
