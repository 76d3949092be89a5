"""The reference from a solved notebook: the graded functions, what they use, and nothing else."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction

from msgspec import Struct

from grader.author.kit.stubs import regions_of
from grader.author.new.cells import NotebookCell
from grader.author.source_text import bound_names, first_line
from grader.language import Language
from grader.submission.symbols import Definition

_MARKER = re.compile(
    r"#+\s*(?:评分函数\s*(?P<optional>[(（]\s*可选\s*[)）])?|GRADED (?:FUNCTION|CELL))\s*[:：]\s*(?P<names>[\w, ]+)",
    re.IGNORECASE,
)
_MARKERS = {
    "zh": ("### 在此处编写代码 ###", "### 代码结束 ###"),
    "en": ("### START CODE HERE ###", "### END CODE HERE ###"),
}


class Graded(Struct, frozen=True, kw_only=True):
    """A function that students write: its cell, its points (0: not given), the names of its outputs."""

    name: str
    cell: int
    node: ast.FunctionDef
    optional: bool = False
    points: Fraction = Fraction(0)
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

    `functions` are those of the reference, `binds` all names that it binds, `modules` those that it imports.
    """

    text: str
    graded: tuple[Graded, ...]
    rest: tuple[Piece, ...]
    functions: frozenset[str]
    binds: frozenset[str]
    modules: frozenset[str]


def solve(cells: Sequence[NotebookCell], title: str, language: Language) -> Solved:
    """Return the reference that the code cells make; cells that are not Python are left out."""
    pieces = [piece for cell in cells if cell.kind == "code" and cell.role != "prompt" for piece in _pieces(cell)]
    optional, named = _marked(cells)
    graded = {
        piece.node.name: piece
        for piece in pieces
        if isinstance(piece.node, ast.FunctionDef) and _is_graded(piece, piece.node, named)
    }
    used = _used(pieces, {*graded})
    texts = [_bounded(piece, language) if piece in graded.values() else piece.text for piece in used]
    points = _points(cells, graded)
    return Solved(
        text=_module_text(title, used, texts),
        graded=tuple(
            Graded(
                name=name,
                cell=piece.cell.number,
                node=piece.node,
                optional=name in optional,
                points=points.get(name, Fraction(0)),
                returns=_returns(piece.node),
            )
            for name, piece in graded.items()
            if isinstance(piece.node, ast.FunctionDef)
        ),
        rest=tuple(piece for piece in pieces if piece not in used),
        functions=frozenset(piece.node.name for piece in used if isinstance(piece.node, ast.FunctionDef)),
        binds=frozenset[str]().union(*(piece.binds for piece in used)),
        modules=frozenset(name for piece in used for name in _imported(piece.node)),
    )


def names_in(node: ast.AST, kind: type[ast.expr_context]) -> frozenset[str]:
    """Return the names that a node loads or stores."""
    return frozenset(one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, kind))


def _pieces(cell: NotebookCell) -> Iterator[Piece]:
    try:
        tree = ast.parse(cell.source)
    except (SyntaxError, ValueError):
        return
    lines = cell.source.split("\n")
    end = 0
    for node in tree.body:
        first = first_line(node) - 1
        while first > end and (not lines[first - 1].strip() or lines[first - 1].startswith("#")):
            first -= 1
        last = _last(node, lines)
        text = "\n".join(lines[first:last]).strip("\n")
        end = last
        yield Piece(
            cell=cell,
            node=node,
            text=text,
            binds=frozenset(bound_names(node)) or names_in(node, ast.Store),
            reads=_reads(node),
        )


def _last(node: ast.stmt, lines: Sequence[str]) -> int:
    """Return a statement's last line (from 1), with indented comments after a function: a marker may end it."""
    last = end = node.end_lineno or node.lineno
    while isinstance(node, Definition) and last < len(lines):
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


def _marked(cells: Sequence[NotebookCell]) -> tuple[set[str], set[str]]:
    """Return the functions that a marker calls optional, and all functions that a marker names."""
    matches = [match for cell in cells if cell.kind == "code" for match in _MARKER.finditer(cell.source)]
    names = [(name.strip(), match) for match in matches for name in match["names"].split(",")]
    return {name for name, match in names if match["optional"]}, {name for name, _ in names}


def _is_graded(piece: Piece, node: ast.FunctionDef, named: Collection[str]) -> bool:
    if node.name in named or piece.cell.role == "solution":
        return True
    return any(region.within(node) for region in regions_of(piece.cell.source, ""))


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
            return all(alias.name != "*" for alias in aliases)
        case ast.Assign(value=value):
            return not any(isinstance(one, ast.Call | ast.Subscript) for one in ast.walk(value))
    return False


def _bounded(piece: Piece, language: Language) -> str:
    """Return a graded function's text with markers around its body, if it has none yet.

    A last `return` of plain names stays outside.
    """
    node = piece.node
    assert isinstance(node, ast.FunctionDef)
    tree = ast.parse(piece.text).body[0]
    assert isinstance(tree, ast.FunctionDef)
    if regions_of(piece.text, ""):
        return piece.text
    body = tree.body[1:] if ast.get_docstring(tree) is not None else tree.body
    if body and isinstance(body[-1], ast.Return) and _plain(body[-1].value) and len(body) > 1:
        body = body[:-1]
    if not body or body[0].lineno == tree.lineno:
        return piece.text
    lines = piece.text.split("\n")
    begin, end = _MARKERS[language]
    indent = " " * body[0].col_offset
    lines.insert(body[-1].end_lineno or len(lines), indent + end)
    lines.insert(body[0].lineno - 1, indent + begin)
    return "\n".join(lines)


def _plain(value: ast.expr | None) -> bool:
    inner = value.elts if isinstance(value, ast.Tuple) else [value]
    return all(isinstance(one, ast.Name) for one in inner)


def _points(cells: Sequence[NotebookCell], graded: Mapping[str, Piece]) -> dict[str, Fraction]:
    """Return the points of each function: those of its own cell, and of the tests that call it first."""
    found: dict[str, Fraction] = {}
    last = ""
    for cell in cells:
        here = [name for name, piece in graded.items() if piece.cell is cell]
        last = here[-1] if here else last
        if not cell.points:
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


def _module_text(title: str, pieces: Sequence[Piece], texts: Sequence[str]) -> str:
    """Return a module: its title, its imports, and its definitions two lines apart."""
    imports: list[str] = []
    rest: list[str] = []
    for piece, text in zip(pieces, texts, strict=True):
        (imports if isinstance(piece.node, ast.Import | ast.ImportFrom) else rest).append(text)
    head = [f'"""{title}"""', *(["\n".join(dict.fromkeys(imports))] if imports else [])]
    return "\n\n".join(head) + "".join(f"\n\n\n{text}" for text in rest) + "\n"
