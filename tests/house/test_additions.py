"""A new report format is one place: nobody asks which format it is."""

import ast
from pathlib import Path

import pytest

from grader.report import FORMATS

ROOT = Path(__file__).resolve().parents[2]
WRITERS = sorted(
    path for name in ("grade", "grading", "writing", "works") for path in (ROOT / "grader/cli").glob(f"{name}.py")
)


@pytest.mark.parametrize("path", WRITERS, ids=lambda path: path.name)
def test_nobody_asks_which_format_it_is(path):
    asked = [
        constant.value
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Compare)
        for constant in ast.walk(node)
        if isinstance(constant, ast.Constant) and constant.value in FORMATS
    ]
    assert asked == []
