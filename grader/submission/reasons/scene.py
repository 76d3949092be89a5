"""The line that raised and what the source says of the names in it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from grader.language import inert
from grader.model import Frame, Raised, Submission
from grader.submission.loading import lines
from grader.submission.reasons.bindings import Bound
from grader.submission.reasons.tree import Def, tree

if TYPE_CHECKING:
    from grader.model import Value

_NODES = 2000
Node = TypeVar("Node", bound=ast.AST)


class Scene(Struct, frozen=True, kw_only=True, eq=False):
    """Where an exception was raised, as far as the student's own source shows it.

    `frames` are the source's own lines on the way, innermost last; of a hidden case only those of the function's own
    statements, and `beyond` says that it was raised further in. `parts` is the statement there without the
    statements inside it, empty if it is not known; `home` the function that holds it, `names` and `globals` what that
    and the file bind. `given` names the parameters that the grader gave arguments for; `inputs` are these arguments,
    empty for a hidden case.
    """

    student: Submission
    raised: Raised
    function: str
    public: bool
    given: tuple[str, ...]
    inputs: tuple[tuple[str, Value], ...]
    frames: tuple[Frame, ...]
    beyond: bool
    parts: tuple[ast.AST, ...]
    home: Def | None
    names: Mapping[str, tuple[Bound, ...]]
    globals: Mapping[str, tuple[Bound, ...]]

    def said(self, pattern: str) -> re.Match[str] | None:
        """Return where the exception's own words match."""
        return re.search(pattern, self.raised.message)

    def pick(self, wanted: str, candidates: Iterable[str]) -> str:
        """Return the one of the line's `candidates` that the exception's words want, "" if it is none of them.

        Of a hidden case the words may not choose: the only candidate is returned, or none.
        """
        names = set(candidates)
        if self.public:
            return wanted if wanted in names else ""
        return names.pop() if len(names) == 1 else ""

    def every(self, *kinds: type[Node]) -> Iterator[Node]:
        """Yield the nodes of these kinds in the line."""
        for part in self.parts:
            yield from (node for node in ast.walk(part) if isinstance(node, kinds))

    def read(self) -> list[str]:
        """Return the names that the line reads, each once, as they stand."""
        found = [node for node in self.every(ast.Name) if isinstance(node.ctx, ast.Load)]
        found.sort(key=lambda node: (node.lineno, node.col_offset))
        return list(dict.fromkeys(node.id for node in found))

    def bound(self, name: str) -> tuple[Bound, ...]:
        """Return what the function (else the file) binds a name to, in order."""
        return self.names.get(name, ())

    def number(self, line: int) -> int:
        """Return a line of the source as its author counts it: within its cell."""
        return self.student.source.span(line).line

    def called(self) -> list[str]:
        """Return the student's own functions that the line calls by name."""
        names = [node.func.id for node in self.every(ast.Call) if isinstance(node.func, ast.Name)]
        return [name for name in dict.fromkeys(names) if name in self.student.symbols]


def scene(
    raised: Raised,
    student: Submission,
    function: str,
    *,
    given: tuple[str, ...] = (),
    inputs: tuple[tuple[str, Value], ...] = (),
    public: bool = False,
) -> Scene:
    """Return what the source shows of `raised`, which came of a call of `function` with arguments for `given`."""
    found = tree(student.source.text)
    frames = told(raised, student, function, public=public)
    line = frames[-1].line if frames else 0
    statement, home = found.at(line)
    return Scene(
        student=student,
        raised=raised,
        function=function,
        public=public,
        given=given,
        inputs=inputs if public else (),
        frames=frames,
        beyond=not public
        and bool(raised.frames)
        and not told(replace(raised, frames=raised.frames[-1:]), student, function, public=False),
        parts=_parts(statement) if statement is not None else (),
        home=home,
        names=found.bindings(home or found.module),
        globals=found.bindings(found.module),
    )


def told(raised: Raised, student: Submission, function: str, *, public: bool) -> tuple[Frame, ...]:
    """Return the source's own lines on the way to an exception, innermost last.

    A line that the file does not have is left out. Of a hidden case only the lines are left on which a statement of
    `function` itself starts: a file can be as long as it likes, a line can be made up, and either would carry a hidden
    number out.
    """
    if public:
        last = len(lines(student))
        return tuple(frame for frame in raised.frames if 0 < frame.line <= last)
    symbol = student.symbols.get(function)
    if symbol is None:
        return ()
    found = tree(student.source.text)
    own = ((frame, found.own(symbol.line, frame.line)) for frame in raised.frames)
    return tuple(replace(frame, line=line) for frame, line in own if line)


def owner(student: Submission, line: int) -> str:
    """Return the name of the function that a line stands in, "" for none."""
    _, home = tree(student.source.text).at(line)
    return inert(home.name, 60) if home is not None else ""


def _parts(statement: ast.stmt) -> tuple[ast.AST, ...]:
    """Return the pieces of a statement that are no statements themselves: of a loop only its head.

    There are none where the statement is so large that looking at it would take long.
    """
    pieces: list[ast.AST] = [
        piece
        for piece in ast.iter_child_nodes(statement)
        if not isinstance(piece, ast.stmt | ast.excepthandler | ast.match_case)
    ]
    if sum(1 for piece in pieces for _ in islice(ast.walk(piece), _NODES)) >= _NODES:
        return ()
    if isinstance(statement, ast.AugAssign):  # it reads what it binds
        target: ast.expr = statement.target
        if isinstance(target, ast.Name):
            target = ast.copy_location(ast.Name(id=target.id, ctx=ast.Load()), target)
        return (ast.BinOp(left=target, op=statement.op, right=statement.value),)
    return tuple(pieces)
