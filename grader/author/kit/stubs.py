"""The student's files from the author's: what stands between markers in the reference becomes a place to write in.

Inside a region `name = …` becomes `name = None` and `return …` becomes `return None`; every other statement is left
out. Comments and blank lines stay, except inside a statement that is left out, and so does all that is outside of
regions. A graded function without a region is one region below its docstring. The audit's marks (`# equivalent: …`) are
left out: they tell how the reference works.
"""

from __future__ import annotations

import ast
import json
import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from grader.author.source_text import EQUIVALENT, Edit, SourceText, bound_names, first_line
from grader.errors import Fault, RubricError, Span, UsageError
from grader.language import inert, say
from grader.submission.stubs import BEGIN, END, Region
from grader.submission.symbols import Definition
from grader.submission.text import lex, line_at

if TYPE_CHECKING:
    from grader.grading import Plan


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
        if BEGIN.match(comment):
            if begun:
                raise _fault(path, begun, lines)
            begun = line
        elif END.match(comment):
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


def stub(text: str, graded: Collection[str], path: str, *, program: bool = False) -> str:
    """Return the stub of a source; `graded` are the functions of the rubric, `path` is for faults.

    A `program` without a region is one itself, but for what it imports and defines.

    Raises RubricError for a marker that is not one of a pair; SyntaxError if the text is not Python.
    """
    written = SourceText(text)
    edits: list[Edit] = []
    scopes = [*_scopes(written.tree, regions_of(text, path), graded)]
    if program and not any(scope is written.tree for scope, _ in scopes):
        scopes.append((written.tree, _statements(written.tree)))
    for scope, own in scopes:
        edits += _Scope(scope, own, written).edits()
    for edit in sorted(edits, key=lambda each: each.begin, reverse=True):
        text = edit.apply(text)
    return _unmarked(text)


def _unmarked(text: str) -> str:
    """Return a text without the audit's marks; a line that holds only a mark goes with it."""
    for offset, comment in sorted(lex(text).comments, reverse=True):
        if EQUIVALENT.match(comment):
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


_DEFINING = (ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def _statements(tree: ast.Module) -> list[Region]:
    """Return what a program does outside of what it imports and defines, without its docstring."""
    body = tree.body[1:] if ast.get_docstring(tree) is not None else tree.body
    return [Region(node.lineno, node.end_lineno or node.lineno) for node in body if not isinstance(node, _DEFINING)]


def _body(node: Definition) -> Region:
    rest = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return Region(rest[0].lineno, rest[-1].end_lineno or 0) if rest else Region(1, 0)


class _Scope:
    """One function, or the module, with its regions and what is left of the statements in them."""

    def __init__(self, node: ast.Module | Definition, regions: Sequence[Region], written: SourceText) -> None:
        self.written = written
        self.regions = regions
        self.blocks = [block for block in _blocks(node) if block]
        inside = [one for block in self.blocks for one in block if self._inside(one)]
        nested = {id(inner) for one in inside for inner in ast.walk(one) if inner is not one}
        self.statements = [one for one in inside if id(one) not in nested]
        self.left = {id(one): new for one in self.statements if (new := _emptied(one, written)) is not None}
        gone = {id(inner) for one in self.statements for inner in ast.walk(one)}
        outside = [inner for inner in ast.walk(node) if id(inner) not in gone]
        self.read = {one.id for one in outside if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)}
        self.bound = {one.arg for one in outside if isinstance(one, ast.arg)}
        self.bound |= {name for one in outside for name in bound_names(one)}
        self.bound |= {name for one in self.statements if id(one) in self.left for name in _bindings(one)}

    def edits(self) -> Iterator[Edit]:
        """Yield the edits that empty the regions."""
        emptied = {id(block[0]) for block in self.blocks if all(self._vanishes(one) for one in block)}
        for one in self.statements:
            begin, end = self.written.part(one)
            if id(one) in self.left:
                yield Edit(begin, end, self.left[id(one)])
                continue
            instead = [f"{name} = None" for name in self._missed(one)]
            if not instead and id(one) in emptied:
                instead = ["pass"]
            yield self._without(begin, end, instead)

    def _inside(self, one: ast.stmt) -> bool:
        first = first_line(one)
        return any(region.holds(first, one.end_lineno or first) for region in self.regions)

    def _vanishes(self, one: ast.stmt) -> bool:
        return any(one is each for each in self.statements) and id(one) not in self.left

    def _missed(self, one: ast.stmt) -> list[str]:
        """Return the names that are read outside the regions and that nothing binds without this statement."""
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
    """Yield the lists of statements in a scope, without those of nested functions."""
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
    """Return what is left of a statement in a region; `None` if it is left out."""
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
    """Return whether a target consists of names alone, so that `None` can be bound to it."""
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
    return [name for inner in ast.walk(node) for name in bound_names(inner)]


_HEADING = re.compile(r"#{1,6}\s")
_FENCE = re.compile(r"\s*(```|~~~)")


