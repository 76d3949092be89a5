"""The student's file follows from the reference by rule."""

import ast
from pathlib import Path

import pytest

from grader import submission
from grader.author.kit.stubs import regions_of, stub, stubs
from grader.errors import RubricError
from grader.grading import read

ROOT = Path(__file__).resolve().parents[3]
RUBRICS = [ROOT / "grading.yaml", *sorted((ROOT / "examples").glob("*/grading.yaml"))]


@pytest.mark.parametrize("rubric", RUBRICS, ids=lambda path: path.parent.name)
def test_every_shipped_assignment_follows_from_its_reference(rubric):
    made = stubs(read(rubric))
    assert made
    for path, text in made.items():
        assert (rubric.parent / path).read_text("utf-8") == text


def test_every_stub_of_the_shipped_reference_is_untouched(tmp_path):
    plan = read(ROOT / "grading.yaml")
    (text,) = stubs(plan).values()
    (tmp_path / "cnn.py").write_text(text, "utf-8")
    names = [problem.function for problem in plan.rubric.problems]
    found = submission.load(tmp_path / "cnn.py", names)
    assert [name for name in names if not found.symbols[name].untouched] == []


BEGIN, END = "    ### 在此处编写代码 ###\n", "    ### 代码结束 ###\n"

RULES = [
    ("    y = x * 2\n", "    y = None\n"),
    ("    y = x * 2  # twice\n", "    y = None  # twice\n"),
    ("    y = (\n        x *\n        2\n    )\n", "    y = None\n"),
    ("    a, b = x\n    y = b\n", "    a, b = None, None\n    y = None\n"),
    ("    (a, b) = x\n    y = b\n", "    (a, b) = (None, None)\n    y = None\n"),
    ("    (a, [b, c]) = x\n    y = b\n", "    (a, [b, c]) = (None, [None, None])\n    y = None\n"),
    ("    (a,) = x\n    y = a\n", "    (a,) = (None,)\n    y = None\n"),
    ("    y = z = x\n", "    y = z = None\n"),
    ("    y: int = x\n", "    y: int = None\n"),
    ("    y = 0\n    y += x\n", "    y = None\n    y = None\n"),
    ("    y = 0\n\n    # each\n    for i in x:\n        # inside\n        y += i\n", "    y = None\n\n    # each\n"),
    ("    y = 0\n    while y < x: y += 1\n    assert y\n    print(y)\n", "    y = None\n"),
    ("    y = [0]\n    y[0] = x\n", "    y = None\n"),
    ("    a = 1; y = 2\n", "    a = None; y = None\n"),
    ("    if x:\n        y = 1\n    else:\n        y = 2\n", "    y = None\n"),
    ("    def y():\n        return x\n", "    y = None\n"),
    ("    import math as y\n", "    y = None\n"),
    ("    y = 1\n    if x:\n        return y\n", "    y = None\n"),
    ("    return x\n", "    return None\n"),
    ("    return x, (x, 1)\n", "    return None, (None, None)\n"),
]


@pytest.mark.parametrize(("inside", "left"), RULES)
def test_what_a_region_becomes(inside, left):
    around = 'def f(x):\n    """Keep {this}."""\n{begin}{inside}{end}    return y\n'
    source = around.format(this="this", begin=BEGIN, end=END, inside=inside)
    assert stub(source, ["f"], "f.py") == around.format(this="this", begin=BEGIN, end=END, inside=left)


def test_a_block_that_would_be_empty_passes():
    source = f"def f(q):\n    for i in q:\n    {BEGIN}        q[i] = 3\n    {END}    return q\n"
    found = stub(source, ["f"], "f.py")
    assert "        pass\n" in found
    assert "q[i]" not in found
    ast.parse(found)


def test_what_is_outside_of_regions_stays_to_the_letter():
    source = "x = {'a' : 1}\n\ndef given(x):\n    return x+1 # odd  spacing\n\n"
    source += f"def f(y):\n{BEGIN}    z = y\n{END}    return z\n"
    assert stub(source, ["f"], "f.py") == source.replace("z = y", "z = None")


def test_a_graded_function_without_markers_is_one_region():
    source = 'def f(x):\n    """Doc."""\n    y = x * 2\n    return y\n\n\ndef given(x):\n    return x * 3\n\n\n'
    source += "def g(x): return x\n"
    found = stub(source, ["f", "g"], "f.py")
    assert found == source.replace("y = x * 2", "y = None").replace("return y", "return None").replace(
        "g(x): return x", "g(x): return None"
    )


@pytest.mark.parametrize(
    "marker",
    ["### START CODE HERE ###", "### BEGIN SOLUTION", "# START CODE HERE", "# ***** START OF YOUR CODE (keep) *****"],
)
def test_markers_of_other_courses(marker):
    end = marker.replace("START", "END").replace("BEGIN", "END")
    source = f"def f(x):\n    {marker} (≈ 1 line)\n    y = x\n    {end}\n    return y\n"
    assert stub(source, ["f"], "f.py") == source.replace("y = x", "y = None")


def test_marks_of_the_audit_are_not_for_students():
    text = (
        "# equivalent: 1 → 2 — anywhere\n"
        "def f(x):\n"
        "    ### BEGIN SOLUTION ###\n"
        "    # add one\n"
        "    y = x + 1  # 等价: + → - — 说明\n"
        "    # 等价：1 → 2 — 说明\n"
        '    z = "# equivalent: not a comment"\n'
        "    ### END SOLUTION ###\n"
        "    return y\n"
    )
    assert stub(text, ["f"], "f.py") == (
        "def f(x):\n"
        "    ### BEGIN SOLUTION ###\n"
        "    # add one\n"
        "    y = None\n"
        "    z = None\n"
        "    ### END SOLUTION ###\n"
        "    return y\n"
    )


def test_a_marker_in_a_string_is_none():
    source = f'def f(x):\n    """\n{BEGIN}    """\n{BEGIN}    y = x\n{END}    return y\n'
    assert [(region.first, region.last) for region in regions_of(source, "f.py")] == [(6, 6)]


@pytest.mark.parametrize(("text", "line"), [(BEGIN, 1), (END, 1), (BEGIN + BEGIN + END, 1), (BEGIN + END + END, 3)])
def test_a_marker_without_its_other_half_is_told_with_its_line(text, line):
    with pytest.raises(RubricError) as error:
        regions_of(text, "f.py")
    (fault,) = error.value.faults
    assert (fault.at.path, fault.at.line, fault.at.column) == ("f.py", line, 5)
