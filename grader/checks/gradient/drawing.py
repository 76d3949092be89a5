"""Gradient cases: which entries are differenced, and the forward calls that do it."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from grader.cases.evaluation import Evaluator, is_array
from grader.cases.expression import expressions, fault, needed, parse, quoted, resembling, uses
from grader.cases.library import Outermost
from grader.cases.randomness import digest
from grader.cases.recipe import Inputs, Subject, fill
from grader.cases.scrutiny import Vocabulary, scrutinize
from grader.checks.gradient import Gradient
from grader.errors import Fault, RubricError
from grader.language import say
from grader.model import Call, Case, Check, Entry, Value


def examine(demand: Gradient, check: Check, scope: Vocabulary) -> Iterator[Fault]:
    """Yield what is wrong with the forward call, the upstream gradient and the inputs to differentiate by."""
    faults = list(scrutinize(demand.of, scope))
    yield from faults
    if demand.upstream and demand.upstream not in scope.known and not scope.open:
        message = say("`upstream` is `{name}`, which is not drawn.", name=quoted(demand.upstream))
        yield fault(check.at, message, resembling(demand.upstream, scope.known))
    if faults:
        return
    tree = parse(demand.of.text)
    if not (isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id in scope.signatures):
        yield not_a_call(demand)
    try:
        used = needed(check.draw.lines, uses(demand.of))
    except RubricError:
        return  # a line of the draw cannot be read, which has been said
    for output, name in demand.wrt:
        if name not in used:
            message = say("`wrt` names `{name}`, but `of` does not depend on it.", name=quoted(name))
            hint = resembling(name, used) or say("As in `{example}`.", example=f"wrt: {{{output}: X}}")
            yield fault(check.at, message, hint)


def gradient_case(subject: Subject, demand: Gradient, inputs: Inputs) -> Case:
    """Return the case: the student's backward call, and the reference's forward calls around each chosen entry.

    An entry moves by `demand.step` times the root mean square of its array (times 1, if that is 0): so the step fits
    numbers of any magnitude. Raises RubricError if an input is no array of floats.
    """
    (tree,) = expressions(demand.of)
    calls, wanted = Outermost(subject.recipe.drawing, tree), uses(demand.of)

    def forward(changes: Mapping[str, Value]) -> Call:
        names = subject.recipe.vary(inputs, changes, wanted)
        return _reference_call(fill(demand.of, Evaluator(names, calls)), demand)

    truth, entries = [forward({})], []
    for output, name in demand.wrt:
        value = _floats(inputs.names.get(name), name, demand)
        step = demand.step * _magnitude(value)
        for place in _chosen(value, demand.entries, digest(inputs.seed, "entries", output, name)):
            up, down = _moved(value, place, step), _moved(value, place, -step)
            truth += [forward({name: moved}) for moved in (up, down)]
            exact = (_at(up, place) - _at(down, place)) / 2
            entries.append(Entry(output=output, input=name, index=place, step=exact))
    return subject.case(inputs, (subject.call(inputs.names),), truth=tuple(truth), entries=tuple(entries))


def not_a_call(demand: Gradient) -> Fault:
    """Return the fault of a gradient check whose `of` is not a call of the reference."""
    message = say("`of` must be a call of a function of the reference.")
    return fault(demand.of.at, message, say("As in `conv_forward(A_prev, W, b, hparameters)`."))


def _reference_call(value: object, demand: Gradient) -> Call:
    if not isinstance(value, Call):
        raise RubricError([not_a_call(demand)])
    return value


def _floats(value: Value, name: str, demand: Gradient) -> Any:
    if isinstance(value, float) or (is_array(value) and value.dtype.kind == "f" and value.size):
        return value
    message = say("`{name}` is not an array of floats, so it has no gradient.", name=name)
    raise RubricError([fault(demand.of.at, message)])


def _magnitude(value: Any) -> float:
    """Return the root mean square of an array or a number, 1.0 where it is 0 or not finite."""
    size = math.sqrt(float((value * value).mean())) if is_array(value) else abs(value)
    return size if 0.0 < size < math.inf else 1.0


def _chosen(value: Any, most: int, seed: int) -> list[tuple[int, ...]]:
    """Return the indices of at most `most` entries, chosen by `seed`, in order."""
    if not is_array(value):
        return [()]
    import numpy as np

    flat: Sequence[int] = range(value.size)
    if value.size > most:
        flat = sorted(np.random.default_rng(seed).choice(value.size, most, replace=False).tolist())
    return [tuple(int(part) for part in np.unravel_index(place, value.shape)) for place in flat]


def _moved(value: Any, place: tuple[int, ...], by: float) -> Any:
    if not is_array(value):
        return value + by
    moved = value.copy()
    moved[place] += by
    return moved


def _at(value: Any, place: tuple[int, ...]) -> float:
    return float(value[place] if is_array(value) else value)