def stub_notebook(stub: str, readme: str) -> str:
    """Return the notebook of a stub and a README as JSON.

    A function stands below the first section with code that names it, else below the first section that names it, else
    at the end; the code before the functions stands below the first section.
    """
    sections = _sections(readme)
    preamble, chunks = _chunks(stub)
    below: dict[int, list[str]] = {}
    for name, text in chunks:
        below.setdefault(_home(name, sections), []).append(text)
    cells: list[dict[str, Any]] = []
    for number, section in enumerate(sections or [""]):
        if section.strip():
            cells.append(_cell("markdown", section.strip("\n"), len(cells)))
        texts = [preamble] if number == 0 else []
        for text in texts + below.get(number, []):
            if text.strip():
                cells.append(_cell("code", text.strip("\n"), len(cells)))
    cells += [_cell("code", text.strip("\n"), len(cells) + index) for index, text in enumerate(below.get(-1, []))]
    document = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def code_lines(text: str) -> list[str]:
    """Return the lines of code in a notebook's JSON, without blank ones. Raises ValueError if it is not JSON."""
    cells = json.loads(text).get("cells", [])
    sources = ["".join(cell["source"]) for cell in cells if cell.get("cell_type") == "code"]
    return [line for source in sources for line in source.split("\n") if line.strip()]


def _cell(kind: str, text: str, number: int) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "id": f"{kind}-{number + 1}", "metadata": {}}
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    return cell | {"source": text.splitlines(keepends=True)}


def _sections(readme: str) -> list[str]:
    """Return a Markdown text cut before each heading outside of code."""
    sections: list[list[str]] = [[]]
    fenced = False
    for line in readme.split("\n"):
        if _FENCE.match(line):
            fenced = not fenced
        if not fenced and _HEADING.match(line):
            sections.append([])
        sections[-1].append(line)
    return [text for lines in sections if (text := "\n".join(lines)).strip()]


def _code(section: str) -> str:
    return "\n".join(section.split("```")[1::2])


def _home(name: str, sections: Sequence[str]) -> int:
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    for texts in ([_code(section) for section in sections], sections):
        for number, text in enumerate(texts):
            if word.search(text):
                return number
    return -1


def _chunks(text: str) -> tuple[str, list[tuple[str, str]]]:
    """Return the code before the first function, and each function by name, with the comments above it."""
    lines = text.split("\n")
    starts = []
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = first_line(node) - 1
            while first > 0 and lines[first - 1].startswith("#"):
                first -= 1
            starts.append((first, node.name))
    ends = [*(first for first, _ in starts[1:]), len(lines)]
    chunks = [(name, "\n".join(lines[first:end])) for (first, name), end in zip(starts, ends, strict=True)]
    return "\n".join(lines[: starts[0][0]] if starts else lines), chunks


class Difference(Struct, frozen=True, kw_only=True):
    """A file of the assignment that no longer follows from the reference.

    `diff` is a unified diff from the file to what it should be, "" if there is no such file.
    """

    path: str
    diff: str


def stubs(plan: Plan) -> Mapping[str, str]:
    """Return the student's files by path (as the rubric names it, from its folder), made from the reference.

    They include the reference's own modules. Raises UsageError for a reference that is not a .py file, RubricError for
    a marker that is not one of a pair.
    """
    source = plan.reference.source
    if not source.path.endswith(".py"):
        hint = say("Save its code as a .py file; `grade release --notebook` makes the notebook.")
        raise UsageError(say("A kit is made from a .py file, not from {path}.", path=inert(source.path)), hint)
    graded = [problem.function for problem in plan.rubric.problems]
    path = submission_path(plan)
    try:
        program = any(problem.subject == "program" for problem in plan.rubric.problems)
        found = {path: stub(plan.reference.original, graded, source.path, program=program)}
        for name, text in source.modules:
            found[str(Path(path).with_name(f"{name}.py"))] = stub(text, graded, f"{name}.py")
    except SyntaxError as error:
        raise UsageError(say("The reference is not Python: {what}", what=inert(str(error), 200))) from error
    return found


def submission_path(plan: Plan) -> str:
    """Return the submission's path from the rubric's folder, with forward slashes; its name if it lies elsewhere."""
    relative = os.path.relpath(plan.rubric.submission, Path(plan.rubric.path).parent)
    return Path(plan.rubric.submission).name if relative.startswith("..") else Path(relative).as_posix()


def outdated(plan: Plan) -> list[Difference]:
    """Return the assignment's files that do not follow from the reference. Raises what `stubs` raises."""
    found = []
    for path, wanted in stubs(plan).items():
        file = Path(plan.rubric.path).parent / path
        if not file.is_file():
            found.append(Difference(path=path, diff=""))
            continue
        text = file.read_text("utf-8")
        if path.endswith(".ipynb"):
            theirs, ours = code_lines(text), code_lines(stub_notebook(wanted, ""))
        else:
            theirs, ours = text.split("\n"), wanted.split("\n")
        if theirs != ours:
            found.append(Difference(path=path, diff=_diff(theirs, ours, path)))
    return found


def _diff(theirs: list[str], ours: list[str], path: str) -> str:
    from difflib import unified_diff

    return "\n".join(unified_diff(theirs, ours, path, f"{path} (grade release)", lineterm="")) + "\n"
