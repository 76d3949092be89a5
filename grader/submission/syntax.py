"""Parses Python text and, where it is broken, cuts out the smallest piece that is, so that the rest stays gradable."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Sequence

from msgspec import Struct

from grader.submission.lexing import lex

_STARTS = re.compile(r"(?:async[ \t]+def|def|class|import|from)\b|@")
"""What starts a statement even where a bracket above was left open."""
_COMPOUND = re.compile(r"(?:async[ \t]+def|def|class|for|while|if|with|try)\b|@")
_GOES_ON = re.compile(r"(?:else|elif|except|finally)\b|[)\]}]|<{7}|={7}|>{7}")
"""What belongs to the statement above: clauses, closing brackets, the marks of a merge conflict."""
_INDENT = " \t\f"
"""What Python takes for white space; a full-width space is none."""
_DEFINES = re.compile(r"^(?:(?:async[ \t]+)?def|class)[ \t]+(\w+)|^(\w+)[ \t]*=(?!=)", re.MULTILINE)

Block = tuple[int, int]
"""Lines first to last, from 1, both inclusive, that are read on their own: a notebook's cell, or a whole file."""


class Hole(Struct, frozen=True, kw_only=True):
    """Lines `first` to `last` that do not parse, why, and the name they would have defined."""

    first: int
    last: int
    error: SyntaxError
    name: str = ""


class Parsed(Struct, frozen=True, kw_only=True, eq=False):
    """What could be parsed: `text` is the text with every hole blanked, `tree` its tree."""

    text: str
    tree: ast.Module
    holes: tuple[Hole, ...] = ()


def parse(text: str, blocks: Sequence[Block]) -> Parsed:
    """Return the tree of all of `text` that is well-formed; never raises, whatever the text."""
    tree = attempt(text)
    lines = text.split("\n")
    if isinstance(tree, ast.Module):
        holes = _strays(tree)
        return Parsed(text=_without(lines, holes) if holes else text, tree=tree, holes=tuple(holes))
    holes = []
    for first, last in blocks:
        if isinstance(attempt("\n".join(lines[first - 1 : last])), SyntaxError):
            holes += _holes(lines[first - 1 : last], first)
    rest = _without(lines, holes)
    tree = attempt(rest)
    if isinstance(tree, ast.Module):
        strays = _strays(tree)
        holes, rest = sorted(holes + strays, key=lambda hole: hole.first), _without(rest.split("\n"), strays)
        return Parsed(text=rest, tree=tree, holes=tuple(holes))
    whole = Hole(first=1, last=len(lines), error=tree)
    return Parsed(text="\n" * (len(lines) - 1), tree=ast.Module(body=[], type_ignores=[]), holes=(whole,))


def _strays(tree: ast.Module) -> list[Hole]:
    """Take every `return` at the margin out of the tree; Python would only complain of it when compiling."""
    strays = [node for node in tree.body if isinstance(node, ast.Return)]
    if strays:
        tree.body = [node for node in tree.body if not isinstance(node, ast.Return)]
    return [
        Hole(
            first=node.lineno,
            last=node.end_lineno or node.lineno,
            error=SyntaxError("'return' outside function", ("", node.lineno, node.col_offset + 1, None)),
        )
        for node in strays
    ]


def attempt(text: str) -> ast.Module | SyntaxError:
    """Return the tree of `text`, or what is wrong with it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except SyntaxError as error:
            return error
        except (RecursionError, MemoryError):
            return SyntaxError("too deeply nested")
        except (ValueError, OverflowError) as error:
            return SyntaxError(str(error))


def _holes(lines: Sequence[str], first: int) -> list[Hole]:
    """Return what is broken in a block, statement by statement; `first` is its first line's number."""
    holes: list[Hole] = []
    above = 0
    for begin, end in _statements(lines):
        error = attempt("\n".join(lines[begin:end]))
        if isinstance(error, SyntaxError):
            at = min(max(begin + (error.lineno or 1) - 1, begin), end - 1)
            start = begin
            if error.msg == "unexpected indent" and not _COMPOUND.match(lines[begin]):
                # A line of a function's body slipped to the margin: then the function above is what is broken.
                start = above if _COMPOUND.match(lines[above]) and above < begin else at
                if holes and holes[-1].first >= first + start:
                    holes.pop()
            error.lineno = first + at
            holes.append(_hole(lines, start, end, first, error))
            above = start
        else:
            above = begin
    return holes


def _hole(lines: Sequence[str], begin: int, end: int, first: int, error: SyntaxError) -> Hole:
    while end > begin + 1 and (not lines[end - 1].strip(_INDENT) or lines[end - 1].startswith("#")):
        end -= 1
    name = _DEFINES.search("\n".join(lines[begin:end]))
    defined = (name.group(1) or name.group(2)) if name else ""
    return Hole(first=first + begin, last=first + end - 1, error=error, name=defined)


def _statements(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield top-level statements as (begin, end) indices of lines; open brackets end where a definition starts."""
    bare = lex("\n".join(lines)).bare.split("\n")
    begin = depth = 0
    decorated = False
    for index, code in enumerate(bare):
        if code and code[0] not in _INDENT and not _GOES_ON.match(code):
            starts = _STARTS.match(code)
            joined = index > 0 and lines[index - 1].endswith("\\")
            if (starts or (depth == 0 and not joined)) and not decorated:
                if index > begin:
                    yield begin, index
                begin, depth = index, 0
            decorated = code[0] == "@"
        opened = sum(map(code.count, "([{"))
        closed = sum(map(code.count, ")]}"))
        depth = max(0, depth + opened - closed)
    if begin < len(bare):
        yield begin, len(bare)


def _without(lines: Sequence[str], holes: Sequence[Hole]) -> str:
    kept = list(lines)
    for hole in holes:
        kept[hole.first - 1 : hole.last] = [""] * (hole.last - hole.first + 1)
    return "\n".join(kept)
