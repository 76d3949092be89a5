"""The line that raised an exception, and what the source says about the names in it."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from grader.language import inert
from grader.model import Raised, SourceLine, Submission
from grader.submission import lines
from grader.submission.costs import once
from grader.submission.symbols import statements
from grader.submission.syntax import tree_of

if TYPE_CHECKING:
    from grader.model import Value


_MOST = 20
"""Bindings of one name that are looked at."""


class Bound(Struct, frozen=True, eq=False):
    """A name bound at a line to the value of an expression, to None if that is only a part of an expression's value."""

    name: str
    line: int
    value: ast.expr | None


def _own_nodes(home: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a function or file, without those of functions inside it."""
    waiting = list(ast.iter_child_nodes(home))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            waiting += ast.iter_child_nodes(node)


def _bound(node: ast.AST) -> Iterator[Bound]:
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from _targets(target, value)
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            yield from _targets(target, value)
        case ast.AugAssign(target=ast.Name(id=name) as target, op=op, value=value):
            yield Bound(name, node.lineno, ast.BinOp(left=target, op=op, right=value))
        case ast.NamedExpr(target=ast.Name(id=name), value=value):
            yield Bound(name, node.lineno, value)
        case ast.For(target=target) | ast.AsyncFor(target=target):
            yield from _targets(target, None)
        case ast.arg(arg=name):
            yield Bound(name, node.lineno, None)
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            yield Bound(name, node.lineno, None)
        case ast.alias(name=name, asname=other):
            yield Bound(other or name.partition(".")[0], node.lineno, None)
        case ast.withitem(optional_vars=ast.expr() as target):
            yield from _targets(target, None)


def _targets(target: ast.expr, value: ast.expr | None) -> Iterator[Bound]:
    match target, value:
        case ast.Name(id=name), _:
            yield Bound(name, target.lineno, value)
        case ast.Starred(value=inner), _:
            yield from _targets(inner, None)
        case ((ast.Tuple(elts=names) | ast.List(elts=names)), (ast.Tuple(elts=values) | ast.List(elts=values))) if len(
            names
        ) == len(values):
            for one, its in zip(names, values, strict=True):
                yield from _targets(one, its)
        case ((ast.Tuple(elts=names) | ast.List(elts=names)), _):
            whole = value if isinstance(value, ast.Constant) else None
            for one in names:
                yield from _targets(one, whole)


Def = ast.FunctionDef | ast.AsyncFunctionDef

MOST = 200
"""Of a function with more statements, no line is told of hidden cases: which one raised would say too much."""
_BLOCKS = ("body", "handlers", "cases", "orelse", "finalbody")


class Tree:
    """The syntax tree of a text, an empty one if it does not parse; what is looked up in it is looked up once."""

    def __init__(self, text: str) -> None:
        tree = tree_of(text)
        self.module = tree if isinstance(tree, ast.Module) else ast.Module(body=[], type_ignores=[])
        self._bound: dict[ast.AST, Mapping[str, tuple[Bound, ...]]] = {}
        self._starts: dict[int, frozenset[int]] = {}

    def at(self, line: int) -> tuple[ast.stmt | None, Def | None]:
        """Return the innermost statement at a line, and the innermost function around it."""
        around = [*self.around(line)]
        return around[-1] if around else None, next((each for each in reversed(around) if isinstance(each, Def)), None)

    def around(self, line: int) -> Iterator[ast.stmt]:
        """Yield the statements that a line belongs to, the outermost first."""
        within: ast.AST | None = self.module
        while within is not None:
            within = next((each for block in _BLOCKS if (each := _over(getattr(within, block, ()), line))), None)
            if isinstance(within, ast.stmt):
                yield within

    def bindings(self, node: ast.AST) -> Mapping[str, tuple[Bound, ...]]:
        """Return by name what a function or the file binds itself, each in the order of the lines."""
        if node not in self._bound:
            names: dict[str, tuple[Bound, ...]] = {}
            found = (each for inner in _own_nodes(node) for each in _bound(inner))
            for each in sorted(found, key=lambda each: each.line):
                names[each.name] = (*names.get(each.name, ()), each)[:_MOST]
            self._bound[node] = names
        return self._bound[node]

    def start(self, defined: int, line: int) -> int:
        """Return the first line of the statement at `line`, if that belongs to the function defined in line `defined`.

        It is 0 for a statement elsewhere, and for a function of more than `MOST` statements.
        """
        if defined not in self._starts:
            starts = frozenset(each.lineno for each in _inside(self.module, defined))
            self._starts[defined] = starts if len(starts) <= MOST else frozenset()
        statement, _ = self.at(line)
        return statement.lineno if statement is not None and statement.lineno in self._starts[defined] else 0


@once
def tree(text: str) -> Tree:
    """Return the tree of a text, the same one for the same text."""
    return Tree(text)


def _over(block: Sequence[ast.AST], line: int) -> ast.AST | None:
    """Return the statement or clause of a block that a line belongs to, None if there is none."""
    place = bisect_right(block, line, key=_first_line)
    if not place:
        return None
    found = block[place - 1]
    return found if line <= _last_line(found) else None


def _first_line(node: ast.AST) -> int:
    return node.pattern.lineno if isinstance(node, ast.match_case) else getattr(node, "lineno", 0)


def _last_line(node: ast.AST) -> int:
    if isinstance(node, ast.match_case):
        return node.body[-1].end_lineno or node.body[-1].lineno
    return getattr(node, "end_lineno", 0) or 0


def _inside(module: ast.Module, defined: int) -> Iterator[ast.stmt]:
    """Yield the statements of the function defined at a line; of a lambda, the statement that names it."""
    found = next((each for each in statements(module) if each.lineno == defined), None)
    if isinstance(found, Def):
        yield from (each for part in found.body for each in ast.walk(part) if isinstance(each, ast.stmt))
    elif isinstance(found, ast.Assign | ast.AnnAssign):
        yield found


_NODES = 2000
Node = TypeVar("Node", bound=ast.AST)


class Scene(Struct, frozen=True, kw_only=True, eq=False):
    """Where an exception was raised, as far as the student's own source shows it.

    `frames` are the lines of the source that led there, innermost last; of a hidden case only the graded function's
    own, and `beyond` says that it was raised further in. `parts` are the pieces of the innermost statement, without
    statements inside it; they are empty if it is not known. `home` is the function that holds it; `names` and `globals`
    are what that function and the file bind. `given` names the parameters that the grader gave arguments for; `inputs`
    are these arguments by name, empty for a hidden case.
    """

    student: Submission
    raised: Raised
    function: str
    public: bool
    given: tuple[str, ...]
    inputs: tuple[tuple[str, Value], ...]
    frames: tuple[SourceLine, ...]
    beyond: bool
    parts: tuple[ast.AST, ...]
    home: Def | None
    names: Mapping[str, tuple[Bound, ...]]
    globals: Mapping[str, tuple[Bound, ...]]

    def matches(self, pattern: str) -> re.Match[str] | None:
        """Return where the exception's own words match a pattern."""
        return re.search(pattern, self.raised.message)

    def pick(self, wanted: str, candidates: Iterable[str]) -> str:
        """Return `wanted`, which an exception's words name, if it is among the line's `candidates`, else "".

        Of a hidden case the words may not choose: the only candidate is returned, or "" if there are several.
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
        """Return the names that the line reads, each once, from left to right."""
        found = [node for node in self.every(ast.Name) if isinstance(node.ctx, ast.Load)]
        found.sort(key=lambda node: (node.lineno, node.col_offset))
        return list(dict.fromkeys(node.id for node in found))

    def bound(self, name: str) -> tuple[Bound, ...]:
        """Return what the function (or the file, outside of any) binds a name to, in the order of lines."""
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
    """Return what the source shows of `raised`, which a call of `function` with arguments for `given` led to."""
    found = tree(student.source.text)
    frames = visible_frames(raised, student, function, public=public)
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
        and not visible_frames(replace(raised, frames=raised.frames[-1:]), student, function, public=False),
        parts=_parts(statement) if statement is not None else (),
        home=home,
        names=found.bindings(home or found.module),
        globals=found.bindings(found.module),
    )


def visible_frames(raised: Raised, student: Submission, function: str, *, public: bool) -> tuple[SourceLine, ...]:
    """Return the lines of the source that led to an exception and may be told, innermost last.

    A line that the file does not have is left out. Of a hidden case only first lines of statements of `function` itself
    are told: lines of a very long file, or made up ones, could carry a hidden number out.
    """
    if public:
        last = len(lines(student))
        return tuple(frame for frame in raised.frames if 0 < frame.line <= last)
    symbol = student.symbols.get(function)
    if symbol is None:
        return ()
    found = tree(student.source.text)
    starts = ((frame, found.start(symbol.line, frame.line)) for frame in raised.frames)
    return tuple(replace(frame, line=line) for frame, line in starts if line)


def owner(student: Submission, line: int) -> str:
    """Return the name of the function that a line is in, "" for none."""
    _, home = tree(student.source.text).at(line)
    return inert(home.name, 60) if home is not None else ""


def _parts(statement: ast.stmt) -> tuple[ast.AST, ...]:
    """Return the pieces of a statement besides the statements inside it: of a loop, its head.

    There are none for a statement so large that looking at it would take long.
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
