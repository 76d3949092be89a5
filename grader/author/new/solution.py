"""The reference from a solved notebook: the graded functions, what they use, and nothing else."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from grader.author.kit.stubs import regions_of
from grader.author.new.cells import NotebookCell
from grader.author.new.reference import bounded, module_text
from grader.author.source_text import bound_names, first_line
from grader.language import Language, Message, inert, say
from grader.submission.stubs import BEGIN, END
from grader.submission.symbols import Definition

_MARKER = re.compile(
    r"^#+[ \t]*(?:评分[函类]数?[ \t]*(?P<optional>[(（][ \t]*可选[ \t]*[)）])?|GRADE?D?[ \t]*(?:FUN[A-Z]*|CELL|CLASS))"
    r"[ \t]*[:：-]?[ \t]*(?P<names>[\w, ]+)",
    re.IGNORECASE | re.MULTILINE,
)


Kind: TypeAlias = Literal["function", "class"]
"""What a solved notebook may ask for."""


class Graded(Struct, frozen=True, kw_only=True):
    """What students write, such as a function: its cell, its points (`None`: not given), the names of its outputs.

    `takes` are its parameters; those of a class are its constructor's, without `self`.
    """

    name: str
    kind: Kind
    cell: int
    node: ast.FunctionDef | ast.ClassDef
    takes: ast.arguments
    optional: bool = False
    points: Fraction | None = None
    returns: tuple[str, ...] = ()


class Piece(Struct, frozen=True, kw_only=True, eq=False):
    """A statement at a cell's top level, with its text and the comments above it."""

    cell: NotebookCell
    node: ast.stmt
    text: str
    binds: frozenset[str]
    reads: frozenset[str]


class Solved(Struct, frozen=True, kw_only=True, eq=False):
    """What a notebook gives: the reference's text, its graded functions, and the statements left over, in order.

    `pieces` are all statements, and `rest` those that the reference does not need. `functions` are those of the
    reference, `binds` all names that it binds, `modules` those that it imports.
    """

    text: str
    graded: tuple[Graded, ...]
    pieces: tuple[Piece, ...]
    rest: tuple[Piece, ...]
    functions: frozenset[str]
    binds: frozenset[str]
    modules: frozenset[str]

    @property
    def watched(self) -> frozenset[str]:
        """The functions and classes whose calls are of interest."""
        return self.functions | {one.name for one in self.graded if one.kind == "class"}


def pieces_of(cells: Sequence[NotebookCell], remarks: list[Message]) -> list[Piece]:
    """Return the statements of the code cells, in order; add to `remarks` the place of each that is not Python."""
    return [
        piece for cell in cells if cell.kind == "code" and cell.role != "prompt" for piece in _pieces(cell, remarks)
    ]


def solve(
    cells: Sequence[NotebookCell],
    pieces: Sequence[Piece],
    beside: Mapping[str, str],
    title: str,
    language: Language,
) -> Solved:
    """Return the reference that the statements of a notebook make; `beside` are the modules in its folder."""
    optional, named = _marked(cells, pieces)
    pieces = [each for piece in pieces for each in _opened(piece, beside)]
    graded = {
        piece.node.name: piece
        for piece in pieces
        if isinstance(piece.node, ast.FunctionDef | ast.ClassDef) and _is_graded(piece, piece.node, named)
    }
    used = _used(pieces, {*graded})
    read = {name for piece in used for name in piece.reads}
    texts = [bounded(piece.text, language) if piece in graded.values() else _closed(piece, read) for piece in used]
    points = _points(cells, graded)
    return Solved(
        text=module_text(title, [piece.node for piece in used], texts),
        graded=tuple(
            Graded(
                name=name,
                kind="class" if isinstance(piece.node, ast.ClassDef) else "function",
                cell=piece.cell.number,
                node=piece.node,
                takes=_takes(piece.node),
                optional=name in optional,
                points=points.get(name),
                returns=() if isinstance(piece.node, ast.ClassDef) else _returns(piece.node),
            )
            for name, piece in graded.items()
            if isinstance(piece.node, ast.FunctionDef | ast.ClassDef)
        ),
        pieces=tuple(pieces),
        rest=tuple(piece for piece in pieces if piece not in used),
        functions=frozenset(piece.node.name for piece in used if isinstance(piece.node, ast.FunctionDef)),
        binds=frozenset[str]().union(*(piece.binds for piece in used)),
        modules=frozenset(name for piece in used for name in _imported(piece.node)),
    )


