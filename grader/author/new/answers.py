"""Answers that a notebook wants in variables: which they are, and the statements that make them."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence

from msgspec import Struct

from grader.author.kit.stubs import regions_of
from grader.author.new.calls import backwards, draws, seed_of, touched
from grader.author.new.cells import NotebookCell
from grader.author.new.pieces import Piece
from grader.language import Message, say

_TESTS = ("tests", "hidden tests")


class Answers(Struct, frozen=True, kw_only=True, eq=False):
    """The variables that students give a value to, each with the statement that binds it last.

    `needed` are the statements that they follow from, `remarks` say which other answers cannot be graded.
    """

    pieces: Mapping[str, Piece]
    needed: tuple[Piece, ...]
    remarks: tuple[Message, ...]


def answers(cells: Sequence[NotebookCell], pieces: Sequence[Piece], defined: Collection[str]) -> Answers:
    """Return the answers in solutions outside of functions; `defined` are the functions and classes that are graded."""
    found: dict[str, Piece] = {}
    needed: list[Piece] = []
    remarks: list[Message] = []
    for cell in cells:
        own = [piece for piece in pieces if piece.cell is cell]
        if any(piece.binds & {*defined} for piece in own):
            continue
        for name in _asked([piece for piece in own if written(piece)], pieces):
            last = max(place for place, piece in enumerate(pieces) if piece in own)
            more, why = _makers(name, pieces[: last + 1])
            if why is None and any(name in touched(each) for each in pieces[last + 1 :] if written(each)):
                why = say("a later cell gives the name another value")
            if why is not None:
                remarks.append(say("Cell {cell}: {name} is not checked: {why}.", cell=cell.number, name=name, why=why))
                continue
            found[name] = next(piece for piece in reversed(own) if name in touched(piece))
            needed += more
    return Answers(pieces=found, needed=tuple(needed), remarks=tuple(remarks))


def written(piece: Piece) -> bool:
    """Return whether a statement outside of functions is a solution, or part of one: students write it."""
    if isinstance(piece.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom):
        return False
    regions = regions_of(piece.cell.source, "")
    if not regions:
        return piece.cell.role == "solution"
    return any(region.holds(piece.node.lineno, piece.node.end_lineno or piece.node.lineno) for region in regions)


def _asked(solution: Sequence[Piece], pieces: Sequence[Piece]) -> list[str]:
    """Return the names that a solution binds and that tests read; the last one where they read none."""
    bound = [name for piece in solution for name in _assigned(piece.node) if not name.startswith("_")]
    read = {
        name
        for piece in pieces
        if piece.cell.role in _TESTS or isinstance(piece.node, ast.Assert)
        for name in piece.reads
    }
    return [name for name in dict.fromkeys(bound) if name in read] or bound[-1:]


def _assigned(node: ast.stmt) -> Iterator[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    for target in targets:
        parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
        yield from (part.id for part in parts if isinstance(part, ast.Name))


def _makers(name: str, before: Sequence[Piece]) -> tuple[list[Piece], Message | None]:
    """Return the statements that a variable follows from, or why they cannot be run again."""
    found = backwards([ast.Name(name, ast.Load())], before, ())
    if found.unseeded and any(_is_unseeded(node) for piece in found.pieces for node in ast.walk(piece.node)):
        return [], say("it follows from random numbers without a seed")
    if found.unknown:
        return [], say("nothing in the notebook binds {name}", name=min(found.unknown))
    pieces = [*found.pieces]
    if found.seed is not None:
        drawn = max(place for place, piece in enumerate(before) if piece in pieces and draws(piece.node))
        pieces += [piece for piece in before[:drawn] if seed_of(piece.node) is not None]
    return pieces, None


def _is_unseeded(node: ast.AST) -> bool:
    """Return whether a call draws from the state that all share, or makes a generator without a seed."""
    match node:
        case ast.Call(
            func=ast.Attribute(value=ast.Attribute(attr="random") | ast.Name("random"), attr=name), args=args
        ):
            return name not in _GENERATORS or not args
    return False


_GENERATORS = ("default_rng", "RandomState", "Random", "Generator", "PCG64", "SeedSequence")
