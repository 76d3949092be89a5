"""Whether a function or class is still what its author gave: a stub with lines in it that are no work of a student's.

Between the markers of a stub (`### START CODE HERE ###` … `### END CODE HERE ###`) is where a student writes; lines
outside of them, and often some inside, are given. What is given is compared by an outline: the function's statements
without docstring, comments, white space and placeholders.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from typing import TypeAlias

from msgspec import Struct

from grader.submission.symbols import Definition, untouched
from grader.submission.text import lex, line_at

BEGIN = re.compile(r"#[#*\s]*(?:在此处编写代码|(?:START|BEGIN)(?: OF)?(?: YOUR)? (?:CODE|SOLUTION))\b", re.IGNORECASE)
END = re.compile(r"#[#*\s]*(?:代码结束|END(?: OF)?(?: YOUR)? (?:CODE|SOLUTION))\b", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\b(?:None|pass|NotImplementedError)\b|\.\.\.")

Given: TypeAlias = "Mapping[str, Collection[str]]"
"""Digests of the outlines of a function that are no work of a student's, by its name."""


class Region(Struct, frozen=True):
    """The lines `first` to `last` (from 1, both inclusive) between two markers; none where `last` < `first`."""

    first: int
    last: int

    def holds(self, first: int, last: int) -> bool:
        """Return whether the lines from `first` to `last` all lie in the region."""
        return self.first <= first and last <= self.last

    def within(self, node: ast.stmt) -> bool:
        """Return whether the region lies in a statement, below its first line."""
        return node.lineno < self.first and self.last <= (node.end_lineno or 0)


def regions(text: str) -> tuple[Region, ...]:
    """Return the regions of a text, in order; a marker without its other half is passed over."""
    found: list[Region] = []
    begun = 0
    for offset, comment in lex(text).comments:
        if BEGIN.match(comment):
            begun = line_at(text, offset)
        elif END.match(comment) and begun:
            found.append(Region(begun + 1, line_at(text, offset) - 1))
            begun = 0
    return tuple(found)


def given_in(text: str, names: Collection[str], *, solved: bool) -> dict[str, tuple[str, ...]]:
    """Return the outlines of the functions and classes `names`, statement by statement; none if it is not Python.

    Of a `solved` source it is what its stub would have: what stands in regions, or all of a function without one, is
    left out.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    found, lines = regions(text) if solved else (), _code(text)
    outlines = {}
    for node in tree.body:
        if isinstance(node, Definition | ast.ClassDef) and node.name in names:
            own = [each for each in found if each.within(node)]
            whole = solved and not own
            with suppress(RecursionError):
                outlines[node.name] = () if whole else tuple(_outline(node.body, lines, own))
    return outlines


def is_idle(text: str, names: Collection[str]) -> bool:
    """Return whether a source, run as a program, does nothing yet; what the functions and classes `names` do is theirs.

    One whose other functions are written is none: that nobody calls them is a mistake, not a program to be begun.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    own = [node for node in tree.body if not isinstance(node, ast.Import | ast.ImportFrom)]
    defined = [node for node in own if isinstance(node, Definition | ast.ClassDef)]
    others = [node for node in defined if node.name not in names]
    return untouched([node for node in own if node not in defined]) and all(untouched(node.body) for node in others)


def digest(outline: Sequence[str]) -> str:
    """Return the SHA-256 of an outline."""
    return sha256("\n".join(outline).encode("utf-8", "surrogatepass")).hexdigest()


def unwritten(text: str, tree: ast.Module, names: Collection[str], given: Callable[[], Given]) -> set[str]:
    """Return those of the functions and classes `names` in which nothing was written, though they do something.

    Their outline is one that is `given` (asked for only where a function has a placeholder or an empty region), or
    their regions hold nothing but placeholders, one of them `None`. A stub whose name stands for something else further
    down (`zero_pad = my_pad`) was left behind, not left undone.
    """
    marked = regions(text) if BEGIN.search(text) else ()
    found, lines = set(), text.split("\n")
    bare: list[str] = []
    last = {node.name: node for node in tree.body if isinstance(node, Definition | ast.ClassDef) and node.name in names}
    for node in last.values():
        own = [each for each in marked if each.within(node)]
        inside = "\n".join(lines[node.lineno : node.end_lineno])
        bare = bare or lex(text).bare.split("\n")
        empty = any(not "".join(bare[each.first - 1 : each.last]).strip() for each in own)
        if not empty and not _PLACEHOLDER.search(inside):
            continue
        with suppress(RecursionError):  # a thousand branches in one another are work
            outline = digest(tuple(_outline(node.body, _code(text), ())))
            idle = bool(own) and isinstance(node, Definition) and _is_idle(node, own)
            if idle or outline in given().get(node.name, ()):
                found.add(node.name)
    return {name for name in found if not _is_replaced(last[name], tree.body)}


