"""The statements of a notebook's code cells, each with its text and the comments above it."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Sequence

from msgspec import Struct

from grader.author.new.cells import NotebookCell
from grader.author.source_text import bound_names, first_line
from grader.language import Message, inert, say
from grader.submission.stubs import BEGIN, END
from grader.submission.symbols import Definition

MARKER = re.compile(
    r"^#+[ \t]*(?:评分[函类]数?[ \t]*(?P<optional>[(（][ \t]*可选[ \t]*[)）])?|GRADE?D?[ \t]*(?:FUN[A-Z]*|CELL|CLASS))"
    r"[ \t]*[:：-]?[ \t]*(?P<names>[\w, ]+)",
    re.IGNORECASE | re.MULTILINE,
)
"""A comment that names the functions or classes below it as graded."""


class Piece(Struct, frozen=True, kw_only=True, eq=False):
    """A statement at a cell's top level, with its text and the comments above it."""

    cell: NotebookCell
    node: ast.stmt
    text: str
    binds: frozenset[str]
    reads: frozenset[str]


def pieces_of(cells: Sequence[NotebookCell], remarks: list[Message]) -> list[Piece]:
    """Return the statements of the code cells, in order; add to `remarks` the place of each that is not Python."""
    return [
        piece for cell in cells if cell.kind == "code" and cell.role != "prompt" for piece in _pieces(cell, remarks)
    ]


def names_in(node: ast.AST, kind: type[ast.expr_context]) -> frozenset[str]:
    """Return the names that a node loads or stores."""
    return frozenset(one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, kind))


_MOST_HOLES = 8
"""Statements of a cell that are not Python; with more of them the whole cell is left out."""


def _readable(cell: NotebookCell, remarks: list[Message]) -> tuple[str, ast.Module]:
    """Return a cell's source with each statement blanked that is not Python, and its tree."""
    lines = cell.source.split("\n")
    for _ in range(_MOST_HOLES):
        try:
            return "\n".join(lines), ast.parse("\n".join(lines))
        except (SyntaxError, ValueError) as error:
            line = min(max(getattr(error, "lineno", None) or 1, 1), len(lines))
            what = inert(getattr(error, "msg", None) or str(error), 100)
            remarks.append(
                say("Cell {cell}, line {line}: {text} is not Python {version} and is left out ({what}).",
                    cell=cell.number, line=line, text=inert(f"`{lines[line - 1].strip()}`", 60),
                    version=f"{sys.version_info.major}.{sys.version_info.minor}", what=what)
            )  # fmt: skip
            first = line - 1
            while first and not re.match(r"[^\s#)\]}]", lines[first]):
                first -= 1
            last = line
            while last < len(lines) and re.match(r"[\s)\]}]|$", lines[last]):
                last += 1
            lines[first:last] = [""] * (last - first)
    return "", ast.parse("")


def _pieces(cell: NotebookCell, remarks: list[Message]) -> Iterator[Piece]:
    source, tree = _readable(cell, remarks)
    lines = source.split("\n")
    end = 0
    carried: list[str] = []
    for node in tree.body:
        first = first_line(node) - 1
        while first > end and (not lines[first - 1].strip() or lines[first - 1].startswith("#")):
            first -= 1
        last = _last(node, lines)
        above, own = lines[first : first_line(node) - 1], lines[first_line(node) - 1 : last]
        # A solution's markers around a statement are put in again where they belong.
        above = [line for line in above if not (BEGIN.match(line) or END.match(line))]
        if isinstance(node, Definition | ast.ClassDef):
            above, carried = [*carried, *above], []
        elif any(map(MARKER.match, above)):
            # A marker over an import is meant for the function below it.
            carried += [line for line in above if MARKER.match(line)]
            above = [line for line in above if not MARKER.match(line)]
        end = last
        yield Piece(
            cell=cell,
            node=node,
            text="\n".join([*above, *own]).strip("\n"),
            binds=frozenset(bound_names(node)) or names_in(node, ast.Store),
            reads=_reads(node),
        )


def _last(node: ast.stmt, lines: Sequence[str]) -> int:
    """Return a statement's last line (from 1), with indented comments after a definition: a marker may end it."""
    last = end = node.end_lineno or node.lineno
    while isinstance(node, Definition | ast.ClassDef) and last < len(lines):
        line = lines[last]
        if line.strip() and not (line[0] in " \t" and line.lstrip().startswith("#")):
            break
        last += 1
        end = last if line.strip() else end
    return end


def _reads(node: ast.stmt) -> frozenset[str]:
    """Return the names that a statement reads from outside of itself."""
    read = names_in(node, ast.Load)
    if not isinstance(node, Definition | ast.ClassDef):
        return read
    own = {one.arg for one in ast.walk(node) if isinstance(one, ast.arg)}
    return read - own - names_in(node, ast.Store)
