"""A solved notebook (format 3 or 4), cell by cell, with the roles and points that nbgrader and otter give its cells."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

from grader.author.new.markers import mended, plain_markers
from grader.errors import UsageError
from grader.language import Message, inert, say
from grader.submission.notebook import blank

Role = Literal["", "solution", "tests", "hidden tests", "prompt", "answer", "task"]
"""The purpose of a cell that its notebook states; "" if it states none.

A text cell may hold an `answer` that a person grades, or a `task` that is graded in this way, beside its mark scheme.
"""

_DIRECTIVE = re.compile(r"#\s*(BEGIN|END) (QUESTION|SOLUTION|TESTS|PROMPT)\b", re.IGNORECASE)
_HIDDEN = re.compile(r"^#\s*HIDDEN\b|^hidden:\s*true\b", re.IGNORECASE | re.MULTILINE)
_HIDDEN_TESTS = re.compile(
    r"^[ \t]*### BEGIN HIDDEN TESTS[^\n]*\n(.*?)^[ \t]*### END HIDDEN TESTS[^\n]*\n?", re.MULTILINE | re.DOTALL
)
_MARK_SCHEME = re.compile(
    r"^=== BEGIN MARK SCHEME ===\n(.*?)(^=== END MARK SCHEME ===|\Z)\n?", re.MULTILINE | re.DOTALL
)
_POINTS = re.compile(r"^\s*points:\s*([0-9]+(?:\.[0-9]+)?)\s*$", re.MULTILINE)


class NotebookCell(Struct, frozen=True, kw_only=True):
    """One cell: `number` counts code cells from 1 (0: a text cell), `output` is what it printed or showed as text.

    `points` are those that nbgrader or otter give for it, or for the question that it begins (`None`: none are given),
    and `name` what nbgrader calls it; `remarks` say what was mended in it.
    """

    number: int
    kind: Literal["code", "markdown"]
    source: str
    output: str = ""
    role: Role = ""
    points: Fraction | None = None
    name: str = ""
    attachments: Mapping[str, bytes] = {}
    remarks: tuple[Message, ...] = ()


def read_notebook(path: Path) -> tuple[NotebookCell, ...]:
    """Return the cells of the notebook or .py file at `path`, without magics and with each solution in a region.

    Raises UsageError for a file that is neither.
    """
    try:
        text = path.read_text("utf-8-sig")
        if path.suffix.lower() == ".py":
            return tuple(_script(text))
        document = json.loads(text)
        raw = document["cells"] if "cells" in document else document["worksheets"][0]["cells"]
        return tuple(_cells([dict(cell) for cell in raw]))
    except OSError as error:
        why = inert(error.strerror or "")
        raise UsageError(say("{path} cannot be read: {why}", path=inert(str(path)), why=why)) from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise UsageError(say("{path} is not a notebook of format 3 or 4.", path=inert(str(path)))) from error


_BORDER = re.compile(r"^#[ \t]*(?:%%(?P<what>.*)|In\[[\d ]*\]:?[ \t]*)$", re.MULTILINE)


def _script(text: str) -> Iterator[NotebookCell]:
    """Yield the cells of a Python file: between its `# %%` or `# In[1]:`, or all of it as one; text from comments."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    borders = [*_BORDER.finditer(text)]
    starts = [(0, ""), *((found.end() + 1, found["what"] or "") for found in borders)]
    ends = [*(found.start() for found in borders), len(text)]
    number = 0
    for (start, what), end in zip(starts, ends, strict=True):
        source = text[start:end].strip("\n")
        if "[markdown]" in what or "[md]" in what:
            prose = "\n".join(re.sub(r"^# ?", "", line) for line in source.split("\n")).strip("\"'\n")
            yield NotebookCell(number=0, kind="markdown", source=prose)
        elif source.strip():
            number += 1
            yield from _code({}, source, number, "", None)


def _cells(raw: list[dict[str, Any]]) -> Iterator[NotebookCell]:
    number = 0
    role: Role = ""
    points: Fraction | None = None
    for cell in raw:
        kind = cell.get("cell_type", "")
        source = _joined(cell.get("source", cell.get("input", "")))
        found = _DIRECTIVE.match(source.strip().strip("`").strip()) if kind in ("raw", "markdown") else None
        if found:
            begins, what = found[1].upper() == "BEGIN", found[2].upper()
            if what == "QUESTION":
                worth = _POINTS.search(source) if begins else None
                points, role = Fraction(worth[1]) if worth else None, ""
            else:
                names: dict[str, Role] = {"SOLUTION": "solution", "TESTS": "tests", "PROMPT": "prompt"}
                role = names[what] if begins else ""
        elif kind == "code":
            number += 1
            yield from _code(cell, source, number, role, points)
            points = None
        elif kind in ("markdown", "heading"):
            level = "#" * int(cell.get("level", 1)) + " " if kind == "heading" else ""
            yield _text(cell, level + source)


def _text(cell: dict[str, Any], source: str) -> NotebookCell:
    """Return a text cell, and what a person is to grade of it."""
    nbgrader = cell.get("metadata", {}).get("nbgrader", {})
    role: Role = "task" if nbgrader.get("task") else "answer" if nbgrader.get("grade") else ""
    return NotebookCell(
        number=0,
        kind="markdown",
        source=source,
        role=role,
        points=_worth(nbgrader) if role else None,
        name=str(nbgrader.get("grade_id", "")),
        attachments=_attached(cell),
    )


