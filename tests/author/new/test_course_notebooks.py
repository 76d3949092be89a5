"""Small notebooks in the styles of many courses: how many of their functions get a check, and how many a hidden one."""

import re

import pytest
from course_notebooks import NAMES, build
from new_kit import report, run

FUNCTIONS = {
    "attention": (4, 4, 4),
    "boxes": (3, 3, 3),
    "calculus": (4, 4, 4),
    "chinese_cluster": (3, 3, 3),
    "chinese_network": (5, 5, 5),
    "convolution": (3, 3, 3),
    "deep": (6, 6, 6),
    "gmm": (4, 3, 3),  # one draws without a seed
    "gridworld": (4, 3, 3),  # one takes an object
    "images": (5, 5, 5),
    "kmeans": (7, 6, 6),  # one draws without a seed
    "minmax": (3, 3, 3),
    "nbg_stats": (5, 5, 5),
    "nbgrader_basics": (4, 4, 3),  # a text is nothing to draw anew
    "nbgrader_squares": (2, 2, 2),
    "neurons": (6, 6, 6),
    "numerics": (5, 5, 5),
    "optimisers": (4, 4, 4),
    "otter_questions": (2, 2, 2),
    "public_tests": (4, 4, 4),
    "recommender": (4, 4, 4),
    "recurrent": (4, 4, 4),
    "rnn": (5, 5, 5),
    "script_percent": (2, 2, 2),
    "script_plain": (3, 3, 3),
    "softmax_loops": (2, 2, 2),
    "survey": (4, 3, 3),  # one takes a table of pandas
    "template": (5, 5, 5),
    "typos": (4, 4, 4),
    "vision_layers": (3, 3, 3),
    "words": (3, 3, 3),
}
"""How many functions a notebook marks for grading, how many of them get a check, and how many a hidden one."""
QUICK = {"script_plain", "typos", "nbgrader_squares", "boxes"}


def test_every_notebook_is_counted():
    assert sorted(FUNCTIONS) == NAMES


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in NAMES]
)
def test_functions_get_checks(tmp_path, name):
    done = run(tmp_path, "init", "new", "--from-notebook", str(build(name, tmp_path)), "--lang", "en")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert [len(line) <= 80 for line in lines].count(False) == 0
    found = re.match(r"(\d+) functions? to be graded: (\d+) with a check, (\d+) with a hidden one\.", lines[0])
    functions, checked, hidden = map(int, found.groups())
    assert (functions, checked) == FUNCTIONS[name][:2]
    assert hidden >= FUNCTIONS[name][2]
    assert "grade check:" not in done.stdout
    looked = run(tmp_path / "new", "check", "--lang", "en")
    assert looked.returncode == 0, looked.stdout
    assert report(tmp_path / "new")["score"] == 0