def _is_replaced(stub: Definition | ast.ClassDef, body: Sequence[ast.stmt]) -> bool:
    """Return whether a function's name is given to something else below it; to wrap it is not to replace it."""
    for node in body:
        if node.lineno <= stub.lineno:
            continue
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                names = [node.name]
            case ast.Import() | ast.ImportFrom():
                names = [each.asname or each.name for each in node.names]
            case ast.Assign(value=ast.expr() as value) | ast.AnnAssign(value=ast.expr() as value):
                wraps = any(isinstance(each, ast.Name) and each.id == stub.name for each in ast.walk(value))
                names = [] if wraps else [*_assigned(node)]
            case _:
                names = []
        inside = () if isinstance(node, Definition | ast.ClassDef) else _blocks(node)
        if stub.name in names or any(_is_replaced(stub, block) for block in inside):
            return True
    return False


def _code(text: str) -> list[str]:
    """Return the lines of a text without comments."""
    parts, done = [], 0
    for offset, comment in lex(text).comments:
        parts.append(text[done:offset])
        done = offset + len(comment)
    return ("".join(parts) + text[done:]).split("\n")


def _outline(body: Sequence[ast.stmt], lines: Sequence[str], left_out: Sequence[Region]) -> Iterator[str]:
    shown = 0, 0
    for node in body:
        last = node.end_lineno or node.lineno
        if any(region.holds(node.lineno, last) for region in left_out) or _is_placeholder(node):
            continue
        blocks = list(_blocks(node))
        head = blocks[0][0].lineno - 1 if blocks else last
        if shown != (node.lineno, head):  # several statements of one line are told once, by the whole line
            shown = node.lineno, head
            yield "".join("".join(lines[node.lineno - 1 : max(head, node.lineno)]).split()).replace('"', "'")
        for block in blocks:
            yield from _outline(block, lines, left_out)


def _blocks(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        if block := getattr(node, name, None):
            yield block
    for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield part.body


def _is_placeholder(node: ast.stmt) -> bool:
    """Return whether a statement holds a place for one, or says nothing: a docstring, `pass`, `name = None`."""
    match node:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Assign(value=value) | ast.AugAssign(value=value):
            return _is_none(value)
        case ast.AnnAssign(value=value) | ast.Return(value=value):
            return value is None or _is_none(value)
        case ast.Raise(exc=exc):
            name = exc.func if isinstance(exc, ast.Call) else exc
            return isinstance(name, ast.Name) and name.id == "NotImplementedError"
    return False


def _is_none(value: ast.expr) -> bool:
    match value:
        case ast.Constant(value=constant):
            return constant is None or constant is ...
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            return bool(elements) and all(map(_is_none, elements))
    return False


def _is_idle(function: Definition, own: Sequence[Region]) -> bool:
    """Return whether a function's regions hold nothing but placeholders, and what follows them only returns.

    What stands above is given, unless it makes what a placeholder stands for. Each region has to hold a `None`: what
    belongs in another one may have been written beside it.
    """
    end = own[-1].last
    holding: set[Region] = set()
    places: set[str] = set()

    def idle(body: Sequence[ast.stmt]) -> bool:
        for node in body:
            last = node.end_lineno or node.lineno
            region = next((each for each in own if each.holds(node.lineno, last)), None)
            if region is not None:
                if not _is_still(node):
                    return False
                nones = [each for each in ast.walk(node) if _is_placeholder_of_value(each)]
                holding.update([region] * bool(nones))
                places.update(name for each in nones for name in _assigned(each))
            elif any(region.within(node) for region in own):
                if not all(map(idle, _blocks(node))):
                    return False
            elif node.lineno > end and not _only_returns(node):
                return False
        return True

    if not idle(function.body) or len(holding) < len(own):
        return False
    made = [each for each in ast.walk(function) if isinstance(each, ast.stmt) and not _is_placeholder(each)]
    return not any(places & {*_assigned(each)} for each in made)


def _assigned(node: ast.AST) -> Iterator[str]:
    """Yield the names that an assignment gives a value to."""
    targets = (
        node.targets[:] if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    )
    while targets:
        target = targets.pop()
        if isinstance(target, ast.Tuple | ast.List):
            targets += target.elts
        elif isinstance(target, ast.Name):
            yield target.id


def _is_placeholder_of_value(node: ast.AST) -> bool:
    return isinstance(node, ast.stmt) and not isinstance(node, ast.Pass | ast.Expr) and _is_placeholder(node)


def _is_still(node: ast.stmt) -> bool:
    """Return whether a statement in a region does nothing: loops and branches around placeholders do not either."""
    blocks = list(_blocks(node))
    if blocks and not isinstance(node, Definition | ast.ClassDef):
        return all(all(map(_is_still, block)) for block in blocks)
    return _is_placeholder(node) or _only_returns(node)


def _only_returns(node: ast.stmt) -> bool:
    """Return whether a statement asserts, prints, packs names into a tuple or returns names."""
    match node:
        case ast.Assert() | ast.Pass() | ast.Expr(value=ast.Constant() | ast.Call(func=ast.Name(id="print"))):
            return True
        case ast.Assign(value=ast.Tuple(elts=elements)) | ast.Return(value=ast.Tuple(elts=elements)):
            return all(isinstance(each, ast.Name) for each in elements)
        case ast.Return(value=value):
            return value is None or isinstance(value, ast.Name)
    return False
