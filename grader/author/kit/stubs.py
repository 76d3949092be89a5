"""The student's file from the reference: what is between the markers becomes a place to write in.

Inside a region `name = …` becomes `name = None` and `return …` becomes `return None`; every other statement is left
out. Comments and blank lines stay, except inside a statement that is left out, and so does all that is outside of
regions. A graded function without a region is one region below its docstring. The audit's marks (`# equivalent: …`) go:
they are between the author and the rubric, and tell how the reference works.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Sequence

from msgspec import Struct

from grader.author.source_text import Edit, SourceText
from grader.errors import Fault, RubricError, Span
from grader.language import say
from grader.submission.text import lex, line_at

_BEGIN = re.compile(r"#[#*\s]*(?:在此处编写代码|(?:START|BEGIN)(?: OF)?(?: YOUR)? (?:CODE|SOLUTION))\b", re.IGNORECASE)
_END = re.compile(r"#[#*\s]*(?:代码结束|END(?: OF)?(?: YOUR)? (?:CODE|SOLUTION))\b", re.IGNORECASE)


Definition = ast.FunctionDef | ast.AsyncFunctionDef


class Region(Struct, frozen=True):
    """The lines `first` to `last` (from 1, both inclusive) between two markers; none where `last` < `first`."""

    first: int
    last: int

    def holds(self, first: int, last: int) -> bool:
        """Return whether the lines from `first` to `last` all lie in the region."""
        return self.first <= first and last <= self.last

    def within(self, node: Definition) -> bool:
        """Return whether the region lies in a function, below its first line."""
        return node.lineno < self.first and self.last <= (node.end_lineno or 0)


def regions_of(text: str, path: str) -> tuple[Region, ...]:
    """Return the regions of a source, in order; only a comment on a line of its own is a marker.

    Raises RubricError for a marker that is not one of a pair.
    """
    lines = text.split("\n")
    found: list[Region] = []
    begun = 0
    for offset, comment in lex(text).comments:
        line = line_at(text, offset)
        if lines[line - 1].strip() != comment.strip():
            continue
        if _BEGIN.match(comment):
            if begun:
                raise _fault(path, begun, lines)
            begun = line
        elif _END.match(comment):
            if not begun:
                raise _fault(path, line, lines)
            found.append(Region(begun + 1, line - 1))
            begun = 0
    if begun:
        raise _fault(path, begun, lines)
    return tuple(found)


def _fault(path: str, line: int, lines: list[str]) -> RubricError:
    text = lines[line - 1]
    at = Span(path=path, line=line, column=len(text) - len(text.lstrip()) + 1, end_column=len(text) + 1)
    message = say("This marker is not one of a pair.")
    return RubricError([Fault(at=at, message=message, line_text=text)])


_MARK = re.compile(r"#+\s*(?:等价|equivalent)\s*[:：]", re.IGNORECASE)


def stub(text: str, graded: Collection[str], path: str) -> str:
    """Return the stub of a source; `graded` are the functions of the rubric, `path` is for faults.

    Raises RubricError for a marker that is not one of a pair; SyntaxError if the text is not Python.
    """
    written = SourceText(text)
    edits: list[Edit] = []
    for scope, own in _scopes(written.tree, regions_of(text, path), graded):
        edits += _Scope(scope, own, written).edits()
    for edit in sorted(edits, key=lambda each: each.begin, reverse=True):
        text = edit.apply(text)
    return _unmarked(text)


def _unmarked(text: str) -> str:
    """Return a text without the audit's marks; a line that holds only a mark goes with it."""
    for offset, comment in sorted(lex(text).comments, reverse=True):
        if _MARK.match(comment):
            start = text.rfind("\n", 0, offset) + 1
            before, after = text[start:offset].rstrip(), text[offset + len(comment) :]
            text = text[:start] + (before + after if before else after.removeprefix("\n"))
    return text


def _scopes(
    tree: ast.Module, regions: Sequence[Region], graded: Collection[str]
) -> Iterator[tuple[ast.Module | Definition, list[Region]]]:
    """Yield each function, innermost first, and the module, with the regions that are its own."""
    left = list(regions)
    functions = [node for node in ast.walk(tree) if isinstance(node, Definition)]
    for node in reversed(functions):
        own = [region for region in left if region.within(node)]
        if not own and node.name in graded and node in tree.body and not any(region.within(node) for region in regions):
            own = [_body(node)]
        left = [region for region in left if region not in own]
        if own:
            yield node, own
    if left:
        yield tree, left


def _body(node: Definition) -> Region:
    rest = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return Region(rest[0].lineno, rest[-1].end_lineno or 0) if rest else Region(1, 0)