def _takes(node: ast.FunctionDef | ast.ClassDef) -> ast.arguments:
    """Return the parameters of a function, or of a class's constructor without the object itself."""
    if isinstance(node, ast.FunctionDef):
        return node.args
    makers = [one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"]
    spec = makers[-1].args if makers else ast.arguments([], [], None, [], [], None, [])
    first = 0 if spec.posonlyargs else 1
    own, named = spec.posonlyargs[1:], (spec.vararg, spec.kwonlyargs, spec.kw_defaults, spec.kwarg)
    return ast.arguments(own, spec.args[first:], *named, spec.defaults)


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
        elif any(map(_MARKER.match, above)):
            # A marker over an import is meant for the function below it.
            carried += [line for line in above if _MARKER.match(line)]
            above = [line for line in above if not _MARKER.match(line)]
        end = last
        yield Piece(
            cell=cell,
            node=node,
            text="\n".join([*above, *own]).strip("\n"),
            binds=frozenset(bound_names(node)) or names_in(node, ast.Store),
            reads=_reads(node),
        )


def _opened(piece: Piece, beside: Mapping[str, str]) -> list[Piece]:
    """Return a star import of a module beside the notebook with the names that it binds; any other piece as it is.

    What such a module imports is bound, too: it comes first, as imports of its own.
    """
    node = piece.node
    if not (isinstance(node, ast.ImportFrom) and node.names[0].name == "*" and node.module and node.module in beside):
        return [piece]
    imports = [
        replace(piece, node=each, text=ast.unparse(each), binds=frozenset(bound_names(each)), reads=frozenset())
        for each in _imports_of(node.module, beside, ())
    ]
    return [*imports, replace(piece, binds=frozenset(_bound_by(node.module, beside, ())))]


def _imports_of(module: str, beside: Mapping[str, str], above: Sequence[str]) -> Iterator[ast.stmt]:
    """Yield the imports of a module of what does not lie beside the notebook, star imports apart."""
    for node in _body(beside[module]):
        if isinstance(node, ast.Import):
            yield node
        elif isinstance(node, ast.ImportFrom) and node.module and node.module != "__future__" and not node.level:
            starred = node.names[0].name == "*"
            if node.module not in beside and not starred:
                yield node
            elif node.module in beside and starred and node.module not in above:
                yield from _imports_of(node.module, beside, (*above, module))


def _body(text: str) -> list[ast.stmt]:
    """Return a module's statements, none if it is not Python."""
    try:
        return ast.parse(text).body
    except (SyntaxError, ValueError):
        return []


def _bound_by(module: str, beside: Mapping[str, str], above: Sequence[str]) -> Iterator[str]:
    """Yield the names that a star import of a module binds: those of its functions, classes and constants."""
    for node in _body(beside[module]):
        if isinstance(node, ast.ImportFrom) and node.module and node.module in beside and node.module not in above:
            starred = node.names[0].name == "*"
            yield from _bound_by(node.module, beside, (*above, module)) if starred else bound_names(node)
        elif isinstance(node, Definition | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            yield from names_in(node, ast.Store)


def _closed(piece: Piece, read: Collection[str]) -> str:
    """Return a piece's text; of a star import, one of the names that are read."""
    node = piece.node
    if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
        return f"from {node.module} import {', '.join(sorted(piece.binds & set(read)))}"
    return piece.text


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


def _imported(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [(node.module or "").partition(".")[0]]
    return [alias.name.partition(".")[0] for alias in node.names] if isinstance(node, ast.Import) else []


def _marked(cells: Sequence[NotebookCell], pieces: Sequence[Piece]) -> tuple[set[str], set[str]]:
    """Return the functions that a marker calls optional, and all functions that a marker names.

    A marker that names no function of the notebook is meant for the first one of its cell.
    """
    defined = ast.FunctionDef | ast.ClassDef
    there = {piece.node.name: piece.cell for piece in reversed(pieces) if isinstance(piece.node, defined)}
    optional, named = set(), set()
    for cell in cells:
        for match in _MARKER.finditer(cell.source) if cell.kind == "code" else ():
            own = [name for name, home in reversed([*there.items()]) if home is cell]
            names = {name.strip() for name in match["names"].split(",")} & there.keys() or {*own[:1]}
            named |= names
            optional |= names if match["optional"] else set()
    return optional, named


def _is_graded(piece: Piece, node: ast.FunctionDef | ast.ClassDef, named: Collection[str]) -> bool:
    if node.name in named or piece.cell.role == "solution":
        return True
    last = node.end_lineno or node.lineno
    return any(region.within(node) or region.holds(node.lineno, last) for region in regions_of(piece.cell.source, ""))


def _used(pieces: Sequence[Piece], wanted: set[str]) -> list[Piece]:
    """Return the definitions, imports and constants that bind the `wanted` names, and those that these need in turn.

    Where several bind a name the last one counts, as in a notebook that is run from top to bottom.
    """
    found: list[Piece] = []
    waiting, seen = list(wanted), set(wanted)
    while waiting:
        name = waiting.pop()
        binding = [piece for piece in pieces if name in piece.binds and _stands_alone(piece)]
        if binding and binding[-1] not in found:
            found.append(binding[-1])
            more = binding[-1].reads - seen
            seen |= more
            waiting += sorted(more)
    return [piece for piece in pieces if piece in found]


def _stands_alone(piece: Piece) -> bool:
    """Return whether a statement only defines a function, a class, a module or a constant."""
    match piece.node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Import():
            return True
        case ast.ImportFrom(names=aliases):
            return all(alias.name != "*" for alias in aliases) or bool(piece.binds - {"*"})
        case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
            return all(_is_constant(one) for one in ast.walk(value))
    return False


_MAKING = frozenset((
    *("len", "range", "dict", "list", "set", "tuple", "float", "int", "abs", "max", "min", "sum", "sorted", "zip"),
    *("enumerate", "str", "round", "frozenset", "ord", "chr"),
))  # fmt: skip
_READING = frozenset(("load", "loadtxt", "genfromtxt", "fromfile", "random", "memmap", "loads", "save", "savetxt"))


def _is_constant(node: ast.AST) -> bool:
    """Return whether a node can stand in what is computed when the reference is loaded: nothing is read or drawn."""
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return name in _MAKING
        case ast.Call(func=ast.Attribute(value=value)):
            return isinstance(value, ast.Name) and value.id in ("np", "numpy", "math", "string")
        case ast.Attribute(attr=name):
            return name not in _READING
    return True


def _points(cells: Sequence[NotebookCell], graded: Mapping[str, Piece]) -> dict[str, Fraction]:
    """Return the points of each function: those of its own cell, and of the tests that call it first."""
    found: dict[str, Fraction] = {}
    last = ""
    for cell in cells:
        here = [name for name, piece in graded.items() if piece.cell is cell]
        last = here[-1] if here else last
        if cell.kind != "code" or cell.points is None:
            continue
        called = [name for name in graded if re.search(rf"(?<!\w){name}\s*\(", cell.source)]
        name = next(iter(here or called), last)
        if name:
            found[name] = found.get(name, Fraction(0)) + cell.points
    return found


def _returns(node: ast.FunctionDef) -> tuple[str, ...]:
    """Return the names in a returned tuple, if they are the same in every `return`."""
    values = [inner.value for inner in ast.walk(node) if isinstance(inner, ast.Return)]
    found = {
        tuple(one.id if isinstance(one, ast.Name) else "" for one in value.elts) if isinstance(value, ast.Tuple) else ()
        for value in values
    }
    names = found.pop() if len(found) == 1 else ()
    return names if all(names) and len(set(names)) == len(names) else ()
