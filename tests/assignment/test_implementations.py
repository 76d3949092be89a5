"""The shipped rubric tells wrong implementations from right ones, written by hand and in many styles.

`implementations/wrong_edits.yaml` holds slips that the audit did not make when they were written; each loses points.
`implementations/right.txt` holds right answers; each keeps all of them. docs/design.md says what is left, and why.
"""

import ast
import re
from pathlib import Path

import pytest
import yaml
from msgspec.structs import replace

from grader.execution import open_engine
from grader.grading import narrow, prepare, read
from grader.grading.judging import judge
from grader.grading.runs import run

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
REFERENCE = (ROOT / "solutions" / "cnn.py").read_text("utf-8")
BODIES = {node.name: ast.get_source_segment(REFERENCE, node) for node in ast.parse(REFERENCE).body[2:]}
EDITS = yaml.safe_load((HERE / "implementations" / "wrong_edits.yaml").read_text("utf-8"))
WRONG = [(function, name) for function, slips in EDITS.items() for name in slips]
RIGHT = {
    (found["function"], found["name"]): found["text"]
    for found in re.finditer(
        r"^### (?P<function>\w+): (?P<name>\w+)\n(?P<text>.*?)(?=^### |\Z)",
        (HERE / "implementations" / "right.txt").read_text("utf-8"),
        re.DOTALL | re.MULTILINE,
    )
}
FORWARD = {"conv_backward": "conv_forward", "pool_backward": "pool_forward"}
NOTING = """
_last, _forward = {{}}, {forward}
def {forward}(*given):
    found = _forward(*given)
    _last["cache"] = found[1]
    return found
"""
"""A forward function that leaves its cache where the backward one can find it."""


@pytest.fixture(scope="module")
def earned():
    """Return a function that returns what part of its points a function earns with `text` behind the reference."""
    engine = open_engine()
    try:
        prepared = prepare(read(ROOT / "grading.yaml"), engine)

        def one(function, text):
            part = narrow(prepared, {function})
            source = replace(prepared.plan.reference.source, text=f"{REFERENCE}\n\n\n{text}\n")
            _, got = run(engine, source, [task.case.calls for task in part.tasks], part.limits)
            judged = judge(part.chosen, part.tasks, got)[function]
            return judged.earned

        yield one
    finally:
        engine.close()


def slip(function, name):
    """Return the text of a wrong implementation."""
    text = BODIES[function]
    for before, after in EDITS[function][name]:
        assert before in text, f"{function}.{name}: no {before!r} in the reference"
        text = text.replace(before, after)
    forward = FORWARD.get(function)
    return text if forward is None else f"{text}\n{NOTING.format(forward=forward)}"


@pytest.mark.parametrize(("function", "name"), WRONG, ids=".".join)
def test_wrong_implementations_lose_points(function, name, earned):
    assert earned(function, slip(function, name)) < 1


@pytest.mark.parametrize(("function", "name"), RIGHT, ids=".".join)
def test_right_implementations_keep_all_points(function, name, earned):
    assert earned(function, RIGHT[function, name]) == 1


def test_there_are_many_of_every_function():
    assert set(EDITS) == {function for function, _ in RIGHT} == set(BODIES)
    assert len(WRONG) >= 150
    assert len(RIGHT) >= 50