def _worth(nbgrader: dict[str, Any]) -> Fraction | None:
    """Return the points that nbgrader gives for a cell; `None` where it gives none or does not grade it."""
    points = nbgrader.get("points")
    graded = nbgrader.get("grade") or nbgrader.get("task")
    return Fraction(str(points)) if graded and isinstance(points, int | float) and 0 <= points < 1_000_000 else None


def _code(
    cell: dict[str, Any], source: str, number: int, role: Role, points: Fraction | None
) -> Iterator[NotebookCell]:
    """Yield a code cell, and its hidden tests as another cell."""
    nbgrader = cell.get("metadata", {}).get("nbgrader", {})
    if nbgrader.get("solution"):
        role = "solution"
    elif nbgrader.get("grade") or nbgrader.get("locked"):
        role = "tests"
    worth = _worth(nbgrader)
    points = points if worth is None else worth
    if role == "tests" and _HIDDEN.search(source):
        role = "hidden tests"
    output = "".join(map(_output, cell.get("outputs", [])))
    code, remarks = mended(blank(source), number)
    text = plain_markers(code)
    hidden = "\n".join(_HIDDEN_TESTS.findall(text))
    visible = _HIDDEN_TESTS.sub("", text)
    yield NotebookCell(
        number=number, kind="code", source=visible, output=output, role=role, points=points, remarks=remarks
    )
    if hidden:
        yield NotebookCell(number=number, kind="code", source=hidden, role="hidden tests")


def _joined(text: str | list[str]) -> str:
    whole = "".join(text) if isinstance(text, list) else str(text)
    return whole.replace("\r\n", "\n").replace("\r", "\n")


def _output(output: dict[str, Any]) -> str:
    """Return the text of an output: what was printed, or the value of the last expression."""
    if "text" in output and output.get("name", output.get("stream", "stdout")) == "stdout":
        return _joined(output["text"])
    data = output.get("data", {})
    return _joined(data["text/plain"]) + "\n" if "text/plain" in data else ""


def _attached(cell: dict[str, Any]) -> dict[str, bytes]:
    from base64 import b64decode

    found = {}
    for name, forms in cell.get("attachments", {}).items():
        for data in list(forms.values())[:1]:
            found[Path(name).name] = b64decode(_joined(data))
    return found


def title_of(cells: Sequence[NotebookCell], otherwise: str) -> str:
    """Return the notebook's first heading, as plain text."""
    for cell in cells:
        found = re.search(r"^#{1,3}\s+(.+?)\s*#*$", cell.source, re.MULTILINE) if cell.kind == "markdown" else None
        if found:
            return re.sub(r"[\\\"`*]|<[^>]*>", "", found[1]).strip() or otherwise
    return otherwise


def handout(cells: Sequence[NotebookCell], graded: Collection[str], module: str) -> str:
    """Return the README for students: the text cells, and each cell that calls a graded function with its output."""
    parts: list[str] = []
    for cell in cells:
        if cell.kind == "markdown":
            text = "" if cell.role == "answer" else _MARK_SCHEME.sub("", cell.source).strip()
            for name in cell.attachments if text else ():
                text = text.replace(f"attachment:{name}", f"figures/{name}")
            parts += [text] if text else []
        elif cell.role in ("", "tests") and (called := _called(cell.source, graded)):
            imports = [f"from {module} import {', '.join(called)}"]
            imports = ["import numpy as np", *imports] if re.search(r"\bnp\.", cell.source) else imports
            parts.append("\n".join(["```python", *imports, "", cell.source.strip(), "```"]))
            if cell.output.strip():
                parts.append(f"```text\n{cell.output.rstrip()}\n```")
    return "\n\n".join(parts) + "\n"


def by_hand(cells: Sequence[NotebookCell]) -> Iterator[tuple[NotebookCell, str, list[str]]]:
    """Yield each cell that a person grades, with its title and the lines of its mark scheme.

    An answer's title is the first line of the text before it, a task's its own.
    """
    before = ""
    for cell in cells:
        if cell.kind != "markdown":
            continue
        scheme = _MARK_SCHEME.search(cell.source)
        own = _first_line(_MARK_SCHEME.sub("", cell.source))
        if cell.role in ("answer", "task"):
            listed = [re.sub(r"^[-*]\s+", "", line.strip()) for line in scheme[1].splitlines()] if scheme else []
            yield cell, own if cell.role == "task" else before, [line for line in listed if line]
        before = own if cell.role == "" else before


def _first_line(text: str) -> str:
    line = next((line for line in text.splitlines() if line.strip()), "")
    return re.sub(r"[\\\"`*]|<[^>]*>|^#+\s*", "", line.strip()).strip()


def figures(cells: Sequence[NotebookCell]) -> dict[str, bytes]:
    """Return the pictures pasted into the notebook, by their paths beside the handout."""
    shown = (cell for cell in cells if cell.role != "answer")
    return {f"figures/{name}": data for cell in shown for name, data in cell.attachments.items()}


def _called(source: str, graded: Collection[str]) -> list[str]:
    """Return the graded functions that a cell calls; none if it defines one of them."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return []
    if any(isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name in graded for node in tree.body):
        return []
    names = [node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    return [name for name in dict.fromkeys(names) if name in graded]
