"""A call's arguments as a generator function: the notebook's own statements, where a draw has no words for them."""

from __future__ import annotations

import ast
from collections.abc import Collection

from msgspec import Struct

from grader.drafting.calls import Example, arguments
from grader.drafting.slicing import backwards


class Generator(Struct, frozen=True, kw_only=True):
    """A function of the generators file: its name, its text, and whether other seeds give other arguments."""

    name: str
    text: str
    seeded: bool


def generator_of(example: Example, name: str, known: Collection[str], *, fresh: bool = False) -> Generator | None:
    """Return the generator of an example's arguments; `known` are the names that the reference binds.

    With `fresh` the case's own seed stands in for the notebook's. `None` where the statements need what is not there,
    or draw at random without a seed.
    """
    given = arguments(example)
    if given is None:
        return None
    found = backwards(list(given.values()), example.before, known)
    if found.unknown or found.unseeded:
        return None
    lines = [
        f"def {name}(seed, index):",
        f'    """Return the arguments of the call in cell {example.piece.cell.number}."""',
    ]
    if found.seed is not None:
        lines.append(f"    np.random.seed({'seed' if fresh else found.seed})")
    lines += [f"    {line}" if line else "" for piece in found.pieces for line in ast.unparse(piece.node).split("\n")]
    pairs = ", ".join(f'"{parameter}": {ast.unparse(value)}' for parameter, value in given.items())
    lines.append(f"    return {{{pairs}}}")
    return Generator(name=name, text="\n".join(lines), seeded=found.seed is not None)
