"""Solved notebooks in the notations that courses use, built as their tools would save them."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def code(source, output="", **metadata):
    """Return a code cell; `output` is what it printed."""
    outputs = [{"output_type": "stream", "name": "stdout", "text": output.splitlines(keepends=True)}] if output else []
    return {"cell_type": "code", "execution_count": 1, "metadata": metadata, "outputs": outputs, "source": source}


def text(source, kind="markdown", **more):
    """Return a markdown or raw cell."""
    return {"cell_type": kind, "metadata": {}, "source": source.splitlines(keepends=True), **more}


def save(path, *cells):
    """Write a notebook of these cells."""
    path.write_text(
        json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, ensure_ascii=False), "utf-8"
    )
    return path


def shipped(path):
    """Write the shipped assignment as a solved notebook: its sections, its solutions, the handout's own calls."""
    solution = (ROOT / "solutions" / "cnn.py").read_text("utf-8")
    functions = re.split(r"\n\n\n(?=# 评分函数)", solution)[1:]
    names = [re.search(r"^def (\w+)", function, re.MULTILINE)[1] for function in functions]
    cells = [code("import numpy as np\nimport h5py\nimport matplotlib.pyplot as plt\n%matplotlib inline")]
    readme = (ROOT / "assignment" / "README.md").read_text("utf-8")
    for section in re.split(r"\n(?=## )", readme):
        prose = re.sub(r"^```.*?^```$", "", section, flags=re.MULTILINE | re.DOTALL)
        cells.append(text(prose))
        blocks = re.findall(r"^```python\n(.*?)^```\n(?:\n\*\*输出\*\*\n\n```text\n(.*?)^```)?", section, re.M | re.S)
        for source, output in blocks:
            if "from cnn import" in source:
                called = re.search(r"^from cnn import (.*)$", source, re.MULTILINE)[1].split(", ")
                cells += [code(functions[names.index(name)]) for name in called if name in names]
                names = [name if name not in called else "" for name in names]
                source = re.sub(r"^(from cnn|import numpy).*\n", "", source, flags=re.MULTILINE).strip()
            cells.append(code(source, output))
    return save(path, *cells)


NBGRADER = [
    text("# Means\n\nWrite `centre` and `scale`."),
    code("import numpy as np"),
    code(
        'def centre(x):\n    """Return x without its mean, and the mean."""\n    ### BEGIN SOLUTION\n'
        "    mean = np.mean(x)\n    centred = x - mean\n    ### END SOLUTION\n    return centred, mean",
        nbgrader={"schema_version": 3, "solution": True, "grade": False, "locked": False, "grade_id": "centre"},
    ),
    code(
        '"""Check centre."""\nx = np.array([1.0, 2.0, 6.0])\ncentred, mean = centre(x)\n'
        "assert mean == 3\nassert np.allclose(centre(np.zeros(3))[0], 0)\n",
        nbgrader={
            "schema_version": 3,
            "solution": False,
            "grade": True,
            "locked": True,
            "grade_id": "t1",
            "points": 2.5,
        },
    ),
    code(
        "def scale(x, by=2.0):\n    return x * by",
        nbgrader={"schema_version": 3, "solution": True, "grade": False, "locked": False, "grade_id": "scale"},
    ),
    code(
        "np.random.seed(3)\nx = np.random.rand(2, 3)\nassert scale(x).shape == (2, 3)\n"
        "### BEGIN HIDDEN TESTS\nassert np.allclose(scale(x, by=3), 3 * x)\n### END HIDDEN TESTS",
        nbgrader={
            "schema_version": 3,
            "solution": False,
            "grade": True,
            "locked": True,
            "grade_id": "t2",
            "points": 4,
        },
    ),
]

BY_HAND = [
    *NBGRADER[:3],
    NBGRADER[3] | {"metadata": {"nbgrader": NBGRADER[3]["metadata"]["nbgrader"] | {"points": 0}}},
    *NBGRADER[4:],
    text("## Why `centre`?\n\nAnswer in two sentences."),
    text(
        "Because of the SECRET of the mean.",
        metadata={"nbgrader": {"solution": True, "grade": True, "grade_id": "why-centre", "points": 3}},
    ),
    text(
        "Draw the points.\n\n=== BEGIN MARK SCHEME ===\n- the SECRET is seen: 1\n=== END MARK SCHEME ===",
        metadata={"nbgrader": {"task": True, "grade": False, "grade_id": "centre", "points": 2}},
    ),
]

OTTER = [
    text("# ASSIGNMENT CONFIG\ninit_cell: false\n", "raw"),
    text("# Numbers\n"),
    text("# BEGIN QUESTION\nname: q1\npoints: 3\n", "raw"),
    text("Write `fib`."),
    text("# BEGIN SOLUTION\n", "raw"),
    code(
        'def fib(n):\n    """Return the n-th Fibonacci number."""\n'
        "    if n < 2: # SOLUTION\n        return n # SOLUTION\n"
        '    """ # BEGIN PROMPT\n    # add the two before\n    ...\n    """; # END PROMPT\n'
        "    # BEGIN SOLUTION NO PROMPT\n    before = fib(n - 1)\n    # END SOLUTION\n"
        "    total = before + fib(n - 2) # SOLUTION\n    return total"
    ),
    text("# END SOLUTION\n", "raw"),
    text("# BEGIN TESTS\n", "raw"),
    code("fib(7)", "13\n"),
    code("# HIDDEN\nfib(10)", "55\n"),
    text("# END TESTS\n", "raw"),
    text("# END QUESTION\n", "raw"),
]
