"""The handout from a solved notebook: its text, and its examples with what they printed."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Sequence

from grader.drafting.cells import Cell


def title_of(cells: Sequence[Cell], otherwise: str) -> str:
    """Return the notebook's first heading, as plain text."""
    for cell in cells:
        found = re.search(r"^#{1,3}\s+(.+?)\s*#*$", cell.source, re.MULTILINE) if cell.kind == "markdown" else None
        if found:
            return re.sub(r"[\\\"`*]|<[^>]*>", "", found[1]).strip() or otherwise
    return otherwise


def handout(cells: Sequence[Cell], graded: Collection[str], module: str) -> str:
    """Return the README for students: the text cells, and each cell that calls a graded function with its output."""
    parts: list[str] = []
    for cell in cells:
        if cell.kind == "markdown":
            text = cell.source.strip()
            for name in cell.attachments:
                text = text.replace(f"attachment:{name}", f"figures/{name}")
            parts += [text] if text else []
        elif cell.role in ("", "tests") and (called := _called(cell.source, graded)):
            imports = [f"from {module} import {', '.join(called)}"]
            imports = ["import numpy as np", *imports] if re.search(r"\bnp\.", cell.source) else imports
            parts.append("\n".join(["```python", *imports, "", cell.source.strip(), "```"]))
            if cell.output.strip():
                parts.append(f"```text\n{cell.output.rstrip()}\n```")
    return "\n\n".join(parts) + "\n"


def figures(cells: Sequence[Cell]) -> dict[str, bytes]:
    """Return the pictures pasted into the notebook, by their paths beside the handout."""
    return {f"figures/{name}": data for cell in cells for name, data in cell.attachments.items()}


def _called(source: str, graded: Collection[str]) -> list[str]:
    """Return the graded functions that a cell calls, none if it defines one itself."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return []
    if any(isinstance(node, ast.FunctionDef) and node.name in graded for node in tree.body):
        return []
    names = [node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    return [name for name in dict.fromkeys(names) if name in graded]
