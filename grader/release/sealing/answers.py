"""The answers of hidden cases: quantised, with what they would cost to guess; and what a property needs of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from grader.comparison import gradients
from grader.comparison.seals import Unsealable, cells_of, framed, grid_of
from grader.model import Case, Check, Entry, Gradient, Outcome, Problem, Returned, Signature
from grader.model.seal import Lock, Sealed
from grader.release.sealing.guessing import bits, given

if TYPE_CHECKING:
    from grader.model import Value


class Answer(Struct, frozen=True, kw_only=True, eq=False):
    """A case as the kit gets it, what stands for its answer, and of each output the cells and the bits to guess."""

    case: Case
    sealed: Sealed
    cells: tuple[bytes, ...]
    bits: tuple[float, ...]


def answer(
    problem: Problem,
    check: Check,
    case: Case,
    want: Sequence[Outcome],
    signature: Signature,
    random: Callable[[], float],
) -> Answer:
    """Return the answer of a case of values or gradients. Raises Unsealable for what cannot be sealed."""
    values = [outcome.value for outcome in want if isinstance(outcome, Returned)]
    bare = without_names(case, signature)
    if isinstance(check.plan, Gradient):
        bare, locks, outputs = _gradient(check, check.plan, case, values, random)
        bare = replace(bare, names={**without_names(case, signature).names, **_sources(check.plan, case)})
        frame: Any = None
    else:
        frame, locks, outputs = framed(values[0], problem.returns, check.compare, random)
    cells = [cells_of(output, lock.grids, check.compare) for output, lock in zip(outputs, locks, strict=True)]
    known = given(case.calls[0])
    return Answer(
        case=bare,
        sealed=Sealed(frame=frame, locks=locks),
        cells=tuple(_made(one) for one in cells),
        bits=tuple(bits(output, lock.grids, known) for output, lock in zip(outputs, locks, strict=True)),
    )


def without_names(case: Case, signature: Signature) -> Case:
    """Return a case with its arguments under their parameters' names and nothing else that was drawn."""
    arguments = case.calls[0].arguments if case.calls else ()
    names = dict(zip(signature.parameters, arguments, strict=False))
    return replace(case, names=names, seed=0, truth=())


def hollow(outcome: Outcome) -> Outcome:
    """Return an outcome of which only the containers and the first axis of each array are left.

    That is all a property asks of the reference: which outputs have one row a sample.
    """
    return Returned(value=_hollow(outcome.value)) if isinstance(outcome, Returned) else outcome


def _hollow(value: Value) -> Value:
    if isinstance(value, np.ndarray):
        return np.zeros(value.shape[:1], dtype=np.uint8)
    if isinstance(value, dict):
        return {key: _hollow(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return type(value)([_hollow(item) for item in value])
    return None if value is None else ""


def _gradient(
    check: Check, plan: Gradient, case: Case, forward: list[Value], random: Callable[[], float]
) -> tuple[Case, tuple[Lock, ...], tuple[Value, ...]]:
    """Return the case with the entries that have a derivative, a lock for each gradient, and the derivatives."""
    locks: list[Lock] = []
    outputs: list[Value] = []
    entries: list[Entry] = []
    for output, _ in plan.wrt:
        found = gradients.slopes(check, plan, case, forward, output)
        top = float(np.abs(found.numeric).max())
        loosest = float(found.allowed.max())
        if top == 0.0:
            raise Unsealable("gradient")
        # Two digits of the ratio, rounded up: it holds the rounding of the forward function, and says no more of it.
        ratio = float(f"{loosest / top * 1.05:.1e}")
        grid = grid_of(found.numeric, check.compare, random, (0.0, ratio))
        locks.append(Lock(output=output, grids=(grid,)))
        outputs.append(found.numeric)
        entries += found.entries
    return replace(case, entries=tuple(entries)), tuple(locks), tuple(outputs)


def _sources(plan: Gradient, case: Case) -> dict[str, Value]:
    """Return zeros in the shape of each input that is differenced: a gradient must have that shape."""
    names = {name: case.names[name] for _, name in plan.wrt}
    return {name: np.zeros_like(value) if isinstance(value, np.ndarray) else 0.0 for name, value in names.items()}


def _made(cells: bytes | None) -> bytes:
    if cells is None:
        raise Unsealable("form")
    return cells
