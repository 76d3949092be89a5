"""The reference from a solved notebook: the graded functions, what they use, and nothing else."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from grader.author.kit.stubs import regions_of
from grader.author.new.answers import answers, written
from grader.author.new.cells import NotebookCell
from grader.author.new.pieces import MARKER, Piece, names_in
from grader.author.new.reference import Statement, bounded, module_text
from grader.author.source_text import bound_names
from grader.language import Language, Message
from grader.submission.symbols import Definition

Kind: TypeAlias = Literal["function", "class", "variable"]
"""What a solved notebook may ask for."""


class Graded(Struct, frozen=True, kw_only=True):
    """What students write, such as a function: its cell, its points (`None`: not given), the names of its outputs.

    `takes` are its parameters; those of a class are its constructor's, without `self`.
    """

    name: str
    kind: Kind
    cell: int
    node: ast.stmt
    takes: ast.arguments
    optional: bool = False
    points: Fraction | None = None
    returns: tuple[str, ...] = ()


class Solved(Struct, frozen=True, kw_only=True, eq=False):
    """What a notebook gives: the reference's text, its graded functions, and the statements left over, in order.

    `pieces` are all statements, and `rest` those that the reference does not need. `functions` are those of the
    reference, `binds` all names that it binds, `modules` those that it imports. `remarks` say what cannot be graded.
    """

    text: str
    graded: tuple[Graded, ...]
    pieces: tuple[Piece, ...]
    rest: tuple[Piece, ...]
    functions: frozenset[str]
    binds: frozenset[str]
    modules: frozenset[str]
    remarks: tuple[Message, ...]

    @property
    def watched(self) -> frozenset[str]:
        """The functions and classes whose calls are of interest."""
        return self.functions | {one.name for one in self.graded if one.kind == "class"}


def solve(
    cells: Sequence[NotebookCell],
    pieces: Sequence[Piece],
    beside: Mapping[str, str],
    title: str,
    language: Language,
    given: Collection[str] = (),
) -> Solved:
    """Return the reference that the statements of a notebook make; `beside` are the modules in its folder.

    What binds the names `given` belongs to it, too: of functions that graded ones get as arguments, say.
    """
    optional, named = _marked(cells, pieces)
    pieces = [each for piece in pieces for each in _opened(piece, beside)]
    defined = {
        piece.node.name: piece
        for piece in pieces
        if isinstance(piece.node, ast.FunctionDef | ast.ClassDef) and _is_graded(piece, piece.node, named)
    }
    asked = answers(cells, pieces, defined)
    graded = {**defined, **asked.pieces}
    needed = {*_used(pieces, {*defined, *given}), *asked.needed}
    used = [piece for piece in pieces if piece in needed]
    read = {name for piece in used for name in piece.reads}
    homes = [piece.cell for piece in defined.values()]
    parts = [
        Statement(node=piece.node, cell=piece.cell.number, written=written(piece) and piece.cell not in homes,
             text=bounded(piece.text, language) if piece in defined.values() else _closed(piece, read))
        for piece in used
    ]  # fmt: skip
    points = _points(cells, graded)
    return Solved(
        text=module_text(title, parts, language),
        graded=tuple(
            Graded(
                name=name,
                kind=_KINDS.get(type(piece.node), "variable"),
                cell=piece.cell.number,
                node=piece.node,
                takes=_takes(piece.node),
                optional=name in optional,
                points=points.get(name),
                returns=_returns(piece.node) if isinstance(piece.node, ast.FunctionDef) else (),
            )
            for name, piece in graded.items()
        ),
        remarks=asked.remarks,
        pieces=tuple(pieces),
        rest=tuple(piece for piece in pieces if piece not in used),
        functions=frozenset(piece.node.name for piece in used if isinstance(piece.node, ast.FunctionDef)),
        binds=frozenset[str]().union(*(piece.binds for piece in used)),
        modules=frozenset(name for piece in used for name in _imported(piece.node)),
    )


_KINDS: Mapping[type[ast.stmt], Kind] = {ast.FunctionDef: "function", ast.ClassDef: "class"}


def _takes(node: ast.stmt) -> ast.arguments:
    """Return the parameters of a function, or of a class's constructor without the object itself; else none."""
    if isinstance(node, ast.FunctionDef):
        return node.args
    body = node.body if isinstance(node, ast.ClassDef) else []
    makers = [one for one in body if isinstance(one, ast.FunctionDef) and one.name == "__init__"]
    spec = makers[-1].args if makers else ast.arguments([], [], None, [], [], None, [])
    first = 0 if spec.posonlyargs else 1
    own, named = spec.posonlyargs[1:], (spec.vararg, spec.kwonlyargs, spec.kw_defaults, spec.kwarg)
    return ast.arguments(own, spec.args[first:], *named, spec.defaults)


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
        for match in MARKER.finditer(cell.source) if cell.kind == "code" else ():
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
    """Return the points of each function: those of its own cell, and of the tests that call it first.

    Variables share the points of their cell and of the tests that read them.
    """
    found: dict[str, Fraction] = {}
    last = ""
    for cell in cells:
        here = [name for name, piece in graded.items() if piece.cell is cell]
        last = here[-1] if here else last
        if cell.kind != "code" or cell.points is None:
            continue
        called = [
            name
            for name, piece in graded.items()
            if re.search(rf"(?<!\w){name}" + (r"\s*\(" if type(piece.node) in _KINDS else r"(?!\w)"), cell.source)
        ]
        names = here or called or [last]
        names = [each for each in names if each and type(graded[each].node) not in _KINDS] or names[:1]
        for name in filter(None, names):
            found[name] = found.get(name, Fraction(0)) + cell.points / len(names)
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
