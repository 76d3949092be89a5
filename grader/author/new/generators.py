"""Texts of generators: functions that return the arguments of a notebook's call, or arguments like them."""

from __future__ import annotations

import ast
import re

import numpy as np

from grader.author.new.calls import Dependencies, GradedCall
from grader.author.new.tracing import Record
from grader.author.replay import literal


def seen_text(record: Record, name: str, cell: int) -> str:
    """Return the text of a function that returns exactly a record's arguments."""
    pairs = ", ".join(f'"{parameter}": {literal(value)}' for parameter, value in (record.arguments or {}).items())
    lines = [
        f"def {name}(seed, index):",
        f'    """Return the arguments of the call in cell {cell}."""',
        *(["    from base64 import b64decode"] if "b64decode" in pairs else []),
        *(["    from numpy import inf, nan"] if re.search(r"\b(?:inf|nan)\b", pairs) else []),
        f"    return {{{pairs}}}",
    ]
    return "\n".join(lines)


def near_text(record: Record, name: str) -> str:
    """Return the text of a function that returns a record's arguments, each fraction moved a little.

    It is "" for arguments without fractions.
    """
    moved = 0
    pairs = []
    for parameter, value in (record.arguments or {}).items():
        text = literal(value)
        if isinstance(value, np.ndarray) and value.dtype.kind == "f" and not (value == np.round(value)).all():
            text, moved = f"{text} * rng.uniform(0.98, 1.02, {value.shape})", moved + 1
        elif isinstance(value, float) and value != round(value, 0):
            text, moved = f"{text} * rng.uniform(0.98, 1.02)", moved + 1
        pairs.append(f'"{parameter}": {text}')
    lines = [
        f"def {name}(seed, index):",
        '    """Return arguments like those of the notebook, each fraction moved a little."""',
        *(["    from base64 import b64decode"] if "b64decode" in "".join(pairs) else []),
        *(["    from numpy import inf, nan"] if re.search(r"\b(?:inf|nan)\b", "".join(pairs)) else []),
        "    rng = np.random.default_rng([seed, index])",
        f"    return {{{', '.join(pairs)}}}",
    ]
    return "\n".join(lines) if moved else ""


def repeating_text(example: GradedCall, found: Dependencies, name: str, seed: str) -> str:
    """Return the text of a function that makes an example's arguments; numpy's seed is the expression `seed`."""
    lines = [
        f"def {name}(seed, index):",
        f'    """Return the arguments of the call in cell {example.piece.cell.number}."""',
    ]
    if found.seed is not None:
        lines.append(f"    np.random.seed({seed})")
    lines += [f"    {line}" if line else "" for piece in found.pieces for line in ast.unparse(piece.node).split("\n")]
    pairs = ", ".join(f'"{parameter}": {ast.unparse(value)}' for parameter, value in (example.arguments or {}).items())
    return "\n".join([*lines, f"    return {{{pairs}}}"])
