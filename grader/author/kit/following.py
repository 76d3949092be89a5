"""Derives the student's files from the author's, and compares them with those that are there, line by line."""

from __future__ import annotations

import ast
import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from grader.author.kit.stubs import stub
from grader.errors import UsageError
from grader.grading import Plan
from grader.language import inert, say

_HEADING = re.compile(r"#{1,6}\s")
_FENCE = re.compile(r"\s*(```|~~~)")


def stub_notebook(stub: str, readme: str) -> str:
    """Return the notebook of a stub and a README as JSON.

    A function stands below the first section with code that names it, else below the first that names it at all,
    else at the end; what comes before the functions stands below the first section.
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
    """Return the lines of code in a notebook's JSON, blank ones left out. Raises ValueError if it is no notebook."""
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
    """Return what comes before the first function, and each function with the comments above it, by name."""
    lines = text.split("\n")
    starts = []
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)]) - 1
            while first > 0 and lines[first - 1].startswith("#"):
                first -= 1
            starts.append((first, node.name))
    ends = [*(first for first, _ in starts[1:]), len(lines)]
    chunks = [(name, "\n".join(lines[first:end])) for (first, name), end in zip(starts, ends, strict=True)]
    return "\n".join(lines[: starts[0][0]] if starts else lines), chunks


class Difference(Struct, frozen=True, kw_only=True):
    """A file of the assignment that no longer follows from the reference: its path, and the difference.

    `diff` is a unified diff from the file to what it should be, "" where there is no such file.
    """

    path: str
    diff: str


def stubs(plan: Plan) -> Mapping[str, str]:
    """Return the student's files by path (as the rubric names it, from its folder), made from the reference.

    Beside the submission stand the reference's own modules. Raises UsageError for a reference that is no .py file,
    RubricError for a marker that is not one of a pair.
    """
    source = plan.reference.source
    if not source.path.endswith(".py"):
        hint = say("Save its code as a .py file; `grade release --notebook` makes the notebook.")
        raise UsageError(say("A kit is made from a .py file, not from {path}.", path=inert(source.path)), hint)
    graded = [problem.function for problem in plan.rubric.problems]
    path = submission_path(plan)
    try:
        found = {path: stub(plan.reference.original, graded, source.path)}
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
    """Return the assignment's files that do not follow from the reference. Raises as `stubs` does."""
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
