"""The notebook version of an assignment: a code cell for each function, between the sections of its README.

Written as notebook format 4.5 (nbformat.readthedocs.io), the same bytes for the same texts.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Sequence
from typing import Any

_HEADING = re.compile(r"#{1,6}\s")
_FENCE = re.compile(r"\s*(```|~~~)")


def notebook(stub: str, readme: str) -> str:
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