class _Scope:
    """One function, or the module, and what becomes of the statements in its regions."""

    def __init__(self, node: ast.Module | Definition, regions: Sequence[Region], written: SourceText) -> None:
        self.written = written
        self.regions = regions
        self.blocks = [block for block in _blocks(node) if block]
        inside = [one for block in self.blocks for one in block if self._inside(one)]
        nested = {id(inner) for one in inside for inner in ast.walk(one) if inner is not one}
        self.statements = [one for one in inside if id(one) not in nested]
        self.kept = {id(one): new for one in self.statements if (new := _emptied(one, written)) is not None}
        gone = {id(inner) for one in self.statements for inner in ast.walk(one)}
        outside = [inner for inner in ast.walk(node) if id(inner) not in gone]
        self.read = {one.id for one in outside if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)}
        self.bound = {name for one in outside for name in _binds(one)}
        self.bound |= {name for one in self.statements if id(one) in self.kept for name in _bindings(one)}

    def edits(self) -> Iterator[Edit]:
        """Yield what is to be changed."""
        emptied = {id(block[0]) for block in self.blocks if all(self._vanishes(one) for one in block)}
        for one in self.statements:
            begin, end = self.written.part(one)
            if id(one) in self.kept:
                yield Edit(begin, end, self.kept[id(one)])
                continue
            instead = [f"{name} = None" for name in self._missed(one)]
            if not instead and id(one) in emptied:
                instead = ["pass"]
            yield self._without(begin, end, instead)

    def _inside(self, one: ast.stmt) -> bool:
        first = min([one.lineno, *(each.lineno for each in getattr(one, "decorator_list", ()))])
        return any(region.holds(first, one.end_lineno or first) for region in self.regions)

    def _vanishes(self, one: ast.stmt) -> bool:
        return any(one is each for each in self.statements) and id(one) not in self.kept

    def _missed(self, one: ast.stmt) -> list[str]:
        """Return the names that are read outside the regions and that nothing binds once this statement is left out."""
        names = [name for name in dict.fromkeys(_bindings(one)) if name in self.read and name not in self.bound]
        self.bound |= set(names)
        return names

    def _without(self, begin: int, end: int, instead: Sequence[str]) -> Edit:
        text = self.written.text
        start = text.rfind("\n", 0, begin) + 1
        stop = text.find("\n", end)
        stop = len(text) if stop < 0 else stop + 1
        before, after = text[start:begin], text[end:stop].strip()
        if before.strip() or (after and not after.startswith("#")):
            return Edit(begin, end, "; ".join(instead) or "pass")
        return Edit(start, stop, "".join(f"{before}{line}\n" for line in instead))


def _blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """Yield the lists of statements in a scope, those of nested functions and classes apart."""
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if isinstance(block, list):
            yield block
            for one in block:
                if not isinstance(one, Definition):
                    yield from _blocks(one)
    for inner in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield from _blocks(inner)


def _emptied(one: ast.stmt, written: SourceText) -> str | None:
    """Return what is left of a statement, `None` if nothing is."""
    match one:
        case ast.Assign(targets=targets) if all(_plain(target) for target in targets):
            words = " = ".join(written.words(target) for target in targets)
            return f"{words} = {_nothing(targets[0], written)}"
        case ast.AnnAssign(target=target, annotation=kind) if _plain(target):
            return f"{written.words(target)}: {written.words(kind)} = None"
        case ast.AugAssign(target=target) if _plain(target):
            return f"{written.words(target)} = None"
        case ast.Return(value=value):
            return "return" if value is None else f"return {_nothing(value, written)}"
        case ast.Pass() | ast.Global() | ast.Nonlocal():
            return written.words(one)
    return None


def _plain(target: ast.expr) -> bool:
    """Return whether `None` can be bound to a target whatever the names in it are."""
    if isinstance(target, ast.Tuple | ast.List):
        return all(_plain(each) for each in target.elts)
    return isinstance(target, ast.Name | ast.Starred)


def _nothing(value: ast.expr, written: SourceText) -> str:
    """Return `None`; for a tuple or list, one with a `None` for each of its items."""
    if not isinstance(value, ast.Tuple | ast.List) or not value.elts:
        return "None"
    inner = ", ".join(_nothing(each, written) for each in value.elts)
    sign = written.words(value)[0]
    if isinstance(value, ast.List):
        return f"[{inner}]"
    inner += "," if len(value.elts) == 1 else ""
    return f"({inner})" if sign == "(" and written.words(value)[-1] == ")" else inner


def _bindings(node: ast.AST) -> list[str]:
    return [name for inner in ast.walk(node) for name in _binds(inner)]


def _binds(node: ast.AST) -> list[str]:
    """Return the names that a node itself binds."""
    match node:
        case ast.Name(id=name, ctx=ast.Store()) | ast.FunctionDef(name=name) | ast.arg(arg=name):
            return [name]
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            return [(alias.asname or alias.name).partition(".")[0] for alias in aliases]
    return []
