"""Wrong functions of many courses are told their cause, in one grading of them all, and nothing that is not so."""

import pytest

from grader import submission
from grader.grading import grade, prepare, read
from tests.explain import wrong_functions, wrong_windows

SLIPS = (*wrong_functions.SLIPS, *wrong_windows.SLIPS)
HEAD = "import numpy as np\n\n\n"


def _problem(slip):
    rubric = f"    {slip.rubric}\n" if slip.rubric else ""
    draw = f"        draw: {slip.draw}\n"
    checks = f"      - example: shown\n{draw}      - values: drawn\n        cases: 6\n{draw}"
    return f"  {slip.name}:\n    points: 1\n{rubric}    checks:\n{checks}"


@pytest.fixture(scope="module")
def told(engine, tmp_path_factory):
    """Return by function's name what a student is told of it: the diagnosis and the first sentence."""
    folder = tmp_path_factory.mktemp("courses")
    (folder / "right.py").write_text(HEAD + "\n\n".join(slip.text for slip in SLIPS), "utf-8")
    wrong = folder / "wrong.py"
    wrong.write_text(HEAD + "\n\n".join(slip.text.replace(slip.old, slip.new) for slip in SLIPS), "utf-8")
    rubric = folder / "grading.yaml"
    head = "title: courses\nlanguage: en\nseed: 7\nsubmission: wrong.py\nreference: right.py\nproblems:\n"
    rubric.write_text(head + "".join(map(_problem, SLIPS)), "utf-8")
    plan = read(rubric)
    report = grade(prepare(plan, engine), submission.load(wrong, [slip.name for slip in SLIPS]), engine)
    return {one.function: one for one in report.problems}


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.name)
def test_cause(slip, told):
    assert slip.old in slip.text
    one = told[slip.name]
    said = one.diagnosis.text("en") if one.diagnosis is not None else ""
    assert all(any(words in said for words in each.split(" | ")) for each in slip.told), said
    assert not any(words in said for words in slip.never), said
