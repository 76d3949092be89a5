"""What a mend is: a few edits that undo one slip, and a sentence on what is wrong at the place.

A sentence names what kind of slip it is, not what should stand there.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias

from msgspec import Struct

from grader.explain.mending.written import FunctionText, Replacement
from grader.language import Message


class CaseFacts(Struct, frozen=True, kw_only=True):
    """What is known of the cases: their texts, and the sizes in the public example with where they come from.

    `sizes` has for a whole number the expressions that give it, `shapes` for a shape those of the arrays that have it.
    `states` has for names outside of functions what they are given there.
    """

    texts: tuple[str, ...] = ()
    sizes: Mapping[int, tuple[str, ...]] = {}
    shapes: Mapping[tuple[int, ...], tuple[str, ...]] = {}
    states: Mapping[str, str] = {}


class FoundSlip(Struct, frozen=True):
    """What is told of a slip, and the first line of the student's file where it stands.

    `outputs` are those that are right without it, where others are not; () where all are.
    """

    said: Message
    line: int
    outputs: tuple[str, ...] = ()


class Mend(Struct, frozen=True, kw_only=True):
    """Edits that undo one slip, the lines of the student's file where it stands, and the sentence about it.

    Mends with an `alike` in common undo the same slip at several places; together they are one, with these as `parts`.
    `outputs` are as in `FoundSlip`.
    """

    edits: tuple[Replacement, ...]
    lines: tuple[int, ...]
    said: Message
    alike: tuple[str, ...] = ()
    parts: tuple[Mend, ...] = ()
    outputs: tuple[str, ...] = ()

    def within(self, lines: frozenset[int], written: FunctionText) -> bool:
        """Return whether an edit is in some lines of the text; True for no lines."""
        return not lines or any(written.line_at(edit.begin) in lines for edit in self.edits)


Undoing: TypeAlias = Callable[[ast.AST, FunctionText, CaseFacts], Iterator[Mend]]


def mends(
    undoings: Sequence[Undoing], written: FunctionText, known: CaseFacts, likely: frozenset[int] = frozenset()
) -> Iterator[Mend]:
    """Yield each mend once: first those of all kinds in the `likely` lines of the text, if there are any."""
    later: list[Mend] = []
    for mend in _by_kinds(undoings, written, known):
        if not mend.within(likely, written):
            later.append(mend)
        else:
            yield mend
    yield from later


def _by_kinds(undoings: Sequence[Undoing], written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield the mends in the order of the kinds; of each kind first those that undo one slip everywhere."""
    seen: set[tuple[Replacement, ...]] = set()
    for undoing in undoings:
        found: list[Mend] = []
        for node in written.nodes:
            for mend in undoing(node, written, known):
                edits = tuple(sorted(mend.edits))
                if edits not in seen:
                    seen.add(edits)
                    found.append(mend)
        yield from _together(found)
        yield from found


def _together(found: Sequence[Mend]) -> Iterator[Mend]:
    """Yield the mends that undo the same slip everywhere."""
    alike: dict[str, list[Mend]] = {}
    for mend in found:
        for each in mend.alike:
            alike.setdefault(each, []).append(mend)
    for same in alike.values():
        whole = joined(same)
        if len(same) > 1 and apart(whole.edits):
            yield whole


def joined(same: Sequence[Mend]) -> Mend:
    """Return mends of the same slip as one."""
    edits = sorted(edit for mend in same for edit in mend.edits)
    lines = sorted({line for mend in same for line in mend.lines})
    return Mend(edits=tuple(edits), lines=tuple(lines), said=same[0].said, parts=tuple(same))


def apart(edits: Sequence[Replacement]) -> bool:
    """Return whether no two of the edits, sorted, touch the same text."""
    return all(one.end <= other.begin and one != other for one, other in pairwise(edits))


def mend(
    written: FunctionText, node: ast.AST, said: Message, *edits: Replacement, alike: str | tuple[str, ...] = ()
) -> Mend:
    """Return the mend of a slip at a node; `alike` is what slips of the same kind have in common."""
    several = (alike,) if isinstance(alike, str) else alike
    return Mend(edits=edits, lines=(written.line(node),), said=said, alike=several)


SIGNS: dict[type[ast.operator], str] = {
    **{ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**"},
    **{ast.MatMult: "@", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.LShift: "<<", ast.RShift: ">>"},
}


def in_brackets(node: ast.expr, words: str) -> str:
    """Return an expression's words fit to be a side of any operation."""
    return f"({words})" if isinstance(node, ast.BinOp | ast.UnaryOp | ast.BoolOp | ast.Compare | ast.IfExp) else words


_MAKERS = {
    *("range", "len", "enumerate", "zip", "isinstance", "print", "open", "zeros", "ones", "empty", "full", "eye"),
    *("arange", "linspace", "shape", "append", "dot", "matmul", "pad", "float", "tuple", "list", "zeros_like"),
    *("copy", "deepcopy", "array", "asarray"),
}


def drops(node: ast.Call) -> bool:
    """Return whether the call's argument could stand for its result: not of a function that makes something else."""
    name = (
        node.func.attr
        if isinstance(node.func, ast.Attribute)
        else node.func.id
        if isinstance(node.func, ast.Name)
        else ""
    )
    return name not in _MAKERS
