"""Small solved notebooks in the styles of many courses: `courses/NAME.txt` holds the cells, and the files beside them.

A line `%% code`, `%% text` or `%% raw` begins a cell (metadata may follow as JSON), `%% file NAME` a file beside the
notebook, and `%% script` a Python file in its place.
"""

import json
import re
from pathlib import Path

COURSES = Path(__file__).with_name("courses")
NAMES = sorted(path.stem for path in COURSES.glob("*.txt"))


def build(name, folder):
    """Write the notebook (or the .py file) called `name` and what lies beside it to `folder`; return its path."""
    cells = []
    whole = (COURSES / f"{name}.txt").read_text("utf-8")
    for kind, rest, body in re.findall(r"^%% (code|text|raw|file|script) ?(.*)\n((?:(?!%% ).*\n)*)", whole, re.M):
        source = body.rstrip("\n")
        if kind == "file":
            (folder / rest).parent.mkdir(exist_ok=True)
            (folder / rest).write_text(source + "\n", "utf-8")
        elif kind == "script":
            path = folder / f"{name}.py"
            path.write_text(whole.partition("\n")[2], "utf-8")
            return path
        else:
            cell = {
                "cell_type": {"text": "markdown"}.get(kind, kind),
                "metadata": json.loads(rest or "{}"),
                "source": source,
            }
            cells.append(cell | ({"outputs": [], "execution_count": None} if kind == "code" else {}))
    path = folder / f"{name}.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), "utf-8")
    return path
