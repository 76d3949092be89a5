"""Which of a notebook's statements a call depends on, in order, with the seed that its random numbers follow."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Iterator, Sequence

from msgspec import Struct

from grader.drafting.solution import Piece, names_in
from grader.drafting.translation import draws, seed_of


class Slice(Struct, frozen=True, kw_only=True, eq=False):
    """The statements needed for some expressions, and the seed set before them (`None`: nothing random is needed).

    `unknown` are names that nothing binds; `unseeded` says random numbers are needed but no seed was set.
    """

    pieces: tuple[Piece, ...]
    seed: int | None
    unknown: frozenset[str]
    unseeded: bool = False


def backwards(wanted: Collection[ast.expr], before: Sequence[Piece], known: Collection[str]) -> Slice:
    """Return what the expressions `wanted` depend on among the statements `before` them; `known` names are given.

    Random numbers come in order: all that was drawn since the seed and up to the last draw needed belongs to them.
    """
    given = {*known, *dir(builtins)}
    needed = set().union(*(names_in(one, ast.Load) for one in wanted)) - given
    chosen = _chosen(needed, before, given)
    drawing = [index for index in chosen if draws(before[index].node)]
    at_the_end = any(draws(one) for one in wanted)
    if not drawing and not at_the_end:
        return _sliced(chosen, before, needed, given, None)
    first = min(drawing, default=len(before))
    last = len(before) if at_the_end else max(drawing)
    seeds = [index for index, piece in enumerate(before[:first]) if seed_of(piece.node) is not None]
    if not seeds:
        return _sliced(chosen, before, needed, given, None, unseeded=True)
    between = [
        index
        for index in range(seeds[-1] + 1, last)
        if draws(before[index].node) and _touched(before[index].node) and index not in chosen
    ]
    for index in between:
        more = set(before[index].reads) - given
        chosen |= {index} | _chosen(more, before[:index], given)
        needed |= more
    return _sliced(chosen, before, needed, given, seed_of(before[seeds[-1]].node))


def _chosen(needed: Collection[str], before: Sequence[Piece], given: Collection[str]) -> set[int]:
    """Return the statements, by index, that bind the needed names or change their values, and what these need."""
    open_names, chosen = set(needed), set()
    for index in range(len(before) - 1, -1, -1):
        piece = before[index]
        touched = set(_touched(piece.node))
        if touched & open_names and seed_of(piece.node) is None:
            chosen.add(index)
            if isinstance(piece.node, ast.Assign | ast.AnnAssign | ast.Import | ast.ImportFrom):
                open_names -= piece.binds
            open_names |= piece.reads - set(given)
    return chosen


def _sliced(
    chosen: Collection[int],
    before: Sequence[Piece],
    needed: Collection[str],
    given: Collection[str],
    seed: int | None,
    *,
    unseeded: bool = False,
) -> Slice:
    pieces = tuple(before[index] for index in sorted(chosen))
    bound = set(given).union(*(piece.binds for piece in pieces))
    read = set(needed).union(*(piece.reads for piece in pieces))
    return Slice(pieces=pieces, seed=seed, unknown=frozenset(read - bound), unseeded=unseeded)


def _touched(node: ast.stmt) -> Iterator[str]:
    """Yield the names whose values a statement binds or may change: `x = `, `x[0] = `, `x.append(…)`.

    A loop or branch that changes anything may change all it reads (`for row in x: row.append(…)`).
    """
    changed = []
    for one in ast.walk(node):
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
            yield one.id
        elif isinstance(one, ast.alias):
            yield (one.asname or one.name).partition(".")[0]
        elif isinstance(one, ast.FunctionDef | ast.ClassDef):
            yield one.name
        elif isinstance(one, ast.Subscript | ast.Attribute) and isinstance(one.ctx, ast.Store):
            changed.append(_owner(one))
        elif (
            isinstance(one, ast.Expr) and isinstance(one.value, ast.Call) and isinstance(one.value.func, ast.Attribute)
        ):
            changed.append(_owner(one.value.func))
            changed += names_in(one.value, ast.Load) if one.value.func.attr == "shuffle" else ()
    yield from changed
    if changed and isinstance(node, ast.For | ast.While | ast.With | ast.If | ast.Try):
        yield from names_in(node, ast.Load)


def _owner(node: ast.expr) -> str:
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
