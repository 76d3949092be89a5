"""The window a wrong element is made of: found by asking the reference, drawn on the HTML page and nowhere else."""

import subprocess
import sys

import pytest
from grading_kit import ROOT, by_function

from grader.explain.windows import with_windows
from grader.grading.runs import reference_limits
from grader.model import Exhibit, Withheld

WRONG = ROOT / "examples/submissions/stride_forgotten.py"


@pytest.fixture
def framed(graded, prepared, engine):
    reference, limits = prepared.plan.reference.source, reference_limits(prepared.limits)
    return lambda text: by_function(with_windows(graded(text), prepared.chosen, engine, reference, limits))


def shown(problem):
    return [case.exhibit for check in problem.checks for case in check.cases if isinstance(case.exhibit, Exhibit)]


def test_the_window_of_a_convolution(framed):
    example = shown(framed(WRONG.read_text("utf-8"))["conv_forward"])[0]
    first = example.mismatches[0].index
    assert first == (0, 1, 1, 0)
    # pad 2, stride 2, f 2: output (1, 1) begins at padded (2, 2), which is (0, 0) of the input
    assert example.windows["A_prev"] == ((0, 1), (0, 2), (0, 2), (0, 3))
    assert example.windows["W"] == ((0, 2), (0, 2), (0, 3), (0, 1))
    assert example.windows["b"] == ((0, 1), (0, 1), (0, 1), (0, 1))


def test_the_window_of_a_maximum_is_its_whole_window(framed, reference_text):
    wrong = reference_text.replace("np.max(", "np.min(")
    assert wrong != reference_text
    example = shown(framed(wrong)["pool_forward"])[0]
    image, row, column, channel = example.mismatches[0].index
    hparameters = dict(example.inputs)["hparameters"]
    f, stride = hparameters["f"], hparameters["stride"]
    assert example.windows["A_prev"] == (
        (image, image + 1),
        (row * stride, row * stride + f),
        (column * stride, column * stride + f),
        (channel, channel + 1),
    )


def test_hidden_cases_and_right_answers_get_none(framed, reference_text):
    for text in (WRONG.read_text("utf-8"), reference_text):
        for problem in framed(text).values():
            for case in (case for check in problem.checks for case in check.cases):
                if case.status == "passed":
                    assert not getattr(case.exhibit, "windows", {})
                if isinstance(case.exhibit, Withheld):
                    assert not case.exhibit.exhibit.windows


@pytest.mark.parametrize(("form", "drawn"), [("html", True), ("text", False), ("json", False)])
def test_only_the_page_asks_for_it(form, drawn):
    run = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "grader", WRONG, "--only", "conv_forward", "--attempt", "1",
         "--format", form],
        capture_output=True, text=True, check=False, encoding="utf-8", cwd=ROOT,
    )  # fmt: skip
    assert run.returncode == 1, run.stderr
    assert ("grader.explain.windows" in run.stderr) == drawn
    assert ('<rect class="window"' in run.stdout) == drawn
